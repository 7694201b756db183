"""The page in a real browser: a server with the real model over a scratch corpus, and Chromium."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from index.embedders.embedding import Embedder
from tests.support.serving import (
    CHROMIUM,
    CHROMIUM_FLAGS,
    DOCUMENTS,
    NO_BROWSER,
    ROOT,
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
def eval_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `server` has its evaluation sets: a shipped one, and what a test adds."""
    folder = tmp_path_factory.mktemp("eval")
    shutil.copytree(ROOT / "eval" / "sets" / "futian", folder / "sets" / "futian")
    return folder


@pytest.fixture(scope="session")
def server(
    tmp_path_factory: pytest.TempPathFactory, embedder: Embedder, eval_dir: Path
) -> Iterator[Server]:
    """The page over the documents above. What a test adds, it removes."""
    with _serving(tmp_path_factory, embedder) as start:
        yield start(DOCUMENTS, options=["--eval-dir", str(eval_dir)])


@contextmanager
def holding(server: Server, documents: dict[str, str], embedder: Embedder) -> Iterator[None]:
    """Within it, a running server has these documents too."""
    paths = [server.corpus / name for name in documents]
    for path, text in zip(paths, documents.values(), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    build_index(server.corpus, server.index, embedder)
    try:
        yield
    finally:
        for path in paths:
            path.unlink()
            with suppress(OSError):  # others are in that folder
                path.parent.rmdir()
        build_index(server.corpus, server.index, embedder)


@pytest.fixture(scope="session")
def scripted(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Server]:
    """The same page over an assistant that is slow, fails or doubts when it is told to."""
    with _serving(tmp_path_factory, embedder) as start:
        yield start(DOCUMENTS, command=("tests/support/scripted_page.py",))


@pytest.fixture(scope="session")
def users(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Those who may log in at `guarded`."""
    path = tmp_path_factory.mktemp("users") / "users.json"
    auth.add_user(path, "anna", "correct horse")
    return path


@pytest.fixture(scope="session")
def guarded(
    tmp_path_factory: pytest.TempPathFactory, embedder: Embedder, users: Path
) -> Iterator[Server]:
    """The page over no documents, for anna alone."""
    with _serving(tmp_path_factory, embedder) as start:
        yield start({}, options=["--auth", str(users)])
