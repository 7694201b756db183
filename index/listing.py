"""What is in the corpus folder, by names, sizes and times: no file is read.

What is remembered of the names, so that a folder is not listed for each look, is in `names`.
"""

import errno
import os
import re
import stat
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from index.errors import CorpusError
from index.file_types import SUFFIXES

META_SUFFIX: Final = ".meta.json"

_SHORT_NAME = 50
"""So many characters, and those of a sidecar's name behind them, are a name on any system."""
_README = "readme.md"
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Scan:
    """What is in the folder: doc_id -> signature of each document, and the files that are none.

    Two equal signatures mean the same file and sidecar as far as sizes and times tell.
    """

    documents: dict[str, str]
    ignored: tuple[str, ...]


def scan(corpus_dir: Path) -> Scan:
    """Look at the folder without reading a file.

    Hidden files, sidecars and the folder's own README are passed over. Ignored are files of other
    types, links that lead out of the folder or to folders, and what is no regular file or cannot
    be named.
    Raises CorpusError when the folder, or one in it, cannot be listed.
    """
    check_folder(corpus_dir)
    root = corpus_dir.resolve()
    documents: dict[str, str] = {}
    ignored: list[str] = []
    for below, files in _folders(corpus_dir, on_error=cannot_list):
        for name, entry in files.items():
            doc_id = below + name
            if name.endswith(META_SUFFIX) or is_own_readme(doc_id):
                continue
            has_sidecar = name + META_SUFFIX in files or len(name) > _SHORT_NAME
            signature = _signature_of(entry, doc_id, root, has_sidecar=has_sidecar)
            if signature is None:
                ignored.append(doc_id.encode(errors="replace").decode())
            else:
                documents[doc_id] = signature
    in_order = sorted(documents, key=by_folder)
    return Scan({d: documents[d] for d in in_order}, tuple(sorted(ignored, key=by_folder)))


def signature(corpus_dir: Path, doc_id: str) -> str | None:
    """Return the signature that `scan` finds of a document, None where it would find none.

    Raises CorpusError when there is no corpus folder.
    """
    check_folder(corpus_dir)
    path = corpus_dir / doc_id
    parts, root = PurePosixPath(doc_id).parts, corpus_dir.resolve()
    if doc_id != "/".join(parts):  # "./a.txt" is no name of a document
        return None
    if doc_id.endswith(META_SUFFIX) or is_own_readme(doc_id) or any(map(is_hidden, parts)):
        return None
    try:
        is_in_folders = path.parent.resolve() == root.joinpath(*parts[:-1])
    except (OSError, RuntimeError, ValueError):
        return None
    if not is_in_folders or not _is_readable_type(doc_id):
        return None
    return _signature(str(path), str(path) + META_SUFFIX, root, is_link=path.is_symlink())


def signatures(corpus_dir: Path, doc_ids: Iterable[str], links: Collection[str]) -> dict[str, str]:
    """Return the signatures that `scan` finds of files in the folder, of those that are documents.

    `links` are those of them that are links.
    """
    root = corpus_dir.resolve()
    found: dict[str, str] = {}
    for doc_id in doc_ids:
        path = f"{corpus_dir}/{doc_id}"
        signature = _signature(path, path + META_SUFFIX, root, is_link=doc_id in links)
        if signature is not None and is_document_name(doc_id):
            found[doc_id] = signature
    return found


def check_folder(corpus_dir: Path) -> None:
    """Raise CorpusError when there is no corpus folder."""
    try:
        is_there = corpus_dir.is_dir()
    except OSError:  # above it is a folder that may not be read
        is_there = False
    if not is_there:
        raise CorpusError(
            f"There is no corpus folder {corpus_dir}. Put it back, make an empty one, "
            "or name another with --corpus."
        )


def size(signature: str) -> int:
    """Return the file's size in bytes, as a signature holds it."""
    return int(signature.split(":")[0])


def newest_change_ns(signature: str) -> int:
    """Return the later of the two modification times that a signature holds."""
    parts = signature.split(":")
    return max(int(parts[1]), int(parts[3]) if len(parts) == 4 else 0)


def walk(folder: Path, *, on_error: Callable[[OSError], None]) -> Iterator[Path]:
    """Yield the files of a folder and all below it, without what is hidden.

    Links to folders are yielded too, and not followed. `on_error` is told of folders that cannot
    be listed.
    """
    for _, files in _folders(folder, on_error=on_error):
        yield from map(Path, files.values())


def _folders(
    folder: Path, *, on_error: Callable[[OSError], None]
) -> Iterator[tuple[str, dict[str, "os.DirEntry[str]"]]]:
    """Yield the files of a folder and of those below it, with what comes before their names.

    What is hidden is left out; links are files, also those to folders.
    """
    waiting = [""]
    while waiting:
        below = waiting.pop()
        try:
            with os.scandir(folder / below) as listed:
                there = {entry.name: entry for entry in listed if entry.name[0] != "."}
        except OSError as error:
            on_error(error)
            continue
        inner = [name for name, entry in there.items() if entry.is_dir(follow_symlinks=False)]
        for name in inner:
            del there[name]
        yield below, there
        waiting += [f"{below}{name}/" for name in inner]


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name is none of the user's documents."""
    return name.startswith(".")


def is_own_readme(doc_id: str) -> bool:
    """Whether this is the README of the folder itself, which is no document."""
    return len(doc_id) == len(_README) and doc_id.lower() == _README


def cannot_list(error: OSError) -> None:
    """Raise CorpusError that says which folder cannot be listed."""
    raise CorpusError(
        f"Cannot list {error.filename}: {error.strerror}.", code="unreadable"
    ) from error


def _signature_of(
    entry: "os.DirEntry[str]", doc_id: str, root: Path, *, has_sidecar: bool
) -> str | None:
    """Return the signature of a file that is listed, None for what is no document."""
    if not _is_readable_type(doc_id):
        return None
    sidecar = entry.path + META_SUFFIX if has_sidecar else None
    return _signature(entry.path, sidecar, root, is_link=entry.is_symlink())


def is_document_name(doc_id: str) -> bool:
    """Whether a file of this name, which is not hidden and no sidecar, can be a document."""
    return _is_readable_type(doc_id) and not is_own_readme(doc_id)


def _is_readable_type(doc_id: str) -> bool:
    return doc_id[doc_id.rfind(".") :].lower() in SUFFIXES and (
        doc_id.isascii() or not _SURROGATE.search(doc_id)
    )


def by_folder(name: str) -> str:
    """Return what names are sorted by so that those of a folder stay together."""
    return name.replace("/", "\0")


def _signature(path: str, sidecar: str | None, root: Path, *, is_link: bool) -> str | None:
    """Return sizes and times of a file and its sidecar; None for what is no document."""
    try:
        if is_link and not Path(path).resolve().is_relative_to(root):
            return None
        state = os.stat(path)  # noqa: PTH116
        beside = None if sidecar is None else _beside(sidecar)
    except (OSError, RuntimeError, ValueError):  # removed meanwhile, a ring of links, too long
        return None
    if not stat.S_ISREG(state.st_mode):
        return None
    meta = f"{beside.st_size}:{beside.st_mtime_ns}" if beside else "-"
    return f"{state.st_size}:{state.st_mtime_ns}:{meta}"


def _beside(sidecar: str) -> os.stat_result | None:
    """Return what is known of a sidecar, None where there is none. Raises OSError: no such name."""
    try:
        return os.stat(sidecar)  # noqa: PTH116
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise
        return None
