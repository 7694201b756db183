"""Questions -> passages -> what is found in them, in the documents as they are at that moment."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

from index.errors import CorpusError
from index.types import Chunk, Document, Scope
from rag.finding.encoding import EncodedQuestion, encode
from rag.finding.evidence import Finding, find
from rag.finding.retrieval import Retriever
from rag.reader.reading import Reader
from rag.searching import Searcher
from rag.types import Passage
from rag.understanding.short_forms import written_out


class Retrieved(NamedTuple):
    """A question and its passages, best first."""

    question: EncodedQuestion
    passages: list[Passage]


class Finder:
    """Retrieves passages, and has the best of them read."""

    def __init__(
        self, library: Searcher, retriever: Retriever, reader: Reader, *, top_k: int, read_k: int
    ) -> None:
        """Retrieve `top_k` passages, of which `read_k` are read."""
        self._library = library
        self._retriever = retriever
        self._reader = reader
        self._top_k = top_k
        self._read_k = read_k

    def retrieve(
        self, question: EncodedQuestion, scope: Scope, top_k: int | None = None
    ) -> Retrieved:
        """Return the passages of the documents in the scope, `top_k` of them where that is said."""
        passages = self._retriever(self._library, question, top_k or self._top_k, scope)
        again = self._written_out(question, passages)
        if again is not question:
            passages = self._retriever(self._library, again, top_k or self._top_k, scope)
        return Retrieved(again, passages)

    def _written_out(
        self, question: EncodedQuestion, passages: Sequence[Passage]
    ) -> EncodedQuestion:
        """Return the question as the passages write it, the same where they write it so."""
        source = "\n".join(passage.chunk.text for passage in passages[: self._read_k])
        text = written_out(question.text, source)
        if text == question.text:
            return question
        (again,) = encode(self._library, [text])
        asked = written_out(question.asked, source)
        return replace(again, asked_from=len(text) - len(asked) if question.asked_from else 0)

    def read(self, retrieved: Sequence[Retrieved]) -> list[Finding]:
        """Return what the reader finds in the passages.

        Documents are looked at when all is read: what was changed or removed meanwhile is left out.
        """
        every = {passage.chunk.doc_id for _, passages in retrieved for passage in passages}
        titles = self._library.titles(every)
        found = find(
            self._reader,
            [
                (question, [p for p in passages[: self._read_k] if p.chunk.doc_id in titles])
                for question, passages in retrieved
            ],
            titles,
        )
        documents = {}
        for doc_id in every:
            with suppress(CorpusError):  # removed meanwhile
                documents[doc_id] = self._library.document(doc_id)
        return [
            Finding(
                question,
                [each for each in passages if _stands(documents, each.chunk)],
                [each for each in evidence if _stands(documents, each.passage.chunk)],
                documents,
            )
            for (question, passages), evidence in zip(retrieved, found, strict=True)
        ]


def _stands(documents: Mapping[str, Document], chunk: Chunk) -> bool:
    """Return whether its document still says the chunk: it may have changed meanwhile."""
    document = documents.get(chunk.doc_id)
    return document is not None and document.text.startswith(chunk.text, chunk.start)
