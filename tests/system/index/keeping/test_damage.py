"""Every file of corpus and index damaged in every way: a right answer, a clear error, or mended.

    python -m pytest -m "" -s tests/system/index/keeping/test_damage.py | grep '^|'

prints the table: what was damaged, and what each command did. A message must name the command that
mends, and that command must mend.
"""

import hashlib
import importlib
import itertools
import json
import os
import random
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from index.embedders.embedding import Embedder
from index.errors import CorpusError
from index.keeping.library import Library
from index.reading.extraction import extract
from index.settings import IndexSettings
from tests.conftest import TEXTS, CountingEmbedder

COUNTING = CountingEmbedder()
QUESTION, FACT = "Who leads the Larkspur observatory?", "Amara Osei"
DOCUMENT = "observatory.txt"
COMMANDS = {
    "list": ("index", "list", "--json"),
    "info": ("index", "info", "--json"),
    "ask": ("rag", "ask", QUESTION, "--json"),
    "update": ("index", "update", "--json"),
    "build": ("index", "build", "--json"),
    "doctor": ("index", "doctor", "--json"),
}
QUICK = ("ask", "doctor")
_REMEDY = re.compile(r"python -m index (build|doctor|update)\b")
# What only the user can decide is said with what to do.
_OF_THE_USER = re.compile(
    r"Put it back|Mend or delete|Delete it|Open it|Save it|Move it away|[Nn]o text"
)
FLIPS = 24


def emptied(path: Path, seed: int) -> None:
    path.write_bytes(b"")


def halved(path: Path, seed: int) -> None:
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2])


def zeroed(path: Path, seed: int) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def flipped(path: Path, seed: int) -> None:
    raw = bytearray(path.read_bytes())
    if raw:
        bit = random.Random(f"{path.suffix} {seed}").randrange(len(raw) * 8)
        raw[bit // 8] ^= 1 << bit % 8
    path.write_bytes(raw)


def deleted(path: Path, seed: int) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def a_folder(path: Path, seed: int) -> None:
    path.unlink()
    (path / "inside").mkdir(parents=True)
    (path / "inside" / "文件").write_text("x", "utf-8")


def foreign(path: Path, seed: int) -> None:
    path.write_bytes("另一个程序的文件 \0\r\n".encode("utf-16") * 700)


def a_file(path: Path, seed: int) -> None:
    shutil.rmtree(path)
    path.write_bytes(b"a file, and no folder")


def bit_of(needle: str) -> Callable[[Path, int], None]:
    """Return a way to flip a bit in the middle of a text that the file holds."""

    def way(path: Path, seed: int) -> None:
        raw = bytearray(path.read_bytes())
        places = [found.start() for found in re.finditer(re.escape(needle.encode()), raw)]
        assert places
        raw[places[seed % len(places)] + len(needle) // 2] ^= 1
        path.write_bytes(raw)

    return way


WAYS = (emptied, halved, zeroed, deleted, a_folder, foreign)
FILES = {
    "current": "built/current",
    "database": "built/build-*/store.sqlite3",
    "its log": "built/build-*/store.sqlite3-wal",
    "its log's index": "built/build-*/store.sqlite3-shm",
    "vectors": "built/build-*/dense.vectors",
    "lock": "built/lock",
    "document": f"corpus/{DOCUMENT}",
    "sidecar": f"corpus/{DOCUMENT}.meta.json",
}
DATE, TITLE = "2019-03-01", "The Larkspur observatory"
# Where a flipped bit would be quoted, shown or believed.
WORDS = {
    "year in the text": "1974",
    "title": TITLE,
    "date": DATE,
    "hash of the text": hashlib.sha256(TEXTS[DOCUMENT].encode()).hexdigest(),
    "name of the embedder": COUNTING.fingerprint,
    "name of a fact": "generation",
    "table": "CREATE TABLE chunks",
    "column": "sidecar_sha256",
    "tokenizer of the terms": "tokenchars",
}
FOLDERS = {"build": "built/build-*", "index": "built", "corpus": "corpus"}
ROWS: dict[str, tuple[str, Callable[[Path, int], None], int]] = {
    **{f"{name} {way.__name__}": (at, way, 0) for name, at in FILES.items() for way in WAYS},
    **{f"{name} {way.__name__}": (at, way, 0) for name, at in FOLDERS.items()
       for way in (deleted, a_file)},
    **{f"{name} flipped {seed}": (FILES[name], flipped, seed)
       for name, count in (("database", FLIPS), ("vectors", 4), ("its log", 4), ("current", 4),
                           ("document", 2), ("sidecar", 2))
       for seed in range(count)},
    **{f"bit of a {name} {seed}": (FILES["database"], bit_of(word), seed)
       for name, word in WORDS.items() for seed in range(2)},
}  # fmt: skip

TELLING = [row for row in ROWS if not re.search(r"[1-9]\d*$", row)]


def test_the_table_is_long_enough() -> None:
    assert len(ROWS) >= 60


@pytest.fixture(scope="module")
def pristine(tmp_path_factory) -> Callable[[Embedder], Path]:
    """Return a function that makes a corpus and its index, closed, and as a killed process does."""

    @cache
    def make(embedder: Embedder) -> Path:
        root = tmp_path_factory.mktemp("pristine")
        made = root / "made"
        (made / "corpus").mkdir(parents=True)
        for name, text in TEXTS.items():
            (made / "corpus" / name).write_text(text, "utf-8")
            os.utime(made / "corpus" / name, (1_900_000_000, 1_900_000_000))
        sidecar = made / "corpus" / f"{DOCUMENT}.meta.json"
        sidecar.write_text(json.dumps({"date": DATE}), "utf-8")
        library = Library(
            IndexSettings(corpus_dir=made / "corpus", index_dir=made / "built"), embedder=embedder
        )
        library.build()
        library._builds.current().store.set_signatures({"harbour.md": ""})  # so that there is a log
        shutil.copytree(made, root / "left")
        library.close()
        shutil.copytree(made, root / "closed")
        return root

    return make


@pytest.fixture(scope="module")
def table(request: pytest.FixtureRequest) -> Iterator[dict[str, dict[str, str]]]:
    """What each command did in each row; printed at the end."""
    rows: dict[str, dict[str, str]] = {}
    yield rows
    verdicts = Counter(verdict for row in rows.values() for verdict in row.values())
    print(f"\n| damage | {' | '.join(COMMANDS)} |\n|---|{'---|' * len(COMMANDS)}")
    for damage, row in rows.items():
        print(f"| {damage} | {' | '.join(row.get(command, '') for command in COMMANDS)} |")
    print(f"| {len(rows)} rows | {dict(verdicts)} |")


class Place:
    """A damaged copy, and the commands as users type them, run within this process."""

    def __init__(self, root: Path, embedder: Embedder, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self._embedder, self._capsys = root, embedder, capsys

    def run(self, command: str) -> tuple[int, str, str]:
        """Return exit status, results, and messages. What is raised is no answer."""
        self._capsys.readouterr()
        package, *words = COMMANDS[command]
        folders = ["--corpus", str(self.root / "corpus"), "--index-dir", str(self.root / "built")]
        if self._embedder.fingerprint == COUNTING.fingerprint:
            folders += ["--embedder", COUNTING.fingerprint]
        code = importlib.import_module(f"{package}.__main__").main([*words, *folders])
        return code, *self._capsys.readouterr()

    def held(self) -> dict[str, str]:
        """What the corpus holds now, as far as it is text."""
        return {
            path.name: _read(path)
            for path in (self.root / "corpus").glob("*.*")
            if path.is_file() and path.suffix in (".md", ".txt")
        }

    def is_right(self, command: str, out: str) -> bool:
        """Whether what was printed is true of the corpus."""
        lines, held = [json.loads(line) for line in out.splitlines()], self.held()
        if command == "list":
            names = {line["doc_id"] for line in lines}
            return names <= set(held) and names >= set(held) - {DOCUMENT}
        if command == "ask":
            (answer,) = lines
            quoted = [c for c in answer["citations"] if not self._stands(c, held)]
            told = any(FACT in citation["quote"] for citation in answer["citations"])
            expected = FACT in held.get(DOCUMENT, "") and self._is_described()
            is_as_it_was = held.get(DOCUMENT) == TEXTS[DOCUMENT]
            dates = {c["date"] for c in answer["citations"] if c["doc_id"] == DOCUMENT}
            if is_as_it_was and self._is_described() and not dates <= {self._date()}:
                return False
            return not quoted and (told == expected or (expected and not is_as_it_was))
        return True

    def _date(self) -> str | None:
        """What the sidecar says now."""
        path = self.root / "corpus" / f"{DOCUMENT}.meta.json"
        return json.loads(path.read_bytes()).get("date") if path.exists() else None

    def _is_described(self) -> bool:
        """Whether the document can be taken as it is: a broken sidecar is the user's to mend."""
        path = self.root / "corpus" / f"{DOCUMENT}.meta.json"
        try:
            return not path.exists() or isinstance(json.loads(path.read_bytes()), dict)
        except (OSError, ValueError):
            return False

    @staticmethod
    def _stands(citation: dict, held: dict[str, str]) -> bool:
        """Whether a citation is verbatim, at its place, with its document's own title."""
        text = held.get(citation["doc_id"], "")
        is_known = text != TEXTS[DOCUMENT] or citation["title"] == TITLE
        return is_known and text[citation["start"] : citation["end"]] == citation["quote"]


def _read(path: Path) -> str:
    """Return the text as it is read: a byte that is damaged may be left out."""
    try:
        return extract(path.name, path.read_bytes()).text
    except CorpusError:
        return path.read_bytes().decode(errors="replace")


@pytest.fixture
def place(
    pristine: Callable[[Embedder], Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[str, Embedder], Place]:
    """Return a function that makes a damaged copy of an index of this embedder."""

    def make(damage: str, embedder: Embedder) -> Place:
        monkeypatch.setattr(
            "index.keeping.own_embedder.load_embedder", lambda *_: embedder
        )  # loaded once
        at, way, seed = ROWS[damage]
        root = tmp_path / "here"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(pristine(embedder) / ("left" if "store.sqlite3-" in at else "closed"), root)
        (path,) = root.glob(at)
        way(path, seed)
        return Place(root, embedder, capsys)

    return make


def verdict(place: Place, command: str) -> str:
    """Run a command on what is damaged, then what it says mends; tell how it went."""
    code, out, err = place.run(command)
    assert "Traceback" not in err
    said = "right"
    if code == 0:
        assert place.is_right(command, out), out
    else:
        assert code == 1
        said = "needs you" if _OF_THE_USER.search(out + err) else "error"
        remedy = _REMEDY.search(err)
        assert said == "needs you" or remedy, err
        if remedy:
            said = f"error, {remedy[1]}"
            mended, out, err = place.run(remedy[1])
            assert mended == 0 or _OF_THE_USER.search(out + err), err
    # From here on all is well, but for what only the user can decide.
    for again in ("doctor", "ask", "list"):
        code, out, err = place.run(again)
        assert "Traceback" not in err
        if code:
            assert _OF_THE_USER.search(out + err), err
        elif again != "doctor":
            assert place.is_right(again, out), out
    _, out, _ = place.run("doctor")
    states = {json.loads(line)["state"] for line in out.splitlines()}
    assert states <= {"well", "needs you"}, out
    return said


@pytest.mark.parametrize(
    ("damage", "command"),
    list(zip(TELLING, itertools.cycle(QUICK), strict=False)),
)
def test_what_is_damaged_is_mended(damage: str, command: str, place, table) -> None:
    table.setdefault(damage, {})[command] = verdict(place(damage, COUNTING), command)


@pytest.mark.slow
@pytest.mark.parametrize("damage", ROWS)
def test_what_is_damaged_is_mended_by_every_command(damage: str, place, table) -> None:
    for command in COMMANDS:
        table.setdefault(damage, {})[command] = verdict(place(damage, COUNTING), command)


@pytest.mark.slow
@pytest.mark.parametrize(
    "damage", [row for row in ROWS if re.search(r"bit of|base flip", row) and "embedder" not in row]
)
def test_a_flipped_bit_is_no_answer_of_the_real_model(damage: str, place, embedder) -> None:
    for command in QUICK:
        verdict(place(damage, embedder), command)
