"""Evaluation sets: a folder of questions with the quotes that answer them, checked on reading.

cases.jsonl   one case a line
documents/    what the questions are asked of, each file with its NAME.meta.json where it has one
corpus.json   files of the corpus that belong to the set too: {"files": {NAME: SHA-256}}; or
              {"live": true} for questions to the corpus as it is, which has no documents of its own
README.md     origin and licence
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.errors import EvaluationError
from index import corpus
from index.reading.processes import READERS
from rag.types import MAX_QUESTION_CHARS, Turn

SETS_DIR = Path(__file__).resolve().parents[1] / "sets"
KINDS = (
    *("fact", "figure", "list", "why", "multi", "followup"),
    *("false_premise", "near_miss", "off_topic", "meta"),
)
SPLITS = ("calibrate", "test")
BORROWED = "corpus.json"
LIVE = {"live": True}

# ISO 639-1
_LANGUAGES = frozenset(
    """aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy
    da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy
    hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li
    ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa
    pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th
    ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu""".split()  # noqa: SIM905
)
_MOST_FAULTS = 20
_ALIKE = 0.9


@dataclass(frozen=True, slots=True)
class Quote:
    """Text that stands, but for line ends, in the document `doc`."""

    doc: str
    text: str


@dataclass(frozen=True, slots=True)
class Case:
    """A question. `gold`: alternatives, each the quotes that are all needed to answer it.

    Without gold it should be declined; a `meta` case is no question to the documents. Cases of one
    `topic` are not independent of each other.
    """

    id: str
    question: str
    language: str
    kind: str
    answerable: bool
    history: tuple[Turn, ...] = ()
    answers: tuple[str, ...] = ()
    gold: tuple[tuple[Quote, ...], ...] = ()
    split: str | None = None
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """A checked set. `files`: doc_id -> file. `sha256` covers cases and documents.

    `live`: it asks the user's corpus as it is, so its quotes are looked up when it is run.
    """

    name: str
    cases: tuple[Case, ...]
    files: Mapping[str, Path]
    sha256: str
    live: bool = False

    @property
    def default_split(self) -> str:
        """The half that figures are reported on: `test` where there is one, else `all`."""
        return "test" if any(case.split == "test" for case in self.cases) else "all"

    def half(self, split: str) -> tuple[Case, ...]:
        """Return the cases of a split, or of `all`; a case that names none is in every half."""
        return tuple(c for c in self.cases if split == "all" or c.split in (split, None))


def known_sets(sets_dir: Path = SETS_DIR) -> list[str]:
    """Return the names of the sets under a folder, `eval/sets/` by default."""
    return sorted(path.parent.name for path in sets_dir.glob("*/cases.jsonl"))


def relied_on(sets_dir: Path = SETS_DIR) -> dict[str, dict[str, int]]:
    """Return what the sets quote of the corpus: doc_id -> name of a set -> number of cases.

    Sets with documents of their own alone are passed over, as are those that cannot be read.
    """
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for name in known_sets(sets_dir):
        path = sets_dir / name / "cases.jsonl"
        try:
            cases = parse_cases(path, path.read_bytes(), None)
            live = _is_live(path.parent)
            borrowed = {} if live else _borrowed(path.with_name(BORROWED))
        except (EvaluationError, OSError):
            continue  # told, with the remedy, where the set is run
        for case in cases:
            for doc in {quote.doc for alternative in case.gold for quote in alternative}:
                if live or doc in borrowed:
                    found[doc][name] = found[doc].get(name, 0) + 1
    return dict(found)


def read_set(name: str, *, corpus_dir: Path) -> EvaluationSet:
    """Return a set by its name under `eval/sets/` or by the path of its folder.

    Raises EvaluationError that names file, line and remedy of everything that is wrong with it.
    """
    folder = SETS_DIR / name if (SETS_DIR / name / "cases.jsonl").is_file() else Path(name)
    path = folder / "cases.jsonl"
    if not path.is_file():
        raise EvaluationError(
            f"There is no evaluation set {name}. Name a folder with cases.jsonl, or one of: "
            f"{', '.join(known_sets())}."
        )
    raw = path.read_bytes()
    live = _is_live(folder)
    files = {} if live else _files(folder, corpus_dir)
    texts = {doc: READERS.extract(doc, corpus.read(file)).text for doc, file in files.items()}
    digest = hashlib.sha256(raw)
    for doc, file in sorted(files.items()):
        digest.update(f"\0{doc}\0{hashlib.sha256(file.read_bytes()).hexdigest()}".encode())
    cases = parse_cases(path, raw, None if live else texts)
    return EvaluationSet(folder.resolve().name, cases, files, digest.hexdigest(), live)


def sample(cases: Sequence[Case], size: int) -> tuple[Case, ...]:
    """Return at most `size` of the cases, drawn from all over by the hashes of their ids.

    Always the same ones, and in parallel sets the same questions. Those of a smaller sample come
    first, so that a run which was stopped has asked a sample, too.
    """
    drawn = sorted(cases, key=lambda case: hashlib.sha256(case.id.encode()).digest())
    return tuple(drawn[:size])


def near_duplicates(cases: Sequence[Case]) -> list[tuple[Case, Case]]:
    """Return the pairs of questions that share nine tenths of their character pairs (Jaccard).

    Candidates share one of their rarest pairs (prefix filter: Chaudhuri et al. 2006), so the time
    grows with the set's size, not its square.
    """
    bags = [_bigrams(case) for case in cases]
    frequency: dict[str, int] = defaultdict(int)
    for bag in bags:
        for bigram in bag:
            frequency[bigram] += 1
    seen: dict[str, list[int]] = defaultdict(list)
    pairs = []
    for i, bag in enumerate(bags):
        rarest = sorted(bag, key=lambda bigram: (frequency[bigram], bigram))
        prefix = rarest[: len(bag) - int(_ALIKE * len(bag)) + 1]
        for j in sorted({j for bigram in prefix for j in seen[bigram]}):
            if len(bag & bags[j]) >= _ALIKE * len(bag | bags[j]):
                pairs.append((cases[j], cases[i]))
        for bigram in prefix:
            seen[bigram].append(i)
    return pairs


def _bigrams(case: Case) -> frozenset[str]:
    turns = (text for turn in case.history for text in (turn.question, turn.answer))
    text = "\n".join((*turns, case.question)).casefold()
    return frozenset(text[i : i + 2] for i in range(max(len(text) - 1, 1)))


def _files(folder: Path, corpus_dir: Path) -> dict[str, Path]:
    """Return doc_id -> file of the set's own documents and of those it borrows."""
    own = folder / "documents"
    files = {doc: own / doc for doc in corpus.scan(own).documents} if own.is_dir() else {}
    for doc, expected in _borrowed(folder / BORROWED).items():
        file = corpus.locate(corpus_dir, doc)
        if doc in files:
            raise EvaluationError(f"{folder}: {doc} is in documents/ and in corpus.json. Keep one.")
        found = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "no such file"
        if found != expected:
            raise EvaluationError(
                f"{folder.name} needs {doc} of the corpus as it was (SHA-256 {expected}); {file}: "
                f"{found}. Restore it, or name the folder that has it: --corpus DIR. Is the change "
                "meant, check the set's quotes and put the new hash into its corpus.json."
            )
        files[doc] = file
    if not files:
        raise EvaluationError(f"{folder} has no documents. Put them into {own}.")
    return files


def _is_live(folder: Path) -> bool:
    path = folder / BORROWED
    try:
        return path.is_file() and json.loads(path.read_text("utf-8")) == LIVE
    except ValueError:
        return False  # told, with the remedy, where the files are read


def _borrowed(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        return {
            str(doc): str(sha) for doc, sha in json.loads(path.read_text("utf-8"))["files"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EvaluationError(
            f'{path}: expected {{"files": {{"NAME": "SHA-256"}}}} or {{"live": true}} '
            f"({error}). Mend it."
        ) from error


def parse_cases(path: Path, raw: bytes, texts: Mapping[str, str] | None) -> tuple[Case, ...]:
    """Return the cases of a file `path` with this content.

    `texts`: doc_id -> text that the quotes must stand in; None leaves them unchecked. Raises
    EvaluationError that names line and remedy of everything that is wrong.
    """
    cases: list[Case] = []
    faults: list[str] = []
    lines: dict[str, int] = {}
    for number, line in enumerate(raw.decode("utf-8", errors="replace").split("\n"), 1):
        if not line.strip():
            continue
        try:
            case = _case(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            reason = f"no field {error}" if isinstance(error, KeyError) else str(error)
            faults.append(f"{path}:{number}: not a case: {reason}. See eval/sets/README.md.")
            continue
        first = lines.setdefault(case.id, number)
        if first != number:
            faults.append(f"{path}:{number}: id {case.id!r} is line {first}'s. Give it its own.")
        faults += (f"{path}:{number}: {fault}" for fault in _faults(case, texts))
        cases.append(case)
    if not cases and not faults:
        faults.append(f"{path} has no case. Write one a line.")
    if faults:
        more = len(faults) - _MOST_FAULTS
        shown = [*faults[:_MOST_FAULTS], *([f"… and {more} more."] if more > 0 else [])]
        raise EvaluationError("\n".join(shown))
    return tuple(cases)


def _case(value: dict[str, Any]) -> Case:
    return Case(
        id=_text(value, "id"),
        question=_text(value, "question"),
        language=_text(value, "language"),
        kind=_text(value, "kind"),
        answerable=_typed(value["answerable"], bool, "answerable"),
        history=tuple(
            Turn(_text(turn, "question"), _text(turn, "answer"))
            for turn in _typed(value.get("history", []), list, "history")
        ),
        answers=tuple(
            _typed(answer, str, "an answer")
            for answer in _typed(value.get("answers", []), list, "answers")
        ),
        gold=tuple(
            tuple(
                Quote(_text(quote, "doc"), _line_ends(_text(quote, "quote")))
                for quote in _typed(alternative, list, "an alternative of gold")
            )
            for alternative in _typed(value.get("gold", []), list, "gold")
        ),
        split=value.get("split"),
        topic=value.get("topic"),
    )


def _text(value: dict[str, Any], name: str) -> str:
    text: str = _typed(value[name], str, name)
    if not text.strip():
        raise ValueError(f"{name} is empty")
    return text


def _typed(value: Any, kind: type, name: str) -> Any:  # noqa: ANN401
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be of type {kind.__name__}, not {type(value).__name__}")
    return value


def _line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _faults(case: Case, texts: Mapping[str, str] | None) -> Iterator[str]:
    """Yield what is wrong with a case that has the right form."""
    if case.kind not in KINDS:
        yield f"unknown kind {case.kind!r}. Choose one of: {', '.join(KINDS)}."
    if case.language not in _LANGUAGES:
        yield f"unknown language {case.language!r}. Use ISO 639-1: zh, en, ja, …"
    if case.split not in (*SPLITS, None):
        yield f"unknown split {case.split!r}. Choose one of: {', '.join(SPLITS)}."
    if case.answerable != bool(case.gold):
        yield "answerable must be true with gold and false without. Add gold, or set it to false."
    if not all(case.gold):
        yield "an alternative of gold is empty. Remove it."
    yield from _length_faults(case)
    if texts is not None:
        for quote in dict.fromkeys(quote for alternative in case.gold for quote in alternative):
            yield from _quote_faults(quote, texts)


def _length_faults(case: Case) -> Iterator[str]:
    for question in (case.question, *(turn.question for turn in case.history)):
        if len(question) > MAX_QUESTION_CHARS:
            most = f"{MAX_QUESTION_CHARS:,} are the most"
            yield f"a question of {len(question):,} characters; {most}. Shorten it."


def _quote_faults(quote: Quote, texts: Mapping[str, str]) -> Iterator[str]:
    if quote.doc not in texts:
        yield f"there is no document {quote.doc!r} in the set. Add it, or mend the name."
    elif quote.text not in texts[quote.doc]:
        yield f"{quote.doc} does not say {quote.text!r}. Copy the quote from the document."
