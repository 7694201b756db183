"""The builds of an index: folders of their own, of which one answers and one writes at a time.

The index folder holds builds, each a folder with one database and the file derived from it, and
`current`, which names the build that answers:

    index/built/current                   "build-5b7c12d0"
    index/built/build-5b7c12d0/store.sqlite3, dense.vectors

A build from nothing is made beside the current one and swapped in by renaming `current`. Writers
take one lock, readers none.
"""

import re
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from index import corpus
from index.embedders.embedding import Embedder
from index.embedders.token_codes import TokenCodec
from index.errors import ChatbotError, CorpusError, IndexNotBuiltError
from index.files import discard, write
from index.keeping.doctor import vector_faults
from index.reports import Notify
from index.search.cells import EXACT_AT_MOST
from index.search.connections import CONTRADICTIONS, damaged
from index.search.database import DocumentSummary, Store
from index.search.snapshot import Snapshot
from index.search.summaries import Summaries
from index.search.vector_file import VectorFile
from index.search.vectors import DenseIndex

_DATABASE = "store.sqlite3"
_BUILD = re.compile(r"build-[0-9a-f]{8}")


class Build:
    """One build that is open: its database, and the snapshot that answers from it."""

    def __init__(self, folder: Path) -> None:
        """Open it. Raises IndexMismatchError when it is damaged or of another version."""
        self.folder = folder
        self.store = Store(folder / _DATABASE)
        means = self.store.token_means
        self.codec = None if means is None else TokenCodec(means)
        self._latest: Snapshot | None = None
        self._file = VectorFile(folder, self.store.dim)
        self._making = threading.Lock()  # the next snapshot, or the file
        self._summaries = Summaries()
        self._readers, self._is_left, self._counting = 0, False, threading.Lock()

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.folder.name

    @contextmanager
    def sound(self) -> Iterator[None]:
        """Say that the database is damaged where reading it fails since it contradicts itself."""
        try:
            yield
        except CONTRADICTIONS as error:
            if self.store.faults() or self.store.terms_faults():
                raise damaged(repr(error)) from error
            raise  # a mistake of ours

    @contextmanager
    def snapshot(self, *, exact: bool = True) -> Iterator[Snapshot]:
        """Yield what answers; all that is read of the database inside is of one moment.

        Where that is to be exactly the moment of the snapshot, this waits while another thread
        makes it. Else what answers meanwhile is of a generation before, and what it finds may be
        gone.
        """
        with ExitStack() as moment:
            latest = self._latest  # looked at before the moment begins, so not of a later one
            if exact or latest is None:
                with self._making:
                    moment.enter_context(self.store.snapshot())
                    latest = self._made()
            else:
                moment.enter_context(self.store.snapshot())
                if latest.generation != self.store.generation:
                    latest = self._made_unless_busy(latest)
            yield latest

    def _made_unless_busy(self, latest: Snapshot) -> Snapshot:
        """Return the snapshot of this moment, or the one given where another thread is at it."""
        if not self._making.acquire(blocking=False):
            return latest
        try:
            is_later = self._latest is not None and self._latest.generation > self.store.generation
            return latest if is_later else self._made()
        finally:
            self._making.release()

    def _made(self) -> Snapshot:
        """Make the snapshot of this moment that of everybody, and return it."""
        if self._latest is None:
            self._latest = Snapshot.of(self.store, self._file.load())
        else:
            self._latest = self._latest.of_now(self.store)
        return self._latest

    def summaries(self) -> Sequence[DocumentSummary]:
        """Return a line per document, by doc_id."""
        self._summaries = self._summaries.of_now(self.store)
        return self._summaries.lines

    def save(self, *, anew: bool = False) -> None:
        """Bring the snapshot and the file of vectors up. Only for who may write to the build.

        Raises CorpusError when the file cannot be written.
        """
        with self._making, self.store.snapshot():
            self._file.save(self._made().vectors, anew=anew)

    @property
    def wants_cells(self) -> bool:
        """Whether a search looks at so many vectors one by one that they belong in cells."""
        return self._latest is not None and self._latest.vectors.loose > EXACT_AT_MOST

    def put_in_cells(self, turn: Callable[[], AbstractContextManager[object]]) -> None:
        """Put all vectors in cells; who asks or writes meanwhile does not wait.

        `turn` keeps others from writing, at the end. Raises CorpusError when the file cannot be
        written.
        """
        if self._file.is_others:  # another process may have done it
            self._search_file()
        if self._latest is None or not self.wants_cells:
            return
        with ExitStack() as at_the_end:
            vectors, take_turn = self._latest.vectors, lambda: at_the_end.enter_context(turn())
            if self._file.put_in_cells(vectors, take_turn):
                self._search_file()
                self.save()

    def _search_file(self) -> None:
        """Search the vectors as the file holds them, with what it lacks."""
        with self._making, self.store.snapshot():
            self._latest = self._made().with_vectors(self._file.load())

    def vector_faults(self) -> list[str]:
        """Return how the file of vectors differs from the database; it is read anew."""
        with self._making:
            return vector_faults(self._file.load(), self.store)

    def read_vectors_anew(self) -> None:
        """Read all vectors from the database again, and write the file anew."""
        with self._making, self.store.snapshot():
            self._latest = Snapshot.of(self.store, DenseIndex.empty(self.store.dim))
            self._file.save(self._latest.vectors, anew=True)

    def bytes_on_disk(self) -> int:
        """Return the size of its files; less, when it is deleted while we look."""
        total = 0
        with suppress(FileNotFoundError):
            for path in self.folder.iterdir():
                total += path.stat().st_size
        return total

    def enter(self) -> None:
        """Begin to read: it stays open until the last reader has left."""
        with self._counting:
            self._readers += 1

    def leave(self) -> None:
        """End reading."""
        with self._counting:
            self._readers -= 1
        self._close_if_left()

    def close(self) -> None:
        """Close the database as soon as nobody reads it."""
        self._is_left = True
        self._close_if_left()

    def _close_if_left(self) -> None:
        if self._is_left and not self._readers:
            self.store.close()


class Builds:
    """The builds in an index folder, the current one open."""

    def __init__(self, index_dir: Path, corpus_dir: Path, notify: Notify) -> None:
        """Name the folder; nothing is read yet. `notify` is told of what is waited for."""
        self.index_dir = index_dir
        self._corpus_dir = corpus_dir
        self._notify = notify
        self._open: Build | None = None
        self._opening = threading.RLock()

    @contextmanager
    def reading(self) -> Iterator[Build]:
        """Hold the build of this moment: it stays open while another is swapped in."""
        name = self.current_name()
        with self._opening:
            build = self._opened(name)
            build.enter()
        try:
            with build.sound():
                yield build
        finally:
            build.leave()

    def current(self) -> Build:
        """Return the current build, opening it when it has changed. For who holds the lock.

        Raises IndexNotBuiltError when there is none, IndexMismatchError when it is damaged.
        """
        name = self.current_name()
        with self._opening:
            return self._opened(name)

    def close(self) -> None:
        """Close the current build."""
        with self._opening:
            if self._open is not None:
                self._open.close()
            self._open = None

    @contextmanager
    def writing(self, *, wait: bool = True) -> Iterator[bool]:
        """Hold the writers' lock; yield whether we have it: always, unless `wait` is False."""
        self._check_folder()
        try:
            self.index_dir.mkdir(parents=True, exist_ok=True)
            if (self.index_dir / "lock").is_dir():  # no lock of anybody
                discard(self.index_dir / "lock")
            lock = FileLock(self.index_dir / "lock")
            lock.acquire(blocking=False)
        except Timeout:
            if not wait:
                yield False
                return
            self._notify("Another process is writing to this index; waiting for it …")
            lock.acquire()
        except OSError as error:
            raise CorpusError(
                f"Cannot write to {self.index_dir}: {error.strerror or error}. "
                "Make it a folder with room that this user may write to, or name another with "
                "--index-dir.",
                code="unwritable",
            ) from error
        try:
            corpus.sweep(self._corpus_dir)
            with self._opening:
                if self._open is not None and self._open.store.is_frozen:
                    self.close()  # it can be opened for writing now
            yield True
        finally:
            lock.release()

    def new(self, embedder: Embedder) -> Path:
        """Make a folder with an empty database; what an interrupted build left is deleted."""
        self.delete_others()
        # Never a name that was used before: whoever still reads an old build sees that it is gone.
        folder = self.index_dir / f"build-{secrets.token_hex(4)}"
        try:
            folder.mkdir()
        except OSError as error:
            raise _cannot_write(folder, error) from error
        means = TokenCodec.for_embedder(embedder).means if embedder.has_token_vectors else None
        Store(folder / _DATABASE, create_for=embedder, token_means=means).close()
        return folder

    def swap_in(self, folder: Path) -> None:
        """Make a build the current one, and delete the others."""
        current = self.index_dir / "current"
        try:
            if current.is_dir():
                discard(current)
            write(current, folder.name)
        except OSError as error:
            raise _cannot_write(current, error) from error
        self.current()  # leaves the build that is deleted now
        self.delete_others()

    def delete_others(self) -> None:
        """Delete all builds but the current one."""
        name = self.current_name()
        for folder in self.index_dir.glob("build-*"):
            if folder.name != name:
                with suppress(OSError):
                    discard(folder)

    def current_name(self) -> str:
        """Return the name of the current build, empty when there is none."""
        try:
            name, before = self._named(), ""
            # One that was deleted between two looks has a successor: another process swapped it in.
            while name != before and not (self.index_dir / name / _DATABASE).is_file():
                name, before = self._named(), name
            return "" if name == before else name
        except PermissionError as error:
            raise CorpusError(
                f"Cannot read {error.filename}: {error.strerror}. May this user read there? "
                "If so, make the index anew: python -m index build",
                code="unreadable",
            ) from error

    def _named(self) -> str:
        """Return the name in `current`, empty where that holds none."""
        try:
            name = (self.index_dir / "current").read_text("utf-8").strip()
        except PermissionError:
            raise
        except (OSError, UnicodeDecodeError):  # not there, or something else in its place
            return ""
        return name if _BUILD.fullmatch(name) else ""

    def _opened(self, name: str) -> Build:
        """Return the open build when it has this name; else open what is the current one."""
        if self._open is not None and self._open.name == name and not self._open.store.is_outdated:
            return self._open
        self.close()
        name = self.current_name()
        if not name:
            self._check_folder()
            raise IndexNotBuiltError(
                f"There is no index in {self.index_dir}. Make it: python -m index build",
                code="not_built",
            )
        try:
            self._open = Build(self.index_dir / name)
        except ChatbotError:
            if self.current_name() == name:
                raise
            return self._opened("")  # another process swapped a new build in
        return self._open

    def _check_folder(self) -> None:
        with suppress(PermissionError):  # of a folder above, which is said where it hinders
            if self.index_dir.is_file():
                raise CorpusError(
                    f"{self.index_dir} is a file, and the folder of the index should be "
                    "there. Move it away, or name another folder with --index-dir."
                )


def _cannot_write(path: Path, error: OSError) -> CorpusError:
    return CorpusError(
        f"Cannot write {path}: {error.strerror or error}. "
        "Is there room, and may this user write there?",
        code="unwritable",
    )
