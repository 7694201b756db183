"""What one build keeps in Milvus, and how it changes: as `index/milvus/schema.py` says."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from index.embedders.token_codes import PassageVectors
from index.errors import ChatbotError, IndexMismatchError
from index.milvus import rows, schema
from index.milvus.chunks import MilvusChunks
from index.milvus.counts import TermCounts, count_rows, difference
from index.milvus.schema import Facts, Made, Table
from index.milvus.server import Row, Server
from index.search.documents import Entry
from index.search.occurrences import chunk_terms
from index.search.terms import TERMS_VERSION
from index.types import FloatArray

_DOCUMENTS_AT_ONCE: Final = 200


class _Old(NamedTuple):
    """A document that is to go: its number, language and title, and its chunks' terms."""

    number: int
    language: str
    title: str
    terms: rows.Terms
    keys: list[str]


class MilvusStore(MilvusChunks):
    """One build in a Milvus server, shared by the threads of a process."""

    def __init__(self, server: Server, build: str, made: Made, facts: Facts) -> None:
        """Read the means of its token codes."""
        super().__init__(server, build, made, facts)
        self._keys, self._counts = {}, TermCounts()
        self._is_clean = False  # of what a change that broke off has left
        self._loose: set[str] = set()  # keys of vectors that no chunk may use
        means = list(self._rows("parts", 'kind == "means"', ["part", "data"]))
        self.token_means: FloatArray | None = None
        if means:
            packed = np.frombuffer(rows.decoded(rows.joined(means)), np.float32)
            self.token_means = packed.reshape(2, -1, made.dim)

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the embedder that made the vectors."""
        return self.made.embedder

    @property
    def dim(self) -> int:
        """The number of dimensions of a vector."""
        return self.made.dim

    @property
    def generation(self) -> int:
        """The number of changes so far."""
        return self.facts.generation

    @property
    def has_current_terms(self) -> bool:
        """Whether the terms were made by today's rule."""
        return self.made.terms == TERMS_VERSION

    @property
    def words_since(self) -> int:
        """The generation from which on it is known which words have changed."""
        return self.facts.words_from

    def put(self, entries: Iterable[Entry], new_vectors: Mapping[bytes, PassageVectors]) -> None:
        """Store documents with their chunks, terms and missing vectors, replacing by id."""
        entries = list(entries)
        self.put_vectors(new_vectors)
        self.sweep()
        vectors = {key: vectors.pooled for key, vectors in new_vectors.items()}
        missing = {key for entry in entries for key in entry.keys} - vectors.keys()
        vectors |= self._pooled(missing)
        terms_of_entries = [rows.terms_of(entry) for entry in entries]
        old = self._old([entry.document.doc_id for entry in entries])
        before = self.facts
        facts = self._with(before, entries, terms_of_entries, old)
        again = not {each.number for each in old}.isdisjoint(map(rows.number_of, entries))
        moment = self.write_documents(entries, terms_of_entries, vectors, facts, replacing=again)
        now = [
            (entry.document.metadata.title, found, 1)
            for entry, found in zip(entries, terms_of_entries, strict=True)
        ]
        gone = [(each.title, each.terms, -1) for each in old]
        words = list(count_rows("words", difference([*now, *gone]), facts.generation))
        moment = max(moment, self.server.insert(self._name("parts"), words))
        self.complete(replace(facts, moment=max(moment, before.moment)))

    def put_vectors(self, new_vectors: Mapping[bytes, PassageVectors]) -> None:
        """Store vectors before the documents that they are for; `prune` forgets those of none."""
        known = self.known_keys(list(new_vectors))
        made = [rows.vector_row(key, v) for key, v in new_vectors.items() if key not in known]
        self.server.insert(self._name("vectors"), made)
        self._loose.update(row["key"] for row in made)

    def delete(self, doc_ids: Sequence[str]) -> None:
        """Forget documents and their chunks. Their vectors stay until `prune`."""
        for start in range(0, len(doc_ids), _DOCUMENTS_AT_ONCE):
            some = doc_ids[start : start + _DOCUMENTS_AT_ONCE]
            self.sweep()
            if not (old := self._old(some)):
                continue
            facts = self._with(self.facts, [], [], old)
            changes = difference((each.title, each.terms, -1) for each in old)
            words = list(count_rows("words", changes, facts.generation))
            moment = self.server.insert(self._name("parts"), words)
            self.complete(replace(facts, moment=max(moment, facts.moment)))

    def prune(self) -> None:
        """Delete what is gone, and vectors that no chunk uses; put counts together."""
        self.sweep()
        loose, self._loose = list(self._loose), set()
        used = {row["key"] for row in self._rows_with("chunks", "key", loose, ["key"])}
        if unused := [key for key in loose if key not in used]:
            self.server.delete(self._name("vectors"), unused)
            self.complete(replace(self.facts, moment=self.now()))
        if every := self._counts.follow(self).in_one():
            facts = self.facts
            whole = list(count_rows("base", every, facts.generation))
            moment = self.server.insert(self._name("parts"), whole, replacing=True)
            self.complete(
                replace(facts, words_from=facts.generation, moment=max(moment, facts.moment))
            )
            # Who has just read the facts from before this reads what these name: it stays for now.
            self.server.delete_where(
                self._name("parts"),
                f'(kind == "words" and since <= {facts.words_from})'
                f' or (kind == "base" and since < {facts.words_from})',
                since=facts.moment,
            )

    def purge(self) -> None:
        """Leave no vector of what was deleted, and ask the server to write all anew.

        What it has deleted stays in its storage until it does, and clears up: docs/milvus.md.
        """
        with self.snapshot():
            used = {row["key"] for row in self._rows("chunks", "", ["key"])}
            every = self.server.rows(self._name("vectors"), 'key != ""', [], since=0)
            unused = [row["key"] for row in every if row["key"] not in used]
        self.server.delete(self._name("vectors"), unused)
        self.complete(replace(self.facts, moment=self.now()))
        for table in schema.TABLES:
            self.server.ask("flush", self._name(table), seconds=60.0)
            self.server.ask("compact", self._name(table), seconds=60.0)

    def sweep(self) -> None:
        """Delete the rows that nobody may see: of what is gone, and of a change that broke off."""
        facts = self.facts
        if self._is_clean and not facts.hidden:
            return
        since = facts.moment if self._is_clean else 0
        for table in schema.SEARCHED:
            self.server.delete_where(self._name(table), facts.void, since=since)
        self._is_clean = True
        if facts.hidden:
            self.complete(replace(facts, hidden=(), moment=self.now()))

    def now(self) -> int:
        """Return the server's time: that of a row which is written to be told it."""
        clock = list(rows.pieces("clock", 0, 0, ""))
        return self.server.insert(self._name("parts"), clock, replacing=True)

    def begin(self) -> None:
        """Look at what others have written since. For who has just got the turn to write."""
        self.refresh()
        self._is_clean = False

    def refresh_terms(self) -> None:
        """Raise IndexMismatchError where the terms were made by another rule than today's."""
        if not self.has_current_terms:
            self.make_terms_anew()

    def make_terms_anew(self) -> None:
        """Say that only a new build has other terms: weights are stored with the chunks."""
        raise IndexMismatchError(
            "The terms of the index were made by another version of this program. "
            "Make it anew: python -m index build",
            code="rebuild",
        )

    def set_signatures(self, signatures: Mapping[str, str]) -> None:
        """Note sizes and times that files have now, by doc_id; nothing that is searched changes."""
        changed = [
            {**row, "signature": signatures[row["doc_id"]]}
            for row in self._rows_with("documents", "doc_id", list(signatures), ["*"])
        ]
        moment = self.server.insert(self._name("documents"), changed, replacing=True)
        facts = self.facts
        self.complete(replace(facts, moment=max(moment, facts.moment)))

    def hindrances(self) -> list[str]:
        """Return why it cannot be written to."""
        try:
            schema.write(self.server, self.build, self.facts)
        except ChatbotError as error:
            return [str(error)]
        return []

    def _with(
        self,
        facts: Facts,
        entries: Sequence[Entry],
        terms_of_entries: Sequence[rows.Terms],
        old: Sequence[_Old],
    ) -> Facts:
        """Return the facts once these documents are there and the old ones are not."""
        new, gone = (
            [t for found in terms_of_entries for t in found],
            [t for o in old for t in o.terms],
        )
        languages = Counter(facts.languages)
        languages.update(entry.language for entry in entries)
        languages.subtract(each.language for each in old)
        counted = facts.with_terms + sum(map(bool, new)) - sum(map(bool, gone))
        total = facts.terms + sum(map(len, new)) - sum(map(len, gone))
        return replace(
            facts,
            generation=facts.generation + 1,
            hidden=tuple({each.number for each in old} - set(map(rows.number_of, entries))),
            documents=facts.documents + len(entries) - len(old),
            chunks=facts.chunks + len(new) - len(gone),
            with_terms=counted,
            terms=total,
            mean=facts.mean or total / max(counted, 1),
            languages={language: count for language, count in languages.items() if count},
        )

    def write_documents(
        self,
        entries: Sequence[Entry],
        terms_of_entries: Sequence[rows.Terms],
        vectors: Mapping[bytes, FloatArray],
        facts: Facts,
        *,
        replacing: bool = False,
    ) -> int:
        """Write the rows of documents, the chunks first; return the server's time of the last.

        `replacing` where some are there already just as they are to be.
        """
        since, mean = facts.generation, facts.mean if self.made.has_terms else 0.0
        chunks = [
            row
            for entry, found in zip(entries, terms_of_entries, strict=True)
            for row in rows.chunk_rows(entry, found, vectors, mean, since)
        ]
        parts = [row for entry in entries for row in rows.part_rows(entry, since)]
        documents = [
            rows.document_row(entry, found, since)
            for entry, found in zip(entries, terms_of_entries, strict=True)
        ]
        written: list[tuple[Table, list[Row]]] = [
            ("chunks", chunks), ("parts", parts), ("documents", documents)
        ]  # fmt: skip
        return max(
            self.server.insert(self._name(table), each, replacing=replacing)
            for table, each in written
        )

    def _old(self, doc_ids: Sequence[str]) -> list[_Old]:
        """Return those of the documents that are there now, with what goes with them."""
        with self.snapshot():
            found = self._documents(doc_ids, ["number", "doc_id", "title", "shown"])
            by_number = {
                row["number"]: _Old(row["number"], rows.summary(row).language, row["title"], [], [])
                for row in found
            }
            fields = ["document", "doc_id", "start", "end", "text", "chunk_id", "key"]
            for row in self._rows_with("chunks", "document", list(by_number), fields):
                old = by_number[row["document"]]
                old.terms.append(chunk_terms(old.title, self._chunk(row).text))
                old.keys.append(row["key"])
        self._loose.update(key for old in by_number.values() for key in old.keys)
        return list(by_number.values())

    def _pooled(self, keys: Iterable[bytes]) -> dict[bytes, FloatArray]:
        """Return the vectors that are stored under these keys."""
        asked = [key.hex() for key in keys]
        found = self._rows_with("vectors", "key", asked, ["pooled"])
        return {bytes.fromhex(row["key"]): rows.pooled_of(row) for row in found}

    def complete(self, facts: Facts) -> None:
        """Make a change complete: from now on it is what everybody sees."""
        facts = replace(facts, revision=facts.revision + 1)
        schema.write(self.server, self.build, facts)
        self.take(facts)
