"""Large libraries in little time: documents put together of sentences that are embedded once.

What the index gets is what it would make of such files itself, but that the vector of a chunk is
the mean of those of its sentences.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from tqdm import tqdm

from eval.bench.made_up_texts import SCRIPTS, Script, Texts
from index import corpus
from index.console import bar_stream
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
from index.types import Chunk, Document, FloatArray, Metadata

SENTENCES: Final = 6000
_AT_ONCE = 20
_PARAGRAPHS_A_SECTION = 10
_BETWEEN = "\n\n"
_MARKS, _MARK_FROM, _MARK_TO = 32, -(2**63), 2**63


class _Sentence(NamedTuple):
    """A sentence and what is kept of it."""

    text: str
    pooled: FloatArray
    codes: TokenCodes


class _Made(NamedTuple):
    """A document, as a file and as it is indexed, and the vectors of its chunks."""

    document: Document
    language: str
    chunks: list[Chunk]
    vectors: dict[bytes, PassageVectors]
    keys: list[bytes]


def stock(
    settings: IndexSettings,
    *,
    documents: int,
    characters: int,
    chunk_characters: int,
    sentences: int = SENTENCES,
) -> None:
    """Write so many documents into an empty corpus, and make its index of them.

    Each has about so many characters, in chunks of about so many, which are put together of so many
    sentences of each script.
    """
    embedder = load_embedder(settings)
    builds = engine_of(settings, lambda message: None)
    with builds.writing():
        build = builds.begin(embedder)
        making = _Making(embedder, build.codec, chunk_characters, sentences)
        progress = tqdm(total=documents, unit="document", leave=False, file=bar_stream())
        for start in range(0, documents, _AT_ONCE):
            numbers = range(start, min(start + _AT_ONCE, documents))
            made = [making.document(number, characters) for number in numbers]
            entries = [_entry(settings, each, making.texts) for each in made]
            build.store.put(entries, {key: v for each in made for key, v in each.vectors.items()})
            progress.update(len(made))
        progress.close()
        build.close()
        builds.swap_in(build.name)
    builds.close()


class _Making:
    """Documents put together of a stock of sentences."""

    def __init__(
        self, embedder: Embedder, codec: TokenCodec | None, chunk_characters: int, sentences: int
    ) -> None:
        self.texts = Texts(seed=0)
        self._chunk_characters = chunk_characters
        self._sentences = {
            script.language: list(self._encoded(script, sentences, embedder, codec))
            for script in dict.fromkeys(SCRIPTS)
        }

    def _encoded(
        self, script: Script, sentences: int, embedder: Embedder, codec: TokenCodec | None
    ) -> Iterator[_Sentence]:
        made = [self.texts.sentence(script) for _ in range(sentences)]
        kept = encode_passages(embedder, codec, [TitledText("", text) for text in made])
        for text, vectors in zip(made, kept, strict=True):
            assert vectors.tokens is not None
            yield _Sentence(text, vectors.pooled, vectors.tokens)

    def document(self, number: int, characters: int) -> _Made:
        """Return the document of this number."""
        script = SCRIPTS[number % len(SCRIPTS)]
        title = self.texts.name(script)
        doc_id = f"{title}-{number}.md"
        made = _Made(Document(doc_id, "", Metadata(title)), script.language, [], {}, [])
        text, paragraphs = "", 0
        parts: list[str] = []
        length = 0
        while length < characters:
            head = f"# {title}{_BETWEEN}" if not paragraphs else ""
            if paragraphs % _PARAGRAPHS_A_SECTION == 1:
                head = f"## {self.texts.name(script)}{_BETWEEN}"
            text, vectors = self._chunk(script, head)
            chunk = Chunk(doc_id, length, length + len(text), text)
            key = vector_key(TitledText(title, text))
            made.chunks.append(chunk)
            made.keys.append(key)
            made.vectors[key] = vectors
            parts.append(text)
            length += len(text) + len(_BETWEEN)
            paragraphs += 1
        whole = Document(doc_id, _BETWEEN.join(parts), Metadata(title))
        return made._replace(document=whole)

    def _chunk(self, script: Script, head: str) -> tuple[str, PassageVectors]:
        """Return a paragraph behind this heading, and what is kept of it."""
        stock = self._sentences[script.language]
        text, used, starts = head, list[_Sentence](), list[int]()
        for place in self.texts.random.integers(len(stock), size=self._chunk_characters // 8):
            sentence = stock[place]
            text += script.space if used else ""
            starts.append(len(text))
            used.append(sentence)
            text += sentence.text
            if len(text) >= self._chunk_characters:
                break
        return text, _joined(used, starts)


def _joined(sentences: Sequence[_Sentence], starts: Sequence[int]) -> PassageVectors:
    """Return what is kept of a text in which these sentences start at these characters."""
    pooled = np.sum([each.pooled for each in sentences], axis=0)
    shifted = [each.codes.spans + start for each, start in zip(sentences, starts, strict=True)]
    return PassageVectors(
        (pooled / np.linalg.norm(pooled)).astype(np.float32),
        TokenCodes(
            np.concatenate([each.codes.signs for each in sentences]),
            np.concatenate(shifted).astype(np.uint16),
        ),
    )


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
