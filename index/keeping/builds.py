"""The builds of an index: folders of their own, of which one answers and one writes at a time.

The index folder holds builds, each a folder with one database and the file derived from it, and
`current`, which names the build that answers:

    index/built/current                   "build-5b7c12d0"
    index/built/build-5b7c12d0/store.sqlite3, dense.vectors, common.terms

A build from nothing is made beside the current one and swapped in by renaming `current`. Writers
take one lock, readers none.
"""

import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from index import corpus
from index.embedders.embedding import Embedder
from index.embedders.token_codes import TokenCodec
from index.errors import ChatbotError, CorpusError, IndexNotBuiltError
from index.files import LEFT_BEHIND, discard, write
from index.keeping.build import DATABASE, Build
from index.reports import Notify
from index.search.database import Store

_BUILD = re.compile(r"build-[0-9a-f]{8}")
_TEMPORARY = re.compile(LEFT_BEHIND)


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

    def begin(self, embedder: Embedder) -> Build:
        """Return a new build, empty; what an interrupted one left is deleted."""
        self.delete_others()
        # Never a name that was used before: whoever still reads an old build sees that it is gone.
        folder = self.index_dir / f"build-{secrets.token_hex(4)}"
        try:
            folder.mkdir()
        except OSError as error:
            raise _cannot_write(folder, error) from error
        means = TokenCodec.for_embedder(embedder).means if embedder.has_token_vectors else None
        Store(folder / DATABASE, create_for=embedder, token_means=means).close()
        return Build(folder)

    def swap_in(self, name: str) -> None:
        """Make a build the current one, and delete the others."""
        current = self.index_dir / "current"
        try:
            if current.is_dir():
                discard(current)
            write(current, name)
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

    def leftovers(self, name: str) -> list[str]:
        """Delete what interrupted commands left beside the build of this name; return what."""
        left = [path for path in self.index_dir.glob("build-*") if path.name != name]
        for folder in (self.index_dir, self.index_dir / name):
            left += [path for path in folder.iterdir() if _TEMPORARY.fullmatch(path.name)]
        for path in left:
            with suppress(OSError):
                discard(path)
        return [path.name for path in left]

    def current_name(self) -> str:
        """Return the name of the current build, empty when there is none."""
        try:
            name, before = self._named(), ""
            # One that was deleted between two looks has a successor: another process swapped it in.
            while name != before and not (self.index_dir / name / DATABASE).is_file():
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
