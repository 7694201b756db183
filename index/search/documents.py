"""The documents of a build: what is known of each, and apart from that its text.

A row of `documents` is small and keeps the counts that a list shows, so that a list reads no text.
A text is kept in parts of equal length: what stands at its end is read without what is before.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import regex

from index.errors import CorpusError
from index.notes import Note
from index.places import Places
from index.search.checksums import checksum, sealed, unsealed
from index.search.connections import Connection, damaged
from index.search.schema import Schema
from index.search.scope import matcher
from index.types import EVERYTHING, Chunk, Document, Metadata, Page, Scope

_SHOWN = (
    "doc_id, title, author, date, source, file_date, imported, encoding, language,"
    " characters, chunks, sha256"
)
PART_CHARACTERS: Final = 4096
"""So many characters has each part of a text but the last."""

_HEADING = re.compile(r"^ {0,3}#{1,6} (.+)$", re.MULTILINE)
_HAN_PAIR = regex.compile(r"\p{Han}{2}")


_TEXT = (
    "(SELECT group_concat(text, '') FROM (SELECT text FROM texts"
    " WHERE texts.doc_id = documents.doc_id ORDER BY part))"
)


@dataclass(frozen=True, slots=True)
class FileState:
    """What the index knows of a document's file: enough to tell whether it changed.

    `signature` holds sizes and times, `recipe` the versions and settings that made chunks of it.
    """

    sha256: str
    sidecar_sha256: str
    signature: str
    recipe: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A document ready to be stored: its chunks and the key of each chunk's vector.

    `marks` are numbers of which documents that are nearly the same share some.
    """

    document: Document
    imported: str | None
    encoding: str | None
    language: str
    notes: tuple[Note, ...]
    file: FileState
    marks: Collection[int]
    chunks: Sequence[Chunk]
    keys: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A line of the list of documents.

    `imported` is an ISO 8601 time, None when unknown; `encoding` what a file of text was read as.
    """

    doc_id: str
    metadata: Metadata
    imported: str | None
    encoding: str | None
    language: str
    characters: int
    chunks: int


class Documents(Schema):
    """The rows of documents and of texts."""

    def files(self, doc_ids: Collection[str] | None = None) -> dict[str, FileState]:
        """Return doc_id -> state of its file when it was indexed, of all documents or of these."""
        query = "SELECT doc_id, file_sha256, sidecar_sha256, signature, recipe FROM documents"
        if doc_ids is None:
            rows = self._rows(query)
        else:
            query += " WHERE doc_id IN (SELECT value FROM json_each(?))"
            rows = self._rows(query, json.dumps(list(doc_ids)))
        return {row[0]: FileState(*row[1:]) for row in rows}

    def signatures(
        self, recipe: str, doc_ids: Collection[str] | None = None, *, since: int = -1
    ) -> dict[str, str]:
        """Return doc_id -> signature of its file when it was indexed, of all or of these documents.

        Of those alone that were stored after the generation `since`. A signature is empty where
        chunks were made of the file by another recipe than this.
        """
        query = "SELECT doc_id, iif(recipe = ?, signature, '') FROM documents WHERE since > ?"
        values: list[object] = [recipe, since]
        if doc_ids is not None:
            query += " AND doc_id IN (SELECT value FROM json_each(?))"
            values.append(json.dumps(list(doc_ids)))
        return dict(self._rows(query, *values))

    def summaries(self) -> list[DocumentSummary]:
        """Return a line per document, by doc_id."""
        query = f"SELECT {_SHOWN}, checksum FROM documents ORDER BY doc_id"
        return [_summary(row) for row in self._rows(query)]

    def summaries_since(self, generation: int) -> list[DocumentSummary]:
        """Return a line per document that was stored after this generation, by doc_id."""
        # In order of doc_id, SQLite would look at all documents.
        query = f"SELECT {_SHOWN}, checksum FROM documents WHERE since > ?"
        return [_summary(row) for row in self._rows(query, generation)]

    def count_documents(self) -> int:
        """Return how many documents there are."""
        ((count,),) = self._rows("SELECT count(*) FROM documents")
        return int(count)

    def document(self, doc_id: str) -> Document:
        """Return a document. Raises CorpusError when there is none."""
        rows = self._rows(
            f"SELECT {_SHOWN}, checksum, pages, places, {_TEXT}"
            " FROM documents JOIN layouts USING (doc_id) WHERE doc_id = ?",
            doc_id,
        )
        if not rows:
            raise CorpusError(
                f"There is no document {doc_id}. See: python -m index list", code="no_document"
            )
        *shown, pages, places, text = rows[0]
        document = Document(
            doc_id=doc_id,
            text=text or "",
            metadata=_summary(shown).metadata,
            pages=tuple(Page(*page) for page in json.loads(unsealed(pages))),
            places=Places(unsealed(places)),
        )
        *_, sha256, _ = shown
        if document.sha256 != sha256:
            raise damaged(f"the text of {doc_id} has changed")
        return document

    def titles_of(self, doc_ids: Collection[str]) -> dict[str, str]:
        """Return the titles of those of the documents that are there."""
        return dict(
            self._rows(
                "SELECT doc_id, title FROM documents"
                " WHERE doc_id IN (SELECT value FROM json_each(?))",
                json.dumps(list(doc_ids)),
            )
        )

    def text(self, doc_id: str) -> str:
        """Return the text of a document, empty where there is none."""
        ((text,),) = self._rows(
            "SELECT group_concat(text, '') FROM"
            " (SELECT text FROM texts WHERE doc_id = ? ORDER BY part)",
            doc_id,
        )
        return text or ""

    def headings(self, *, after: int = 0) -> dict[int, str]:
        """Return titles and headings that have Han characters, by number, of those behind `after`.

        A number is never given again.
        """
        return dict(self._rows("SELECT number, heading FROM headings WHERE number > ?", after))

    def count_headings(self) -> int:
        """Return how many of these headings there are."""
        ((count,),) = self._rows("SELECT count(*) FROM headings")
        return int(count)

    def heading_numbers(self) -> set[int]:
        """Return the numbers of all these headings."""
        return {number for (number,) in self._rows("SELECT number FROM headings")}

    def languages(self) -> set[str]:
        """Return the languages of the documents, as ISO 639-1 codes."""
        return {row[0] for row in self._rows("SELECT DISTINCT language FROM documents")}

    def document_with_file(self, file_sha256: str) -> str | None:
        """Return the doc_id whose file has this hash, or None."""
        rows = self._rows("SELECT doc_id FROM documents WHERE file_sha256 = ?", file_sha256)
        return rows[0][0] if rows else None

    def sharing_marks(self, doc_id: str, at_least: int) -> dict[str, int]:
        """Return how many marks other documents share with this one, if it is not fewer."""
        return dict(
            self._rows(
                "SELECT other.doc_id, count(*) FROM marks AS own JOIN marks AS other USING (mark)"
                " WHERE own.doc_id = ? AND other.doc_id != own.doc_id"
                " GROUP BY other.doc_id HAVING count(*) >= ?",
                *(doc_id, at_least),
            )
        )

    def doc_ids(self, scope: Scope = EVERYTHING) -> list[str]:
        """Return the ids of the documents in the scope."""
        holds = matcher(scope)
        rows = self._rows("SELECT doc_id, date FROM documents")
        return [doc_id for doc_id, date in rows if holds(doc_id, date)]

    def set_signatures(self, signatures: Mapping[str, str]) -> None:
        """Note sizes and times that files have now, by doc_id; nothing that is searched changes."""
        with self._writing() as connection:
            connection.executemany(
                "UPDATE documents SET signature = ? WHERE doc_id = ?",
                [(signature, doc_id) for doc_id, signature in signatures.items()],
            )

    def _put_document(self, connection: Connection, entry: Entry) -> None:
        document, metadata, file = entry.document, entry.document.metadata, entry.file
        shown = (
            document.doc_id,
            *(metadata.title, metadata.author, metadata.date, metadata.source),
            metadata.file_date,
            *(entry.imported, entry.encoding, entry.language),
            *(len(document.text), len(entry.chunks), document.sha256),
        )
        connection.execute(
            f"INSERT INTO documents ({_SHOWN}, checksum,"
            " file_sha256, sidecar_sha256, signature, recipe, since)"
            f" VALUES ({', '.join('?' * 18)})",
            (
                *(*shown, checksum(*shown)),
                *(file.sha256, file.sidecar_sha256, file.signature, file.recipe),
                self.generation + 1,
            ),
        )
        pages, text = json.dumps(document.pages).encode(), document.text
        connection.execute(
            "INSERT INTO layouts (doc_id, pages, places) VALUES (?, ?, ?)",
            (document.doc_id, sealed(pages), sealed(document.places.packed)),
        )
        connection.executemany(
            "INSERT INTO texts (doc_id, part, text) VALUES (?, ?, ?)",
            (
                (document.doc_id, part, text[start : start + PART_CHARACTERS])
                for part, start in enumerate(range(0, len(text), PART_CHARACTERS))
            ),
        )
        connection.executemany(
            "INSERT INTO headings (doc_id, heading) VALUES (?, ?)",
            [(document.doc_id, heading) for heading in han_headings(document)],
        )
        connection.executemany(
            "INSERT INTO marks VALUES (?, ?)", [(document.doc_id, mark) for mark in entry.marks]
        )

    def _forget_document(self, connection: Connection, doc_id: str) -> None:
        for table in ("marks", "headings", "texts", "layouts", "documents"):
            connection.execute(f"DELETE FROM {table} WHERE doc_id = ?", (doc_id,))


def han_headings(document: Document) -> list[str]:
    """Return the title and the headings of a document, of those that have Han characters."""
    headings = [document.metadata.title, *_HEADING.findall(document.text)]
    return [heading for heading in headings if _HAN_PAIR.search(heading)]


def _summary(row: Sequence[object]) -> DocumentSummary:
    """Return a line of the list from what is shown and its checksum."""
    *shown, expected = row
    if checksum(*shown) != expected:
        raise damaged(f"what is known of {shown[0]} has changed")
    return DocumentSummary(shown[0], Metadata(*shown[1:6]), *shown[6:11])  # type: ignore[arg-type]
