"""Adds documents to an index in Milvus for ever, saying what is begun and what is done.

Run by test_killed.py in a process of its own, which it kills.
"""

import random
import sys
from pathlib import Path

from index.embedders.fake import FakeEmbedder
from index.keeping.library import Library, Source
from index.settings import IndexSettings, MilvusAddress
from tests.support.crash_writer import TOPICS, body


def main() -> None:
    corpus, address, seed = Path(sys.argv[1]), MilvusAddress(sys.argv[2]), int(sys.argv[3])
    settings = IndexSettings(corpus_dir=corpus, index_dir=address)
    library, rng = Library(settings, embedder=FakeEmbedder()), random.Random(seed)
    library.update()
    print("READY", flush=True)
    for number in range(10_000):
        # Each third one replaces the document before it; each fifth is removed again.
        name = f"{rng.choice(TOPICS)}-{number // 3}.txt"
        print("BEGIN", name, flush=True)
        library.add([Source(name, body(rng, number).encode())])
        if number % 5 == 4:
            library.remove(name)
            print("REMOVED", name, flush=True)
        else:
            print("DONE", name, flush=True)


if __name__ == "__main__":
    main()
