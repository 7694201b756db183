"""How often the right paragraph comes first among very many others, by how many are compared.

The documents of the sets lie in folders of their own in the library, one for each set, so that a
scope asks of them alone what is asked of all.
"""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from tqdm import tqdm

from eval.questions.sets import EvaluationSet, read_set
from index.console import bar_stream
from index.corpus import META_SUFFIX
from index.keeping.library import Library
from index.types import EVERYTHING, Scope
from rag.finding.encoding import EncodedQuestion, encode
from rag.finding.retrieval import RETRIEVERS

CANDIDATES = (20, 50, 100, 200)
"""So many passages are compared by their tokens; `rag/finding/retrieval.py` has the first."""

_FOLDER = "asked"
_AT_ONCE = 32


def among(library: Library, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Put the documents of sets among all; yield R@1 of their questions, a line for each set.

    R@1 is the share of questions whose first passage is of the paragraph that answers them, in the
    language of the set or, of parallel sets, in another. Raises EvaluationError for what is no set.
    """
    if not names:
        return
    sets = [read_set(name, corpus_dir=library.settings.corpus_dir) for name in names]
    for each in sets:
        _put(library.settings.corpus_dir / _FOLDER / each.name, each)
    library.update()
    alone = Scope((_FOLDER,))
    for each in sets:
        cases = [case for case in each.cases if case.answerable and not case.history]
        wanted = [{PurePosixPath(q.doc).name for gold in c.gold for q in gold} for c in cases]
        asked = [
            question
            for start in range(0, len(cases), _AT_ONCE)
            for question in encode(library, [c.question for c in cases[start : start + _AT_ONCE]])
        ]
        own = _share(library, asked, wanted, CANDIDATES[0], alone)
        shares = [f"{_share(library, asked, wanted, n, EVERYTHING):.3f} ({n})" for n in CANDIDATES]
        yield (
            f"R@1 of {len(cases)} questions of {each.name}",
            f"alone {own:.3f}; among all, by how many are compared: {', '.join(shares)}",
        )


def _put(folder: Path, evaluation_set: EvaluationSet) -> None:
    for path in evaluation_set.files.values():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, folder)
        if (beside := path.with_name(path.name + META_SUFFIX)).exists():
            shutil.copy2(beside, folder)


def _share(
    library: Library,
    asked: Sequence[EncodedQuestion],
    wanted: Sequence[set[str]],
    candidates: int,
    scope: Scope,
) -> float:
    found = 0
    progress = tqdm(total=len(asked), unit="question", leave=False, file=bar_stream())
    for question, names in zip(asked, wanted, strict=True):
        first = RETRIEVERS["late"](library, question, candidates, scope)[:1]
        found += any(
            passage.chunk.doc_id.startswith(f"{_FOLDER}/")
            and PurePosixPath(passage.chunk.doc_id).name in names
            for passage in first
        )
        progress.update()
    progress.close()
    return found / len(asked)
