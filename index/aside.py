"""Documents that were removed a moment ago: they stand aside in the corpus folder, to be put back.

`corpus/.removed/TOKEN/` holds the file as `document`, what stood beside it as `sidecar`, and
`removal.json`. The folder is hidden, so nothing in it is a document. Every step is a rename:

- killed while it is set aside, the document is still in the corpus, or aside;
- killed while it is put back, it is aside, or in the corpus with its sidecar;
- what nobody puts back is deleted by `index.keeping.removals`, at the latest a minute after a page
  starts, or by `update`.
"""

import json
import os
import secrets
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from index import files
from index.corpus import check_folder, locate, sidecar_path
from index.errors import CorpusError

_FOLDER = ".removed"
_DOCUMENT, _SIDECAR, _REMOVAL = "document", "sidecar", "removal.json"


@dataclass(frozen=True, slots=True)
class Removal:
    """A document that stands aside: since when, in seconds since 1970, and under which token.

    `purge`: in the end none of its bytes is to stay in a file of the index either.
    """

    doc_id: str
    title: str
    purge: bool
    removed: float
    token: str


def set_aside(corpus_dir: Path, doc_id: str, *, title: str, purge: bool) -> Removal:
    """Take a document out of the corpus, durably, so that it can be put back."""
    path = locate(corpus_dir, doc_id)
    removal = Removal(doc_id, title, purge, time.time(), secrets.token_hex(8))
    folder = corpus_dir / _FOLDER / removal.token
    try:
        folder.mkdir(parents=True)
        files.write(folder / _REMOVAL, json.dumps(asdict(removal), ensure_ascii=False))
        files.move(path, folder / _DOCUMENT)
        with suppress(FileNotFoundError):
            files.move(sidecar_path(path), folder / _SIDECAR)
    except OSError as error:
        raise CorpusError(
            f"Cannot remove {path}: {error.strerror or error}.", code="unwritable"
        ) from error
    return removal


def put_back(corpus_dir: Path, removal: Removal, doc_id: str) -> None:
    """Put a document back into the corpus, durably, under a doc_id that is free."""
    path, folder = locate(corpus_dir, doc_id), corpus_dir / _FOLDER / removal.token
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # it had none, or it was not set aside any more
            files.move(folder / _SIDECAR, sidecar_path(path))
        files.move(folder / _DOCUMENT, path)
        files.discard(folder)
    except OSError as error:
        raise CorpusError(
            f"Cannot put back {path}: {error.strerror or error}.", code="unwritable"
        ) from error


def removals(corpus_dir: Path) -> list[Removal]:
    """Return what stands aside, the latest first."""
    known = (_read(folder) for folder in (corpus_dir / _FOLDER).glob("*/"))
    return sorted(filter(None, known), key=lambda removal: -removal.removed)


def discard(corpus_dir: Path, *, before: float) -> list[Removal]:
    """Delete for good what was removed before a time; return what that was.

    Half a removal or half an undoing, which a killed program has left, goes too. Raises CorpusError
    where something cannot be deleted.
    """
    check_folder(corpus_dir)
    kept = {one.token for one in removals(corpus_dir) if one.removed > before}
    gone = []
    for folder in (corpus_dir / _FOLDER).glob("*/"):
        if folder.name in kept:
            continue
        removal = _read(folder)
        try:
            files.discard(folder)
            if removal and not (path := locate(corpus_dir, removal.doc_id)).exists():
                sidecar_path(path).unlink(missing_ok=True)
        except OSError as error:
            raise CorpusError(
                f"Cannot remove {folder}: {error.strerror or error}.", code="unwritable"
            ) from error
        gone += [removal] if removal else []
    return gone


def _read(folder: Path) -> Removal | None:
    """Return what stands aside in a folder, None where nothing does."""
    try:
        stored = json.loads((folder / _REMOVAL).read_bytes())
        removal = Removal(
            str(stored["doc_id"]),
            str(stored["title"]),
            bool(stored["purge"]),
            float(stored["removed"]),
            folder.name,
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None
    # A link that leads to nothing from here does so again from where it was.
    return removal if os.path.lexists(folder / _DOCUMENT) else None
