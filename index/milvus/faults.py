"""What is damaged in a build in Milvus, as far as it contradicts itself."""

from collections import Counter

import numpy as np

from index.embedders.token_codes import TitledText
from index.errors import ChatbotError
from index.milvus.server import Row
from index.milvus.store import MilvusStore
from index.search.chunks import vector_key
from index.search.occurrences import chunk_terms
from index.search.terms import terms

_ROUNDING = 1e-3


class MilvusExamined(MilvusStore):
    """The build, held against itself."""

    def faults(self) -> list[str]:
        """Return what is damaged: documents, their chunks and vectors; terms aside."""
        found: list[str] = []
        try:
            with self.snapshot():
                for doc_id, title in self._titles().items():
                    try:
                        found += [f"{doc_id}: {fault}" for fault in self._faults(doc_id, title)]
                    except (ValueError, TypeError, LookupError) as error:
                        found.append(f"{doc_id}: {error!r}")
        except ChatbotError as error:
            return [str(error)]
        return found

    def terms_faults(self) -> list[str]:
        """Return what is wrong with the counts of terms, compared with the stored texts."""
        chunks: Counter[str] = Counter()
        titles: Counter[str] = Counter()
        with self.snapshot():
            every = self._titles()
            titles.update(term for title in every.values() for term in set(terms(title)))
            for row in self._rows(
                "chunks", "", ["doc_id", "start", "end", "text", "chunk_id", "key"]
            ):
                found = chunk_terms(every.get(row["doc_id"], ""), self._chunk(row).text)
                chunks.update(set(found))
            counts = self._counts.follow(self)
            known = counts.since(-1)
            wrong = {term: count for term, count in known.items() if count} != dict(chunks) or any(
                counts.titles(term) != titles[term] for term in known.keys() | titles.keys()
            )
        return ["the counts of terms are not those of the chunks"] * wrong

    def _titles(self) -> dict[str, str]:
        return {r["doc_id"]: r["title"] for r in self._rows("documents", "", ["doc_id", "title"])}

    def _faults(self, doc_id: str, title: str) -> list[str]:
        document = self.document(doc_id)
        where = f"document == {self._number(doc_id)}"
        fields = ["doc_id", "start", "end", "text", "chunk_id", "key", "dense"]
        found: list[Row] = sorted(
            self._rows("chunks", where, fields), key=lambda r: int(r["start"])
        )
        stored = self._pooled({bytes.fromhex(row["key"]) for row in found})
        faults, covered = [], 0
        for row in found:
            chunk, key = self._chunk(row), bytes.fromhex(row["key"])
            place = f"characters {chunk.start} to {chunk.end}"
            if document.text[chunk.start : chunk.end] != chunk.text or (
                chunk.start < covered or document.text[covered : chunk.start].strip()
            ):
                faults.append(f"{place} are not the next of its chunks")
            is_its = key == vector_key(TitledText(title, chunk.text)) and key in stored
            if not is_its or not np.allclose(stored[key], row["dense"], atol=_ROUNDING):
                faults.append(f"the vector of {place} is not theirs")
            covered = chunk.end
        faults += ["its end is in no chunk"] * bool(document.text[covered:].strip())
        return faults

    def _number(self, doc_id: str) -> int:
        return next(int(row["number"]) for row in self._documents([doc_id], ["number"]))
