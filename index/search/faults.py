"""What is damaged in a database, as far as it contradicts itself."""

from collections import Counter

import numpy as np

from index.embedders.token_codes import BITS, IN_TITLE, TitledText, TokenCodes
from index.errors import ChatbotError
from index.search.checksums import unsealed
from index.search.chunks import vector_id, vector_key
from index.search.connections import CONTRADICTIONS
from index.search.occurrences import Occurrences, counted
from index.search.terms import terms
from index.types import Chunk

_REFERENCES = "PRAGMA foreign_key_check"
_WITH_VECTORS = (
    "SELECT vector_id, start, end, key, vector, tokens"
    " FROM chunks JOIN vectors ON key = vector_key WHERE doc_id = ? ORDER BY start"
)
_ROUNDING = 1e-3
_PLACE_BYTES = 4  # behind the codes: their checksum; before each: where its token is


class Examined(Occurrences):
    """The database, held against itself."""

    def faults(self) -> list[str]:
        """Return what is damaged in the database; terms aside."""
        try:
            with self.snapshot():
                self._check_version()
                found = [
                    *(text for (text,) in self._rows("PRAGMA integrity_check") if text != "ok"),
                    *(f"a row of {row[0]} refers to nothing" for row in self._rows(_REFERENCES)),
                    *[f"{self.generation} is no number of changes"] * (self.generation < 0),
                ]
                return found or [
                    f"{doc_id}: {fault}"
                    for doc_id in self.doc_ids()
                    for fault in self._document_faults(doc_id)
                ]
        except (ChatbotError, *CONTRADICTIONS) as error:
            return [str(error.__cause__ or error)]

    def hindrances(self) -> list[str]:
        """Return why the database cannot be written to."""
        try:
            with self._writing():
                return []
        except ChatbotError as error:
            return [str(error.__cause__)]

    def terms_faults(self) -> list[str]:
        """Return what is wrong with the lexical index, compared with the stored text."""
        with self.snapshot():
            try:
                if not self.is_frozen:  # FTS5 has itself checked by a statement that writes
                    self._rows("INSERT INTO lexical (lexical) VALUES ('integrity-check')")
                held: Counter[int] = Counter()
                chunks: Counter[str] = Counter()
                for row, term in self._each("SELECT doc, term FROM occurrences"):
                    held[row] += hash(term)
                    chunks[term.partition("/")[0]] += 1
                counts = dict(self._rows("SELECT row, terms FROM chunks"))
            except ChatbotError as error:
                return [str(error.__cause__)]
            wrong: list[str] = []
            for doc_id in self.doc_ids():
                for row, found in self._terms_of(doc_id):
                    expected = sum(map(hash, counted(found).split()))
                    if held.pop(row, 0) != expected or counts[row] != len(found):
                        wrong.append(f"{doc_id} has other terms than its text")
            wrong += ["a removed document has terms"] * any(held.values())
            return wrong + self._word_faults(chunks)

    def _word_faults(self, chunks: Counter[str]) -> list[str]:
        """Return what is wrong with the counts of terms; so many chunks hold each in truth."""
        titles = Counter(
            term
            for (title,) in self._rows("SELECT title FROM documents")
            for term in set(terms(title))
        )
        rows = self._rows("SELECT term, chunks, titles FROM words WHERE chunks OR titles")
        wrong = {(t, c, n) for t, c, n in rows} ^ {
            (term, chunks[term], titles[term]) for term in chunks.keys() | titles
        }
        return ["the counts of terms are not those of the chunks"] * bool(wrong)

    def _document_faults(self, doc_id: str) -> list[str]:
        """Return what is wrong with a document, its chunks and their vectors."""
        document, has_codes = self.document(doc_id), self.token_means is not None
        faults: list[str] = []
        covered = 0
        for number, start, end, key, vector, tokens in self._rows(_WITH_VECTORS, doc_id):
            chunk = Chunk(doc_id, start, end, document.text[start:end])
            place = f"characters {start} to {end}"
            if (
                vector_id(chunk, key) != number
                or start < covered
                or document.text[covered:start].strip()
            ):
                faults.append(f"{place} are not the next of its chunks")
            if key != vector_key(TitledText(document.metadata.title, chunk.text)) or not _is_unit(
                unsealed(vector), self.dim
            ):
                faults.append(f"the vector of {place} is not theirs")
            if has_codes and not _fits(tokens, chunk.text):
                faults.append(f"the token codes of {place} are missing or damaged")
            covered = end
        chunks = self.document_chunks(doc_id)
        if [chunk.end for chunk in chunks][-1:] != [covered] * bool(covered):
            faults.append("its chunks are not those of its vectors")
        faults += ["its end is in no chunk"] * bool(document.text[covered:].strip())
        if self._counts_of(doc_id) != (len(document.text), len(chunks)):
            faults.append("its counts are not those of its text and its chunks")
        return faults

    def _counts_of(self, doc_id: str) -> tuple[int, int]:
        (counts,) = self._rows("SELECT characters, chunks FROM documents WHERE doc_id = ?", doc_id)
        return counts[0], counts[1]


def _is_unit(vector: bytes, dim: int) -> bool:
    if len(vector) != dim * np.dtype(np.float32).itemsize:
        return False
    return abs(float(np.linalg.norm(np.frombuffer(vector, np.float32))) - 1) < _ROUNDING


def _fits(tokens: bytes | None, text: str) -> bool:
    """Tell whether these can be the token codes of a text."""
    if tokens is None or (len(tokens) - _PLACE_BYTES) % (_PLACE_BYTES + BITS // 8):
        return False
    spans = TokenCodes.from_bytes(unsealed(tokens)).spans
    spans = spans[spans[:, 0] != IN_TITLE]
    return bool(np.all(spans[:, 0] <= spans[:, 1]) and np.all(spans <= len(text)))
