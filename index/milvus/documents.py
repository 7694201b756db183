"""The documents of a build: what is known of each, and its text."""

import json
from collections.abc import Collection, Mapping

from index.errors import CorpusError
from index.milvus import rows
from index.milvus.moments import Moments
from index.milvus.rows import SHOWN
from index.milvus.scope import expression
from index.milvus.server import Row, literal
from index.places import Places
from index.search.connections import damaged
from index.search.documents import DocumentSummary, FileState
from index.search.scope import matcher
from index.types import EVERYTHING, Document, Page, Scope

_STATE = ("file_sha256", "sidecar_sha256", "signature", "recipe")


class MilvusDocuments(Moments):
    """What can be asked of the documents."""

    def files(self, doc_ids: Collection[str] | None = None) -> dict[str, FileState]:
        """Return doc_id -> state of its file when it was indexed, of all documents or of these."""
        return {
            row["doc_id"]: FileState(*(row[name] for name in _STATE))
            for row in self._documents(doc_ids, ["doc_id", *_STATE])
        }

    def signatures(
        self, recipe: str, doc_ids: Collection[str] | None = None, *, since: int = -1
    ) -> dict[str, str]:
        """Return doc_id -> signature of its file when it was indexed, of all or of these documents.

        Of those alone that were stored after the generation `since`. A signature is empty where
        chunks were made of the file by another recipe than this.
        """
        return {
            row["doc_id"]: row["signature"] if row["recipe"] == recipe else ""
            for row in self._documents(doc_ids, ["doc_id", "signature", "recipe", "since"])
            if row["since"] > since
        }

    def summaries(self) -> list[DocumentSummary]:
        """Return a line per document, by doc_id."""
        return self.summaries_since(-1)

    def summaries_since(self, generation: int) -> list[DocumentSummary]:
        """Return a line per document that was stored after this generation, by doc_id."""
        found = self._rows("documents", f"since > {generation}", SHOWN)
        return sorted(map(rows.summary, found), key=lambda line: line.doc_id)

    def count_documents(self) -> int:
        """Return how many documents there are."""
        return self.facts.documents

    def document(self, doc_id: str) -> Document:
        """Return a document. Raises CorpusError when there is none."""
        with self.snapshot():
            found = list(self._documents([doc_id], [*SHOWN, "number"]))
            if not found:
                raise CorpusError(
                    f"There is no document {doc_id}. See: python -m index list", code="no_document"
                )
            parts = self._parts(found[0]["number"], ["text", "pages", "places"])
        try:
            document = Document(
                doc_id=doc_id,
                text=parts["text"],
                metadata=rows.summary(found[0]).metadata,
                pages=tuple(Page(*page) for page in json.loads(parts["pages"])),
                places=Places(rows.decoded(parts["places"])),
            )
        except KeyError as error:
            raise damaged(f"parts of {doc_id} are missing") from error
        if document.sha256 != json.loads(found[0]["shown"])["sha256"]:
            raise damaged(f"the text of {doc_id} has changed")
        return document

    def text(self, doc_id: str) -> str:
        """Return the text of a document, empty where there is none."""
        with self.snapshot():
            for row in self._documents([doc_id], ["number"]):
                return self._parts(row["number"], ["text"]).get("text", "")
        return ""

    def titles_of(self, doc_ids: Collection[str]) -> dict[str, str]:
        """Return the titles of those of the documents that are there."""
        return {r["doc_id"]: r["title"] for r in self._documents(doc_ids, ["doc_id", "title"])}

    def doc_ids(self, scope: Scope = EVERYTHING) -> list[str]:
        """Return the ids of the documents in the scope."""
        return [row["doc_id"] for row in self._rows("documents", self.within(scope), ["doc_id"])]

    def within(self, scope: Scope) -> str:
        """Return the expression that holds for the rows of the documents in a scope."""

        def matching(wild: Scope) -> list[str]:
            holds = matcher(wild)
            every = self._rows("documents", "", ["doc_id"])
            return [row["doc_id"] for row in every if holds(row["doc_id"], None)]

        return expression(scope, matching)

    def document_with_file(self, file_sha256: str) -> str | None:
        """Return the doc_id whose file has this hash, or None."""
        found = self._rows("documents", f"file_sha256 == {literal(file_sha256)}", ["doc_id"])
        return next((str(row["doc_id"]) for row in found), None)

    def sharing_marks(self, doc_id: str, at_least: int) -> dict[str, int]:
        """Return how many marks other documents share with this one, if it is not fewer."""
        own: set[int] = set()
        for row in self._documents([doc_id], ["marks"]):
            own = set(row["marks"])
        if not own:
            return {}
        sharing = f"array_contains_any(marks, {sorted(own)}) and doc_id != {literal(doc_id)}"
        found = self._rows("documents", sharing, ["doc_id", "marks"])
        shared = {row["doc_id"]: len(own.intersection(row["marks"])) for row in found}
        return {other: count for other, count in shared.items() if count >= at_least}

    def languages(self) -> set[str]:
        """Return the languages of the documents, as ISO 639-1 codes."""
        return {language for language, count in self.facts.languages.items() if count > 0}

    def headings(self, *, after: int = 0) -> dict[int, str]:
        """Return titles and headings that have Han characters, by number, of those behind `after`.

        A number is never given again.
        """
        where = f'kind == "headings" and since >= {after >> rows.HEADINGS_BITS}'
        found: dict[int, list[Row]] = {}
        for row in self._rows("parts", where, ["document", "part", "data"]):
            found.setdefault(row["document"], []).append(row)
        every = [each for parts in found.values() for each in json.loads(rows.joined(parts))]
        return {number: heading for number, heading in sorted(every) if number > after}

    def count_headings(self) -> int:
        """Return how many of these headings there are."""
        return len(self.headings())

    def heading_numbers(self) -> set[int]:
        """Return the numbers of all these headings."""
        return set(self.headings())

    def _documents(self, doc_ids: Collection[str] | None, fields: list[str]) -> list[Row]:
        if doc_ids is None:
            return list(self._rows("documents", "", fields))
        return list(self._rows_with("documents", "doc_id", list(doc_ids), fields))

    def _parts(self, number: int, kinds: list[str]) -> Mapping[str, str]:
        """Return the long things of a document by their kind."""
        found: dict[str, list[Row]] = {}
        where = f"document == {number} and kind in {literal(kinds)}"
        for row in self._rows("parts", where, ["kind", "part", "data"]):
            found.setdefault(row["kind"], []).append(row)
        return {kind: rows.joined(parts) for kind, parts in found.items()}
