"""One Milvus server: connected when needed, asked in batches, asked again while it is away.

pymilvus asks again by itself where nobody listens; what is done here is to wait for a server that
has just come up and does not serve its collections yet, and to say in our words what is wrong.
"""

import json
import logging
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, cast

from index.errors import ChatbotError, IndexAwayError, IndexNotBuiltError
from index.settings import IndexSettings, MilvusAddress

if TYPE_CHECKING:
    from pymilvus import MilvusClient

READ_SECONDS: Final = 10.0
"""For so long is the server asked again while it is away, where a reader waits."""

WRITE_SECONDS: Final = 120.0
"""And for so long where something is written."""

Row = dict[str, Any]

_ADDRESS = re.compile(
    r"milvus(?P<tls>\+tls)?://(?P<host>[\w.-]+|\[[\da-fA-F:]+\]):(?P<port>\d{1,5})"
    r"/(?P<name>[A-Za-z_]\w{0,99})",
    re.ASCII,
)
# By itself a channel to a server that was away for long waits two minutes before it looks again.
_CHANNEL: Final = {
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 1000,
    "grpc.use_local_subchannel_pool": 1,
}
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.05, 2.0
_ROWS_AT_ONCE = 256
_READ_AT_ONCE = 2000
_KEYS_AT_ONCE = 400
_NOT_FOUND: Final = frozenset({100, 1600})  # no such collection, no such alias
_REFUSED: Final = frozenset({1400, 1401, 1402, 1403, 1404, 1405})  # who asks, or what he may
# What a server says that is starting, or that has lost one of its parts for a moment.
_PASSING: Final = re.compile(
    "unavailable|not ready|not loaded|not fully loaded|recovering|no available|not available"
    "|not serviceable|not healthy|channel|rate limit|fail connecting|node not match|timeout"
    "|timed out|deadline|connection",
    re.IGNORECASE,
)
_RELEASED: Final = re.compile("not loaded|released")
_NO_TOKEN: Final = re.compile("unauthenticated|auth check|permission", re.IGNORECASE)


class Server:
    """A Milvus server and the name of the index in it."""

    def __init__(self, settings: IndexSettings, address: MilvusAddress) -> None:
        """Name it; nothing is connected yet."""
        self._text, self._token = address.text, settings.milvus_token
        self._known: MilvusClient | None = None
        self._connecting = threading.Lock()
        self._of_thread = threading.local()

    @contextmanager
    def patient(self) -> Iterator[None]:
        """Within it, this thread asks again for as long as for what is written."""
        self._of_thread.patience = WRITE_SECONDS
        try:
            yield
        finally:
            self._of_thread.patience = 0.0

    @property
    def name(self) -> str:
        """The name of the index. Raises ChatbotError where the address is none."""
        return self._address["name"]

    @property
    def has_sparse_vectors(self) -> bool:
        """Whether it can hold the lexical side, which servers before 2.4 cannot."""
        version = re.search(r"(\d+)\.(\d+)", str(self.ask("get_server_version")))
        return version is not None and tuple(map(int, version.groups())) >= (2, 4)

    def ask(
        self, what: str, *values: object, seconds: float = READ_SECONDS, **named: object
    ) -> Any:  # noqa: ANN401 (as pymilvus has it)
        """Return what this method of the client returns.

        Raises IndexAwayError when that cannot be had within the seconds, IndexNotBuiltError when
        there is no such collection.
        """
        failures = _failures()
        seconds = max(seconds, getattr(self._of_thread, "patience", 0.0))
        until, pause, is_loaded = time.monotonic() + seconds, _FIRST_PAUSE_SECONDS, False
        while True:
            left = max(until - time.monotonic(), 1.0)
            try:
                return getattr(self._client(left), what)(*values, timeout=left, **named)
            except failures as error:
                told = self._told(error)
                if _RELEASED.search(str(error)) and values and not is_loaded:
                    # As by a server that was restarted and does not load by itself.
                    with suppress(*failures):
                        self._client(left).load_collection(values[0], timeout=WRITE_SECONDS)
                    is_loaded = True
                elif time.monotonic() + pause > until or told.code != "index_away":
                    raise told from error
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    def insert(self, collection: str, rows: Sequence[Row], *, replacing: bool = False) -> int:
        """Write rows; return the server's time of the last one, 0 for none.

        Where their keys may be there already, `replacing` these: it costs a deletion each.
        """
        verb, moment = "upsert" if replacing else "insert", 0
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            part = list(rows[start : start + _ROWS_AT_ONCE])
            self.ask(verb, collection, part, seconds=WRITE_SECONDS)
            moment = max(moment, self._moment(collection))
        return moment

    def delete(self, collection: str, keys: Sequence[object]) -> None:
        """Delete the rows with these keys. When that was, not every server tells.

        By their keys: of an expression, servers carry out one part after the other.
        """
        key = KEYS[collection.rpartition("_")[2]]
        for start in range(0, len(keys), _KEYS_AT_ONCE):
            some = literal(list(keys[start : start + _KEYS_AT_ONCE]))
            self.ask("delete", collection, filter=f"{key} in {some}", seconds=WRITE_SECONDS)

    def delete_where(self, collection: str, where: str, *, since: int) -> None:
        """Delete the rows for which an expression holds, as they are at a time or later."""
        key = KEYS[collection.rpartition("_")[2]]
        keys = [row[key] for row in self.rows(collection, where, [], since=since)]
        self.delete(collection, keys)

    def rows(
        self, collection: str, where: str, fields: Sequence[str], *, since: int
    ) -> Iterator[Row]:
        """Yield the rows for which an expression holds, as they are at a time or later."""
        key = KEYS[collection.rpartition("_")[2]]
        last: object = None
        while True:
            behind = "" if last is None else f" and {key} > {literal(last)}"
            found = self.ask(
                *("query", collection, f"({where}){behind}"),
                output_fields=[key, *fields],
                limit=_READ_AT_ONCE,
                **seen(since),
            )
            yield from found
            if len(found) < _READ_AT_ONCE:
                return
            last = max(row[key] for row in found)

    def rows_with(
        self,
        collection: str,
        field: str,
        values: Sequence[object],
        fields: Sequence[str],
        *,
        since: int,
        where: str = "",
    ) -> Iterator[Row]:
        """Yield the rows that have one of the values in a field, and for which `where` holds."""
        rest = iter(values)
        also = f" and {where}" if where else ""
        while part := list(islice(rest, _KEYS_AT_ONCE)):
            yield from self.rows(
                collection, f"{field} in {literal(part)}{also}", fields, since=since
            )

    def close(self) -> None:
        """Forget the connection."""
        with self._connecting:
            if self._known is not None:
                self._known.close()
            self._known = None

    @property
    def _address(self) -> Mapping[str, str]:
        match = _ADDRESS.fullmatch(self._text)
        if match is None:
            raise ChatbotError(
                f"{self._text!r} is no index in Milvus. Type it as "
                "--index-dir milvus://HOST:19530/NAME, the name in letters, digits and _."
            )
        return match.groupdict()

    def _client(self, seconds: float) -> "MilvusClient":
        address = self._address
        with self._connecting:
            if self._known is None:
                scheme = "https" if address["tls"] else "http"
                self._known = _pymilvus().MilvusClient(
                    f"{scheme}://{address['host']}:{address['port']}",
                    token=self._token,
                    timeout=seconds,
                    grpc_options=_CHANNEL,
                )
            return self._known

    def _moment(self, collection: str) -> int:
        """Return the server's time of the last write of this process to a collection.

        Who reads "since" then waits until the server's parts have come so far. It is what pymilvus
        itself takes for the level "Session"; here it is handed to other processes, too.
        """
        from pymilvus.client.ts_utils import get_collection_ts

        handler: Any = self._client(READ_SECONDS)._handler
        return int(get_collection_ts(collection, endpoint=handler.server_address) or 0)

    def _told(self, error: Exception) -> ChatbotError:
        """Return what a user can do about an error of the server's."""
        code, said = getattr(error, "code", 0), str(getattr(error, "message", "") or error)
        place = self._text
        if code in _REFUSED or _NO_TOKEN.search(said):
            return IndexAwayError(
                f"Milvus at {place} does not let us in: {said[:200]}. Set WENZHENG_MILVUS_TOKEN to "
                "its token, or to USER:PASSWORD.",
                code="index_refused",
            )
        if code in _NOT_FOUND or re.search("(collection|alias) not (found|exist)|can't find", said):
            return IndexNotBuiltError(
                f"There is no index in {place}. Make it: python -m index build", code="not_built"
            )
        if not isinstance(code, int) or code in (1, 2) or _PASSING.search(said):
            return IndexAwayError(
                f"Milvus at {place} does not answer ({said[:200]}). Is it running, and is this its "
                "address? How to start one is in docs/milvus.md.",
                code="index_away",
            )
        return IndexAwayError(
            f"Milvus at {place} cannot do it: {said[:300]}. Does docs/milvus.md name its version?",
            code="index_refused",
        )


KEYS: Final = {"chunks": "row", "documents": "number", "parts": "place", "vectors": "key"}
"""The keys of the collections, by the last part of their names: `index/milvus/schema.py`."""


def seen(moment: int) -> Row:
    """Return what has the server answer from all that was written up to a time of its own.

    Where no time is given, which is 0, from all that was written before it is asked.
    """
    if not moment:
        return {"consistency_level": "Strong"}
    return {"consistency_level": "Customized", "guarantee_timestamp": moment}


def literal(value: object) -> str:
    """Return a value as Milvus' expressions have it.

    >>> literal(["福田", "a"]), literal(7)
    ('["福田", "a"]', '7')
    """
    return json.dumps(value, ensure_ascii=False)


def _failures() -> tuple[type[Exception], ...]:
    """Return what the client raises where a server does not do what it is asked."""
    milvus_error: type[Exception] = _pymilvus().MilvusException
    import grpc

    return milvus_error, grpc.RpcError


def _pymilvus() -> ModuleType:
    """Return the package. Raises ChatbotError where it is not installed."""
    try:
        import pymilvus
    except ImportError as error:
        raise ChatbotError(
            "An index in Milvus needs pymilvus. Install it: pip install -r requirements-milvus.txt"
        ) from error
    from pymilvus.client import entity_helper

    if entity_helper.CHECK_STR_ARRAY:
        # It would look at each character of a text as if that were one of many: of token codes, for
        # longer than all else takes. Texts are cut to what a field holds, and the server looks too.
        entity_helper.CHECK_STR_ARRAY = False
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # it prints what we say ourselves
    return cast(ModuleType, pymilvus)
