"""The chunks of a build and their vectors: both searches, and what is read of what they find.

BM25 as in `index/search/lexical.py`. Stored with each chunk is what its terms add to a score but
for how rare they are, which the question brings: the inner product of both is the score, as far as
chunks are as long as the first ones were. So Milvus finds more than were asked for, and of these
the exact scores are made, of how often each holds a term, which its weights tell.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import compress
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np

from index.embedders.token_codes import TokenCodes
from index.milvus import rows, schema
from index.milvus.counts import TermCounts
from index.milvus.documents import MilvusDocuments
from index.milvus.server import READ_SECONDS, Row, literal, seen
from index.search.lexical import K1, B
from index.types import EVERYTHING, Chunk, FloatArray, LexicalHit, Scope

_CHUNK: Final = ("doc_id", "chunk_id", "start", "end", "text", "key")
_MORE: Final = 2  # times as many chunks are scored exactly as are asked for
_KEYS_KEPT: Final = 50_000
_NAMES_AT_MOST: Final = 0.5  # of the titles hold a name

_T = TypeVar("_T")


class _Scored(NamedTuple):
    """The row of a chunk, its exact score, and which terms it shares with the question."""

    row: Row
    score: float
    terms: tuple[str, ...]


class MilvusChunks(MilvusDocuments):
    """What can be asked of the chunks."""

    _keys: dict[int, str]  # of chunks that were found, by their ids: those of their vectors
    _counts: TermCounts

    def nearest(
        self, query: FloatArray, top_k: int, scope: Scope, is_there: Callable[[str], bool]
    ) -> list[tuple[Chunk, float]]:
        """Return the `top_k` chunks nearest to `query`, best first, with their cosines."""
        params = schema.search_params(self.made, top_k)
        question = np.ascontiguousarray(query, np.float32)

        def search(where: str) -> list[tuple[Chunk, float]]:
            found = self._search("dense", question, top_k, where, _CHUNK, params)
            best = sorted(found, key=lambda hit: (-hit["distance"], hit["entity"]["chunk_id"]))
            return [(self._chunk(hit["entity"]), float(hit["distance"])) for hit in best]

        return self._there(search, scope, is_there, lambda hit: hit[0])

    def sharing(
        self, asked_terms: Sequence[str], top_k: int, scope: Scope, is_there: Callable[[str], bool]
    ) -> list[LexicalHit]:
        """Return the `top_k` chunks that share most with the terms, best first."""
        facts, counts = self.facts, self._counts.follow(self)
        asked = list(dict.fromkeys(asked_terms))
        held = [counts.chunks(term) for term in asked]
        most = [_most(facts.with_terms, number) for number in held]
        wanted = {
            rows.term_number(term): weight
            for term, weight, number in zip(asked, most, held, strict=True)
            if number
        }
        if not (wanted and self.made.has_terms):
            return []

        def search(where: str) -> list[LexicalHit]:
            fields = (*_CHUNK, "terms", "weights")
            params: Row = {"metric_type": "IP", "params": {}}
            found = self._search("weights", wanted, _MORE * top_k, where, fields, params)
            weights = rows.weights_of(found, asked)
            scored = self._scored([hit["entity"] for hit in found], weights, asked, most)
            whole = sum(most)
            return [
                LexicalHit(self._chunk(each.row), each.score, each.score / whole, each.terms)
                for each in scored[:top_k]
            ]

        return self._there(search, scope, is_there, lambda hit: hit.chunk)

    def names_among(self, asked: Iterable[str]) -> frozenset[str]:
        """Return those of the terms that tell documents apart: they are in few of the titles."""
        counts, most = self._counts.follow(self), _NAMES_AT_MOST * self.facts.documents
        return frozenset(term for term in asked if 1 <= counts.titles(term) <= most)

    def word_counts(self, *, since: int = -1) -> dict[str, int]:
        """Return how many chunks hold each term, of those for which that changed since then."""
        return self._counts.follow(self).since(since)

    def document_chunks(self, doc_id: str) -> list[Chunk]:
        """Return the chunks of a document in order."""
        found = self._rows("chunks", f"doc_id == {literal(doc_id)}", _CHUNK)
        return sorted(map(self._chunk, found), key=lambda chunk: chunk.start)

    def token_codes(self, chunk_ids: Sequence[int]) -> dict[int, TokenCodes]:
        """Return the codes of these chunks by id, without those that are gone or have none."""
        keys = {chunk_id: self._keys.get(chunk_id, "") for chunk_id in chunk_ids}
        unknown = [chunk_id for chunk_id, key in keys.items() if not key]
        for row in self._rows_with("chunks", "chunk_id", unknown, ["chunk_id", "key"]):
            keys[row["chunk_id"]] = row["key"]
        wanted = list(dict.fromkeys(filter(None, keys.values())))
        found = {
            row["key"]: rows.codes_of(row)
            for row in self._rows_with("vectors", "key", wanted, ["tokens"])
        }
        every = {chunk_id: found.get(key) for chunk_id, key in keys.items()}
        return {chunk_id: codes for chunk_id, codes in every.items() if codes is not None}

    def known_keys(self, keys: Sequence[bytes]) -> set[bytes]:
        """Return those of the keys that have a vector already."""
        asked = [key.hex() for key in keys]
        return {bytes.fromhex(r["key"]) for r in self._rows_with("vectors", "key", asked, [])}

    def _search(
        self,
        field: str,
        question: object,
        limit: int,
        where: str,
        fields: Sequence[str],
        params: Row,
    ) -> list[Row]:
        """Return the hits of one search; `where` is what else must hold for a row."""
        facts = self.facts
        found: list[list[Row]] = self.server.ask(
            *("search", self._name("chunks")),
            data=[question],
            anns_field=field,
            limit=limit,
            filter=facts.visible + (f" and {where}" if where else ""),
            output_fields=list(fields),
            search_params=params,
            seconds=READ_SECONDS,
            **seen(facts.moment),
        )
        return found[0]

    def _there(
        self,
        search: Callable[[str], list[_T]],
        scope: Scope,
        is_there: Callable[[str], bool],
        chunk_of: Callable[[_T], Chunk],
    ) -> list[_T]:
        """Return the best hits in a scope; what is found of a missing file is passed over."""
        with self.snapshot():
            where = "" if scope == EVERYTHING else self.within(scope)
            gone: set[str] = set()
            while True:
                passed = f"doc_id not in {literal(sorted(gone))}" if gone else ""
                hits = search(" and ".join(filter(None, (where, passed))))
                missing = {d for d in {chunk_of(hit).doc_id for hit in hits} if not is_there(d)}
                if not missing - gone:
                    return hits
                gone |= missing

    def _scored(
        self, found: Sequence[Row], weights: rows.Numbers, asked: Sequence[str], most: list[float]
    ) -> list[_Scored]:
        """Return with its exact score what was found and holds a term, best first."""
        facts = self.facts
        mean = max(facts.terms / max(facts.with_terms, 1), 1.0)
        lengths = np.array([row["terms"] for row in found], np.float64)
        counts = rows.counts_of(weights, lengths, facts.mean)
        norms = (K1 * (1 - B + B * lengths / mean)).astype(np.float32)
        shares = np.array(most)[:, np.newaxis] * counts / (counts + norms)
        scores = np.zeros(len(found), np.float32)
        for share in shares.astype(np.float32):  # in the order of the question, as in a folder
            scores += share
        every = zip(found, scores.tolist(), (counts > 0).T.tolist(), strict=True)
        scored = [
            _Scored(row, score, tuple(compress(asked, holds)))
            for row, score, holds in every
            if any(holds)
        ]
        return sorted(scored, key=lambda e: (-e.score, e.row["doc_id"], e.row["start"]))

    def _chunk(self, row: Any) -> Chunk:  # noqa: ANN401 (pymilvus' own kind of mapping)
        text = row["text"]
        if text == schema.NO_TEXT:  # it was too long for a field, or is these characters
            text = self.text(row["doc_id"])[row["start"] : row["end"]]
        if len(self._keys) > _KEYS_KEPT:
            self._keys.clear()
        chunk = rows.chunk_of(row, text)
        self._keys[row["chunk_id"]] = row["key"]
        return chunk


def _most(chunks: int, held: int) -> float:
    """Return the most that a term of so many chunks can add to a score."""
    return (K1 + 1) * math.log(1 + (chunks - held + 0.5) / (held + 0.5))
