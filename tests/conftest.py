"""What all tests share: the real embedder and a counting one, a scratch corpus; who runs which."""

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from index.embedders.embedding import Embedder
from index.embedders.fake import FakeEmbedder
from index.embedders.load import load_embedder
from index.keeping.library import Library
from index.settings import IndexSettings
from index.types import Kind, TokenVectors
from tests.support.milvus_servers import HAS_MILVUS, NO_MILVUS
from tests.support.pages import (  # noqa: F401 (fixtures)
    browser,
    eval_dir,
    guarded,
    scripted,
    serve,
    server,
    users,
)
from tests.support.postgres_server import HAS_POSTGRES, NO_POSTGRES
from tests.support.serving import CHROMIUM, NO_BROWSER, ROOT
from tests.support.small_sets import make_run, small_set  # noqa: F401 (fixtures)
from tests.support.user_engines import postgres  # noqa: F401 (fixture)

TEXTS = {
    "harbour.md": (
        "# 青石港2031年年报\n\n"
        "青石港在2031年共装卸集装箱418万箱，比上一年增加7%。\n\n"
        "港务局局长林望舒说，新建的三号码头将在2033年春天启用。\n"
    ),
    "observatory.txt": (
        "The Larkspur observatory\n\n"
        "The Larkspur observatory opened in 1974 on a hill above the village of Penrow. "
        "Its main mirror measures 2.4 metres. Dr. Amara Osei has led it since 2019.\n"
    ),
    "muehle.txt": (
        "Die Wassermühle von Eschenbach\n\n"
        "Die Wassermühle mahlte bis 1958 Getreide. Am 3. Oktober 1987 wurde sie ein Museum, "
        "das jährlich rund 12.500 Gäste besuchen.\n"
    ),
}


# No test is timed: on a busy machine, or where a library is imported first, one may take long.
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")


def write_texts(corpus_dir: Path) -> None:
    """Write the documents of the scratch corpus."""
    corpus_dir.mkdir()
    for name, text in TEXTS.items():
        (corpus_dir / name).write_text(text, "utf-8")


class CountingEmbedder(FakeEmbedder):
    """Keeps the passages that it embeds. A token is a character: short texts have chunks, too."""

    def __init__(self) -> None:
        super().__init__()
        self.embedded: list[str] = []

    def embed_tokens(self, texts: Sequence[str], kind: Kind) -> list[TokenVectors]:
        if kind == "passage":
            self.embedded += texts
        return super().embed_tokens(texts, kind)

    def count_tokens(self, texts: Sequence[str], kind: Kind) -> list[int]:
        return [len(text) + 2 for text in texts]


class ModulesWithExamples:
    """Leaves out modules without a doctest: importing them all, torch among them, takes seconds."""

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        is_ours = collection_path.is_relative_to(ROOT) and collection_path.suffix == ".py"
        if is_ours and collection_path.relative_to(ROOT).parts[0] in ("index", "rag", "eval"):
            return ">>> " not in collection_path.read_text("utf-8") or None
        return None


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(ModulesWithExamples())


# Files that share a server run in one process, so that it is started once. They come first.
ONE_SERVER = {
    "server": (
        *("browser/test_access.py", "browser/test_adding.py", "browser/test_attacks.py"),
        *("browser/test_chat.py", "browser/test_documents.py", "browser/test_evaluation.py"),
        *("browser/test_finding_again.py", "browser/test_generator.py"),
        *("browser/test_safety.py", "browser/test_scope.py", "browser/test_users_own.py"),
        *("system/webui/api/test_open_programs.py", "system/webui/door/test_auth.py"),
        *("system/webui/door/test_kept.py", "system/webui/door/test_logins.py"),
        "system/webui/door/test_originals.py",
        *("system/webui/test_attacks.py", "system/webui/test_launching.py"),
        "system/webui/test_tabs.py",
    ),
    "scripted": ("browser/test_conversations.py", "browser/test_stopping.py"),
    "postgres": (
        *("browser/test_database_away.py", "system/webui/test_users_anywhere.py"),
        "system/webui/test_users_in_postgres.py",
    ),
}
TOGETHER = {f"tests/{file}": name for name, files in ONE_SERVER.items() for file in files}


class ByServer(LoadScopeScheduling):
    """Gives a file to one process, and with it those that share a server."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return TOGETHER.get(file, file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByServer | None:
    return ByServer(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if CHROMIUM is None:
        terminalreporter.section("browser tests", red=True)
        terminalreporter.line(NO_BROWSER, red=True)
    if not HAS_MILVUS:
        terminalreporter.section("tests of the index in Milvus", red=True)
        terminalreporter.line(NO_MILVUS, red=True)
    if not HAS_POSTGRES:
        terminalreporter.section("tests of users in PostgreSQL", red=True)
        terminalreporter.line(NO_POSTGRES, red=True)
    if again := terminalreporter.stats.get("rerun"):
        terminalreporter.section("failed at first: look into it", yellow=True)
        for report in again:
            terminalreporter.line(f"{report.nodeid}\n{report.longreprtext}")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("WENZHENG_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The embedded model, as users run it."""
    return load_embedder(IndexSettings())


@pytest.fixture
def counting() -> CountingEmbedder:
    return CountingEmbedder()


@pytest.fixture
def settings(tmp_path: Path) -> IndexSettings:
    """A scratch corpus of three documents in three languages, and no index yet."""
    corpus_dir = tmp_path / "corpus"
    write_texts(corpus_dir)
    return IndexSettings(corpus_dir=corpus_dir, index_dir=tmp_path / "built")


@pytest.fixture
def library(settings: IndexSettings, counting: CountingEmbedder) -> Iterator[Library]:
    """The scratch corpus, indexed with the counting embedder."""
    made = Library(settings, embedder=counting)
    made.update()
    yield made
    made.close()


@pytest.fixture(scope="session")
def really_indexed(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A folder with the scratch corpus and its index by the embedded model, to be copied."""
    folder = tmp_path_factory.mktemp("really-indexed")
    settings = IndexSettings(corpus_dir=folder / "corpus", index_dir=folder / "built")
    write_texts(settings.corpus_dir)
    library = Library(settings, embedder=embedder)
    library.update()
    library.close()
    return folder


@pytest.fixture
def indexed(settings: IndexSettings, really_indexed: Path) -> IndexSettings:
    """A scratch corpus of three documents with its index by the embedded model."""
    for folder in (settings.corpus_dir, settings.index_dir):
        shutil.copytree(really_indexed / folder.name, folder, dirs_exist_ok=True)
    return settings


@pytest.fixture
def real_library(indexed: IndexSettings, embedder: Embedder) -> Iterator[Library]:
    """The scratch corpus, indexed with the embedded model."""
    made = Library(indexed, embedder=embedder)
    made.open()
    yield made
    made.close()
