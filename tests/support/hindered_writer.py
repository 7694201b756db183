"""Adds and removes where the disk lets little through, and says on stdout what came of it.

Run by test_hindered.py in a process of its own: limits hold for a whole process.
"""

import json
import os
import resource
import sys
import tempfile
from pathlib import Path

from index.errors import ChatbotError
from index.keeping.library import Library, Source
from index.settings import IndexSettings
from tests.conftest import CountingEmbedder

NOBODY = 65534


def library_in(root: Path) -> Library:
    return Library(
        IndexSettings(corpus_dir=root / "corpus", index_dir=root / "built"),
        embedder=CountingEmbedder(),
    )


def attempt(library: Library, do) -> None:
    """Print the error, if any, and what is found afterwards."""
    try:
        error = do()
    except ChatbotError as raised:
        error = str(raised)
    query = library.embedder.embed(["青石港"], "query")[0]
    dense = {chunk.doc_id for chunk, _ in library.search_dense(query, 1000)}
    lexical = {hit.chunk.doc_id for hit in library.search_lexical(["青石", "the", "die"], 1000)}
    print(json.dumps({"error": error, "dense": sorted(dense), "lexical": sorted(lexical)}))


def add(library: Library, name: str, text: str) -> str | None:
    (report,) = library.add([Source(name, text.encode())])
    return report.reason


def warm_up() -> None:
    """Let all be imported and unpacked that is so at first use."""
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "corpus").mkdir()
        library = library_in(Path(scratch))
        add(library, "a.txt", "青石港。" * 9)
        add(library, "b.txt", "青石港。" * 8)  # nearly the same, which is found by other means
        library.examine()
        library.close()


def full_disk(root: Path) -> None:
    """No file may grow beyond a limit, which is raised from nothing to enough."""
    warm_up()
    library = library_in(root)
    library.open()
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    for number, limit in enumerate((1_000, 40_000, 90_000, 200_000, 4_000_000)):
        text = f"青石港的第{number}份报告。" * 1000
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        attempt(library, lambda n=number, t=text: add(library, f"{n}.txt", t))
    resource.setrlimit(resource.RLIMIT_FSIZE, (25_000, hard))
    attempt(library, lambda: library.remove("harbour.md", purge=True))
    library.close()


def become_nobody() -> None:
    if os.getuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def read_only(root: Path) -> None:
    """This user may not write into corpus or index."""
    warm_up()
    become_nobody()
    library = library_in(root)
    library.open()
    attempt(library, lambda: add(library, "a.txt", "青石港。"))
    attempt(library, lambda: library.remove("harbour.md"))
    attempt(library, lambda: library.examine() and None)
    attempt(library, lambda: library.build() and None)
    library.close()


def reading(root: Path) -> None:
    """This user may only read; for each line of stdin, print what is held and found."""
    warm_up()
    become_nobody()
    library = library_in(root)
    query = library.embedder.embed(["青石港"], "query")[0]
    print("READY", flush=True)
    for _ in sys.stdin:
        try:
            doc_ids = [summary.doc_id for summary in library.documents()]
            said = {
                "held": {doc_id: library.document(doc_id).text for doc_id in doc_ids},
                "found": sorted({chunk.doc_id for chunk, _ in library.search_dense(query, 1000)}),
            }
        except ChatbotError as error:
            said = {"error": str(error)}
        print(json.dumps(said), flush=True)
    library.close()


def unreadable(root: Path) -> None:
    """One file or folder after the other may not be read; print what each command says."""
    warm_up()
    become_nobody()
    for path in sorted([root / "corpus", root / "built", *root.glob("*/**/*")]):
        mode = path.stat().st_mode
        path.chmod(0)
        for command in ("documents", "open", "update", "examine", "documents"):
            library = library_in(root)
            try:
                got = getattr(library, command)()
                said = {"got": [getattr(each, "doc_id", None) for each in got]}
            except ChatbotError as error:
                said = {"error": str(error)}
            library.close()
            print(json.dumps({"path": path.name, "command": command, **said}))
        if path.exists():
            path.chmod(mode)


if __name__ == "__main__":
    modes = {each.__name__: each for each in (full_disk, read_only, reading, unreadable)}
    modes[sys.argv[1]](Path(sys.argv[2]))
