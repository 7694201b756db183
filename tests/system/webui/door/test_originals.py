"""The files of documents: whoever asks gets them as they are, and none of them is a page."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from index.embedders.fake import FakeEmbedder
from index.keeping.library import Library
from index.settings import IndexSettings
from tests.support.attacking import send
from tests.support.documents_made import pdf
from tests.support.serving import DOCUMENTS, Server
from webui.door.originals import Originals
from webui.drawing.originals import address, page_address

HTML = b"<title>x</title><p>Harbour <script>window.pwned = 1</script></p>"
GB = "港口的费用表：每箱三十七元。".encode("gb18030")
PDF = pdf([["第一页没有什么。"], ["鹭岛灯塔高三十九米。灯塔由花岗岩砌成。", "守塔人每班两名。"]])


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("originals")
    corpus = folder / "corpus"
    (corpus / "报 告").mkdir(parents=True)
    for name, raw in (("报 告/a.html", HTML), ("费用.txt", GB), ("鹭岛.pdf", PDF)):
        (corpus / name).write_bytes(raw)
    (folder / "secret.txt").write_text("not in the corpus")
    settings = IndexSettings(corpus_dir=corpus, index_dir=folder / "built")
    library = Library(settings, embedder=FakeEmbedder())
    library.update()
    return library


@pytest.fixture(scope="module")
def client(library: Library) -> Iterator[TestClient]:
    with TestClient(Originals(Starlette(), library=library)) as client:
        yield client


def path(doc_id: str) -> str:
    return address(doc_id).removeprefix(".")


def test_a_file_is_downloaded_as_it_came(client: TestClient) -> None:
    for doc_id, raw in (("报 告/a.html", HTML), ("鹭岛.pdf", PDF)):
        for asked in (path(doc_id), f"{path(doc_id)}?open"):
            answer = client.get(asked)
            assert answer.content == raw
            assert answer.headers["content-type"] == "application/octet-stream"
            assert answer.headers["content-disposition"].startswith("attachment;")
    assert "%E9%B9%AD" in client.get(path("鹭岛.pdf")).headers["content-disposition"]


def test_plain_text_is_opened_in_its_encoding(client: TestClient) -> None:
    answer = client.get(f"{path('费用.txt')}?open")
    assert answer.headers["content-type"].lower().startswith("text/plain; charset=gb")
    assert answer.text == GB.decode("gb18030")


@pytest.mark.parametrize(
    "asked",
    [
        path("nothing.txt"),
        path("../secret.txt"),
        path("报 告/a.html") + "/1",
        path("鹭岛.pdf") + "/3",
        path("鹭岛.pdf") + "/0",
        "/original/secret.txt",
        "/original/../secret.txt",
    ],
)
def test_what_is_no_document_or_page_is_not_there(client: TestClient, asked: str) -> None:
    assert client.get(asked).status_code == 404


def test_what_was_removed_is_not_there(library: Library, client: TestClient) -> None:
    gone = library.settings.corpus_dir / "gone.txt"
    gone.write_text("Soon gone.")
    library.update()
    assert client.get(path("gone.txt")).status_code == 200
    gone.unlink()
    assert client.get(path("gone.txt")).status_code == 404


def test_a_page_is_drawn_with_the_quoted_sentence_framed(
    library: Library, client: TestClient
) -> None:
    text = library.document("鹭岛.pdf").text

    def drawn(quote: str) -> Image.Image:
        start = text.index(quote)
        asked = page_address("鹭岛.pdf", 2, start, start + len(quote)).removeprefix(".")
        answer = client.get(asked)
        assert answer.headers["content-type"] == "image/png"
        return Image.open(io.BytesIO(answer.content)).convert("RGB")

    def framed(image: Image.Image) -> tuple[int, int, int, int]:
        """Where the image is yellow, as no page of black on white is."""
        red, _, blue = image.split()
        yellow = Image.eval(blue, lambda value: 255 * (value < 215))
        bright = Image.eval(red, lambda value: 255 * (value > 240))
        both = Image.composite(yellow, Image.new("L", image.size), bright)
        box = both.getbbox()
        assert box is not None
        return box

    one, other = framed(drawn("鹭岛灯塔高三十九米。")), framed(drawn("灯塔由花岗岩砌成。"))
    below = framed(drawn("守塔人每班两名。"))
    assert one[2] <= other[0] + 12  # side by side in one line
    assert abs(one[1] - other[1]) < 12
    assert below[1] > one[3]
    scale = drawn("守塔人每班两名。").width / 595
    assert below[0] / scale == pytest.approx(60, abs=4)  # where the paragraph was set


def test_a_damaged_file_ends_no_server(library: Library, client: TestClient) -> None:
    file = library.settings.corpus_dir / "鹭岛.pdf"
    file.write_bytes(PDF[: len(PDF) // 3])
    try:
        assert client.get(path("鹭岛.pdf") + "/2").status_code == 404
    finally:
        file.write_bytes(PDF)


def test_behind_the_door_none_is_had_without_logging_in(guarded: Server) -> None:
    assert send(guarded, "GET", path("a.txt")).status == 401


def test_no_other_site_has_a_file(server: Server) -> None:
    name = next(iter(DOCUMENTS))
    own = send(server, "GET", path(name))
    assert own.body == Path(server.corpus / name).read_bytes()
    assert own.headers["content-security-policy"] == "default-src 'none'; sandbox"
    for site in ("cross-site", "same-site"):
        refused = send(server, "GET", path(name), headers=[("Sec-Fetch-Site", site)])
        assert refused.status == 403
