"""The corpus folder: the truth about what is known. Every read and write of it is here.

A document is a file; what cannot be derived from the file stands beside it in
`NAME.meta.json`. Writing is durable and atomic: a file is there whole or not at all.
"""

import json
import os
import tempfile
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from pathvalidate import sanitize_filename

from index.errors import CorpusError
from index.extraction import SUFFIXES

META_SUFFIX = ".meta.json"
MAX_FILE_BYTES = 64 * 1024 * 1024
# 255 bytes is what common file systems take; the rest is for ".meta.json" and temporary names.
_MAX_STEM_BYTES = 180
_MAX_SUFFIX_CHARS = 12
_INCOMING = ".incoming-"


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What `NAME.meta.json` holds. A field that is None is derived from the file, or unknown."""

    title: str | None = None
    author: str | None = None
    date: str | None = None
    source: str | None = None
    original_name: str | None = None
    imported: str | None = None


def scan(corpus_dir: Path) -> dict[str, str]:
    """Return doc_id -> signature of every document in the folder.

    Two equal signatures mean the same file and sidecar as far as sizes and times tell.
    Hidden files, sidecars, the folder's own README, unknown types and links that lead out of the
    folder are not documents. Raises CorpusError when there is no such folder.
    """
    if not corpus_dir.is_dir():
        raise CorpusError(
            f"There is no corpus folder {corpus_dir}. Make it, or name another with --corpus."
        )
    root = corpus_dir.resolve()
    found: dict[str, str] = {}
    for path in sorted(_files(corpus_dir)):
        doc_id = path.relative_to(corpus_dir).as_posix()
        if not _is_document(doc_id) or not path.resolve().is_relative_to(root):
            continue
        try:
            found[doc_id] = _signature(path)
        except FileNotFoundError:  # removed while we looked
            continue
    return found


def ignored(corpus_dir: Path) -> list[str]:
    """Return the files of the folder that look like documents of a type that cannot be read."""
    names = (path.relative_to(corpus_dir).as_posix() for path in sorted(_files(corpus_dir)))
    return [
        name
        for name in names
        if not name.endswith(META_SUFFIX)
        and not _is_own_readme(name)
        and not _is_hidden(name)
        and Path(name).suffix.lower() not in SUFFIXES
    ]


def locate(corpus_dir: Path, doc_id: str) -> Path:
    """Return the path of a document. Raises CorpusError when the id leads out of the folder."""
    path = corpus_dir / doc_id
    if "\0" in doc_id or not path.resolve().is_relative_to(corpus_dir.resolve()):
        raise CorpusError(f"{doc_id!r} is not inside the corpus folder. See: python -m index list")
    return path


def exists(corpus_dir: Path, doc_id: str) -> bool:
    """Whether the document's file is there now."""
    return (corpus_dir / doc_id).is_file()


def read(path: Path) -> bytes:
    """Return the file's bytes. Raises CorpusError when it cannot be read or is too large."""
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise CorpusError(
                f"{path.name} has {size / 2**20:.0f} MB; at most {MAX_FILE_BYTES // 2**20} MB a "
                "document. Split it, then add the parts."
            )
        return path.read_bytes()
    except OSError as error:
        raise CorpusError(f"Cannot read {path}: {error.strerror or error}.") from error


def read_sidecar(corpus_dir: Path, doc_id: str) -> Sidecar:
    """Return the document's sidecar, empty when there is none. Raises CorpusError when broken."""
    path = _sidecar_path(locate(corpus_dir, doc_id))
    try:
        stored = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Sidecar()
    except (OSError, ValueError) as error:
        raise CorpusError(f"{path.name} is not valid JSON ({error}). Mend or delete it.") from error
    if not isinstance(stored, dict):
        raise CorpusError(f"{path.name} must be a JSON object. Mend or delete it.")
    known = {field.name for field in fields(Sidecar)}
    return Sidecar(**{k: str(v) for k, v in stored.items() if k in known and v is not None})


def write(corpus_dir: Path, doc_id: str, raw: bytes, sidecar: Sidecar) -> None:
    """Put a document into the corpus, durably, replacing one of the same id."""
    path = locate(corpus_dir, doc_id)
    stored = {f.name: value for f in fields(Sidecar) if (value := getattr(sidecar, f.name))}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Sidecar first: a document that can be seen always has its own.
        sidecar_text = json.dumps(stored, ensure_ascii=False, indent=2) + "\n"
        replace_file(_sidecar_path(path), sidecar_text.encode())
        replace_file(path, raw)
    except OSError as error:
        raise CorpusError(f"Cannot write {path}: {error.strerror or error}.") from error


def delete(corpus_dir: Path, doc_id: str) -> None:
    """Take a document out of the corpus, durably. Raises CorpusError when there is none."""
    path = locate(corpus_dir, doc_id)
    try:
        path.unlink()
        _sidecar_path(path).unlink(missing_ok=True)
        _sync_folder(path.parent)
    except FileNotFoundError as error:
        raise CorpusError(f"There is no document {doc_id}. See: python -m index list") from error
    except OSError as error:
        raise CorpusError(f"Cannot remove {path}: {error.strerror or error}.") from error


def size(signature: str) -> int:
    """Return the file's size in bytes, as a signature holds it."""
    return int(signature.split(":")[0])


def newest_change_ns(signature: str) -> int:
    """Return the later of the two modification times that a signature holds."""
    parts = signature.split(":")
    return max(int(parts[1]), int(parts[3]) if len(parts) == 4 else 0)


def replace_file(path: Path, content: bytes) -> None:
    """Write beside, flush to the disk, rename: the file is the old one or the new one."""
    handle, name = tempfile.mkstemp(prefix=_INCOMING, dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def sweep(corpus_dir: Path) -> None:
    """Delete what a killed writer left half written. Only for the holder of the writers' lock."""
    for left in corpus_dir.rglob(f"{_INCOMING}*"):
        left.unlink(missing_ok=True)


def safe_doc_id(name: str) -> str:
    r"""Return a document id for a foreign file name or relative path, safe on every system.

    >>> safe_doc_id("../../etc/pass\u202ewd.txt")
    'etc/passwd.txt'
    >>> safe_doc_id("福田 区:报告.md")
    '福田 区_报告.md'
    >>> safe_doc_id("con.txt")
    'con_.txt'
    """
    parts = name.replace("\\", "/").split("/")
    doc_id = "/".join(safe for part in parts if part.strip(". ") and (safe := _safe_part(part)))
    doc_id = doc_id or "document.txt"
    return f"document-{doc_id}" if _is_own_readme(doc_id) else doc_id


def _safe_part(part: str) -> str:
    # Category C: controls, bidi overrides, zero-width marks, lone surrogates.
    visible = "".join(c for c in part if unicodedata.category(c)[0] != "C")
    name = unicodedata.normalize("NFC", visible).rstrip(" .")
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > _MAX_SUFFIX_CHARS:
        stem, extension = name, ""
    short = stem.encode()[:_MAX_STEM_BYTES].decode(errors="ignore").strip(" .")
    whole = f"{short or 'document'}{dot if extension else ''}{extension}"
    return sanitize_filename(whole, replacement_text="_").strip(" .")


def _files(corpus_dir: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(corpus_dir):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(folder) / name for name in names)


def _is_document(doc_id: str) -> bool:
    return (
        Path(doc_id).suffix.lower() in SUFFIXES
        and not _is_hidden(doc_id)
        and not _is_own_readme(doc_id)
    )


def _is_hidden(doc_id: str) -> bool:
    return any(part.startswith(".") for part in doc_id.split("/"))


def _is_own_readme(doc_id: str) -> bool:
    return doc_id.lower() == "readme.md"


def _signature(path: Path) -> str:
    state = path.stat()
    try:
        beside = _sidecar_path(path).stat()
        sidecar = f"{beside.st_size}:{beside.st_mtime_ns}"
    except FileNotFoundError:
        sidecar = "-"
    return f"{state.st_size}:{state.st_mtime_ns}:{sidecar}"


def _sidecar_path(path: Path) -> Path:
    return path.with_name(path.name + META_SUFFIX)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows has no handle on a folder to flush
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
