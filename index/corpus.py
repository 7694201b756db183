"""The corpus folder: the truth about what is known. Every read and write of it is here.

What is in it is listed in `listing`, whose functions are here as well.

A document is a file; what cannot be derived from the file stands beside it in
`NAME.meta.json`. Writing is durable and atomic: a file is there whole or not at all.
"""

import hashlib
import json
import os
import re
import stat
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path, PurePosixPath

from pathvalidate import sanitize_filename

from index import files
from index.errors import CorpusError
from index.listing import (
    META_SUFFIX,
    Scan,
    check_folder,
    is_hidden,
    is_own_readme,
    newest_change_ns,
    scan,
    signature,
    size,
    walk,
)

__all__ = [
    "META_SUFFIX",
    "Scan",
    "check_folder",
    "is_hidden",
    "newest_change_ns",
    "scan",
    "signature",
    "size",
    "walk",
]

MAX_FILE_BYTES = 64 * 1024 * 1024
# 255 bytes is what common file systems take; the rest is for a hash and ".meta.json".
_MAX_STEM_BYTES = 180
_CUT_STEM_BYTES = 160
_MAX_SUFFIX_CHARS = 12
# Systems take 4096 bytes or less for a whole path, the corpus folder's own included.
_MAX_ID_BYTES = 1000
_INCOMING = ".incoming"
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What `NAME.meta.json` holds. A field that is None is derived from the file, or unknown."""

    title: str | None = None
    author: str | None = None
    date: str | None = None
    source: str | None = None
    encoding: str | None = None
    original_name: str | None = None
    imported: str | None = None


def locate(corpus_dir: Path, doc_id: str) -> Path:
    """Return the path of a document. Raises CorpusError when the id leads out of the folder."""
    path = corpus_dir / doc_id
    try:
        inside = path.resolve().is_relative_to(corpus_dir.resolve())
    except (OSError, RuntimeError, ValueError):  # a ring of links, a NUL
        inside = False
    if not inside:
        raise CorpusError(
            f"{doc_id!r} is not inside the corpus folder. See: python -m index list",
            code="outside",
        )
    return path


def sidecar_path(path: Path) -> Path:
    """Return where the sidecar of a document's file stands."""
    return path.with_name(path.name + META_SUFFIX)


def exists(corpus_dir: Path, doc_id: str) -> bool:
    """Whether the document's file is there now."""
    # A search asks this of each document that it finds: a `Path` would take three times as long.
    return os.path.isfile(f"{corpus_dir}/{doc_id}")  # noqa: PTH113


def read(path: Path) -> bytes:
    """Return the file's bytes. Raises CorpusError when it cannot be read or is too large."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise CorpusError(f"{path} is not a file that can be read.", code="unreadable")
        with path.open("rb") as file:
            raw = file.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise CorpusError(
            f"Cannot read {path}: {getattr(error, 'strerror', None) or error}.", code="unreadable"
        ) from error
    if len(raw) > MAX_FILE_BYTES:
        raise CorpusError(
            f"{path.name} is larger than {MAX_FILE_BYTES // 2**20} MB, the most for one document. "
            "Split it, then add the parts.",
            code="too_large",
        )
    return raw


def read_sidecar(corpus_dir: Path, doc_id: str) -> Sidecar:
    """Return the document's sidecar, empty when there is none. Raises CorpusError when broken."""
    path = locate(corpus_dir, doc_id + META_SUFFIX)
    if not path.exists():
        return Sidecar()
    try:
        stored: object = json.loads(read(path)) if path.is_file() else None
    except (ValueError, RecursionError):
        stored = None
    if not isinstance(stored, dict) or not all(map(_is_text_or_none, stored.values())):
        raise CorpusError(
            f'{path.name} must be a JSON object of texts, such as {{"title": "…"}}. '
            "Mend or delete it.",
            code="sidecar",
        )
    known = {field.name for field in fields(Sidecar)}
    return Sidecar(**{name: value for name, value in stored.items() if name in known and value})


def _is_text_or_none(value: object) -> bool:
    if not isinstance(value, str):
        return value is None
    return not _SURROGATE.search(value)


def write(corpus_dir: Path, doc_id: str, raw: bytes, sidecar: Sidecar) -> None:
    """Put a document into the corpus, durably, replacing one of the same id."""
    path = locate(corpus_dir, doc_id)
    # Sidecar first: a document that can be seen always has its own.
    write_sidecar(corpus_dir, doc_id, sidecar)
    _put(corpus_dir, path, raw)


def write_sidecar(corpus_dir: Path, doc_id: str, sidecar: Sidecar) -> None:
    """Put down beside a document what its file does not say, durably."""
    stored = {f.name: value for f in fields(Sidecar) if (value := getattr(sidecar, f.name))}
    text = json.dumps(stored, ensure_ascii=False, indent=2) + "\n"
    _put(corpus_dir, locate(corpus_dir, doc_id + META_SUFFIX), text.encode())


def _put(corpus_dir: Path, path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        incoming = corpus_dir / _INCOMING
        incoming.mkdir(exist_ok=True)
        files.write(path, content, by_way_of=incoming)
    except OSError as error:
        raise CorpusError(
            f"Cannot write {path}: {error.strerror or error}.", code="unwritable"
        ) from error


def delete(corpus_dir: Path, doc_id: str) -> None:
    """Take a document out of the corpus, durably. Raises CorpusError when there is none."""
    path = locate(corpus_dir, doc_id)
    try:
        files.unlink(path, sidecar_path(path))
    except FileNotFoundError as error:
        raise CorpusError(
            f"There is no document {doc_id}. See: python -m index list", code="no_document"
        ) from error
    except OSError as error:
        raise CorpusError(
            f"Cannot remove {path}: {error.strerror or error}.", code="unwritable"
        ) from error


def sweep(corpus_dir: Path) -> None:
    """Delete what a killed writer left half written. Only for the holder of the writers' lock."""
    with suppress(OSError):
        files.discard(corpus_dir / _INCOMING)


def safe_doc_id(name: str) -> str:
    r"""Return a document id for a foreign file name or relative path, safe on every system.

    A part that had to be changed ends in a hash of what it was: two names stay two.

    >>> safe_doc_id("notes/福田 报告.md")
    'notes/福田 报告.md'
    >>> safe_doc_id("../../etc/pass\u202ewd.txt")
    'etc/passwd-cc4228c3.txt'
    >>> safe_doc_id("a:b.md"), safe_doc_id("a*b.md")
    ('a_b-191d051a.md', 'a_b-52068e02.md')
    """
    parts = name.replace("\\", "/").split("/")
    doc_id = "/".join(safe for part in parts if part.strip(". ") and (safe := _safe_part(part)))
    doc_id = doc_id or "document.txt"
    if len(doc_id.encode()) > _MAX_ID_BYTES:
        doc_id = distinct_id(PurePosixPath(doc_id).name, doc_id)
    return f"document-{doc_id}" if is_own_readme(doc_id) else doc_id


def distinct_id(doc_id: str, origin: str) -> str:
    """Return another id for a document of this name: one that tells where it came from.

    >>> distinct_id("news/index.html", "https://example.org/a/")
    'news/index-351c82ac.html'
    """
    path = PurePosixPath(doc_id)
    return str(path.with_name(f"{path.stem}-{_short_hash(origin)}{path.suffix}"))


def numbered_id(doc_id: str, number: int) -> str:
    """Return another id for a document of this name, as file managers name a copy.

    >>> numbered_id("notes/report.txt", 2)
    'notes/report (2).txt'
    """
    path = PurePosixPath(doc_id)
    return str(path.with_name(f"{path.stem} ({number}){path.suffix}"))


def _safe_part(part: str) -> str:
    part = unicodedata.normalize("NFC", part)
    # Category C: controls, bidi overrides, zero-width marks, lone surrogates.
    visible = "".join(c for c in part if unicodedata.category(c)[0] != "C").rstrip(" .")
    stem, dot, extension = visible.rpartition(".")
    if not dot or len(extension) > _MAX_SUFFIX_CHARS:
        stem, dot, extension = visible, "", ""
    stem = stem.strip(" .")
    if len(stem.encode()) > _MAX_STEM_BYTES:
        stem = stem.encode()[:_CUT_STEM_BYTES].decode(errors="ignore").rstrip(" .")
    whole = sanitize_filename(f"{stem or 'document'}{dot}{extension}", replacement_text="_")
    if whole == part:
        return whole
    stem, dot, extension = whole.rpartition(".") if dot else (whole, "", "")
    return f"{stem}-{_short_hash(part)}{dot}{extension}"


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:8]
