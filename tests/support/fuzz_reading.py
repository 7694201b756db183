"""400 damaged and malicious files of all formats are added: a table of what became of them.

    python -m tests.support.fuzz_reading [--files 400] [--seed 1]

A format's small documents are changed at random: bytes flipped, cut, zeroed, spliced with another
file; the XML inside of zips likewise, and packed again; parts grown to what fills memory. Exits
with 1 when one gives another error than a refusal, or takes more than a minute of processor time or
1.5 GB; the clock says more where the machine is busy.
"""

import argparse
import io
import os
import random
import sys
import tempfile
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil

from index.keeping.library import Library, Source
from index.settings import IndexSettings
from index.types import FloatArray, Kind
from tests.support import documents_made as made

MAX_SECONDS = 60.0
MAX_MEGABYTES = 1536
MEGABYTE = 2**20

PAGE = f"<html><head><title>页</title></head><body><h1>题</h1><p>{made.PARAGRAPH}</p></body></html>"
ORIGINALS: dict[str, bytes] = {
    ".txt": made.PARAGRAPH.encode() * 3,
    ".md": f"---\ntitle: 甲\n---\n# 题\n\n{made.PARAGRAPH}\n\n- {made.GERMAN}".encode(),
    ".html": PAGE.encode(),
    ".csv": "姓名,城市\n王芳,广州\nJürgen,Köln\n".encode(),
    ".pdf": made.pdf([[made.PARAGRAPH], [made.GERMAN]]),
    ".docx": made.word(),
    ".pptx": made.slides(),
    ".xlsx": made.workbook({"甲": [["h", "i"], [1, 2]], "乙": made.TABLE}),
    ".epub": made.book([f"<p>{made.PARAGRAPH}</p>", f"<h2>二</h2><p>{made.GERMAN}</p>"]),
}
ZIPPED = (".docx", ".pptx", ".xlsx", ".epub")

Change = Callable[[random.Random, bytes], bytes]


def flipped(rng: random.Random, raw: bytes) -> bytes:
    changed = bytearray(raw)
    for _ in range(rng.randint(1, 20)):
        changed[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def cut(rng: random.Random, raw: bytes) -> bytes:
    return raw[: rng.randrange(len(raw))]


def zeroed(rng: random.Random, raw: bytes) -> bytes:
    at = rng.randrange(len(raw))
    length = min(rng.randint(1, 400), len(raw) - at)
    return raw[:at] + bytes(length) + raw[at + length :]


def spliced(rng: random.Random, raw: bytes) -> bytes:
    other = rng.choice(list(ORIGINALS.values()))
    return raw[: rng.randrange(len(raw))] + other[rng.randrange(len(other)) :]


def repeated(rng: random.Random, raw: bytes) -> bytes:
    """Put a piece of the file there very often: elements, cells, marks, brackets."""
    start = rng.randrange(len(raw))
    piece = raw[start : start + rng.randint(1, 60)]
    return raw[:start] + piece * rng.choice((100, 5000, 50_000)) + raw[start:]


def nested(rng: random.Random, raw: bytes) -> bytes:
    at, mark = rng.randrange(len(raw)), rng.choice((b"<div>", b"<w:tbl>", b"[", b"<p ", b"("))
    return raw[:at] + mark * rng.choice((1000, 50_000)) + raw[at:]


CHANGES: tuple[Change, ...] = (flipped, cut, zeroed, spliced, repeated, nested)


def inside(rng: random.Random, raw: bytes, change: Change) -> bytes:
    """Change one part inside of a zip, and pack it again."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts = [name for name in archive.namelist() if archive.getinfo(name).file_size]
        # What holds text comes as often as all the rest.
        text = [p for p in parts if "slide" in p or "sheet" in p or "document" in p or "html" in p]
        path = rng.choice(rng.choice((parts, text)))
        content = archive.read(path)
    return made.replaced(raw, path, change(rng, content))


def files(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield names that say what was done, and the bytes; the same for the same seed."""
    rng = random.Random(seed)
    for number in range(count):
        suffix = rng.choice(list(ORIGINALS))
        change = rng.choice(CHANGES)
        if suffix in ZIPPED and rng.random() < 0.7:
            raw, where = inside(rng, ORIGINALS[suffix], change), "-inside"
        else:
            raw, where = change(rng, ORIGINALS[suffix]), ""
        yield f"{number:03} {change.__name__}{where}{suffix}", raw


class Even:
    """An embedder that takes no time: what is measured is the rest."""

    fingerprint, dim, max_tokens, has_token_vectors = "even", 8, 512, False

    def embed(self, texts: Sequence[str], kind: Kind) -> FloatArray:
        return np.full((len(texts), 8), 8**-0.5, np.float32)

    def embed_tokens(self, texts: Sequence[str], kind: Kind) -> list:
        return []

    def count_tokens(self, texts: Sequence[str], kind: Kind) -> list[int]:
        return [len(text) + 2 for text in texts]


@dataclass
class Watch:
    """The most memory that this process and those below it hold together, in megabytes."""

    peak: float = 0.0
    _over: threading.Event = field(default_factory=threading.Event)

    def look(self) -> None:
        this = psutil.Process()
        while not self._over.wait(0.02):
            held = 0
            for process in (this, *this.children(recursive=True)):
                try:
                    held += process.memory_info().rss
                except psutil.Error:  # ended meanwhile
                    continue
            self.peak = max(self.peak, held / MEGABYTE)


@contextmanager
def watched() -> Iterator[Watch]:
    watch = Watch()
    thread = threading.Thread(target=watch.look)
    thread.start()
    try:
        yield watch
    finally:
        watch._over.set()
        thread.join()


@dataclass
class Result:
    """What became of one file."""

    name: str
    outcome: str
    seconds: float
    clock_seconds: float
    megabytes: float

    @property
    def is_bad(self) -> bool:
        slow, large = self.seconds > MAX_SECONDS, self.megabytes > MAX_MEGABYTES
        return slow or large or self.outcome.startswith("error")


def processor_seconds() -> float:
    """Return the processor time that this process and all it has started have used."""
    seconds = sum(os.times()[:4])
    for child in psutil.Process().children(recursive=True):
        try:
            seconds += sum(child.cpu_times()[:2])
        except psutil.Error:  # ended meanwhile, and is counted
            continue
    return seconds


def results(count: int, seed: int, folder: Path) -> Iterator[Result]:
    """Add the files, and yield what became of each."""
    (folder / "corpus").mkdir()
    library = Library(IndexSettings(folder / "corpus", folder / "built"), embedder=Even())
    for name, raw in files(count, seed):
        started, used = time.monotonic(), processor_seconds()
        with watched() as watch:
            try:
                (report,) = library.add([Source(name, raw)])
                outcome = report.code or report.outcome
                outcome += "".join(f" +{code}" for code in sorted({n.code for n in report.notes}))
            except Exception as error:  # noqa: BLE001 (what this is looking for)
                outcome = f"error {type(error).__name__}: {error}"
        used = processor_seconds() - used
        yield Result(name, outcome, used, time.monotonic() - started, watch.peak)
    library.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--files", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    found: list[Result] = []
    with tempfile.TemporaryDirectory() as folder:
        for result in results(args.files, args.seed, Path(folder)):
            found.append(result)
            if result.is_bad or result.seconds > MAX_SECONDS / 4:
                print(result, flush=True)
    for suffix in ORIGINALS:
        own = [result for result in found if result.name.endswith(suffix)]
        if own:
            outcomes = Counter(result.outcome for result in own).most_common()
            print(
                f"{suffix:6} {len(own):4} files, slowest {max(r.seconds for r in own):5.1f} s, "
                f"most {max(r.megabytes for r in own):5.0f} MB: "
                + ", ".join(f"{count} {outcome}" for outcome, count in outcomes)
            )
    bad = sum(result.is_bad for result in found)
    print(f"{len(found)} files, {bad} bad")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
