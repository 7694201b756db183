"""Questions to the index: only what is in the corpus at this moment is found."""

import threading
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path

from index import corpus
from index.errors import CorpusError
from index.keeping.engines import Engine
from index.keeping.own_embedder import OwnEmbedder
from index.search.terms import term_spans
from index.search.vocabulary import Vocabulary, Words
from index.types import EVERYTHING, Chunk, FloatArray, LexicalHit, Scope


class Searching:
    """The searches of a library."""

    def __init__(self, builds: Engine, corpus_dir: Path, embedder: OwnEmbedder) -> None:
        """Search in the current one of the builds."""
        self._builds = builds
        self._corpus_dir = corpus_dir
        self._embedder = embedder
        self._known_words = "", Words()
        self._reading_words = threading.Lock()
        self._spellings: dict[str, tuple[str, str]] = {}  # term -> a document, and how it writes it

    def dense(self, query: FloatArray, top_k: int, scope: Scope) -> list[tuple[Chunk, float]]:
        """Return the chunks nearest to a question."""
        with self._builds.reading() as build:
            self._embedder.check(build.store)
            return build.nearest(query, top_k, scope, self._is_there)

    def lexical(self, terms: Sequence[str], top_k: int, scope: Scope) -> list[LexicalHit]:
        """Return the chunks that share most with the terms of a question."""
        with self._builds.reading() as build:
            return build.sharing(terms, top_k, scope, self._is_there)

    def names_among(self, terms: Collection[str]) -> frozenset[str]:
        """Return those of the terms that are in few of the titles."""
        with self._builds.reading() as build:
            return build.store.names_among(terms)

    def vocabulary(self) -> Vocabulary:
        """Return the words of the documents as they are indexed at this moment."""
        with self._builds.reading() as build:
            generation = build.store.generation
        return Vocabulary(generation, self._words, self._pieces, self._written)

    def _words(self) -> Words:
        with self._builds.reading() as build, self._reading_words:
            name, words = self._known_words
            before = words.generation
            if name != build.name or not words.follow(build.store):
                words = Words()
                words.follow(build.store)
            if words.generation != before:
                self._spellings = {}
            self._known_words = build.name, words
            return words

    def _pieces(self, word: str) -> int:
        # The prompt and the special tokens come on top; a single letter is one piece. Two texts at
        # once would be shared out to threads, which takes longer.
        count = self._embedder.model.count_tokens
        (letter,), (counted,) = (count([text], "query") for text in ("a", word))
        return counted - letter + 1

    def _written(self, term: str) -> str | None:
        """Return how a document that is there writes a term, None where none holds it."""
        doc_id, written = self._spellings.get(term, ("", ""))
        if written and self._is_there(doc_id):
            return written
        with suppress(CorpusError):  # removed meanwhile
            for hit in self.lexical([term], 1, EVERYTHING):
                doc_id = hit.chunk.doc_id
                with self._builds.reading() as build:
                    title = build.store.titles_of([doc_id]).get(doc_id, "")
                for text in (hit.chunk.text, title):
                    for span in term_spans(text, {term}):
                        self._spellings[term] = doc_id, text[span.start : span.end]
                        return text[span.start : span.end]
        return None

    def _is_there(self, doc_id: str) -> bool:
        return corpus.exists(self._corpus_dir, doc_id)
