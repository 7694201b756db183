"""Attacks on the running server over sockets: nothing is done that the page does not do itself."""

import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.routing import compile_path

from tests.support.attacked_page import ROUTES_FILE, STRANGER
from tests.support.attacking import (
    MB,
    MULTIPART,
    Stranger,
    event_of,
    finish,
    growth,
    multipart,
    post_json,
    send,
    upload,
)
from tests.support.serving import DOCUMENTS, Server
from webui.door.routes import ORIGINALS, ROUTES
from webui.texts import TEXTS

TOO_MUCH = [texts.errors["large_request"] for texts in TEXTS.values()]

NAMED = "wenzheng.example.org"
FORM = "application/x-www-form-urlencoded"

# Written by hand, and not read from the code: what the page asks for in a real browser.
OPEN = {
    ("GET", "/"),
    ("HEAD", "/"),
    ("GET", "/en"),
    ("GET", "/assets/{path:path}"),
    ("GET", "/static/{path:path}"),
    ("GET", "/favicon.ico"),
    ("GET", "/theme.css"),
    ("GET", "/config"),
    ("GET", "/gradio_api/app_id"),
    ("GET", "/gradio_api/startup-events"),
    ("GET", "/gradio_api/heartbeat/{session_hash}"),
    ("POST", "/gradio_api/queue/join"),
    ("GET", "/gradio_api/queue/data"),
    ("POST", "/gradio_api/cancel"),
    ("POST", "/gradio_api/reset"),
    ("POST", "/gradio_api/component_server/"),
    ("GET", "/gradio_api/upload_progress"),
    ("POST", "/gradio_api/upload"),
    # What programs ask for.
    ("GET", "/gradio_api/info"),
    ("GET", "/health"),
    ("GET", "/v1/models"),
    ("POST", "/v1/chat/completions"),
}
QUESTION = "三号码头什么时候启用？"
OURS = "这里什么也没有。".encode()  # a 404 of Gradio's says something else


@pytest.fixture(scope="module")
def attacked(serve: Callable[..., Server]) -> Server:
    command = ("tests/support/attacked_page.py",)
    server = serve(DOCUMENTS, command=command, options=["--allow-host", NAMED])
    asking = [None, QUESTION, [], "", ""]
    do(server, event_of(server, "question", "submit"), asking, "warm")  # the model is loaded
    return server


@pytest.fixture(scope="module")
def stranger() -> Iterator[Stranger]:
    with Stranger("<script>window.taken = 1</script>").serving() as stranger:
        yield stranger


def running_routes(server: Server) -> list[tuple[str, str]]:
    return [tuple(each) for each in json.loads((server.index / ROUTES_FILE).read_text("utf-8"))]


def is_ours(body: bytes) -> bool:
    return body == OURS or OURS.decode() in body.decode("unicode_escape")


def do(server: Server, event: int, values: list[object], session: str) -> str:
    """Have the page do what one of its events does, and return what it tells of it."""
    joining = {"fn_index": event, "data": values, "session_hash": session}
    assert post_json(server, "/gradio_api/queue/join", joining).status == 200
    told = finish(server, session)
    assert "process_completed" in told
    return told


def file_at(path: str) -> dict[str, object]:
    return {"path": path, "meta": {"_type": "gradio.FileData"}}


def documents(server: Server) -> set[str]:
    return {path.name for path in server.corpus.iterdir()}


# -- routes


def test_whatever_else_gradio_serves_is_not_there(attacked: Server) -> None:
    routes = running_routes(attacked)
    assert len({path for _, path in routes}) > 60
    assert ("GET", "/gradio_api/file={path_or_url:path}") in routes
    tried = {(method, path) for _, path in OPEN for method in ("OPTIONS", "PUT", "DELETE", "PATCH")}
    let_in = []
    for method, path in sorted(tried | set(routes) - OPEN):
        asked = re.sub(r"\{\w+\}", "1", path.replace("{path:path}", "a/b.png"))
        asked = re.sub(r"\{\w+:path\}", f"http://{STRANGER}/b.png", asked)
        reply = send(attacked, method, asked)
        if reply.status != 404 or not (is_ours(reply.body) or method == "HEAD"):
            let_in.append((method, asked, reply.status, reply.body[:80]))
    assert let_in == []


def test_every_open_route_is_still_one_of_gradios(attacked: Server) -> None:
    routes = [(method, compile_path(path)[0]) for method, path in running_routes(attacked)]
    dead = [
        route
        for route in set(ROUTES) - set(ORIGINALS)
        if not any(
            method == route.method and pattern.match(re.sub(r"\{[\w:]+\}", "1", route.path))
            for method, pattern in routes
        )
    ]
    assert dead == []


@pytest.mark.parametrize(
    "path",
    [
        "file=http://{host}/x.png",
        "file/http://{host}/x.png",
        "file=HTTP://{host}/x.png",
        "file=%68ttp://{host}/x.png",
        "file%3Dhttp://{host}/x.png",
        "file=http:%2F%2F{host}%2Fx.png",
        "file=http:%252F%252F{host}%252Fx.png",
        "file=//{host}/x.png",
        "file=\\\\{host}\\x.png",
        "./file=http://{host}/x.png",
        "%2e%2e/gradio_api/file=http://{host}/x.png",
        "/file=http://{host}/x.png",
        "proxy=https://{host}/x.png",
        "stream/1/1/1/playlist.m3u8",
        "file=/etc/passwd",
    ],
)
def test_no_address_is_fetched_and_no_file_is_served(
    attacked: Server, stranger: Stranger, path: str
) -> None:
    host = f"{STRANGER}:{stranger.port}"
    reply = send(attacked, "GET", "/gradio_api/" + path.format(host=host))
    assert (reply.status, stranger.asked) == (404, [])
    assert reply.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert reply.headers["x-content-type-options"] == "nosniff"


def test_a_file_that_is_named_by_its_address_is_not_fetched(
    attacked: Server, stranger: Stranger
) -> None:
    address = f"http://{STRANGER}:{stranger.port}/x.txt"
    do(attacked, event_of(attacked, "files", "upload"), [[file_at(address)], ""], "byaddress")
    assert stranger.asked == []
    assert documents(attacked) == set(DOCUMENTS)


def test_scripts_and_styles_cannot_be_opened_as_pages(attacked: Server) -> None:
    page = send(attacked, "GET", "/").body.decode()
    (script,) = re.findall(r'src="\./(assets/index-[^"]+\.js)"', page)
    for path in (f"/{script}", "/theme.css", "/config", "/favicon.ico"):
        reply = send(attacked, "GET", path)
        assert reply.status == 200
        assert reply.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["cross-origin-resource-policy"] == "same-origin"


# -- hosts and origins


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:{port}", "LOCALHOST:{port}", "[::1]:{port}", "192.0.2.7", NAMED, f"{NAMED}.:443"],
)
def test_hosts_that_are_served(attacked: Server, host: str) -> None:
    reply = send(attacked, "GET", "/config", [("Host", host.format(port=attacked.port))])
    assert reply.status == 200


@pytest.mark.parametrize(
    "headers",
    [
        [("Host", "evil.example")],
        [("Host", "evil.example:{port}")],
        [("Host", "127.0.0.1.evil.example")],
        [("Host", "localhost.evil.example")],
        [("Host", f"{NAMED}.evil.example")],
        [("Host", f"{NAMED}@evil.example")],
        [("Host", "")],
        [("Host", "localhost"), ("Host", "evil.example")],
        [("Host", "localhost"), ("X-Forwarded-Host", "evil.example")],
        [("Host", "localhost"), ("X-Forwarded-Host", "localhost, evil.example")],
    ],
)
def test_hosts_that_are_not(attacked: Server, headers: list[tuple[str, str]]) -> None:
    said = [(name, value.format(port=attacked.port)) for name, value in headers]
    for path in ("/", "/config", "/gradio_api/queue/data?session_hash=1"):
        assert send(attacked, "GET", path, said).status in (400, 421)


def test_a_name_that_was_led_here_adds_and_purges_nothing(attacked: Server) -> None:
    config = send(attacked, "GET", "/config").json
    events = {
        target[1]: each["id"] for each in config["dependencies"] for target in each["targets"]
    }
    evil = [("Host", "evil.example"), ("Origin", "http://evil.example")]
    victim = next(iter(DOCUMENTS))
    adding = {"fn_index": event_of(attacked, "add", "click"), "data": ["", "evil", "text"]}
    purging = {
        "fn_index": events["remove"],
        "data": [],
        "event_data": {"doc_id": victim, "title": "", "checked": True},
    }
    for number, event in enumerate((adding, purging)):
        joining = event | {"session_hash": f"rebound{number}"}
        reply = post_json(attacked, "/gradio_api/queue/join", joining, evil)
        assert reply.status == 421
        assert "--allow-host" in reply.json["detail"]
    assert upload(attacked, "evil.txt", b"evil", *evil).status == 421
    assert documents(attacked) == set(DOCUMENTS)


@pytest.mark.parametrize(
    "headers",
    [
        [("Origin", "http://evil.example")],
        [("Origin", "null")],
        [("Origin", "file://")],
        [("Origin", "http://127.0.0.1:1")],
        [("Origin", "http://localhost:{port}")],
        [("Origin", "http://127.0.0.1:{port}.evil.example")],
        [("Origin", "http://127.0.0.1:{port}"), ("Origin", "http://evil.example")],
        [("Origin", "chrome-extension://127.0.0.1:{port}")],
        [("Sec-Fetch-Site", "cross-site")],
        [("Sec-Fetch-Site", "same-site")],
    ],
)
def test_other_origins_are_refused(attacked: Server, headers: list[tuple[str, str]]) -> None:
    said = [(name, value.format(port=attacked.port)) for name, value in headers]
    replies = [
        post_json(attacked, "/gradio_api/queue/join", {"data": [], "session_hash": "o"}, said),
        post_json(attacked, "/gradio_api/run/predict", {"data": [], "session_hash": "o"}, said),
        post_json(attacked, "/gradio_api/cancel", {}, said),
        upload(attacked, "evil.txt", b"evil", *said),
        send(attacked, "GET", "/config", said),
        send(attacked, "GET", "/gradio_api/queue/data?session_hash=o", said),
    ]
    assert [reply.status for reply in replies] == [403] * len(replies)
    for reply in replies:
        assert not [name for name in reply.headers if name.startswith("access-control")]


def test_no_other_page_logs_anybody_in_or_out(guarded: Server) -> None:
    said = [("Origin", "https://evil.example"), ("Content-Type", FORM)]
    assert send(guarded, "POST", "/login", said, b"username=a&password=b").status == 403
    assert send(guarded, "POST", "/logout", said).status == 403
    assert send(guarded, "GET", "/logout").status == 404


def test_no_preflight_is_answered(attacked: Server) -> None:
    said = [("Origin", "http://localhost:1"), ("Access-Control-Request-Method", "POST")]
    reply = send(attacked, "OPTIONS", "/gradio_api/queue/join", said)
    assert reply.status == 404
    assert not [name for name in reply.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Origin", "http://127.0.0.1:{port}"), ("Sec-Fetch-Site", "same-origin")],
        [("Host", NAMED), ("Origin", f"https://{NAMED}")],
        # A proxy that names the server by its own address.
        [("Host", "127.0.0.1:{port}"), ("Origin", f"https://{NAMED}")],
        [("Host", "localhost"), ("X-Forwarded-Host", NAMED), ("Origin", f"http://{NAMED}")],
    ],
)
def test_the_page_and_programs_are_let_in(attacked: Server, headers: list[tuple[str, str]]) -> None:
    said = [(name, value.format(port=attacked.port)) for name, value in headers]
    reply = upload(attacked, "own.txt", "自己的".encode(), *said)
    assert reply.status == 200
    assert not [name for name in reply.headers if name.startswith("access-control")]


def test_a_link_leads_to_the_page_and_to_nothing_else(attacked: Server) -> None:
    link = [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate")]
    assert send(attacked, "GET", "/", link).status == 200
    assert send(attacked, "GET", "/config", link).status == 403
    script = [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors")]
    assert send(attacked, "GET", "/", script).status == 403


def test_no_web_socket_is_opened(attacked: Server) -> None:
    said = [
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ]
    assert send(attacked, "GET", "/gradio_api/queue/join", said).status in (403, 404)


# -- sizes


def zeros(size: int) -> Iterator[bytes]:
    piece = b"0" * MB
    for _ in range(size // MB):
        yield piece


@pytest.mark.parametrize("chunked", [False, True])
def test_a_question_of_200_mb_is_not_taken(attacked: Server, *, chunked: bool) -> None:
    size = 200 * MB
    said = [("Content-Type", "application/json")]
    said += [] if chunked else [("Content-Length", str(size))]
    with growth(attacked) as grown:
        reply = send(attacked, "POST", "/gradio_api/queue/join", said, zeros(size))
    assert reply.status == 413
    assert reply.json["detail"] in TOO_MUCH
    assert grown.most < 100 * MB


def test_a_log_in_of_150_mb_is_not_taken(guarded: Server) -> None:
    with growth(guarded) as grown:
        reply = send(guarded, "POST", "/login", [("Content-Type", FORM)], zeros(150 * MB))
    assert reply.status == 413
    assert grown.most < 100 * MB


def test_ten_files_of_60_mb_are_too_much_at_once(attacked: Server) -> None:
    files = [(f"{number}.txt", zeros(60 * MB)) for number in range(10)]
    with growth(attacked) as grown:
        reply = send(attacked, "POST", "/gradio_api/upload", [MULTIPART], multipart(files))
    assert reply.status == 413
    assert any(said in reply.body.decode() for said in TOO_MUCH)
    assert grown.most < 100 * MB


@pytest.mark.parametrize("length", ["-1", "x", "99999999999999999999"])
def test_lengths_that_are_none(attacked: Server, length: str) -> None:
    said = [("Content-Length", length)]
    assert send(attacked, "POST", "/gradio_api/cancel", said).status in (400, 413)


def test_a_request_for_a_page_carries_nothing(attacked: Server) -> None:
    assert send(attacked, "GET", "/config", body=b"x" * 100).status == 413


# -- files on their way


def left(path: str) -> list[str]:
    """Return which files with something in them are in the folder of an uploaded one."""
    files = [each for each in Path(path).parents[1].rglob("*") if each.is_file()]
    return [each.name for each in files if each.stat().st_size]


def test_what_was_added_or_refused_is_not_kept(attacked: Server) -> None:
    contents = {
        "Zimtstern.txt": "Der Zimtstern kostet 4711 Taler.",
        "läuft.exe": "MZ",
        "空.txt": "",
    }
    body = b"".join(multipart((name, [text.encode()]) for name, text in contents.items()))
    paths = send(attacked, "POST", "/gradio_api/upload", [MULTIPART], body).json
    assert set(left(paths[0])) >= {"Zimtstern.txt", "läuft.exe"}
    event = event_of(attacked, "files", "upload")
    told = do(attacked, event, [[file_at(path) for path in paths], ""], "files")
    assert "Zimtstern" in told
    assert not set(left(paths[0])) & set(contents)
    assert not any(Path(path).exists() for path in paths)
    (attacked.corpus / "Zimtstern.txt").unlink()


def test_what_was_broken_off_is_not_kept(attacked: Server) -> None:
    (path,) = upload(attacked, "whole.txt", b"whole").json
    before = left(path)
    with socket.create_connection(("127.0.0.1", attacked.port)) as connection:
        head = (
            f"POST /gradio_api/upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: {9 * MB}\r\n"
        )
        connection.sendall(f"{head}{MULTIPART[0]}: {MULTIPART[1]}\r\n\r\n".encode())
        connection.sendall(b"".join(multipart([("half.txt", [b"half" * MB])]))[:-20])
        wait_until(lambda: left(path) != before)
    wait_until(lambda: left(path) == before)


def test_what_was_too_much_is_not_kept(attacked: Server) -> None:
    (path,) = upload(attacked, "small.txt", b"small").json
    before = left(path)
    files = [("large.txt", zeros(70 * MB))]
    assert send(attacked, "POST", "/gradio_api/upload", [MULTIPART], multipart(files)).status == 413
    wait_until(lambda: left(path) == before)


def wait_until(true: Callable[[], bool]) -> None:
    ended = time.monotonic() + 30
    while not true():
        assert time.monotonic() < ended
        time.sleep(0.05)
