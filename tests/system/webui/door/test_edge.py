"""The outermost layer around an app that answers anything; the folder of files on their way."""

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import anyio
import httpx
import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import ui
from tests.support.serving import ROOT
from webui.door.edge import Edge
from webui.door.hosts import Hosts
from webui.door.uploads import Uploads

MB = 10**6


@pytest.fixture
def uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Uploads]:
    monkeypatch.setenv("GRADIO_TEMP_DIR", "")  # is set by it: put back at the end
    uploads = Uploads(tmp_path / "uploads", quota_bytes=20 * MB)
    yield uploads
    uploads.close()


def around(uploads: Uploads) -> Edge:
    async def answer(request: Request) -> Response:
        headers = {"Access-Control-Allow-Origin": "*"}
        kind = request.headers["accept"]
        return Response("<script>1</script>", media_type=kind, headers=headers)

    async def keep(request: Request) -> Response:
        number = len(list(uploads.folder.iterdir()))
        with (uploads.folder / f"{number}.txt").open("wb") as file:
            async for piece in request.stream():
                file.write(piece)
                file.flush()
        return Response("kept")

    routes = [
        Route("/assets/{name}", answer),
        Route("/en", answer),
        Route("/gradio_api/upload", keep, methods=["POST"]),
    ]
    return Edge(Starlette(routes=routes), hosts=Hosts(), uploads=uploads)


def ask(app: Edge, method: str, path: str, **options: object) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, path, **options)

    return anyio.run(asked)


@pytest.mark.parametrize("path", ["/assets/a", "/en"])  # `Shell` has not dressed it
@pytest.mark.parametrize(
    "kind",
    ["text/html", "TEXT/HTML; charset=gbk", "image/svg+xml", "application/xhtml+xml", "text/xml"],
)
def test_no_other_answer_is_shown_as_a_page(uploads: Uploads, path: str, kind: str) -> None:
    answer = ask(around(uploads), "GET", path, headers={"accept": kind})
    assert answer.headers["content-disposition"] == "attachment"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in answer.headers


def test_a_browser_keeps_what_never_changes_and_nothing_else(uploads: Uploads) -> None:
    app = around(uploads)
    kept = ask(app, "GET", "/assets/a", headers={"accept": "text/css"})
    assert "immutable" in kept.headers["cache-control"]
    for method, path in (("GET", "/en"), ("POST", "/assets/a")):
        answer = ask(app, method, path, headers={"accept": "text/css"})
        assert "immutable" not in answer.headers.get("cache-control", "")


def test_the_quota_is_of_all_files_together(uploads: Uploads) -> None:
    app = around(uploads)
    for _ in range(2):
        assert ask(app, "POST", "/gradio_api/upload", content=b"0" * 9 * MB).text == "kept"
    full = ask(app, "POST", "/gradio_api/upload", content=b"0" * 9 * MB)
    assert full.status_code == 507
    assert "等待加入的文档" in full.text
    english = ask(
        app, "POST", "/gradio_api/upload", content=b"0" * 9 * MB, headers={"accept-language": "en"}
    )
    assert "waiting to be added" in english.text

    with uploads.adding(list(uploads.folder.iterdir())):
        assert not uploads.has_room(9 * MB)
    assert ask(app, "POST", "/gradio_api/upload", content=b"0" * 9 * MB).text == "kept"


def test_the_quota_holds_for_an_upload_that_does_not_say_its_length(uploads: Uploads) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(60):
            yield b"0" * MB

    answer = ask(around(uploads), "POST", "/gradio_api/upload", content=pieces())
    assert answer.status_code == 507
    assert sum(file.stat().st_size for file in uploads.folder.iterdir()) < 30 * MB


def test_what_a_killed_server_left_goes_at_the_next_start(uploads: Uploads) -> None:
    parent = uploads.folder.parent
    killed = (
        "import os, sys, pathlib; from webui.door.uploads import Uploads;"
        "left = Uploads(pathlib.Path(sys.argv[1])); (left.folder / '残.txt').write_text('x');"
        "print(left.folder); sys.stdout.flush(); os.kill(os.getpid(), 9)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", killed, str(parent)], cwd=ROOT, capture_output=True, text=True
    )
    left = Path(ran.stdout.strip())
    assert (left / "残.txt").exists()

    (uploads.folder / "mine.txt").write_text("x")
    another = Uploads(parent)
    assert not left.exists()
    assert (uploads.folder / "mine.txt").exists()  # of a server that runs
    another.close()
    assert sorted(each.name for each in parent.iterdir()) == sorted(
        ["lock", uploads.folder.name, f"{uploads.folder.name}.lock"]
    )


@pytest.mark.parametrize(
    ("host", "origin", "own"),
    [
        ("station:7860", "http://station:7860", True),
        ("station:7860", "http://station", False),  # another server of the same computer
        ("192.0.2.7:7860", "http://192.0.2.7", False),
        ("station:7860", "https://wenzheng.example.org", True),
        ("station:7860", "http://wenzheng.example.org", False),
        ("station:7860", "https://wenzheng.example.org:8443", False),
        ("wenzheng.example.org:443", "https://wenzheng.example.org", True),
    ],
)
def test_whose_requests_are_its_own(host: str, origin: str, own: bool) -> None:
    hosts = Hosts(served="Station", named=["Wenzheng.example.org"])
    headers = Headers({"host": host, "origin": origin})
    assert hosts.serve(headers)
    assert hosts.sent(headers) == own


@pytest.mark.parametrize(
    "name", ["https://wenzheng.example.org", "a.example:80", "*", "*.example", "", "a b", "a/b"]
)
def test_what_is_no_name_of_a_host_is_refused(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        ui.main(["--allow-host", name])
    assert stopped.value.code == 2
    assert "wenzheng.example.org" in capsys.readouterr().err
