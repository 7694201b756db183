"""Large libraries in little time: documents put together of sentences that are embedded once.

What the index gets is what it would make of such files itself, but for the vector of a chunk, which
is a point between those of its sentences. These are near each other, as those of a real paragraph
are, so that the vectors of a library lie as close together as real ones.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from eval.bench.made_up_texts import CYRILLIC, HAN, LATIN, Script, Texts
from eval.questions.sets import read_set
from index import corpus
from index.console import bar_stream
from index.cutting.sentences import split_sentences
from index.embedders.embedding import Embedder
from index.embedders.load import load_embedder
from index.embedders.token_codes import (
    PassageVectors,
    TitledText,
    TokenCodec,
    TokenCodes,
    encode_passages,
)
from index.keeping.engines import engine_of
from index.keeping.update import recipe
from index.search.database import Entry, FileState, vector_key
from index.settings import IndexSettings
from index.text.language import document_language
from index.types import Chunk, Document, FloatArray, Metadata

SENTENCES: Final = 6000
_CHUNKS_AT_ONCE = 10_000
"""Stored together: where each document has a transaction of its own, it takes twice as long."""

_ROWS_AT_ONCE = 1024
_PARAGRAPHS_A_SECTION = 10
_BETWEEN = "\n\n"
_MARKS, _MARK_FROM, _MARK_TO = 32, -(2**63), 2**63
_NEAR = 30  # a paragraph is of a sentence and of some of so many that are nearest to it
_SHORTEST, _LONGEST = 15, 300  # characters of a sentence of a set
_SCRIPTS = {"zh": HAN, "ru": CYRILLIC}

Sentences = Mapping[str, Sequence[str]]
"""Sentences by language (ISO 639-1)."""


class _Made(NamedTuple):
    """A document, as a file and as it is indexed, and the vectors of its chunks."""

    document: Document
    language: str
    chunks: list[Chunk]
    vectors: dict[bytes, PassageVectors]
    keys: list[bytes]


def made_up(number: int) -> Sentences:
    """Return so many sentences of words that do not exist, in each of three scripts."""
    texts = Texts(seed=0)
    return {
        script.language: [texts.sentence(script) for _ in range(number)]
        for script in (LATIN, HAN, CYRILLIC)
    }


def sentences_of(sets: Iterable[str], corpus_dir: Path) -> Sentences:
    """Return the sentences of the documents of sets that were imported, each set in one language.

    Of sets in the same language all are taken. Raises EvaluationError where there is no such set.
    """
    found: dict[str, list[str]] = {}
    for name in sets:
        files = read_set(name, corpus_dir=corpus_dir).files.values()
        texts = [path.read_text("utf-8") for path in files]
        language = document_language("\n".join(texts))
        sentences = [text[s.start : s.end] for text in texts for s in split_sentences(text)]
        of_length = [s for s in sentences if _SHORTEST < len(s) < _LONGEST]
        found[language] = list(dict.fromkeys([*found.get(language, []), *of_length]))
    return found


def stock(
    settings: IndexSettings,
    *,
    documents: int,
    chunks: int,
    chunk_characters: int,
    sentences: Sentences,
) -> None:
    """Write so many documents into an empty corpus, and make its index of them.

    Each has so many chunks of about so many characters or somewhat more, which are put together of
    the sentences of one language.
    """
    embedder = load_embedder(settings)
    builds = engine_of(settings, lambda message: None)
    at_once = max(_CHUNKS_AT_ONCE // chunks, 1)
    with builds.writing():
        build = builds.begin(embedder)
        making = _Making(embedder, build.codec, chunk_characters, sentences)
        progress = tqdm(total=documents, unit="document", leave=False, file=bar_stream())
        for start in range(0, documents, at_once):
            numbers = range(start, min(start + at_once, documents))
            made = [making.document(number, chunks) for number in numbers]
            entries = [_entry(settings, each, making.texts) for each in made]
            build.store.put(entries, {key: v for each in made for key, v in each.vectors.items()})
            progress.update(len(made))
        progress.close()
        build.close()
        builds.swap_in(build.name)
    builds.close()


class _Kept(NamedTuple):
    """The sentences of a language, what is kept of each, and which are nearest to it."""

    script: Script
    texts: Sequence[str]
    pooled: FloatArray
    codes: list[TokenCodes]
    near: NDArray[np.int64]


class _Making:
    """Documents put together of a stock of sentences."""

    def __init__(
        self,
        embedder: Embedder,
        codec: TokenCodec | None,
        chunk_characters: int,
        sentences: Sentences,
    ) -> None:
        self.texts = Texts(seed=0)
        self._chunk_characters = chunk_characters
        self._kept = {
            language: _kept(language, texts, embedder, codec)
            for language, texts in sentences.items()
        }

    def document(self, number: int, chunks: int) -> _Made:
        """Return the document of this number."""
        languages = list(self._kept)
        language = languages[number % len(languages)]
        kept = self._kept[language]
        title = self.texts.name(kept.script)
        doc_id = f"{title}-{number}.md"
        made = _Made(Document(doc_id, "", Metadata(title)), language, [], {}, [])
        parts: list[str] = []
        length = 0
        while len(parts) < chunks:
            head = f"# {title}{_BETWEEN}" if not parts else ""
            if len(parts) % _PARAGRAPHS_A_SECTION == 1:
                head = f"## {self.texts.name(kept.script)}{_BETWEEN}"
            text, vectors = self._chunk(kept, head)
            key = vector_key(TitledText(title, text))
            made.chunks.append(Chunk(doc_id, length, length + len(text), text))
            made.keys.append(key)
            made.vectors[key] = vectors
            parts.append(text)
            length += len(text) + len(_BETWEEN)
        whole = Document(doc_id, _BETWEEN.join(parts), Metadata(title))
        return made._replace(document=whole)

    def _chunk(self, kept: _Kept, head: str) -> tuple[str, PassageVectors]:
        """Return a paragraph behind this heading, and what is kept of it."""
        random, text = self.texts.random, head
        first = int(random.integers(len(kept.texts)))
        used, starts = list[int](), list[int]()
        for place in [first, *random.permutation(kept.near[first]).tolist()]:
            starts.append(len(text))
            used.append(place)
            text += kept.texts[place] + kept.script.space
            if len(text) >= self._chunk_characters:
                break
        pooled = random.random(len(used)) @ kept.pooled[used]
        codes = [kept.codes[place] for place in used]
        spans = [each.spans + np.uint16(start) for each, start in zip(codes, starts, strict=True)]
        joined = TokenCodes(np.concatenate([c.signs for c in codes]), np.concatenate(spans))
        vector = (pooled / np.linalg.norm(pooled)).astype(np.float32)
        return f"{text}({self.texts.rare_word()})", PassageVectors(vector, joined)


def _kept(
    language: str, texts: Sequence[str], embedder: Embedder, codec: TokenCodec | None
) -> _Kept:
    vectors = encode_passages(embedder, codec, [TitledText("", text) for text in texts])
    pooled = np.stack([each.pooled for each in vectors])
    near = [  # the nearest of all is the sentence itself
        np.argsort(-(pooled[start : start + _ROWS_AT_ONCE] @ pooled.T), axis=1)[:, 1 : _NEAR + 1]
        for start in range(0, len(pooled), _ROWS_AT_ONCE)
    ]
    codes = [each.tokens for each in vectors if each.tokens is not None]
    return _Kept(_SCRIPTS.get(language, LATIN), texts, pooled, codes, np.concatenate(near))


def _entry(settings: IndexSettings, made: _Made, texts: Texts) -> Entry:
    """Write a document's file and sidecar, and return what is stored of it."""
    document, raw = made.document, made.document.text.encode()
    sidecar = corpus.Sidecar(original_name=document.doc_id)
    path = settings.corpus_dir / document.doc_id
    path.write_bytes(raw)
    beside = path.with_name(path.name + corpus.META_SUFFIX)
    beside.write_text(json.dumps({"original_name": document.doc_id}), "utf-8")
    signature = corpus.signature(settings.corpus_dir, document.doc_id)
    assert signature is not None
    return Entry(
        document=document,
        imported=None,
        encoding="utf-8",
        language=made.language,
        notes=(),
        file=FileState(
            sha256=hashlib.sha256(raw).hexdigest(),
            sidecar_sha256=hashlib.sha256(repr(sidecar).encode()).hexdigest(),
            signature=signature,
            recipe=recipe(settings),
        ),
        # Of its sequences of characters they would be; that no two documents are alike is enough.
        marks=set(texts.random.integers(_MARK_FROM, _MARK_TO - 1, size=_MARKS).tolist()),
        chunks=made.chunks,
        keys=made.keys,
    )
