"""Libraries of any size to measure, made for once or kept in a folder to be measured again."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from eval.bench.stock import Sentences, stock
from eval.errors import EvaluationError
from index.files import write
from index.keeping.library import Library
from index.settings import IndexSettings

_FILLED = "filled.json"


@dataclass(frozen=True, slots=True)
class Sizes:
    """So many documents, of so many chunks each, of so many characters each."""

    documents: int
    chunks_each: int
    chunk_characters: int
    max_chunk_tokens: int = IndexSettings().max_chunk_tokens

    @classmethod
    def of_chunks(cls, chunks: int) -> "Sizes":
        """Return about so many chunks, short ones, ten a document."""
        return cls(max(chunks // 10, 1), 10, 200, 128)


@contextmanager
def filled(
    sizes: Sizes, sentences: Sentences, embedder: str, *, keep: Path | None = None
) -> Iterator[Library]:
    """Yield a library of such sizes: in the folder `keep`, where it may be already, or for once.

    Raises EvaluationError where the folder holds something else.
    """
    with ExitStack() as ended:
        folder = keep or Path(ended.enter_context(tempfile.TemporaryDirectory()))
        settings = replace(
            IndexSettings.from_env(),
            corpus_dir=folder / "corpus",
            index_dir=folder / "built",
            embedder=embedder,
            max_chunk_tokens=sizes.max_chunk_tokens,
        )
        if not _is_there(folder, sizes, embedder):
            settings.corpus_dir.mkdir(parents=True)
            stock(
                settings,
                documents=sizes.documents,
                chunks=sizes.chunks_each,
                chunk_characters=sizes.chunk_characters,
                sentences=sentences,
            )
            library = Library(settings)
            library.update()
            library.make_files()
            library.close()
            write(folder / _FILLED, _told(sizes, embedder))
        library = Library(settings)
        ended.callback(library.close)
        yield library


def _is_there(folder: Path, sizes: Sizes, embedder: str) -> bool:
    if not folder.exists() or not any(folder.iterdir()):
        return False
    told = folder / _FILLED
    if not told.is_file() or told.read_text("utf-8") != _told(sizes, embedder):
        raise EvaluationError(
            f"{folder} holds something else, or less. Name another folder, or delete this one."
        )
    return True


def _told(sizes: Sizes, embedder: str) -> str:
    return json.dumps(asdict(sizes) | {"embedder": embedder})
