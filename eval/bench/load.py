"""How a page that is being served answers many readers at once, through the API that programs use.

Each question is asked alone first: that answer is the one which every reader has to get, however
many others ask meanwhile, and what it took is what waiting is compared with. Where documents are
added meanwhile, it is asked alone again at the end, and an answer is compared with that of the
index which it was given from; in between there are others, which nobody asked alone.
"""

import argparse
import contextlib
import json
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import numpy as np
from tqdm import tqdm

from eval.bench.made_up_texts import HAN, LATIN, Texts
from eval.errors import EvaluationError
from eval.questions.sets import read_set, sample
from index.console import bar_stream
from index.settings import IndexSettings

_DOCUMENT_CHARACTERS = 4000
_PATIENCE_SECONDS = 600.0
_MOST_ERRORS = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of a question: its answer, or an error, and how long that took by the clock."""

    question: str
    seconds: float
    answer: dict[str, Any] | None = None
    error: str = ""

    @property
    def said(self) -> object:
        """What has to be the same whenever it is asked: texts and places, no times, no scores."""
        answer = self.answer or {}
        cited = [(one["doc_id"], one["start"], one["end"]) for one in answer.get("citations", ())]
        return answer.get("question"), answer.get("answer"), answer.get("state"), cited

    @property
    def source(self) -> tuple[str, str]:
        """What its answer comes of: the index as it was, and the question."""
        return (self.answer or {}).get("fingerprint", {}).get("index", ""), self.question


class Page:
    """The page at an address, as programs ask it. Safe to use from several threads."""

    def __init__(self, url: str, token: str | None) -> None:
        """Name it, and the token to ask by where it has users."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.Client(
            base_url=url.rstrip("/"),
            headers=headers,
            timeout=_PATIENCE_SECONDS,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=None),
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def ask(self, question: str) -> Asked:
        """Ask, and wait for the whole answer."""
        begun = time.monotonic()
        try:
            answer = self._answer(question)
        except (httpx.HTTPError, EvaluationError, ValueError, KeyError) as error:
            said = str(error) or type(error).__name__
            return Asked(question, time.monotonic() - begun, error=said)
        return Asked(question, time.monotonic() - begun, answer)

    def add(self, name: str, text: str) -> None:
        """Add a document as the page does with a pasted text. Raises EvaluationError otherwise."""
        config = self._client.get("/config").raise_for_status().json()
        numbers = {one["props"].get("elem_id"): one["id"] for one in config["components"]}
        (event,) = (
            one for one in config["dependencies"] if [numbers["add"], "click"] in one["targets"]
            and one["backend_fn"]
        )  # fmt: skip
        session = uuid4().hex
        body = {"data": ["", name, text], "fn_index": event["id"], "session_hash": session}
        self._client.post("/gradio_api/queue/join", json=body).raise_for_status()
        query = {"session_hash": session}
        with self._client.stream("GET", "/gradio_api/queue/data", params=query) as stream:
            for _, message in _events(stream):
                if message.get("msg") == "process_completed" and not message["success"]:
                    raise EvaluationError(f"{name} was not added: {message['output']}")

    def _answer(self, question: str) -> dict[str, Any]:
        asked = {"question": question}
        begun = self._client.post("/gradio_api/call/v2/ask", json=asked).raise_for_status()
        path = f"/gradio_api/call/ask/{begun.json()['event_id']}"
        with self._client.stream("GET", path) as stream:
            stream.raise_for_status()
            for event, content in _events(stream):
                if event == "error":
                    raise EvaluationError(str(content))
                if event == "complete":
                    answer: dict[str, Any] = content[0]
                    return answer
        raise EvaluationError("the answer broke off")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `bench load`."""
    parser.add_argument("url", metavar="URL", help="a page that is being served: python ui.py")
    parser.add_argument("--token", help="of a user, where the page has users")
    parser.add_argument(
        "--readers", type=int, default=20, metavar="N", help="at once (%(default)s)"
    )
    parser.add_argument(
        "--questions", type=int, default=20, metavar="N", help="of each reader (%(default)s)"
    )
    parser.add_argument("--set", default="futian", help="where they are from (%(default)s)")
    parser.add_argument(
        "--different", type=int, default=60, metavar="N", help="of the set (%(default)s)"
    )
    parser.add_argument(
        "--import", type=int, default=0, dest="imported", metavar="N",
        help="add N documents meanwhile, to a page without users",
    )  # fmt: skip
    parser.add_argument("--pid", type=int, help="of the server, if it is here: tells its memory")


def run(args: argparse.Namespace) -> int:
    """Print seconds, speed, memory and what went wrong; return 1 if anything did."""
    if args.imported and args.token:
        raise EvaluationError("Programs add no documents: leave out --import, or --token.")
    page = Page(args.url, args.token)
    with contextlib.closing(page):
        return _measure(page, args)


def _measure(page: Page, args: argparse.Namespace) -> int:
    """Ask one after the other, then all at once; return the status to exit with."""
    different = _questions(args.set, args.different)
    questions = list(islice(cycle(different), args.readers * args.questions))
    alone = dict(zip(different, _ask_all(page, different, readers=1), strict=True))
    if failed := next((one for one in alone.values() if one.error), None):
        raise EvaluationError(f"{args.url} does not answer: {failed.error}")
    _say(f"alone   {_quantiles(list(alone.values()))}{_memory(args.pid)}")
    with _importing(page, args.imported) as imported:
        begun = time.monotonic()
        asked = _ask_all(page, questions, args.readers)
        seconds = time.monotonic() - begun
    _say(f"{args.readers} at once {_quantiles(asked)}{_memory(args.pid)}")
    ratio = _p95(asked) / _p95([*alone.values()])
    _say(f"{len(asked) / seconds:.2f} questions/s, p95 {ratio:.1f} times that of one alone")
    if args.imported:
        _say(f"{len(imported)} documents added meanwhile, p95 {np.percentile(imported, 95):.1f} s")
    errors = Counter(one.error for one in asked if one.error)
    other = [one for one in asked if one.answer and one.answer.get("question") != one.question]
    after = _ask_all(page, different, readers=1) if args.imported else []
    expected = {one.source: one.said for one in [*alone.values(), *after] if one.answer}
    compared = [one for one in asked if one.answer and one.source in expected]
    differ = [one for one in compared if one.said != expected[one.source]]
    _say(
        f"{len(asked) - errors.total()} answered, {errors.total()} errors, {len(other)} answers to "
        f"another question; of {len(compared)} from an index that was asked alone as well, "
        f"{len(differ)} differ from the answer alone"
    )
    for error, count in errors.most_common(_MOST_ERRORS):
        _say(f"  {count} times: {error}")
    for one in differ[:_MOST_ERRORS]:
        _say(f"  differs: {one.question}")
    return 1 if errors or other else 0


def _questions(name: str, count: int) -> list[str]:
    """Return at most so many different questions of a set, from all over it."""
    cases = read_set(name, corpus_dir=IndexSettings.from_env().corpus_dir).cases
    asked = sample([case for case in cases if not case.history], count)
    return list(dict.fromkeys(case.question for case in asked))


def _ask_all(page: Page, questions: Sequence[str], readers: int) -> list[Asked]:
    with ThreadPoolExecutor(readers) as pool:
        asked = pool.map(page.ask, questions)
        bar = tqdm(asked, total=len(questions), unit="question", leave=False, file=bar_stream())
        return list(bar)


@contextlib.contextmanager
def _importing(page: Page, count: int) -> Iterator[list[float]]:
    """Add so many documents while what is inside goes on; yields the seconds that each took."""
    seconds: list[float] = []
    faults: list[Exception] = []

    def work() -> None:
        texts = Texts(seed=0)
        for number in range(count):
            begun = time.monotonic()
            source = texts.document(_DOCUMENT_CHARACTERS, HAN if number % 2 else LATIN)
            try:
                page.add(Path(source.name).stem, source.raw.decode())
            except Exception as error:  # noqa: BLE001 (raised where it is waited for)
                faults.append(error)
                return
            seconds.append(time.monotonic() - begun)

    adding = threading.Thread(target=work)
    adding.start()
    try:
        yield seconds
    finally:
        adding.join()
    if faults:
        raise EvaluationError(f"Documents cannot be added to this page: {faults[0]}") from faults[0]


def _events(stream: httpx.Response) -> Iterator[tuple[str, Any]]:
    """Yield the events of a stream (SSE): their names and what their data says."""
    event = ""
    for line in stream.iter_lines():
        name, _, value = line.partition(": ")
        if name == "event":
            event = value
        elif name == "data":
            yield event, json.loads(value)


def _p95(asked: Sequence[Asked]) -> float:
    return float(np.percentile([one.seconds for one in asked], 95))


def _quantiles(asked: Sequence[Asked]) -> str:
    seconds = [one.seconds for one in asked]
    p50, p95 = np.percentile(seconds, [50, 95])
    return f"{len(asked)} questions: p50 {p50:.2f} s, p95 {p95:.2f} s, longest {max(seconds):.2f} s"


def _memory(pid: int | None) -> str:
    """Return what to say of the memory of a process; nothing where the system does not tell it."""
    status = Path(f"/proc/{pid}/status")
    found = re.search(r"VmRSS:\s+(\d+) kB", status.read_text()) if status.is_file() else None
    return f"; {int(found[1]) / 1024:.0f} MB" if found else ""


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
