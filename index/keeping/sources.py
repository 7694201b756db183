"""What a person names (files, folders, zip archives, addresses of the web) -> sources to add.

What cannot be read is a report that says why, in its place among the sources; the rest is added.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath

from index import corpus
from index.errors import CorpusError
from index.file_types import SUFFIXES
from index.keeping.library import Source
from index.reading.encodings import fits
from index.reading.extraction import check_type
from index.reports import Report


def from_paths(paths: Iterable[Path]) -> Iterator[Source | Report]:
    """Yield each file, and each file in the folders and zip archives, reading one at a time.

    A file in a folder is named after both, one in an archive after the archive without `.zip`.
    """
    for path in paths:
        yield from _folder(path) if _is_folder(path) else _file(path, path.name)


def from_url(
    url: str, *, allow_private: bool = False, notify: Callable[[str], None] = lambda message: None
) -> Source | Report:
    """Fetch a document from the web, as `index.web.fetching.fetch` does."""
    from index.reading.text.web import declared_encoding
    from index.web.fetching import fetch

    try:
        fetched = fetch(url, allow_private=allow_private, notify=notify)
    except CorpusError as error:
        return _refused(url, error)
    # A server declares one charset for all that it holds: what the bytes themselves say counts
    # more, and what a page says of itself.
    charset = None if declared_encoding(fetched.raw) else fetched.charset
    return Source(
        fetched.file_name,
        fetched.raw,
        source=fetched.final_url,
        encoding=charset if charset and fits(fetched.raw, charset) else None,
    )


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # a name too long, a NUL in it
        return False


def _folder(folder: Path) -> Iterator[Source | Report]:
    unlisted: list[OSError] = []
    paths = sorted(corpus.walk(folder, on_error=unlisted.append))
    for path in paths:
        name = path.relative_to(folder.parent).as_posix()
        if path.is_symlink() and not _leads_inside(path, folder):
            message = f"{path} is a link that leads out of {folder}. Add the file that it leads to."
            yield _refused(name, CorpusError(message, code="outside"))
        elif not name.endswith(corpus.META_SUFFIX):  # of another corpus
            yield from _file(path, name)
    for error in unlisted:
        message = f"Cannot list {error.filename}: {error.strerror}."
        yield _refused(str(error.filename), CorpusError(message, code="unreadable"))
    if not paths and not unlisted:
        message = f"{folder}: no file of the types {', '.join(sorted(SUFFIXES))} in it."
        yield _refused(str(folder), CorpusError(message, code="type"))


def _leads_inside(link: Path, folder: Path) -> bool:
    try:
        target = link.resolve()
    except (OSError, RuntimeError):  # a ring of links
        return False
    return target.is_relative_to(folder.resolve()) and not target.is_dir()


def _file(path: Path, name: str) -> Iterator[Source | Report]:
    if PurePosixPath(name).suffix.lower() == ".zip":
        yield from _archive(path, name)
        return
    try:
        check_type(name)  # before reading: a film may be large
        yield Source(name, corpus.read(path))
    except CorpusError as error:
        yield _refused(name, error)


def _archive(path: Path, name: str) -> Iterator[Source | Report]:
    from index.reading.office import archive

    stem = name[: -len(".zip")]
    top = PurePosixPath(stem).name + "/"
    try:
        if not path.is_file():
            corpus.read(path)  # says why not
        with path.open("rb") as file:
            for member, raw in archive.members(name, file):
                # An archive of one folder often has that folder's name.
                inside = f"{stem}/{member.removeprefix(top)}"
                yield _refused(inside, raw) if isinstance(raw, CorpusError) else Source(inside, raw)
    except OSError as error:
        message = f"Cannot read {path}: {error.strerror or error}."
        yield _refused(name, CorpusError(message, code="unreadable"))
    except CorpusError as error:
        yield _refused(name, error)


def _refused(name: str, error: CorpusError) -> Report:
    return Report(name, "refused", reason=str(error), code=error.code)
