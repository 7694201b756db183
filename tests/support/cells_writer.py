"""Puts vectors in cells for ever, saying on stdout when that is begun and when it is done.

Run by test_many_vectors.py in a process of its own, which it kills.
"""

import sys
from pathlib import Path

from index.keeping.library import Library
from index.settings import IndexSettings


def main() -> None:
    root = Path(sys.argv[1])
    library = Library(
        IndexSettings(corpus_dir=root / "corpus", index_dir=root / "built", embedder="fake")
    )
    library.update()
    with library._builds.reading() as build:
        while True:
            print("BEGIN", flush=True)
            with build.snapshot() as now, library._builds.writing():
                build._file.put_in_cells(now.vectors, lambda: None)
                build._search_files()
                build.save()
            print("DONE", flush=True)


if __name__ == "__main__":
    main()
