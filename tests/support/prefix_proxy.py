"""A proxy that serves a page under a path of its own, and takes the path away."""

import argparse
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.support.serving import ROOT, free_port

_METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE"]


@contextmanager
def proxied(url: str, path: str) -> Iterator[str]:
    """Serve what is at `url` under a path, and yield the address with the path, without a slash.

    What is not under the path is of somebody else: it answers 418.
    """
    port = free_port()
    command = [sys.executable, "-m", "tests.support.prefix_proxy", url, path, str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "serving\n"
        try:
            yield f"http://127.0.0.1:{port}{path}"
        finally:
            process.kill()


def _app(url: str, path: str) -> Starlette:
    client = httpx.AsyncClient(base_url=url, trust_env=False, timeout=120)

    async def forward(request: Request) -> Response:
        address = httpx.URL(
            path=request.url.path.removeprefix(path), query=request.url.query.encode()
        )
        said = [pair for pair in request.headers.raw if pair[0] != b"connection"]
        asked = client.build_request(
            request.method, address, headers=said, content=await request.body()
        )
        answer = await client.send(asked, stream=True)
        passed = StreamingResponse(
            answer.aiter_raw(), answer.status_code, background=BackgroundTask(answer.aclose)
        )
        passed.raw_headers = list(answer.headers.raw)
        return passed

    async def of_somebody_else(_: Request) -> Response:
        return PlainTextResponse("not yours", 418)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with client:
            yield

    routes = [
        Route(f"{path}/{{rest:path}}", forward, methods=_METHODS),
        Route("/{rest:path}", of_somebody_else, methods=_METHODS),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


class _Server(uvicorn.Server):
    async def startup(self, sockets: None = None) -> None:
        await super().startup(sockets)
        print("serving", flush=True)


def main() -> None:
    """Serve until the process is killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("path")
    parser.add_argument("port", type=int)
    options = parser.parse_args()
    app = _app(options.url, options.path)
    _Server(uvicorn.Config(app, port=options.port, log_level="error", ws="none")).run()


if __name__ == "__main__":
    main()
