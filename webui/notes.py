"""The notebook as it is kept: answers as they were when they were put there, remarks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, OnErrorOmit, TypeAdapter, ValidationError

from webui.conversations import Exchange, from_json
from webui.sealing import Seal

MAX_REMARK_CHARS = 4000


@dataclass(frozen=True, slots=True)
class Note:
    """An answer in the notebook, with what its reader wrote beside it."""

    note_id: str
    exchange: Exchange
    remark: str = ""


@dataclass(frozen=True, slots=True)
class _Kept:
    note_id: Annotated[str, Field(max_length=64)]
    sealed: str
    remark: str = ""


_KEPT = TypeAdapter(tuple[OnErrorOmit[_Kept], ...])


def from_browser(kept: object, seal: Seal) -> list[Note]:
    """Return the notes that the browser sends, without what is no note of this server's."""
    try:
        known = _KEPT.validate_python(kept)
    except ValidationError:
        return []
    notes = ((one, _exchanges(one.sealed, seal)) for one in known)
    return [
        Note(one.note_id, exchange, str(seal.open(one.remark) or ""))
        for one, exchanges in notes
        for exchange in exchanges
    ]


def remarked(note_id: str, remark: str, seal: Seal) -> dict[str, Any]:
    """Return what the browser is to keep of a remark."""
    # A browser may send half a pair of surrogates.
    remark = remark.strip()[:MAX_REMARK_CHARS].encode(errors="replace").decode()
    return {"note_id": note_id, "remark": seal.seal(remark) if remark else ""}


def _exchanges(sealed: str, seal: Seal) -> Sequence[Exchange]:
    part = {"conversation_id": "", "title": "", "named_ms": 0, "exchanges": [{"sealed": sealed}]}
    return from_json(part, seal).exchanges
