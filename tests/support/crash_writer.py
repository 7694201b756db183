"""Changes corpus and index for ever, saying on stdout what is begun and what is done.

Run by test_crash.py in a process of its own, which it kills.
"""

import random
import sys
from pathlib import Path

from index.keeping.library import Library, Source
from index.settings import IndexSettings

VERBS = ["add", "replace", "remove", "purge", "edit", "update", "build", "doctor"]
REMOVING = ("remove", "purge")
TOPICS = ["灯塔", "lighthouse", "Leuchtturm", "灯台", "منارة", "маяк"]


def verb_of(seed: int) -> str:
    """The verb that this seed is about: the one that comes most often."""
    return VERBS[seed % len(VERBS)]


def steps(seed: int):
    """Yield (action, name, text) for ever; the same for the same seed.

    Where there is a text, the document holds it afterwards; a removed one is none any more.
    """
    rng = random.Random(seed)
    actions = ["add", "add", *VERBS, *[verb_of(seed)] * 6]
    names: list[str] = []
    for number in range(10_000):
        action = rng.choice(actions) if len(names) > 2 else "add"
        name = f"{rng.choice(TOPICS)}-{number}.txt" if action == "add" else rng.choice(names)
        text = body(rng, number) if action in ("add", "replace", "update") else ""
        if text or action in REMOVING:
            names = [n for n in names if n != name] + ([name] if text else [])
        yield action, name, text


def body(rng: random.Random, number: int) -> str:
    """A few paragraphs that no other step writes."""
    paragraphs = [
        f"第{number}号{rng.choice(TOPICS)}高{rng.randrange(9999)}米，建于{rng.randrange(2000)}年。"
        * 3
        for _ in range(rng.randrange(1, 6))
    ]
    return "\n\n".join(paragraphs)


def main() -> None:
    seed, root = int(sys.argv[1]), Path(sys.argv[2])
    library = Library(IndexSettings(corpus_dir=root / "corpus", index_dir=root / "built"))
    library.update()
    print("READY", flush=True)
    for number, (action, name, text) in enumerate(steps(seed)):
        print("BEGIN", action, flush=True)
        if action in REMOVING:
            library.remove(name, purge=action == "purge")
        elif action == "edit":
            library.edit(name, title=f"第{number}个标题", date=f"20{number % 80 + 10}")
        elif action == "update":
            write(root / "corpus", name, text)
            library.update()
        elif action == "build":
            library.build()
        elif action == "doctor":
            library.examine()
        else:
            (report,) = library.add([Source(name, text.encode())])
            assert report.outcome in ("added", "replaced"), report
        print("DONE", action, flush=True)


def write(folder: Path, name: str, text: str) -> None:
    """Write a file as an editor does: it is the old one or the new one."""
    temporary = folder / ".by-an-editor"
    temporary.write_text(text, "utf-8")
    temporary.replace(folder / name)


if __name__ == "__main__":
    main()
