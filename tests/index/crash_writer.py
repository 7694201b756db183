"""Adds, replaces and removes documents for ever, saying on stdout what is begun and what is done.

Run by test_crash.py in a process of its own, which it kills.
"""

import random
import sys
from pathlib import Path

from index.library import Library, Source
from index.settings import IndexSettings

ACTIONS = ["add", "add", "add", "replace", "replace", "remove", "purge"]
TOPICS = ["灯塔", "lighthouse", "Leuchtturm", "灯台", "منارة", "маяк"]


def steps(seed: int):
    """Yield (action, name, text) for ever; the same for the same seed. A purge removes, too."""
    rng = random.Random(seed)
    names: list[str] = []
    for number in range(10_000):
        action = rng.choice(ACTIONS) if len(names) > 2 else "add"
        name = f"{rng.choice(TOPICS)}-{number}.txt" if action == "add" else rng.choice(names)
        text = body(rng, number) if action in ("add", "replace") else ""
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
        print("BEGIN", number, flush=True)
        if not text:
            library.remove(name, purge=action == "purge")
        else:
            (report,) = library.add([Source(name, text.encode())])
            assert report.outcome in ("added", "replaced"), report
        print("DONE", number, flush=True)


if __name__ == "__main__":
    main()
