"""The page in a real browser: a server with the real model over a scratch corpus, and Chromium."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

from index.embedders.embedding import Embedder
from tests.support.serving import (
    CHROMIUM,
    CHROMIUM_FLAGS,
    DOCUMENTS,
    NO_BROWSER,
    Server,
    build_index,
    write_corpus,
)
from webui.door import auth

if CHROMIUM is None and os.environ.get("CI"):
    raise RuntimeError(NO_BROWSER)


@pytest.fixture(scope="module")  # its event loop must not be there for the tests of other modules
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_FLAGS))
        yield chromium
        chromium.close()


@contextmanager
def _serving(
    tmp_path_factory: pytest.TempPathFactory, embedder: Embedder
) -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(
        documents: dict[str, str],
        *,
        options: Sequence[str] = (),
        command: Sequence[str] = ("ui.py",),
    ) -> Server:
        folder = tmp_path_factory.mktemp("page")
        corpus, index = write_corpus(folder / "corpus", documents), folder / "built"
        build_index(corpus, index, embedder)
        servers.append(Server(corpus, index, options=options, command=command).start())
        return servers[-1]

    try:
        yield start
    finally:
        for server in servers:
            server.interrupt()
        for server in servers:
            server.wait()


@pytest.fixture(scope="module")  # a server that waits costs time, too
def serve(
    tmp_path_factory: pytest.TempPathFactory, embedder: Embedder
) -> Iterator[Callable[..., Server]]:
    """Serve documents of one's own; every server is stopped at the end of the module."""
    with _serving(tmp_path_factory, embedder) as start:
        yield start


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Server]:
    """The page over the documents above. What a test adds, it removes."""
    with _serving(tmp_path_factory, embedder) as start:
        yield start(DOCUMENTS)


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Server]:
    """The page over no documents, for anna alone."""
    users = tmp_path_factory.mktemp("users") / "users.json"
    auth.add_user(users, "anna", "correct horse")
    with _serving(tmp_path_factory, embedder) as start:
        yield start({}, options=["--auth", str(users)])
