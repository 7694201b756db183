"""The set that readers make: each question they found answered wrong, with the right passage.

Its documents are those of the corpus, whatever they say by then: it is asked live, and a case whose
passage is gone is left out.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from filelock import FileLock

from eval.questions.sets import BORROWED, LIVE, Case, Quote, parse_cases
from index.files import write
from rag.types import Turn

LOCAL_SET = "local"

_README = """# Local

Questions of the page's readers, each with the passage that a reader named as its answer, or none
where the documents do not say. `python -m eval run local` asks the corpus as it is then.
"""


def add_case(
    sets_dir: Path,
    question: str,
    *,
    language: str,
    history: Sequence[Turn],
    passage: Quote | None,
) -> Case:
    """Keep a question in the local set and return its case. No passage: it has no answer.

    The same question after the same history is one case: what a reader says last, counts. Raises
    EvaluationError when the set holds what is no case, or this would be none.
    """
    path = sets_dir / LOCAL_SET / "cases.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    value = _value(question, language=language, history=history, passage=passage)
    with FileLock(path.parent / ".lock"):
        kept = path.read_text("utf-8").split("\n") if path.is_file() else []
        others = [line for line in kept if line.strip() and _id(line) != value["id"]]
        lines = [*others, json.dumps(value, ensure_ascii=False)]
        content = "".join(f"{line}\n" for line in lines)
        cases = parse_cases(path, content.encode(), None)
        write(path.with_name(BORROWED), f"{json.dumps(LIVE)}\n")
        write(path.with_name("README.md"), _README)
        write(path, content)
    return cases[-1]


def _value(
    question: str, *, language: str, history: Sequence[Turn], passage: Quote | None
) -> dict[str, object]:
    turns = [asdict(turn) for turn in history if turn.answer.strip()]
    asked = json.dumps([turns, question], ensure_ascii=False)
    gold = [[{"doc": passage.doc, "quote": passage.text}]] if passage else []
    return {
        "id": f"local-{hashlib.sha256(asked.encode()).hexdigest()[:12]}",
        "question": question,
        "language": language,
        # Whether it is a list or a figure that is asked for, two clicks do not say.
        "kind": "fact" if passage else "near_miss",
        "history": turns,
        "answerable": passage is not None,
        "answers": [],
        "gold": gold,
    }


def _id(line: str) -> str | None:
    try:
        return str(json.loads(line)["id"])
    except (ValueError, KeyError, TypeError):
        return None  # told, with its line, when the cases are parsed
