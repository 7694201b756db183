"""The engines that hold an index: files in a folder (SQLite and FAISS), or a Milvus server.

Both keep builds, of which one answers; what reads, changes and searches them is the same code.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from index.embedders.embedding import Embedder
from index.embedders.token_codes import TokenCodec
from index.keeping.builds import Builds
from index.reports import Notify
from index.search.documents import DocumentSummary
from index.search.storing import DocumentStore
from index.settings import IndexSettings, MilvusAddress
from index.types import Chunk, FloatArray, LexicalHit, Scope


class OpenBuild(Protocol):
    """One build that is open."""

    @property
    def name(self) -> str:
        """Its name, which no other build of the index ever has."""

    @property
    def store(self) -> DocumentStore:
        """What it keeps."""

    @property
    def codec(self) -> TokenCodec | None:
        """What compares questions with its token codes; None where it has none."""

    @property
    def wants_files(self) -> bool:
        """Whether searches would be faster if `make_files` were called."""

    def read(self) -> None:
        """Read what searches look at, where that is not in memory yet."""

    def sound(self) -> AbstractContextManager[None]:
        """Say that what it keeps is damaged where reading it fails since it contradicts itself."""

    def nearest(
        self, query: FloatArray, top_k: int, scope: Scope, is_there: Callable[[str], bool]
    ) -> list[tuple[Chunk, float]]:
        """Return the chunks nearest to `query`, shape (dim,), best first, with cosines.

        Of the documents of the scope, those of which `is_there` says that their file is there.
        """

    def sharing(
        self, terms: Sequence[str], top_k: int, scope: Scope, is_there: Callable[[str], bool]
    ) -> list[LexicalHit]:
        """Return the chunks that share most with the terms, best first, among the same."""

    def summaries(self) -> Sequence[DocumentSummary]:
        """Return a line per document, by doc_id."""

    def save(self, *, anew: bool = False) -> None:
        """Let what is stored be found. Raises CorpusError when that cannot be written."""

    def make_files(self, turn: Callable[[], AbstractContextManager[object]]) -> None:
        """Make searches of many vectors fast; `turn` keeps others from writing, at the end."""

    def vector_faults(self) -> list[str]:
        """Return how what is searched differs from what is stored."""

    def read_vectors_anew(self) -> None:
        """Make what is searched of what is stored."""

    def bytes_on_disk(self) -> int:
        """Return how much of this machine's disk it takes."""

    def close(self) -> None:
        """Close it as soon as nobody reads it."""


class Engine(Protocol):
    """The builds of one index, the current one open."""

    def reading(self) -> AbstractContextManager[OpenBuild]:
        """Hold the build of this moment: it stays open while another is swapped in."""

    def current(self) -> OpenBuild:
        """Return the current build. For who holds the lock.

        Raises IndexNotBuiltError when there is none, IndexMismatchError when it is damaged.
        """

    def writing(self, *, wait: bool = True) -> AbstractContextManager[bool]:
        """Hold the writers' lock; yield whether we have it: always, unless `wait` is False."""

    def begin(self, embedder: Embedder) -> OpenBuild:
        """Return a new build, empty; what an interrupted one left is deleted."""

    def swap_in(self, name: str) -> None:
        """Make a build the current one, and delete the others."""

    def leftovers(self, name: str) -> list[str]:
        """Delete what interrupted commands left beside the build of this name; return what."""

    def close(self) -> None:
        """Close the current build."""


def engine_of(settings: IndexSettings, notify: Notify) -> Engine:
    """Return the engine that the settings name; nothing is read yet.

    `notify` is told of what is waited for.
    """
    if isinstance(settings.index_dir, MilvusAddress):
        from index.milvus.builds import MilvusBuilds

        return MilvusBuilds(settings, settings.index_dir, notify)
    return Builds(settings.index_dir, settings.corpus_dir, notify)
