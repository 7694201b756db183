"""The page: `python ui.py`. Composition and launch; what it shows is in `webui/`."""

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence

import eval.settings
import index.settings
import rag.settings
from index.console import guard_streams, say
from index.errors import ChatbotError
from index.keeping.library import Library
from index.keeping.watching import watch
from index.reports import Report
from index.terminal import on_one_line
from webui import user_commands
from webui.ask.answering import Answering
from webui.door import auth, places
from webui.door.hosts import LOCAL, host_name
from webui.door.places import Place
from webui.door.request_log import write_log
from webui.door.uploads import Uploads
from webui.launching import check_address, launch, quick_import, starting
from webui.user_places import open_place

_QUIET_SECONDS = 3.0
"""A browser that waits for the page has it by then. It asks some ninety times, and every answer
waits for whoever holds the interpreter."""
_SECONDS_TO_END = {int(signal.SIGTERM): 25.0, int(signal.SIGINT): 2.0}
"""What answers in progress have left at a signal: of a service that is stopped, and at Ctrl-C."""


def main(argv: Sequence[str] | None = None) -> int:
    """Serve the page until interrupted; return the exit status."""
    parser = _parser()
    options = parser.parse_args(argv)
    try:
        place = places.chosen(options.auth, os.environ)
        if user_commands.run(parser, options, place):
            return 0
        if place is None and (options.share or options.host not in LOCAL):
            parser.error(
                "others could reach this page: name who may, with --auth FILE "
                "(make the file with: python ui.py --auth FILE --add-user NAME)"
            )
        return _serve(options, place)
    except ChatbotError as error:
        say(str(error))
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python ui.py", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to serve (%(default)s)")
    parser.add_argument("--port", type=int, default=7860, help="port to serve (%(default)s)")
    users = "file of users who may log in, or their database: postgresql://USER@HOST/DATABASE"
    parser.add_argument("--auth", type=places.from_command_line, metavar="FILE", help=users)
    named = "also serve under this name of a host, as behind a proxy; may be given again"
    parser.add_argument(
        "--allow-host", action="append", default=[], type=host_name, metavar="NAME", help=named
    )
    parser.add_argument("--share", action="store_true", help="make a public link; needs --auth")
    parser.add_argument("--mcp", action="store_true", help="serve tools for language models, too")
    parser.add_argument(
        "--root-path", metavar="PATH", help="path under which a proxy serves the page: /wenzheng"
    )
    parser.add_argument("--log", metavar="FILE", help="write requests to a file, or to - (stderr)")
    questions = "write the questions, too, which the log does not hold otherwise"
    parser.add_argument("--log-questions", action="store_true", help=questions)
    private = "let readers add addresses of this computer and its network"
    parser.add_argument("--allow-private", action="store_true", help=private)
    user_commands.add_arguments(parser)
    rag.settings.add_arguments(parser)
    index.settings.add_arguments(parser)
    eval.settings.add_arguments(parser)
    return parser


def _serve(options: argparse.Namespace, place: Place | None) -> int:
    check_address(options.host, options.port)
    index_settings = index.settings.from_arguments(options)
    library = Library(index_settings, notify=say)
    secret = auth.browser_secret(index_settings.cache_dir)
    # What users keep in their browsers when they first log in can be read, and taken over.
    accounts, store = (None, None) if place is None else open_place(place, secret)
    # A reader must not make the server load models, or send its key to an address of his.
    answering = Answering(
        library,
        rag.settings.from_arguments(options),
        fixed=place is not None,
        log_questions=options.log_questions,
    )
    logging.basicConfig(level=logging.WARNING)
    if options.log is not None:
        write_log(options.log)

    with starting():
        with quick_import():
            from webui.api.programs import for_programs
            from webui.page import build_page
        uploads = Uploads(index_settings.cache_dir / "uploads")
        page = build_page(
            library,
            answering,
            secret if store is None else store.secret,
            evaluation=eval.settings.from_arguments(options),
            uploads=uploads,
            allow_private=options.allow_private,
            with_users=place is not None,
        )
        address = launch(
            page,
            host=options.host,
            port=options.port,
            uploads=uploads,
            library=library,
            programs=for_programs(library, answering, with_tools=options.mcp),
            names=options.allow_host,
            accounts=accounts,
            store=store,
            share=options.share,
            root_path=options.root_path,
        )
    say(f"问证 Wenzheng: {address}")
    threading.Thread(target=_keep_ready, args=(library, answering), daemon=True).start()
    if not answering.finish(until_stopped()):
        say("Some answers were not complete.")
    page.close(verbose=False)
    uploads.close()
    return 0


def until_stopped() -> float:
    """Wait for a signal; return the seconds that answers in progress have to end.

    A second signal ends the process at once.
    """
    caught: list[int] = []
    stopped = threading.Event()

    def stop(number: int, _: object) -> None:
        caught.append(number)
        stopped.set()
        for each in _SECONDS_TO_END:
            signal.signal(each, signal.SIG_DFL)

    for each in _SECONDS_TO_END:
        signal.signal(each, stop)
    while not stopped.wait(1.0):  # without a limit, Windows would not notice Ctrl-C
        pass
    return _SECONDS_TO_END[caught[0]]


def _keep_ready(library: Library, answering: Answering) -> None:
    """Load the assistant, then bring the index up whenever the corpus folder changes."""
    answering.prepare(_QUIET_SECONDS)
    library.removals.settle_later()  # what was removed just before the last run ended
    watch(library, threading.Event(), on_reports=_report, on_error=lambda e: say(str(e)))


def _report(reports: Sequence[Report]) -> None:
    for report in reports:
        said = filter(None, (f"{report.outcome} {report.name}", report.reason))
        say(on_one_line(": ".join(said)))


if __name__ == "__main__":
    guard_streams()
    status = main()
    sys.stderr.flush()
    # Threads may still be computing, a model's among them: the interpreter's own end would have
    # them abort the process. What the index holds is whole at every moment.
    os._exit(status)
