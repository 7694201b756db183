"""Zip files: the ones that documents are (docx, pptx, xlsx, epub), and archives of documents.

A zip can claim more than its bytes hold: what it would unpack to is bounded before anything is
unpacked. It can also hold more than it claims: Python's reader gives no more of a member than its
declared size, but where it is not asked for a number of bytes, it unpacks all there is.
"""

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import BinaryIO, TypeVar

from index.errors import CorpusError
from index.reading.sections import Sections

_T = TypeVar("_T")

MAX_MEMBERS = 20_000
MAX_MEMBER_BYTES = 64 * 2**20
MAX_ARCHIVE_BYTES = 2**30
"""What an archive of documents may unpack to; they are read one at a time."""

_MAX_RATIO = 200
"""Text packs 3 to 20 times, sheets of zeros up to 100."""
_RATIO_MATTERS_BYTES = 2**20
_MAX_DOCUMENT_BYTES = 256 * 2**20
_MAX_MARKUP_BYTES = 64 * 2**20
"""All parts of one document that are XML: parsers take some ten times as much memory."""
_XML = frozenset({".xml", ".rels"})
_BEFORE_MARKUP = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"
"""Byte order marks, space, and the first half of `<` in UTF-16."""
_PIECE_BYTES = 2**20

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""OLE2: doc, xls and ppt of Office 97, and every Office file that has a password."""
# Others are not bounded while they are unpacked, and no document has them (ECMA-376, part 2).
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
# What zipfile raises, including for methods of compression that it does not know.
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError)
_ENCRYPTED = 0x1
_UTF8 = 0x800
_CLUTTER = frozenset({"thumbs.db", "desktop.ini"})
_NESTED = frozenset({".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz"})


def whole_document(name: str, raw: bytes, sections: Sections) -> io.BytesIO:
    """Return the zip that a document is, checked to unpack to a bounded size.

    Parts that are damaged, or unpack to more than they say, are left out of it; `sections` notes
    them. Raises CorpusError when it is no zip, has a password, or would unpack to too much.
    """
    if raw.startswith(_OLD_OFFICE):
        raise CorpusError(
            f"{name} has a password or is of an older format (doc, xls, ppt). Open it in its "
            "program and save it without a password in the current format.",
            code="encrypted",
        )
    archive = _opened(name, io.BytesIO(raw))
    if sum(member.file_size for member in archive.infolist()) > _MAX_DOCUMENT_BYTES:
        raise _too_large(name)
    damaged, markup_bytes = [], 0
    for member in archive.infolist():
        try:
            markup_bytes += member.file_size if _is_markup(archive, member) else 0
        except _DAMAGE as error:
            damaged.append(member.filename)
            sections.leave_out(member.filename, error)
        if markup_bytes > _MAX_MARKUP_BYTES:
            raise _too_large(name)
    return _replaced(archive, dict.fromkeys(damaged)) if damaged else io.BytesIO(raw)


def _is_markup(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Whether a part is XML or HTML by what it holds: names say nothing of what is read as what.

    It is unpacked a megabyte at a time: readers unpack a whole part at once, whatever it becomes.
    Raises one of _DAMAGE when it is damaged, or unpacks to more than it says.
    """
    if member.compress_type not in _METHODS:
        raise zipfile.BadZipFile(f"method of compression {member.compress_type}")
    with archive.open(member) as part:
        first = piece = part.read(_PIECE_BYTES)
        while piece:
            piece = part.read(_PIECE_BYTES)
    return first.lstrip(_BEFORE_MARKUP).startswith(b"<")


def opened_mended(
    file: io.BytesIO,
    sections: Sections,
    opening: Callable[[io.BytesIO], _T],
    blank: Callable[[str], bytes | None],
) -> _T:
    """Return what `opening` makes of a document, at need without the XML that no parser takes.

    `blank` says by a part's name what to put in its place; None leaves it away. Raises what
    `opening` does.
    """
    try:
        return opening(file)
    except MemoryError:
        raise
    except Exception:
        with zipfile.ZipFile(file) as archive:
            malformed = dict(_malformed(archive))
            for path, error in malformed.items():
                sections.leave_out(path, error)
            if not malformed:
                raise
            return opening(_replaced(archive, {path: blank(path) for path in malformed}))


def _malformed(archive: zipfile.ZipFile) -> Iterator[tuple[str, Exception]]:
    from defusedxml.ElementTree import fromstring

    for path in archive.namelist():
        if PurePosixPath(path).suffix.lower() in _XML:
            try:
                fromstring(archive.read(path))
            except Exception as error:  # noqa: BLE001 (the parsers' own, of every kind)
                yield path, error


def _replaced(archive: zipfile.ZipFile, instead: Mapping[str, bytes | None]) -> io.BytesIO:
    """Return a copy in which some parts are others, or, where it says None, are missing."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as copy:
        for path in archive.namelist():
            content = instead[path] if path in instead else archive.read(path)
            if content is not None:
                copy.writestr(path, content)
    return file


def members(name: str, file: BinaryIO) -> Iterator[tuple[str, bytes | CorpusError]]:
    """Yield the name of each file in an archive of documents and its bytes, or why it is refused.

    Names are relative paths with `/`. Folders, hidden files and what macOS and Windows add are
    passed over. Raises CorpusError when the whole archive is refused.
    """
    archive = _opened(name, file)
    files = [member for member in archive.infolist() if not member.is_dir()]
    if sum(member.file_size for member in files) > MAX_ARCHIVE_BYTES:
        raise _too_large(name)
    encoding = _name_encoding(files)
    for member in files:
        path = _path(member, encoding)
        if not _is_clutter(path):
            refusal = _refusal(f"{name}: {path}", path, member)
            yield path, refusal or _unpacked(f"{name}: {path}", archive, member)


def _opened(name: str, file: BinaryIO) -> zipfile.ZipFile:
    packed = file.seek(0, io.SEEK_END)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise CorpusError(
            f"{name} is damaged, or not what its name says: it is no zip file. Open it in its "
            "program and save it again.",
            code="broken",
        ) from error
    found = archive.infolist()
    if len(found) > MAX_MEMBERS:
        raise CorpusError(
            f"{name} holds more than {MAX_MEMBERS} files. Unpack it, then add the folder.",
            code="too_large",
        )
    unpacked = sum(member.file_size for member in found)
    if unpacked > max(_RATIO_MATTERS_BYTES, packed * _MAX_RATIO):
        raise _too_large(name)
    return archive


def _too_large(name: str) -> CorpusError:
    return CorpusError(
        f"{name} unpacks to far more than a document holds, and was not unpacked. "
        "If you trust it, split it, then add the parts.",
        code="bomb",
    )


def _refusal(shown: str, path: str, member: zipfile.ZipInfo) -> CorpusError | None:
    parts = PurePosixPath(path).parts
    if path.startswith("/") or ":" in parts[0] or ".." in parts:
        return CorpusError(f"{shown}: the name leads out of the archive.", code="member_name")
    if PurePosixPath(path).suffix.lower() in _NESTED:
        return CorpusError(
            f"{shown}: archives in archives are not read. Unpack it, then add what it holds.",
            code="nested",
        )
    if member.flag_bits & _ENCRYPTED:
        return CorpusError(
            f"{shown} has a password. Unpack it, then add the files.", code="encrypted"
        )
    if member.compress_type not in _METHODS:
        return CorpusError(
            f"{shown} is packed by a rare method. Pack it as an ordinary zip file.", code="broken"
        )
    if member.file_size > MAX_MEMBER_BYTES:
        return CorpusError(
            f"{shown} is larger than {MAX_MEMBER_BYTES // 2**20} MB, the most for one document. "
            "Split it, then add the parts.",
            code="too_large",
        )
    return None


def _unpacked(shown: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes | CorpusError:
    try:
        with archive.open(member) as file:
            raw = file.read(member.file_size)  # without a size, it would unpack more than it says
            file.read(1)  # compares the checksum
        return raw
    except _DAMAGE as error:
        refusal = CorpusError(f"{shown} is damaged. Pack the archive again.", code="broken")
        refusal.__cause__ = error
        return refusal


# Names: the format knows UTF-8 and DOS's cp437 only; older programs write the system's encoding.


def _name_encoding(files: list[zipfile.ZipInfo]) -> str:
    """Return the encoding of the names that do not say theirs, judged from all of them together."""
    names = b"\n".join(_raw_name(member) for member in files if not member.flag_bits & _UTF8)
    if names.isascii():
        return "utf-8"
    for encoding in ("utf-8", _detected(names), "gb18030", "cp932"):
        try:
            names.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return "cp437"


def _detected(names: bytes) -> str:
    import chardet

    # Names are short: only what is common in them, the likeliest first where chances are equal.
    ranked = chardet.detect_all(names, ignore_threshold=True, compat_names=False)
    known = {"gb18030": "gb18030", "cp932": "cp932", "big5hkscs": "cp950", "cp949": "cp949"}
    known |= {"shift_jis_2004": "cp932", "shift_jis": "cp932", "big5": "cp950", "euc_kr": "cp949"}
    return next((known[v["encoding"]] for v in ranked if v["encoding"] in known), "gb18030")


def _path(member: zipfile.ZipInfo, encoding: str) -> str:
    if member.flag_bits & _UTF8:
        name = member.filename
    else:
        name = _raw_name(member).decode(encoding, errors="replace")
    return name.replace("\\", "/").replace("\0", "")


def _raw_name(member: zipfile.ZipInfo) -> bytes:
    # zipfile has decoded it as cp437, which has a character for every byte.
    return member.orig_filename.encode("cp437", errors="replace")


def _is_clutter(path: str) -> bool:
    parts = PurePosixPath(path).parts
    hidden = any(part.startswith(".") and part not in (".", "..") for part in parts)
    return not parts or hidden or "__MACOSX" in parts or parts[-1].lower() in _CLUTTER
