"""What one build of an index keeps, whatever engine keeps it: the whole of what others may ask.

`index/search/database.py` keeps it in one SQLite file, `index/milvus/store.py` in a Milvus server.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from index.embedders.token_codes import PassageVectors, TokenCodes
from index.search.documents import DocumentSummary, Entry, FileState
from index.types import EVERYTHING, Chunk, Document, FloatArray, Scope


class DocumentStore(Protocol):
    """Documents with their chunks, terms and vectors. Every change raises the generation.

    Each raises ChatbotError where the store cannot be read or written.
    """

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the embedder that made the vectors."""

    @property
    def dim(self) -> int:
        """The number of dimensions of a vector."""

    @property
    def token_means(self) -> FloatArray | None:
        """The means of the token codes, shape (2, layers, dim); None where there are no codes."""

    @property
    def generation(self) -> int:
        """The number of changes so far."""

    @property
    def has_current_terms(self) -> bool:
        """Whether the terms were made by today's rule."""

    @property
    def words_since(self) -> int:
        """The generation from which on it is known which words have changed."""

    def snapshot(self) -> AbstractContextManager[None]:
        """Let all that this thread reads inside be of one moment, whatever others write."""

    def put(self, entries: Iterable[Entry], new_vectors: Mapping[bytes, PassageVectors]) -> None:
        """Store documents with their chunks, terms and missing vectors, replacing by id."""

    def put_vectors(self, new_vectors: Mapping[bytes, PassageVectors]) -> None:
        """Store vectors before the documents that they are for; `prune` forgets those of none."""

    def delete(self, doc_ids: Sequence[str]) -> None:
        """Forget documents and their chunks. Their vectors stay until `prune`."""

    def prune(self) -> None:
        """Forget the vectors that no chunk uses."""

    def purge(self) -> None:
        """Leave no byte of what was deleted, as far as the engine lets us."""

    def refresh_terms(self) -> None:
        """Make all terms anew where they were made by another rule than today's."""

    def make_terms_anew(self) -> None:
        """Make all terms anew from the stored texts."""

    def set_signatures(self, signatures: Mapping[str, str]) -> None:
        """Note sizes and times that files have now, by doc_id; nothing that is searched changes."""

    def faults(self) -> list[str]:
        """Return what is damaged; terms aside."""

    def terms_faults(self) -> list[str]:
        """Return what is wrong with the terms, compared with the stored texts."""

    def hindrances(self) -> list[str]:
        """Return why it cannot be written to."""

    def files(self, doc_ids: Collection[str] | None = None) -> dict[str, FileState]:
        """Return doc_id -> state of its file when it was indexed, of all documents or of these."""

    def signatures(
        self, recipe: str, doc_ids: Collection[str] | None = None, *, since: int = -1
    ) -> dict[str, str]:
        """Return doc_id -> signature of its file when it was indexed, of all or of these documents.

        Of those alone that were stored after the generation `since`. A signature is empty where
        chunks were made of the file by another recipe than this.
        """

    def summaries(self) -> list[DocumentSummary]:
        """Return a line per document, by doc_id."""

    def summaries_since(self, generation: int) -> list[DocumentSummary]:
        """Return a line per document that was stored after this generation, by doc_id."""

    def doc_ids(self, scope: Scope = EVERYTHING) -> list[str]:
        """Return the ids of the documents in the scope."""

    def count_documents(self) -> int:
        """Return how many documents there are."""

    def document(self, doc_id: str) -> Document:
        """Return a document. Raises CorpusError when there is none."""

    def titles_of(self, doc_ids: Collection[str]) -> dict[str, str]:
        """Return the titles of those of the documents that are there."""

    def document_with_file(self, file_sha256: str) -> str | None:
        """Return the doc_id whose file has this hash, or None."""

    def sharing_marks(self, doc_id: str, at_least: int) -> dict[str, int]:
        """Return how many marks other documents share with this one, if it is not fewer."""

    def document_chunks(self, doc_id: str) -> list[Chunk]:
        """Return the chunks of a document in order."""

    def token_codes(self, chunk_ids: Sequence[int]) -> dict[int, TokenCodes]:
        """Return the codes of these chunks by id, without those that are gone or have none."""

    def known_keys(self, keys: Sequence[bytes]) -> set[bytes]:
        """Return those of the keys that have a vector already."""

    def names_among(self, asked: Collection[str]) -> frozenset[str]:
        """Return those of the terms that tell documents apart: they are in few of the titles."""

    def word_counts(self, *, since: int = -1) -> dict[str, int]:
        """Return how many chunks hold each term, of those for which that changed since then.

        `since` is a generation. Terms that no chunk holds any more have 0.
        """

    def headings(self, *, after: int = 0) -> dict[int, str]:
        """Return titles and headings that have Han characters, by number, of those behind `after`.

        A number is never given again.
        """

    def count_headings(self) -> int:
        """Return how many of these headings there are."""

    def heading_numbers(self) -> set[int]:
        """Return the numbers of all these headings."""

    def languages(self) -> set[str]:
        """Return the languages of the documents, as ISO 639-1 codes."""
