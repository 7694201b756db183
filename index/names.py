"""The names in the corpus folder, kept: a folder is listed again only where that may have changed.

When a name comes or goes, the folder that it is in gets another time of change, on all common file
systems. Programs that copy folders set a modification time back (tar, rsync), but not the time of
the change itself, which counts too. Where a file system keeps no such times, as some network drives
do, a folder is listed every so many looks all the same.
"""

import os
import threading
import time
from collections.abc import Callable, Set
from pathlib import Path
from typing import Final, NamedTuple

from index.listing import META_SUFFIX, cannot_list, check_folder

LISTED_EVERY: Final = 60
"""In so many looks that are numbered one after the other, each folder is listed once at least."""

# A folder that changed this shortly before it was listed could change again within one tick of the
# file system's clock and keep its time: FAT counts in steps of two seconds.
_CLOCK_TICK_NS = 2_000_000_000


class _Folder(NamedTuple):
    """A folder as it was listed.

    `stamp` tells it from another and from what it was before a change. A settled one has had its
    stamp for so long that whatever changes it next changes the stamp. `files` are the doc_ids of
    its files, sidecars aside, `links` those of them that are links, `inner` the folders in it.
    """

    stamp: tuple[int, ...]
    is_settled: bool
    files: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    inner: tuple[str, ...] = ()


class Names:
    """The names in a corpus folder, for many looks. Safe to share between threads."""

    def __init__(self, corpus_dir: Path) -> None:
        """Name the folder; nothing is looked at yet."""
        self._corpus_dir = corpus_dir
        self._folders: dict[str, _Folder] = {}
        self._files: frozenset[str] = frozenset()
        self._links: frozenset[str] = frozenset()
        self._looking = threading.Lock()

    def of_now(self) -> Set[str]:
        """Return the doc_ids of all files that may be documents: none is looked at by itself.

        Raises CorpusError when there is no corpus folder.
        """
        files, links = self._looked(None, lambda error: None)
        gone = {link for link in links if not (self._corpus_dir / link).is_file()}
        return files - gone if gone else files

    def at_a_glance(self, number: int) -> tuple[frozenset[str], frozenset[str]]:
        """Return the doc_ids of all files, and those that are links, wherever these lead.

        What has not changed is the same object. `number` counts the looks. Raises CorpusError when
        the folder, or one in it, cannot be listed.
        """
        return self._looked(number, cannot_list)

    def _looked(
        self, number: int | None, on_error: Callable[[OSError], None]
    ) -> tuple[frozenset[str], frozenset[str]]:
        check_folder(self._corpus_dir)
        with self._looking:
            before, now = self._folders, dict[str, _Folder]()
            waiting = [""]
            while waiting:
                below = waiting.pop()
                is_due = number is not None and (number + len(now)) % LISTED_EVERY == 0
                try:
                    now[below] = self._look(below, None if is_due else before.get(below))
                except (
                    FileNotFoundError,
                    NotADirectoryError,
                ):  # gone: the one above tells
                    above = below[: below.rfind("/", 0, -1) + 1]
                    if above in now:
                        now[above] = now[above]._replace(is_settled=False)
                    continue
                except OSError as error:
                    on_error(error)
                    continue
                waiting += now[below].inner
            if before.keys() != now.keys() or any(now[b] is not before[b] for b in now):
                self._files = _joined(self._files, [each.files for each in now.values()])
                self._links = _joined(self._links, [each.links for each in now.values()])
            self._folders = now
            return self._files, self._links

    def _look(self, below: str, known: _Folder | None) -> _Folder:
        """Return a folder as it is: as it is known where that holds still. Raises OSError."""
        folder = self._corpus_dir / below
        now_ns, state = time.time_ns(), folder.stat()  # before it is listed: never later than that
        stamp = (state.st_dev, state.st_ino, state.st_mtime_ns, state.st_ctime_ns)
        if known is not None and known.is_settled and known.stamp == stamp:
            return known
        is_settled = now_ns - max(state.st_mtime_ns, state.st_ctime_ns) > _CLOCK_TICK_NS
        files, links, inner = [], [], []
        with os.scandir(folder) as listed:
            for entry in listed:
                name = entry.name
                if name[0] == "." or name.endswith(META_SUFFIX):
                    continue
                if entry.is_symlink():
                    links.append(below + name)
                elif entry.is_dir():
                    inner.append(f"{below}{name}/")
                    continue
                files.append(below + name)
        return _Folder(stamp, is_settled, frozenset(files), frozenset(links), tuple(inner))


def _joined(before: frozenset[str], parts: list[frozenset[str]]) -> frozenset[str]:
    """Return all parts as one, the one that was before where it is that still."""
    joined = parts[0] if len(parts) == 1 else frozenset().union(*parts)
    return before if joined == before else joined
