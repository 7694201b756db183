"""How long a start takes: the page from its command to the first answer, and what it costs.

Seconds pass differently on a machine with other work, so each start's processor seconds stand
beside them, and of several starts the fastest counts.
"""

import argparse
import http.client
import importlib.util
import resource
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import index.settings
from eval.bench.answers import known_questions
from index.errors import ChatbotError
from index.keeping.library import Library

_PAGE = Path(__file__).resolve().parents[2] / "ui.py"
_MOST_SECONDS = 120
_LOOK_SECONDS = 0.01
_HEADERS = {"Accept-Language": "zh", "Accept-Encoding": "gzip"}
_BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `bench start`."""
    parser.add_argument("--starts", type=int, default=5, metavar="N", help="starts (%(default)s)")
    index.settings.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Print when the port and the first byte are there, then, in a browser, page and answer."""
    settings = index.settings.from_arguments(args)
    library = Library(settings)
    library.update()
    (question,) = known_questions(library, 1)
    library.close()
    places = ["--corpus", str(settings.corpus_dir), "--index-dir", str(settings.index_dir)]
    _print("without a browser", args.starts, lambda: _fetched(places))
    ask = [sys.executable, "-m", "rag", "ask", question, *places]
    _print("python -m rag ask", args.starts, lambda: asked(ask))
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None or importlib.util.find_spec("playwright") is None:
        print("in a browser       not measured: needs playwright and Chromium")  # noqa: T201
        return 0
    with _chromium(browser) as chromium:
        _print("in a browser", args.starts, lambda: _shown(chromium, places, question))
    return 0


def _print(what: str, times: int, start: Callable[[], dict[str, float]]) -> None:
    """Print the least and the most of each figure of so many starts, and of their processors."""
    starts = []
    for _ in range(times):
        before = _processor()
        starts.append(start())
        starts[-1]["processor"] = _processor() - before
    figures = (
        f"{name} {min(one[name] for one in starts):.2f}-{max(one[name] for one in starts):.2f} s"
        for name in starts[0]
    )
    print(f"{what:18} {', '.join(figures)}")  # noqa: T201


@contextmanager
def _serving(places: list[str]) -> Iterator[tuple[float, int]]:
    """Start the page; yield when that was, and its port. It is killed at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = [sys.executable, str(_PAGE), "--port", str(port), *places]
    begun = time.perf_counter()
    with subprocess.Popen(command, cwd=_PAGE.parent, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port, process)
            yield begun, port
        finally:
            process.kill()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    latest = time.perf_counter() + _MOST_SECONDS
    while time.perf_counter() < latest and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(_LOOK_SECONDS)
    raise ChatbotError("The page has not started. Does this: python ui.py")


def _fetched(places: list[str]) -> dict[str, float]:
    with _serving(places) as (begun, port):
        there = time.perf_counter() - begun
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_MOST_SECONDS)
        connection.request("GET", "/", headers=_HEADERS)
        connection.getresponse().read(1)
        seconds = time.perf_counter() - begun
    connection.close()
    return {"port": there, "first byte": seconds}


def asked(command: list[str]) -> dict[str, float]:
    """Return the seconds that a command took to its answer."""
    begun = time.perf_counter()
    subprocess.run(command, cwd=_PAGE.parent, check=True, stdout=subprocess.DEVNULL)
    return {"answer": time.perf_counter() - begun}


@contextmanager
def _chromium(path: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])


def _shown(chromium: Any, places: list[str], question: str) -> dict[str, float]:  # noqa: ANN401
    """Open the page in a browser that waits for it and keeps nothing, and ask at once."""
    context = chromium.new_context(locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(_MOST_SECONDS * 1000)
    with _serving(places) as (begun, port):
        page.goto(f"http://127.0.0.1:{port}", wait_until="commit")
        first = time.perf_counter() - begun
        box = page.locator("#question textarea")
        box.wait_for()
        usable = time.perf_counter() - begun
        box.fill(question)
        box.press("Enter")
        page.locator(".exchange .actions").first.wait_for()
        answered = time.perf_counter() - begun
    context.close()
    return {"first byte": first, "usable": usable, "answer": answered}


def _processor() -> float:
    """Return the processor seconds of the processes that have been started here and have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime
