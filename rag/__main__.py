"""`python -m rag`: a question in, an answer with its evidence out; what was exported, checked."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

import index.settings
import rag.settings
from index.console import bar_stream, progress_bar, run, say
from index.errors import ChatbotError, CorpusError
from index.keeping.library import Library
from index.search.scope import make_scope
from index.terminal import on_one_line, typed
from index.types import Scope
from rag.export.words import WORDS
from rag.serialisation import to_dict
from rag.texts import TEXTS, texts
from rag.types import Answer, Query, Turn, shorten

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.export.values import Export

# Questions encoded together: full batches, and a first line after seconds.
_BATCH_SIZE = 32
_SHOWN_CHARS = 120


Case = tuple[str | None, Query]
"""A line of a batch file: its id and the question."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0 done (a refusal is an answer), 1 could not be done, 2 usage."""
    parser = _parser()
    args = parser.parse_args(argv)
    if args.command == "ask" and (args.question is None) == (args.batch is None):
        parser.error(
            'ask needs a QUESTION or --batch FILE, for example: ask "福田有多少个5G基站？"'
        )
    commands = {"ask": _ask, "verify": _verify, "export": _export}
    library = Library(index.settings.from_arguments(args), notify=say)
    try:
        return commands[args.command](library, args)
    except ChatbotError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        library.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m rag", description="Question in, answer with evidence out."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    ask = commands.add_parser("ask", help="answer a question from the documents")
    ask.add_argument("question", nargs="?", metavar="QUESTION")
    ask.add_argument(
        "--batch", metavar="FILE", help="a JSON object with id and question a line; - reads stdin"
    )
    ask.add_argument("--json", action="store_true", help="one JSON object a question on stdout")
    ask.add_argument(
        "--lang",
        choices=sorted(TEXTS),
        metavar="L",
        help=f"language to frame the answer in: {', '.join(TEXTS)}; by default the question's",
    )
    _add_scope(ask)
    rag.settings.add_arguments(ask)
    index.settings.add_arguments(ask)
    verify = commands.add_parser(
        "verify",
        help="hold every quotation of an export against the documents",
        description="Exit status: 0 all hold, 1 something does not, 2 it could not be checked.",
    )
    _add_file(verify)
    index.settings.add_arguments(verify)
    export = commands.add_parser("export", help="draw answers as md, html, docx or json")
    _add_file(export)
    export.add_argument("out", metavar="OUT", type=Path, help="its ending names the format")
    export.add_argument("--lang", choices=sorted(WORDS), default="en", help="of headings: zh or en")
    return parser


def _add_file(command: argparse.ArgumentParser) -> None:
    told = "JSON: an export of the page, or what `ask --json` prints; - reads stdin"
    command.add_argument("file", metavar="FILE", help=told)


def _add_scope(ask: argparse.ArgumentParser) -> None:
    scope = ask.add_argument_group("which documents to ask")
    scope.add_argument(
        "--in",
        dest="patterns",
        action="append",
        default=[],
        metavar="PATTERN",
        help="a document, a folder, or names with * ? [ab]; repeated, any of these",
    )
    scope.add_argument("--since", metavar="DATE", help="dated 2020-10-14, 2020-10, 2020 or later")
    scope.add_argument("--until", metavar="DATE", help="dated in this day, month, year or earlier")


def _ask(library: Library, args: argparse.Namespace) -> int:
    cases = _cases(args)
    _bring_up(library)
    answering = rag.settings.from_arguments(args)
    with ThreadPoolExecutor(1) as beside:
        loading = beside.submit(_load_models, library, answering)
        # What answers is imported while they are read, which leaves Python alone.
        from rag.load import load_assistant

        loading.result()
    scope = _scope(library, args)
    cases = [(case_id, replace(query, scope=scope)) for case_id, query in cases]
    assistant = load_assistant(library, answering)
    show = _print_json if args.json else _print_text
    with tqdm(
        total=len(cases), unit="question", disable=len(cases) < 2, leave=False, file=bar_stream()
    ) as bar:
        for case_id, answer in _answers(assistant, cases):
            show(case_id, answer)
            bar.update()
    return 0


def _load_models(library: Library, answering: rag.settings.RagSettings) -> None:
    from rag.reader.load import load_reader

    load_reader(answering, library.settings.cache_dir, library.embedder)


def _bring_up(library: Library) -> None:
    with progress_bar() as progress:
        reports = library.open(progress)
    for report in reports:
        said = filter(None, (f"{report.outcome} {report.name}", report.reason))
        say(on_one_line(": ".join(said)))


def _verify(library: Library, args: argparse.Namespace) -> int:
    from rag.export.verifying import verify  # what reads exports is not imported to ask

    try:
        export = _read(args.file)
        _bring_up(library)
        report = verify(export, library.document)
    except ChatbotError as error:
        say(str(error))
        return 2
    print("\n".join(report.lines))
    return 0 if report.holds else 1


def _export(library: Library, args: argparse.Namespace) -> int:
    from rag.export.formats import FORMATS

    ending = args.out.suffix.removeprefix(".").lower()
    if ending not in FORMATS:
        raise ChatbotError(
            f"The name of the file says the format, one of: {', '.join(FORMATS)}. "
            f"For example: python -m rag export {typed(args.file)} answers.docx"
        )
    drawn = FORMATS[ending](_read(args.file), args.lang)
    try:
        args.out.write_bytes(drawn)
    except OSError as error:
        raise CorpusError(f"Cannot write {args.out}: {error}.") from error
    return 0


def _read(name: str) -> "Export":
    from rag.export.reading import MAX_BYTES, read

    try:
        if name == "-":
            raw = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(name).open("rb") as file:
                raw = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise ChatbotError(f"Cannot read {name}: {error}.") from error
    try:
        return read(raw)
    except ChatbotError as error:
        raise ChatbotError(f"Cannot read {name}. {error}") from error


def _scope(library: Library, args: argparse.Namespace) -> Scope:
    there = library.documents() if args.patterns else ()
    doc_ids = [document.doc_id for document in there]
    return make_scope(args.patterns, since=args.since, until=args.until, doc_ids=doc_ids)


def _answers(assistant: "Assistant", cases: Sequence[Case]) -> Iterator[tuple[str | None, Answer]]:
    """Yield each case's id with its answer; questions are encoded in batches."""
    remaining = iter(cases)
    while batch := list(islice(remaining, _BATCH_SIZE)):
        answers = assistant.ask_batch([query for _, query in batch])
        yield from zip((case_id for case_id, _ in batch), answers, strict=True)


def _cases(args: argparse.Namespace) -> list[Case]:
    if args.question is not None:
        query = Query(args.question, language=args.lang)
        query.check_length()
        return [(None, query)]
    try:
        text = sys.stdin.read() if args.batch == "-" else Path(args.batch).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"Cannot read {args.batch}: {error}.") from error
    lines = enumerate(text.split("\n"), 1)
    return [_case(args, number, line) for number, line in lines if line.strip()]


def _case(args: argparse.Namespace, number: int, line: str) -> Case:
    try:
        value = json.loads(line)
        query = Query(
            question=_text(value["question"]),
            history=tuple(
                Turn(_text(turn["question"]), _text(turn["answer"]))
                for turn in value.get("history") or ()
            ),
            language=_language(value.get("lang") or args.lang),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CorpusError(
            f"{args.batch}, line {number}: expected a JSON object such as "
            f'{{"id": "1", "question": "…"}} ({type(error).__name__}: {error}).'
        ) from error
    try:
        query.check_length()
    except ChatbotError as error:
        raise CorpusError(f"{args.batch}, line {number}: {error}", code=error.code) from error
    return value.get("id"), query


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    value.encode()  # half a surrogate pair is no text
    return value


def _language(value: object) -> str | None:
    if value is not None and value not in TEXTS:
        raise ValueError(f"lang must be one of {', '.join(TEXTS)}")
    return value


def _print_json(case_id: str | None, answer: Answer) -> None:
    print(json.dumps(to_dict(answer, case_id=case_id), ensure_ascii=False), flush=True)


def _print_text(case_id: str | None, answer: Answer) -> None:
    if case_id is not None:
        print(on_one_line(f"# {case_id}: {answer.question}"))
    print(_said(answer))
    if answer.notice:
        print(f"\n! {answer.notice}")
    for sentence in answer.sentences:
        if not sentence.supported:
            print(f"\n? {texts(answer.language).unsupported}\n    {sentence.text}")
    for citation in answer.citations:
        known = (citation.metadata.title, citation.metadata.author, citation.metadata.date)
        page = None if citation.page is None else f"p. {citation.page}"
        span = f"{citation.doc_id}:{citation.start}-{citation.end}"
        place = " · ".join(filter(None, (span, page or citation.place)))
        print(f"\n[{citation.number}] {on_one_line(' · '.join(filter(None, known)))}")
        print(f"    {on_one_line(place)}")
    if answer.declined:
        for passage in answer.passages:
            chunk = passage.chunk
            print(f"\n- {on_one_line(f'{chunk.doc_id}:{chunk.start}-{chunk.end}')}")
            print(f"    {shorten(chunk.text, _SHOWN_CHARS)}")
    print(flush=True)


def _said(answer: Answer) -> str:
    """Return the answer under what was searched for, how sure it is, and its short answer."""
    understood = answer.completed_question
    above = [] if understood is None else [f"→ {on_one_line(understood)}"]
    if answer.declined:
        return "\n\n".join([*above, f"∅ {answer.text}"])
    if answer.state == "possible":
        above.append(f"? {texts(answer.language).possible}")
    if answer.short and not answer.text.startswith(answer.short.cited):
        above.append(answer.short.cited)
    return "\n\n".join([*above, answer.text])


if __name__ == "__main__":
    run(main)
