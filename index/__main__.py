"""`python -m index`: add, update, build, list, remove, info."""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from index import corpus
from index.console import progress_bar, run, say
from index.errors import ChatbotError
from index.extraction import SUFFIXES
from index.library import Library, Source
from index.settings import add_arguments, from_arguments
from index.update import Report


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0 done, 1 could not be done, 2 wrong usage."""
    args = _parser().parse_args(argv)
    library = Library(from_arguments(args), notify=say)
    try:
        return int(args.run(library, args))
    except ChatbotError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("\nInterrupted. What was complete is kept; go on with: python -m index update")
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
    own = library.settings.corpus_dir.resolve()
    inside = [path for path in args.paths if path.resolve().is_relative_to(own)]
    sources, refused = _sources([path for path in args.paths if path not in inside])
    with progress_bar() as progress:
        # What lies in the corpus already keeps its place there.
        indexed = library.update(progress) if inside else []
        reports = [*indexed, *refused, *library.add(sources, progress)]
    return _report(reports, args)


def _update(library: Library, args: argparse.Namespace) -> int:
    with progress_bar() as progress:
        return _report(library.update(progress), args)


def _build(library: Library, args: argparse.Namespace) -> int:
    with progress_bar() as progress:
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
        say("The corpus is empty. Add a document: python -m index add FILE")
    return 0


def _remove(library: Library, args: argparse.Namespace) -> int:
    for doc_id in args.doc_ids:
        library.remove(doc_id)
        say(f"removed {doc_id}")
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
        say("The index is behind the corpus. Bring it up: python -m index update")
    return 0


def _sources(paths: Sequence[Path]) -> tuple[list[Source], list[Report]]:
    """Read the files and the files of the folders; say which could not be read, and why."""
    sources: list[Source] = []
    refused: list[Report] = []
    for path in paths:
        files = list(_files(path)) if path.is_dir() else [path]
        for file in files:
            name = file.relative_to(path.parent).as_posix()
            try:
                sources.append(Source(name, corpus.read(file)))
            except ChatbotError as error:
                refused.append(Report(str(file), "refused", reason=str(error), code=error.code))
        if not files:
            types = ", ".join(sorted(SUFFIXES))
            reason = f"no file of the types {types} in it"
            refused.append(Report(str(path), "refused", reason=reason, code="type"))
    return sources, refused


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder that can be read, without what is hidden."""
    for path in sorted(folder.rglob("*")):
        hidden = any(corpus.is_hidden(part) for part in path.relative_to(folder).parts)
        if not hidden and path.suffix.lower() in SUFFIXES and path.is_file():
            yield path


def _report(reports: Sequence[Report], args: argparse.Namespace) -> int:
    """Print what became of each document; 1 when any was refused."""
    for report in reports:
        if args.json:
            print(json.dumps(asdict(report), ensure_ascii=False))
        else:
            say(_sentence(report))
    if not args.json:
        say(_summary(reports))
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


if __name__ == "__main__":
    run(main)
