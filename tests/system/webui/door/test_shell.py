"""The page's dress: language, nonce, policy; and that everything else passes untouched."""

import re
from collections.abc import Awaitable, Callable

import anyio
import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from webui.door.shell import LANGUAGE_COOKIE, Shell, scripts_in

TEMPLATE = (
    '<!doctype html><html lang="en"><head>'
    '<meta property="og:image" content="https://x.invalid/i" />'
    '<script>window.config = {"a": "\\u003cscript>"}</script></head>'
    '<body><script type="module" src="./a.js"></script></body></html>'
)


async def page(request: Request) -> Response:
    return HTMLResponse(TEMPLATE)


async def data(request: Request) -> Response:
    return JSONResponse({"a": "<script>", "method": request.method})


async def forged(request: Request) -> Response:
    return HTMLResponse(TEMPLATE.replace("<body>", "<body><script>forged</script>"))


def served(front: Callable[[Request], Awaitable[Response]]) -> Shell:
    routes = [
        Route("/", front),
        Route("/en", page),
        Route("/other", page),
        Route("/api/join/", data, methods=["GET", "POST"]),
    ]
    return Shell(Starlette(routes=routes), scripts=scripts_in(TEMPLATE.encode()))


APP = served(page)


async def get(app: Shell, path: str, method: str, headers: dict[str, str]) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://page") as client:
        return await client.request(method, path, headers=headers)


def ask(path: str, *, method: str = "GET", app: Shell = APP, **headers: str) -> httpx.Response:
    return anyio.run(lambda: get(app, path, method, headers))


def test_every_script_has_the_nonce_of_the_policy_and_it_is_fresh() -> None:
    nonces = set()
    for _ in range(2):
        answer = ask("/")
        (nonce,) = re.findall(r"'nonce-([^']+)'", answer.headers["content-security-policy"])
        tags = re.findall(r"<script[^>]*>", answer.text)
        assert len(tags) == 3  # ours and the template's two
        assert all(f'nonce="{nonce}"' in tag for tag in tags)
        nonces.add(nonce)
    assert len(nonces) == 2


def test_a_script_that_is_not_of_the_template_gives_all_of_them_no_nonce() -> None:
    answer = ask("/", app=served(forged))
    assert "<script>forged" in answer.text
    tags = re.findall(r"<script[^>]*>", answer.text)
    assert [tag for tag in tags if "nonce" in tag] == tags[:1]  # our own, which comes first


def test_a_page_goes_out_packed_to_who_can_unpack_it() -> None:
    packed, plain = (ask("/", **{"accept-encoding": how}) for how in ("br, gzip", "identity"))
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) * 3 < int(plain.headers["content-length"])
    assert "content-encoding" not in plain.headers
    assert len(packed.content) == len(plain.content)  # httpx has unpacked it
    assert "Accept-Encoding" in packed.headers["vary"]


def test_what_is_a_page_is_told_by_its_path() -> None:
    answer = ask("/other")
    assert answer.text == TEMPLATE
    assert "content-security-policy" not in answer.headers


def test_our_script_and_style_come_first_and_foreign_metadata_goes() -> None:
    text = ask("/").text
    assert text.index("const wenzheng") < text.index("window.config")
    assert text.index("--paper") < text.index("window.config")
    assert "x.invalid" not in text
    assert '"\\u003cscript>"' in text


@pytest.mark.parametrize(
    ("path", "headers", "status", "lang"),
    [
        ("/", {}, 200, "zh-CN"),
        ("/", {"accept-language": "zh-CN,en;q=0.5"}, 200, "zh-CN"),
        ("/", {"accept-language": "en-GB"}, 307, None),
        ("/", {"accept-language": "en-GB", "cookie": f"{LANGUAGE_COOKIE}=zh"}, 200, "zh-CN"),
        ("/", {"accept-language": "zh", "cookie": f"{LANGUAGE_COOKIE}=en"}, 307, None),
        ("/", {"cookie": f"{LANGUAGE_COOKIE}=<script>; x\\=;"}, 200, "zh-CN"),
        ("/en", {"accept-language": "zh"}, 200, "en"),
    ],
)
def test_the_language_is_the_readers(
    path: str, headers: dict[str, str], status: int, lang: str | None
) -> None:
    answer = ask(path, **headers)
    assert answer.status_code == status
    if lang is None:
        assert answer.headers["location"] == "./en"
    else:
        assert f'<html lang="{lang}">' in answer.text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_no_page_passes_untouched(method: str) -> None:
    answer = ask("/api/join/", method=method, **{"accept-language": "en"})
    assert answer.json() == {"a": "<script>", "method": method}
    assert "content-security-policy" not in answer.headers
