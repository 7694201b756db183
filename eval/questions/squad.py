"""Any file in the format of SQuAD -> an evaluation set.

SQuAD, XQuAD, CMRC2018, DRCD, KorQuAD and many more share it. Each paragraph becomes a document, so
that finding the right one means what it means in published figures. The gold is the sentence, or
the sentences, in which the answer stands.
"""

import json
import shutil
import tempfile
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from eval.errors import EvaluationError
from eval.questions.sets import SETS_DIR, Case, Quote
from index import corpus
from index.cutting.sentences import split_sentences
from index.text.language import document_language
from rag.texts import FALLBACK

# Enough questions to tell a file's language.
_QUESTIONS_READ = 50


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import made."""

    folder: Path
    documents: int
    cases: int
    unanswerable: int
    skipped: int


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph as the file has it, under the name that it gets as a document."""

    doc_id: str
    title: str
    context: str
    held_out: bool
    questions: list[dict[str, Any]]


def import_squad(
    file: Path,
    *,
    name: str,
    questions: Path | None = None,
    hold_out: int = 0,
    sets_dir: Path = SETS_DIR,
) -> Imported:
    """Write the set `name` under `sets_dir`, replacing one that was imported before.

    `questions`: a parallel file; the questions with the same ids are taken from it, documents and
    answers stay. `hold_out` n leaves out the documents of every n-th article, so that its
    questions cannot be answered. Questions that `questions` lacks, or whose answer is not where the
    file says, are skipped and counted. Raises EvaluationError when a file is not in the format.
    """
    if Path(name).name != name or name.startswith("."):
        raise EvaluationError(f"{name!r} cannot be the name of a folder. Choose another --name.")
    paragraphs = _paragraphs(file, hold_out)
    asked = _questions(questions or file)
    language = document_language("\n".join(islice(asked.values(), _QUESTIONS_READ))) or FALLBACK
    cases, skipped = [], 0
    for paragraph in paragraphs:
        for entry in paragraph.questions:
            question = asked.get(str(entry["id"]))
            case = _case(paragraph, entry, question, language) if question else None
            skipped += case is None
            cases += [case] if case else []
    if not cases:
        raise EvaluationError(f"{file}: no question can be used. Are the two files parallel?")
    kept = [paragraph for paragraph in paragraphs if not paragraph.held_out]
    readme = _README.format(
        name=name,
        file=file.name,
        questions=f", the questions from `{questions.name}`" if questions else "",
        held_out=f" Every {hold_out}th article is left out." if hold_out else "",
        documents=len(kept),
        cases=len(cases),
    )
    _write(sets_dir / name, kept, cases, readme)
    unanswerable = sum(not case.answerable for case in cases)
    return Imported(sets_dir / name, len(kept), len(cases), unanswerable, skipped)


def _paragraphs(file: Path, hold_out: int) -> list[_Paragraph]:
    """Return the file's paragraphs; one that occurs again is one document."""
    by_context: dict[str, _Paragraph] = {}
    try:
        for number, article in enumerate(_articles(file), 1):
            title = str(article.get("title") or f"article {number}")
            held_out = hold_out > 0 and number % hold_out == 0
            for place, paragraph in enumerate(article["paragraphs"], 1):
                context = str(paragraph["context"])
                doc_id = corpus.safe_doc_id(f"{number:04}-{title.replace('/', '_')}-{place:03}.txt")
                new = _Paragraph(doc_id, title.replace("_", " "), context, held_out, [])
                by_context.setdefault(context, new).questions.extend(paragraph["qas"])
    except (KeyError, TypeError, AttributeError) as error:
        raise _not_squad(file, error) from error
    return list(by_context.values())


def _questions(file: Path) -> dict[str, str]:
    try:
        return {
            str(entry["id"]): str(entry["question"])
            for article in _articles(file)
            for paragraph in article["paragraphs"]
            for entry in paragraph["qas"]
            if str(entry["question"]).strip()
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise _not_squad(file, error) from error


def _articles(file: Path) -> list[dict[str, Any]]:
    try:
        articles: list[dict[str, Any]] = json.loads(file.read_text("utf-8-sig"))["data"]
    except OSError as error:
        raise EvaluationError(f"Cannot read {file}: {error.strerror or error}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise _not_squad(file, error) from error
    return articles


def _not_squad(file: Path, error: Exception) -> EvaluationError:
    return EvaluationError(
        f"{file} is not in the format of SQuAD ({type(error).__name__}: {error}). Expected: "
        '{"data": [{"title", "paragraphs": [{"context", "qas": [{"id", "question", "answers": '
        '[{"text", "answer_start"}]}]}]}]}'
    )


def _case(
    paragraph: _Paragraph, entry: dict[str, Any], question: str, language: str
) -> Case | None:
    """Return the case; None when the answers are not where the file says they are."""
    answers = entry.get("answers") or []
    impossible = bool(entry.get("is_impossible")) or not answers
    if impossible or paragraph.held_out:
        kind = "near_miss" if impossible else "off_topic"
        return Case(
            str(entry["id"]), question, language, kind, answerable=False, topic=paragraph.title
        )
    texts = tuple(dict.fromkeys(str(answer["text"]) for answer in answers))
    quotes = dict.fromkeys(_sentences_around(paragraph.context, answer) for answer in answers)
    gold = tuple((Quote(paragraph.doc_id, quote),) for quote in quotes if quote)
    if not gold:
        return None
    return Case(
        str(entry["id"]),
        question,
        language,
        "fact",
        answerable=True,
        answers=texts,
        gold=gold,
        topic=paragraph.title,
    )


def _sentences_around(context: str, answer: dict[str, Any]) -> str | None:
    text, said = _as_indexed(context), _as_indexed(str(answer["text"]))
    start = len(_as_indexed(context[: int(answer["answer_start"])]))
    if text[start : start + len(said)] != said:  # offsets in bytes or after other normalisation
        start = text.find(said)
    end = start + len(said)
    if start < 0 or not said.strip():
        return None
    around = [s for s in split_sentences(text) if s.end > start and s.start < end]
    return text[around[0].start : around[-1].end] if around else said


def _as_indexed(text: str) -> str:
    """Return the text of a file that holds this: no byte order mark, and line feeds."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _write(folder: Path, paragraphs: list[_Paragraph], cases: list[Case], readme: str) -> None:
    """Write the set beside and put it in place whole."""
    marker = folder / "README.md"
    if folder.exists() and not (marker.is_file() and _MARK in marker.read_text("utf-8")):
        raise EvaluationError(f"{folder} was not imported. Choose another --name, or remove it.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".importing-", dir=folder.parent))
    try:
        (made / "documents").mkdir()
        for each in paragraphs:
            file = made / "documents" / each.doc_id
            file.write_bytes(each.context.encode())
            sidecar = json.dumps({"title": each.title}, ensure_ascii=False)
            file.with_name(file.name + corpus.META_SUFFIX).write_text(sidecar, "utf-8")
        lines = (json.dumps(value, ensure_ascii=False) for value in map(_as_dict, cases))
        (made / "cases.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")
        (made / "README.md").write_text(readme, "utf-8")
        made.chmod(0o755)
        if folder.exists():
            shutil.rmtree(folder)
        made.rename(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _as_dict(case: Case) -> dict[str, Any]:
    gold = [[{"doc": q.doc, "quote": q.text} for q in quotes] for quotes in case.gold]
    value = asdict(case) | {"gold": gold}
    del value["split"]
    return value


_MARK = "Imported by `python -m eval import squad`"
_README = (
    """# {name}

"""
    + _MARK
    + """ from `{file}`{questions}. Origin and licence are those of that file;
git ignores this folder. To import it again, the same command replaces it.

{documents} documents, {cases} cases.{held_out} Each paragraph is a document. `gold` is the
sentence, or the sentences, in which an answer stands.
"""
)
