"""From files, folders, archives and addresses to documents: what is known, replaced, warned of."""

import gzip
import io
import json
import os
import random
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import regex
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from index import corpus
from index.errors import ChatbotError, CorpusError
from index.keeping.duplicates import NEARLY, marks, resemblance, sketch
from index.keeping.library import Library, Source
from index.keeping.sources import from_paths, from_url
from index.reading.extraction import Extracted
from index.reading.processes import Readers
from index.reports import Report, total
from index.settings import IndexSettings
from tests.conftest import TEXTS, CountingEmbedder
from tests.support import documents_made as made
from tests.support.web import LOOPBACK, Site, redirect, reply, serving

CHINESE = "河湾镇的旧粮仓在二〇一八年改成了图书馆，馆内有三层书架和一间朝南的阅览室。"
ENGLISH = "The old granary of Penrow became a library in 2018; its reading room faces south. "


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


def outcomes(reports) -> list[tuple[str, str, str | None]]:
    return [(report.outcome, report.name, report.code or report.doc_id) for report in reports]


def sidecar(library: Library, doc_id: str) -> dict[str, str]:
    return json.loads((library.settings.corpus_dir / f"{doc_id}.meta.json").read_text("utf-8"))


# -- folders and archives -------------------------------------------------------------------------


def test_a_folder_gives_each_file_or_says_why_not(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "笔记"
    (folder / "sub").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / "empty").mkdir()
    (folder / "a.md").write_text(CHINESE, "utf-8")
    (folder / "sub" / "b.txt").write_text("Ein Vogel 🐦 am See.", "utf-8")
    (folder / "sub" / "b.txt.meta.json").write_text("{}")
    (folder / ".git" / "c.txt").write_text("hidden")
    (folder / "photo.png").write_bytes(b"\x89PNG")
    (folder / "more.zip").write_bytes(made.zipped({"d.txt": b"packed", "e.txt": b""}))
    (folder / "same.txt").symlink_to(folder / "a.md")
    (folder / "secret.txt").symlink_to(library.settings.corpus_dir / "harbour.md")
    (folder / "ring.txt").symlink_to(folder / "ring.txt")
    (folder / "up").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.txt")
    os.mkfifo(folder / "pipe.zip")
    reports = library.add(from_paths([folder, tmp_path / "none.txt", folder / "empty"]))
    assert outcomes(reports) == [
        ("added", "笔记/a.md", "笔记/a.md"),
        ("added", "笔记/more/d.txt", "笔记/more/d.txt"),
        ("refused", "笔记/more/e.txt", "empty"),
        ("refused", "笔记/photo.png", "type"),
        ("refused", "笔记/pipe.txt", "unreadable"),
        ("refused", "笔记/pipe.zip", "unreadable"),
        ("refused", "笔记/ring.txt", "outside"),
        ("unchanged", "笔记/same.txt", "笔记/a.md"),
        ("refused", "笔记/secret.txt", "outside"),
        ("added", "笔记/sub/b.txt", "笔记/sub/b.txt"),
        ("refused", "笔记/up", "outside"),
        ("refused", "none.txt", "unreadable"),
        ("refused", str(folder / "empty"), "type"),
    ]
    assert all(report.reason for report in reports if report.outcome == "refused")


def test_an_archive_gives_its_members_or_says_why_not(library: Library, tmp_path: Path) -> None:
    packed = tmp_path / "年报.ZIP"
    packed.write_bytes(
        made.zipped(
            {
                "年报/一.txt": CHINESE.encode(),
                "二.md": b"# two",
                "../slip.txt": b"out",
                "inner.zip": b"PK",
                "photo.png": b"\x89PNG",
                "report.docx": made.word(),
                "broken.pdf": b"%PDF-",
            }
        )
    )
    (tmp_path / "bomb.zip").write_bytes(made.zipped({"a.txt": bytes(300 * 2**20)}))
    (tmp_path / "no.zip").write_bytes(b"no zip")
    reports = library.add(from_paths(tmp_path / n for n in (packed.name, "bomb.zip", "no.zip")))
    assert outcomes(reports) == [
        ("added", "年报/一.txt", "年报/一.txt"),
        ("added", "年报/二.md", "年报/二.md"),
        ("refused", "年报/../slip.txt", "member_name"),
        ("refused", "年报/inner.zip", "nested"),
        ("refused", "年报/photo.png", "type"),
        ("added", "年报/report.docx", "年报/report.docx"),
        ("refused", "年报/broken.pdf", "broken"),
        ("refused", "bomb.zip", "bomb"),
        ("refused", "no.zip", "broken"),
    ]
    assert library.document("年报/report.docx").metadata.author == "陈小燕"


def test_an_archive_may_be_larger_than_a_document(library: Library, tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(40 * 2**20)
    with zipfile.ZipFile(tmp_path / "large.zip", "w") as packed:
        packed.writestr("a.txt", ENGLISH)
        packed.writestr("b.bin", noise)
        packed.writestr("c.bin", noise)
    assert (tmp_path / "large.zip").stat().st_size > corpus.MAX_FILE_BYTES
    reports = library.add(from_paths([tmp_path / "large.zip"]))
    assert [report.code for report in reports] == ["", "type", "type"]


def test_only_so_many_files_are_held_at_a_time(library: Library) -> None:
    large = bytes(20 * 2**20)  # are no documents, and count all the same
    files = [("n0.txt", b"note 0"), ("a.docx", large), ("b.docx", large), ("n1.txt", b"note 1")]
    seen: list[int] = []

    def counted() -> Iterator[Source | Report]:
        for name, raw in files:
            seen.append(len(list(library.settings.corpus_dir.glob("n?.txt"))))
            yield Source(name, raw)

    reports = library.add(counted())
    assert [report.outcome for report in reports] == ["added", "refused", "refused", "added"]
    assert seen == [0, 0, 0, 1]


# -- the web --------------------------------------------------------------------------------------


def page(text: str, head: str = "") -> str:
    return f"<!doctype html><html><head>{head}</head><body><p>{text}</p></body></html>"


def test_what_is_fetched_keeps_where_it_came_from(library: Library, site: Site) -> None:
    url = f"http://{LOOPBACK}:{site.port}"
    site.answers["/start"] = redirect("/news/report.html")
    site.answers["/news/report.html"] = reply(page(CHINESE, "<title>粮仓</title>"))
    (report,) = library.add([from_url(f"{url}/start", allow_private=True)])
    assert (report.outcome, report.doc_id) == ("added", "report.html")
    metadata = library.document("report.html").metadata
    assert (metadata.title, metadata.source) == ("粮仓", f"{url}/news/report.html")
    assert sidecar(library, "report.html")["imported"]
    refused = from_url(f"{url}/start")
    assert isinstance(refused, Report)
    assert (refused.outcome, refused.code) == ("refused", "private_address")


def test_two_addresses_with_one_file_name_stay_two(library: Library, site: Site) -> None:
    (library.settings.corpus_dir / "index.html").write_text(page("Mein eigener Text."), "utf-8")
    url = f"http://{LOOPBACK}:{site.port}"
    site.answers["/a/index.html"] = reply(page("The first page, about cranes."))
    site.answers["/b/index.html"] = reply(page("第二个网页，讲的是码头。"))
    addresses = [f"{url}/a/index.html", f"{url}/b/index.html"]
    both = library.add([from_url(address, allow_private=True) for address in addresses])
    assert [report.outcome for report in both] == ["added", "added"]
    names = [str(report.doc_id) for report in both]
    assert len({"index.html", *names}) == 3
    assert [library.document(name).metadata.source for name in names] == addresses
    assert "eigener" in library.document("index.html").text
    # The same address again: known, then replaced where it was.
    again = library.add([from_url(addresses[0], allow_private=True)])
    assert outcomes(again) == [("unchanged", "index.html", names[0])]
    site.answers["/a/index.html"] = reply(page("The first page, about herons now."))
    again = library.add([from_url(addresses[0], allow_private=True)])
    assert outcomes(again) == [("replaced", "index.html", names[0])]
    assert "herons" in library.document(names[0]).text


CYRILLIC = "Старая мельница работала до войны, а потом её закрыли и забыли на сорок лет."


@pytest.mark.parametrize(
    ("body", "charset", "read_as"),
    [
        # Short GBK can be many things: the server's word decides.
        ("河湾".encode("gbk"), "gb2312", "GB18030"),
        (CYRILLIC.encode("koi8-r"), "koi8-r", "KOI8-R"),
        # UTF-8 whatever the server says; what the page says counts more; and what cannot be.
        (CHINESE.encode(), "gb2312", "UTF-8"),
        (b'<meta charset="koi8-r">' + CYRILLIC.encode("koi8-r"), "iso-8859-1", "KOI8-R"),
        (CHINESE.encode("gb18030"), "iso-8859-1", "GB18030"),
        (CHINESE.encode("gb18030"), "klingon", "GB18030"),
        ("\ufeff河湾镇".encode("utf-16-le"), "gbk", "UTF-16"),
    ],
)
def test_the_charset_of_the_server(
    library: Library, site: Site, body: bytes, charset: str, read_as: str
) -> None:
    kind = "text/html" if body.startswith(b"<") else "text/plain"
    site.answers["/x"] = (
        reply(status=200, content_type=f"{kind}; charset={charset}").replace(
            b"content-length: 0", f"content-length: {len(body)}".encode()
        )
        + body
    )
    (report,) = library.add([from_url(f"http://{LOOPBACK}:{site.port}/x", allow_private=True)])
    assert (report.outcome, report.encoding) == ("added", read_as)
    # A rebuild needs no server to read it the same way.
    text = library.document(str(report.doc_id)).text
    library.build()
    assert library.document(str(report.doc_id)).text == text


def test_a_compressed_page(library: Library, site: Site) -> None:
    site.answers["/x.txt"] = reply(
        gzip.compress(CHINESE.encode()).decode("latin-1").encode("latin-1"),
        content_type="text/plain",
        content_encoding="gzip",
    )
    (report,) = library.add([from_url(f"http://{LOOPBACK}:{site.port}/x.txt", allow_private=True)])
    assert library.document(str(report.doc_id)).text == CHINESE


# -- encodings ------------------------------------------------------------------------------------

LATIN = "Café, Škoda: přehled, malé město".encode("cp1250")


def test_an_encoding_that_is_said_is_kept(library: Library) -> None:
    (report,) = library.add([Source("a.txt", LATIN, encoding="windows-1250")])
    assert (report.outcome, report.encoding) == ("added", "windows-1250")
    assert library.document("a.txt").text == LATIN.decode("cp1250")
    assert sidecar(library, "a.txt")["encoding"] == "windows-1250"
    # A new version is read as the old one was, as long as that fits.
    library.add([Source("a.txt", LATIN + "; Žižkov".encode("cp1250"))])
    assert library.document("a.txt").text.endswith("; Žižkov")
    library.add([Source("a.txt", "Žižkov, 河湾".encode())])
    assert library.document("a.txt").text == "Žižkov, 河湾"
    assert "encoding" not in sidecar(library, "a.txt")


def test_an_encoding_that_does_not_fit_is_refused(library: Library) -> None:
    reports = library.add(
        [
            Source("a.txt", CHINESE.encode("gbk"), encoding="utf-8"),
            Source("b.txt", CHINESE.encode(), encoding="klingon"),
            Source("c.txt", CHINESE.encode(), encoding="cp1252"),
            Source("d.docx", made.word(), encoding="gb18030"),
        ]
    )
    assert [report.code for report in reports] == ["encoding", "unknown_encoding", "encoding", ""]
    assert "encoding" not in sidecar(library, "d.docx")


# -- editing --------------------------------------------------------------------------------------


def test_editing_embeds_again_only_what_a_new_title_heads(library: Library, counting) -> None:
    before = library.document("harbour.md"), library.chunks("harbour.md")
    counting.embedded.clear()
    report = library.edit("harbour.md", author="林望舒", date="2032-01")
    assert (report.outcome, report.embedded, counting.embedded) == ("replaced", 0, [])
    report = library.edit("harbour.md", title="港口\n年报")
    assert report.embedded == len(counting.embedded) == len(before[1])
    metadata = library.document("harbour.md").metadata
    assert (metadata.title, metadata.author, metadata.date) == ("港口 年报", "林望舒", "2032-01")
    assert (library.document("harbour.md").text, library.chunks("harbour.md")) == (
        before[0].text,
        before[1],
    )
    assert library.edit("harbour.md", author="林望舒").outcome == "unchanged"
    library.edit("harbour.md", title="", author="")
    assert library.sidecar("harbour.md") == corpus.Sidecar(date="2032-01")
    assert library.document("harbour.md").metadata.title == before[0].metadata.title


def test_an_edited_encoding_reads_the_file_again(library: Library) -> None:
    (library.settings.corpus_dir / "x.txt").write_bytes(LATIN)
    library.update()
    report = library.edit("x.txt", encoding="windows-1250")
    assert report.encoding == "windows-1250"
    assert library.document("x.txt").text == LATIN.decode("cp1250")


@pytest.mark.parametrize(
    ("doc_id", "given", "code"),
    [
        ("none.md", {"title": "x"}, "no_document"),
        ("../harbour.md", {"title": "x"}, "no_document"),
        ("harbour.md", {"date": "gestern"}, "bad_date"),
        ("harbour.md", {"date": "2020-13"}, "bad_date"),
        ("harbour.md", {"encoding": "klingon"}, "unknown_encoding"),
        ("harbour.md", {"encoding": "utf-16"}, "mojibake"),
    ],
)
def test_what_cannot_be_edited_changes_nothing(library: Library, doc_id, given, code) -> None:
    before = library.document("harbour.md")
    with pytest.raises(ChatbotError) as caught:
        library.edit(doc_id, **given)
    assert caught.value.code == code
    assert library.document("harbour.md") == before
    assert not list(library.settings.corpus_dir.rglob("*.meta.json"))


# -- nearly the same ------------------------------------------------------------------------------


def paragraphs(sentence: str, count: int = 12) -> list[str]:
    """Return paragraphs of sentences that differ in more than a number."""
    rng = random.Random(sentence)
    words = regex.findall(r"\p{Han}{2}|\p{L}+", sentence)
    gap = "" if regex.search(r"\p{Han}", sentence) else " "
    return [
        gap.join(rng.choice(words) + str(rng.randrange(999)) for _ in range(60))
        for _ in range(count)
    ]


@pytest.mark.parametrize("sentence", [CHINESE, ENGLISH, CYRILLIC])
def test_a_document_that_is_nearly_another_is_said(library: Library, sentence: str) -> None:
    old = paragraphs(sentence)
    new = [p[:100] + " neu 🐦 " + p[100:] for p in old]  # no chunk is the same
    other = paragraphs(sentence[::-1])
    old, new, other = (["# 粮仓", *each] for each in (old, new, other))
    reports = library.add(
        [
            Source("old.txt", "\n\n".join(old).encode()),
            Source("other.txt", "\n\n".join(other).encode()),
            Source("half.txt", "\n\n".join(old[:5] + other[:7]).encode()),
            Source("new.txt", "\n\n".join(new).encode()),
        ]
    )
    notes = {report.doc_id: [(n.code, n.detail) for n in report.notes] for report in reports}
    # "new" comes before "old" in the order of reading: one of the two names the other.
    assert notes["other.txt"] == notes["half.txt"] == []
    assert sorted(notes["old.txt"] + notes["new.txt"]) == [("near_duplicate", "new.txt")]
    (again,) = library.add([Source("third.txt", "\n\n".join(new[:11]).encode())])
    assert again.notes[0].code == "near_duplicate"
    assert again.notes[0].detail in ("new.txt", "old.txt")
    assert again.embedded < again.chunks


def test_spaces_and_case_make_no_other_document(library: Library) -> None:
    library.add([Source("a.txt", (ENGLISH * 3).encode())])
    (report,) = library.add([Source("b.txt", (ENGLISH * 3).upper().replace(" ", "\n").encode())])
    assert [note.detail for note in report.notes] == ["a.txt"]


def exact_resemblance(one: str, other: str) -> float:
    """The share of sequences in both texts, counted one by one."""
    sets = []
    for text in (one, other):
        letters = regex.sub(r"[^\p{L}\p{M}\p{N}]", "", text.casefold())
        sets.append({letters[i : i + 6] for i in range(len(letters) - 5)})
    return len(sets[0] & sets[1]) / max(len(sets[0] | sets[1]), 1)


@examples(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_small_texts_are_compared_exactly(one: str, shared: str, other: str) -> None:
    texts = one + shared, shared + other
    assert resemblance(*map(sketch, texts)) == pytest.approx(exact_resemblance(*texts))


def test_large_texts_are_compared_nearly() -> None:
    rng = random.Random(3)
    text = "".join(chr(rng.randrange(0x4E00, 0x5600)) for _ in range(30_000))
    for every in (15, 35, 100):
        changed = "".join("变" if i % every == 0 else c for i, c in enumerate(text))
        estimate = resemblance(sketch(text), sketch(changed))
        assert estimate == pytest.approx(exact_resemblance(text, changed), abs=0.06)
        assert (estimate > NEARLY) == (every > 35) or every == 35


# -- the report -----------------------------------------------------------------------------------


def test_the_report_says_what_a_document_is(library: Library) -> None:
    reports = library.add(
        [
            Source("a.txt", (CHINESE * 3).encode("gbk")),
            Source(
                "b.html",
                page("Ein Absatz über Kraniche. " * 9, "<nav>Menü, Anmelden</nav>").encode(),
            ),
            Source("c.bin", b""),
        ]
    )
    assert [(r.encoding, r.chunks > 0, r.characters > 0) for r in reports] == [
        ("GB18030", True, True),
        ("UTF-8", True, True),
        (None, False, False),
    ]
    assert reports[1].language == "de"
    assert all(r.seconds > 0 for r in reports[:2])
    sums = total(reports, 2.0)
    assert sums.outcomes == {"added": 2, "refused": 1}
    assert sums.characters == sum(len(library.document(d).text) for d in ("a.txt", "b.html"))
    assert sums.chunks == sums.embedded == sum(len(library.chunks(d)) for d in ("a.txt", "b.html"))
    assert sums.chunks_per_second == sums.chunks / 2
    assert total([], 0.0).chunks_per_second == 0


class _Interrupted(BaseException):
    """What Ctrl-C is, for a thread."""


def test_an_interruption_keeps_what_is_complete(library: Library, counting) -> None:
    texts = {f"n{n}.txt": "\n\n".join(paragraphs(f"{ENGLISH} {n}", 3)) for n in range(40)}

    def interrupting(name: str, done: int, all_of_them: int) -> None:
        if done > all_of_them / 2 > 0:
            raise _Interrupted

    counting.embedded.clear()
    with pytest.raises(_Interrupted):
        library.add([Source(name, text.encode()) for name, text in texts.items()], interrupting)
    kept = {s.doc_id for s in library.documents()} & texts.keys()
    assert kept
    assert kept != texts.keys()
    reports = library.update()
    assert {r.doc_id for r in reports} == texts.keys() - kept
    assert {d: library.document(d).text for d in texts} == texts
    assert len(counting.embedded) == len(set(counting.embedded))  # nothing is embedded twice


def test_an_interrupted_large_document_is_gone_on_with(library: Library, counting) -> None:
    text = "\n\n".join(paragraphs(CHINESE, 400))

    def interrupting(name: str, done: int, all_of_them: int) -> None:
        if done > all_of_them / 2 > 0:
            raise _Interrupted

    counting.embedded.clear()
    with pytest.raises(_Interrupted):
        library.add([Source("large.txt", text.encode())], interrupting)
    assert "large.txt" not in {s.doc_id for s in library.documents()}
    half = len(counting.embedded)
    (report,) = library.update()
    assert report.chunks > report.embedded > 0
    assert half > report.chunks / 3
    assert len(counting.embedded) == report.chunks


def test_reports_among_the_sources_keep_their_place(library: Library) -> None:
    refused = Report("x", "refused", reason="because", code="type")
    reports = library.add([Source("a.txt", b"one"), refused, Source("b.txt", b"two")])
    assert [report.name for report in reports] == ["a.txt", "x", "b.txt"]
    assert replace(reports[1]) == refused


def test_a_member_that_cannot_be_read_costs_no_other(library: Library, tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_BZIP2) as packed:
        packed.writestr("a.txt", "rare", zipfile.ZIP_BZIP2)
        packed.writestr("b.txt", "common", zipfile.ZIP_DEFLATED)
    (tmp_path / "p.zip").write_bytes(file.getvalue())
    assert [r.code for r in library.add(from_paths([tmp_path / "p.zip"]))] == ["broken", ""]


def test_a_link_in_the_corpus_is_not_written_through(library: Library, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("mine")
    (library.settings.corpus_dir / "note.txt").symlink_to(outside)
    (report,) = library.add([Source("note.txt", b"theirs")])
    assert (report.outcome, report.code) == ("refused", "outside")
    assert outside.read_text() == "mine"
    with pytest.raises(CorpusError):
        library.document("../outside.txt")


@pytest.mark.parametrize("sentence", [CHINESE, ENGLISH, CYRILLIC])
@pytest.mark.parametrize("count", [1, 4, pytest.param(40, marks=pytest.mark.slow)])
def test_what_is_nearly_the_same_shares_marks_and_little_else_does(
    sentence: str, count: int
) -> None:
    rng = random.Random(count)
    old = "\n\n".join(paragraphs(sentence, count))
    found = {NEARLY: 0, 0.0: 0}
    for _ in range(60):
        changed = list(old)
        for place in rng.sample(range(len(old)), len(old) // 60):
            changed[place] = rng.choice("变vю7")
        fresh = "".join(rng.sample(old, len(old)))
        for other in ("".join(changed), fresh):
            alike = exact_resemblance(old, other)
            if alike >= NEARLY:
                found[NEARLY] += 1
                assert len(marks(old) & marks(other)) >= 2
            elif alike < 0.05:
                found[0.0] += not marks(old) & marks(other)
    assert found == {NEARLY: 60, 0.0: 60}


def test_a_mark_is_shared_as_often_as_four_sequences_are() -> None:
    rng = random.Random(4)
    text = "".join(chr(rng.randrange(0x4E00, 0x5600)) for _ in range(20_000))
    for every in (20, 40):
        changed = "".join("变" if i % every == 0 else c for i, c in enumerate(text))
        pairs = [(text[at : at + 2000], changed[at : at + 2000]) for at in range(0, 20_000, 2000)]
        shared = sum(len(marks(one) & marks(other)) for one, other in pairs) / 32 / len(pairs)
        expected = sum(exact_resemblance(*pair) ** 4 for pair in pairs) / len(pairs)
        assert shared == pytest.approx(expected, abs=0.06)


@pytest.mark.parametrize("text", ["", "🐦🐦🐦", "仓 仓"])
def test_a_text_of_hardly_a_letter_has_no_marks(text: str) -> None:
    assert marks(text) == set()


def test_notes_are_those_of_comparing_every_pair(library: Library) -> None:
    rng = random.Random(9)
    texts = ["\n\n".join(paragraphs(s, 3)) for s in (CHINESE, ENGLISH, CYRILLIC)]
    for text in texts[:3] * 4:
        changed = list(text)
        for place in rng.sample(range(len(text)), len(text) // rng.choice((25, 60, 400))):
            changed[place] = rng.choice("变vю")
        texts.append("".join(changed))
    sources = [Source(f"{n:02}.txt", text.encode()) for n, text in enumerate(texts)]
    half = len(sources) // 2
    reports = [*library.add(sources[:half]), *library.add(sources[half:])]
    stored = {s.name: library.document(s.name).text for s in sources}
    for number, report in enumerate(reports):
        alike = {
            other.name: exact_resemblance(stored[report.name], stored[other.name])
            for other in sources[:number]
        }
        best = max(alike.values(), default=0.0)
        named = [note.detail for note in report.notes if note.code == "near_duplicate"]
        assert all(alike[name] > best - 0.06 for name in named)
        assert bool(named) == (best >= NEARLY) or abs(best - NEARLY) < 0.06
    assert any(report.notes for report in reports)
    assert not all(report.notes for report in reports)


class Counting(Readers):
    """Keeps the names of what is read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def extract(self, name: str, raw: bytes, *args, **kwargs) -> Extracted:
        self.read.append(name)
        return super().extract(name, raw, *args, **kwargs)


def test_each_document_is_read_once(settings: IndexSettings) -> None:
    readers = Counting()
    library = Library(settings, embedder=CountingEmbedder(), readers=readers)
    library.update()
    assert sorted(readers.read) == sorted(TEXTS)
    latin = "Größe und Maß der alten Stadt, ganz schön groß. ".encode("cp1252") * 4
    page = b"<p>What stands on this page is here.</p>"
    sources = [
        Source("plain.txt", CHINESE.encode()),
        Source("harbour.md", ENGLISH.encode()),
        Source("latin.txt", latin),
        Source("said.txt", latin + b"!", encoding="cp1250"),
        Source("two.txt", b"The first of two."),
        Source("two.txt", b"The second of two."),
        Source("page.html", page, source="http://one.example/", encoding="utf-8"),
        Source("page.html", page + b"!", source="http://two.example/", encoding="utf-8"),
        Source("broken.pdf", b"no PDF"),
    ]
    readers.read.clear()
    reports = library.add(sources)
    assert len(readers.read) == len(set(readers.read)) == len(sources)
    assert {report.outcome for report in reports} == {"added", "replaced", "refused"}
    readers.read.clear()
    library.update()
    assert readers.read == []
    library.close()
    readers.end()
