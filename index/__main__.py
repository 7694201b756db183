"""`python -m index`: add, update, build, list, remove, info."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

from tqdm import tqdm

from index import corpus
from index.errors import ChatbotError
from index.extraction import SUFFIXES
from index.library import Library, Source
from index.settings import add_arguments, from_arguments
from index.update import Progress, Report


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0 done, 1 could not be done, 2 wrong usage."""
    args = _parser().parse_args(argv)
    library = Library(from_arguments(args), notify=_say)
    try:
        return int(args.run(library, args))
    except ChatbotError as error:
        _say(str(error))
        return 1
    except KeyboardInterrupt:
        _say("\nInterrupted. What was complete is kept; go on with: python -m index update")
        return 130
    finally:
        library.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m index", description="Documents in, searchable index out."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: object, help_text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help_text, description=help_text)
        sub.set_defaults(run=run)
        sub.add_argument("--json", action="store_true", help="one JSON object a line on stdout")
        add_arguments(sub)
        return sub

    add = command("add", _add, "copy documents into the corpus and index them")
    add.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file or a folder")
    command("update", _update, "bring the index to what the corpus folder holds")
    command("build", _build, "make the index from nothing and swap it in")
    command("list", _list, "list the documents")
    remove = command("remove", _remove, "delete documents from the corpus and the index")
    remove.add_argument("doc_ids", nargs="+", metavar="DOC_ID", help="as `list` prints it")
    command("info", _info, "say what the index holds and whether it is up to date")
    return parser


def _add(library: Library, args: argparse.Namespace) -> int:
    sources, refused = _sources(library.settings.corpus_dir, args.paths)
    with _progress_bar() as progress:
        reports = refused + library.add(sources, progress)
    return _report(reports, args)


def _update(library: Library, args: argparse.Namespace) -> int:
    with _progress_bar() as progress:
        return _report(library.update(progress), args)


def _build(library: Library, args: argparse.Namespace) -> int:
    with _progress_bar() as progress:
        return _report(library.build(progress), args)


def _list(library: Library, args: argparse.Namespace) -> int:
    summaries = library.documents()
    for summary in summaries:
        if args.json:
            print(json.dumps(asdict(summary), ensure_ascii=False))
        else:
            known = (summary.metadata.title, summary.metadata.author, summary.metadata.date)
            size = f"{summary.characters} characters, {summary.chunks} chunks"
            print(f"{summary.doc_id}\n    {' · '.join(filter(None, (*known, size)))}")
    if not summaries:
        _say("The corpus is empty. Add a document: python -m index add FILE")
    return 0


def _remove(library: Library, args: argparse.Namespace) -> int:
    for doc_id in args.doc_ids:
        library.remove(doc_id)
        _say(f"removed {doc_id}")
    return 0


def _info(library: Library, args: argparse.Namespace) -> int:
    info = asdict(library.info())
    if args.json:
        print(json.dumps(info, ensure_ascii=False))
        return 0
    for name, value in info.items():
        shown = ", ".join(value) or "none" if isinstance(value, tuple) else value
        print(f"{name.replace('_', ' '):14} {shown}")
    if info["new"] or info["gone"]:
        _say("The index is behind the corpus. Bring it up: python -m index update")
    return 0


def _sources(corpus_dir: Path, paths: Sequence[Path]) -> tuple[list[Source], list[Report]]:
    """Read the files and the files of the folders; say which could not be read, and why."""
    sources: list[Source] = []
    refused: list[Report] = []
    for path in paths:
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        readable = [f for f in files if f == path or f.suffix.lower() in SUFFIXES]
        for file in readable:
            try:
                if file.resolve().is_relative_to(corpus_dir.resolve()):
                    name = file.resolve().relative_to(corpus_dir.resolve())
                else:
                    name = file.relative_to(path.parent)
                sources.append(Source(name.as_posix(), corpus.read(file)))
            except ChatbotError as error:
                refused.append(Report(str(file), "refused", reason=str(error)))
        if not readable:
            types = ", ".join(sorted(SUFFIXES))
            refused.append(
                Report(str(path), "refused", reason=f"no file of the types {types} in it")
            )
    return sources, refused


def _report(reports: Sequence[Report], args: argparse.Namespace) -> int:
    """Print what became of each document; 1 when any was refused."""
    for report in reports:
        if args.json:
            print(json.dumps(asdict(report), ensure_ascii=False))
        else:
            _say(_sentence(report))
    if not args.json:
        _say(_summary(reports))
    return int(any(report.outcome == "refused" for report in reports))


def _sentence(report: Report) -> str:
    if report.reason:
        return f"{report.outcome:9} {report.name}: {report.reason}"
    if report.outcome == "removed":
        return f"removed   {report.name}"
    sizes = f"{report.characters} characters, {report.chunks} chunks ({report.embedded} embedded)"
    stored = "" if report.doc_id == report.name else f" as {report.doc_id}"
    return f"{report.outcome:9} {report.name}{stored}: {sizes}, {report.seconds:.1f} s"


def _summary(reports: Sequence[Report]) -> str:
    outcomes = [report.outcome for report in reports]
    counts = [f"{outcomes.count(name)} {name}" for name in dict.fromkeys(outcomes)]
    return f"Done: {', '.join(counts)}." if counts else "Done: the index is up to date."


@contextmanager
def _progress_bar() -> Iterator[Progress]:
    """Show bytes done, rate and time left on stderr, once there is something to do."""
    bar: tqdm[NoReturn] | None = None

    def progress(name: str, done: int, total: int) -> None:
        nonlocal bar
        if bar is None:
            bar = tqdm(total=total, unit="B", unit_scale=True, leave=False, dynamic_ncols=True)
        bar.set_description(name, refresh=False)
        bar.update(done - bar.n)

    try:
        yield progress
    finally:
        if bar is not None:
            bar.close()


def _say(message: str) -> None:
    print(message, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
