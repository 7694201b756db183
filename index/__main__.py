"""`python -m index`: add, edit, update, build, list, remove, info, doctor."""

import argparse
import json
import re
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from functools import partial
from itertools import chain
from pathlib import Path

from index.console import progress_bar, run, say
from index.errors import ChatbotError
from index.keeping.library import Library, Source
from index.keeping.sources import from_paths, from_url
from index.keeping.watching import watch
from index.reports import Report, total
from index.settings import add_arguments, from_arguments
from index.terminal import on_one_line

_EDITED = ("title", "author", "date", "source", "encoding")


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
        say("\nInterrupted. What was complete is kept; go on with the same command.")
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
    add.add_argument(
        "places", nargs="+", metavar="PATH|URL", help="a file, a folder, a zip of files, a web page"
    )
    add.add_argument("--encoding", metavar="NAME", help="encoding of the texts: gb18030, big5, …")
    add.add_argument(
        "--allow-private", action="store_true", help="fetch from this computer and its network too"
    )
    edit = command("edit", _edit, "say what a document's title, author, date or source is")
    edit.add_argument("doc_id", metavar="DOC_ID", help="as `list` prints it")
    for name in _EDITED:
        edit.add_argument(f"--{name}", metavar="TEXT", help="empty: what the file says itself")
    update = command("update", _update, "bring the index to what the corpus folder holds")
    update.add_argument("--watch", action="store_true", help="and go on with every change of it")
    build = command("build", _build, "make the index from nothing and swap it in")
    ray = "on a Ray cluster, into Milvus: auto, local, or the address of its head"
    build.add_argument("--ray", metavar="CLUSTER", help=ray)
    command("list", _list, "list the documents")
    remove = command("remove", _remove, "delete documents from the corpus and the index")
    remove.add_argument("doc_ids", nargs="+", metavar="DOC_ID", help="as `list` prints it")
    remove.add_argument("--purge", action="store_true", help="leave no byte of them in any file")
    command("info", _info, "say what the index holds and whether it is up to date")
    command("doctor", _doctor, "check everything, and mend what is derived from the corpus")
    return parser


def _add(library: Library, args: argparse.Namespace) -> int:
    started = time.perf_counter()
    own = library.settings.corpus_dir.resolve()
    paths = [Path(place) for place in args.places if not _is_url(place)]
    inside = [path for path in paths if path.exists() and path.resolve().is_relative_to(own)]
    sources = _sources([place for place in args.places if Path(place) not in inside], args)
    with progress_bar() as progress:
        # What lies in the corpus already keeps its place there.
        indexed = library.update(progress) if inside else []
        reports = [*indexed, *library.add(sources, progress)]
    library.make_files()
    return _report(reports, args, started)


def _edit(library: Library, args: argparse.Namespace) -> int:
    started = time.perf_counter()
    given = {name: getattr(args, name) for name in _EDITED}
    with progress_bar() as progress:
        report = library.edit(args.doc_id, **given, progress=progress)
    return _report([report], args, started)


def _update(library: Library, args: argparse.Namespace) -> int:
    if args.watch:
        return _watch(library, args)
    started = time.perf_counter()
    with progress_bar() as progress:
        reports = library.update(progress)
    library.make_files()
    return _report(reports, args, started)


def _watch(library: Library, args: argparse.Namespace) -> int:
    def reported(reports: Sequence[Report]) -> None:
        _report(reports, args, time.perf_counter() - sum(report.seconds for report in reports))

    say(f"Watching {library.settings.corpus_dir}. Ctrl-C ends it.")
    with progress_bar() as progress, suppress(KeyboardInterrupt):
        watch(
            library,
            threading.Event(),
            on_reports=reported,
            on_error=lambda error: say(str(error)),
            progress=progress,
        )
    say("\nStopped watching. What was complete is kept.")
    return 0


def _build(library: Library, args: argparse.Namespace) -> int:
    started = time.perf_counter()
    with progress_bar() as progress:
        build = partial(library.build_spread, args.ray) if args.ray else library.build
        reports = build(progress)
    return _report(reports, args, started)


def _list(library: Library, args: argparse.Namespace) -> int:
    summaries = library.documents()
    for summary in summaries:
        if args.json:
            print(json.dumps(asdict(summary), ensure_ascii=False))
        else:
            known = (summary.metadata.title, summary.metadata.author, summary.metadata.date)
            size = f"{summary.characters} characters, {summary.chunks} chunks"
            print(on_one_line(summary.doc_id))
            print(on_one_line(f"    {' · '.join(filter(None, (*known, size)))}"))
    if not summaries:
        say("The corpus is empty. Add a document: python -m index add FILE")
    return 0


def _remove(library: Library, args: argparse.Namespace) -> int:
    for doc_id in args.doc_ids:
        library.remove(doc_id, purge=args.purge)
        say(on_one_line(f"removed {doc_id}"))
    return 0


def _info(library: Library, args: argparse.Namespace) -> int:
    info = asdict(library.info())
    if args.json:
        print(json.dumps(info, ensure_ascii=False))
        return 0
    for name, value in info.items():
        shown = ", ".join(value) or "none" if isinstance(value, tuple) else value
        print(on_one_line(f"{name.replace('_', ' '):14} {shown}"))
    if info["new"] or info["gone"]:
        say("The index is behind the corpus. Bring it up: python -m index update")
    return 0


def _doctor(library: Library, args: argparse.Namespace) -> int:
    with progress_bar() as progress:
        findings = library.examine(progress)
    for found in findings:
        if args.json:
            print(json.dumps(asdict(found), ensure_ascii=False))
        else:
            print(on_one_line(f"{found.state:10} {found.check}: {found.detail}"))
    return int(any(found.state == "needs you" for found in findings))


def _is_url(place: str) -> bool:
    return re.match(r"[a-z][a-z0-9+.-]*://", place, re.IGNORECASE) is not None


def _sources(places: Sequence[str], args: argparse.Namespace) -> Iterable[Source | Report]:
    """Return what the places hold. Pages are fetched at once, files read one at a time."""
    found = chain.from_iterable(
        [
            [from_url(place, allow_private=args.allow_private, notify=say)]
            if _is_url(place)
            else from_paths([Path(place)])
            for place in places
        ]
    )
    if not args.encoding:
        return found
    return (replace(s, encoding=args.encoding) if isinstance(s, Source) else s for s in found)


def _report(reports: Sequence[Report], args: argparse.Namespace, started: float) -> int:
    """Print what became of each document, and the totals; 1 when any was refused."""
    for report in reports:
        if args.json:
            notes = [{**asdict(note), "message": note.message} for note in report.notes]
            print(json.dumps({**asdict(report), "notes": notes}, ensure_ascii=False))
        else:
            lines = [_sentence(report), *(note.message for note in report.notes)]
            say("\n    ".join(map(on_one_line, lines)))
    say(_summary(reports, time.perf_counter() - started))
    return int(any(report.outcome == "refused" for report in reports))


def _sentence(report: Report) -> str:
    if report.reason:
        return f"{report.outcome:9} {report.name}: {report.reason}"
    if report.outcome == "removed":
        return f"removed   {report.name}"
    sizes = f"{report.characters} characters, {report.chunks} chunks ({report.embedded} embedded)"
    read = ", ".join(filter(None, (report.encoding, report.language)))
    stored = "" if report.doc_id == report.name else f" as {report.doc_id}"
    return f"{report.outcome:9} {report.name}{stored}: {read}, {sizes}, {report.seconds:.1f} s"


def _summary(reports: Sequence[Report], seconds: float) -> str:
    done = total(reports, seconds)
    if not done.outcomes:
        return "Done: the index is up to date."
    counts = ", ".join(f"{count} {outcome}" for outcome, count in done.outcomes.items())
    return (
        f"Done: {counts}; {done.characters} characters, {done.chunks} chunks "
        f"({done.embedded} embedded) in {seconds:.1f} s, {done.chunks_per_second:.1f} chunks/s."
    )


if __name__ == "__main__":
    run(main)
