"""Readers without a browser, who send what the page sends: to measure what a server keeps of them.

    python -m tests.support.readers --sessions 2000

Serves `corpus/` with the real `ui.py` and prints its memory while one reader after the other opens
the page, asks a question and leaves.
"""

import argparse
import copy
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
from gradio_client.utils import apply_diff

from tests.support.serving import ROOT, Server

QUESTION = "福田区有多少5G基站？"
_FROM = 50  # sessions before the first figure: what is loaded or made once is there by then


def layout(client: httpx.Client) -> dict[str, Any]:
    """Return the components and events of the page."""
    config: dict[str, Any] = client.get("/config?page=").raise_for_status().json()
    return config


class Reader:
    """One page in one tab: `load` and `ask` send the events of the page, `leave` closes it."""

    def __init__(self, client: httpx.Client, name: str, config: dict[str, Any]) -> None:
        """Take what `layout` returned. `name` is the session's, which a browser makes up."""
        self._client = client
        self._name = name
        self.config = config
        self._values = {
            one["id"]: one["props"].get("value") for one in self.config["components"]
        } | {None: None}
        self._conversation = {
            "conversation_id": name, "title": "", "named_ms": 0, "exchanges": []
        }  # fmt: skip

    def load(self) -> str:
        """Send what is sent when a page is shown, and return what is shown then."""
        return "".join(str(self.send(event)) for event in self._on("load"))

    def ask(self, question: str) -> str:
        """Ask, keep the conversation, and return the exchange as it is shown."""
        (event,) = (one for one in self._on("submit") if self._called("question") in one["inputs"])
        self.fill("question", question)
        shown: list[Any] = self.send(event)
        for after in self.config["dependencies"]:
            if after["trigger_after"] == event["id"]:
                self.send(after)
        return str(shown[0])

    def look(self) -> None:
        """Send the least that makes the server remember a tab."""
        self.send(next(one for one in self._on("load") if not one["queue"]))

    def fill(self, elem_id: str, value: object) -> None:
        """Type or choose a value in a field."""
        self._values[self._called(elem_id)] = value

    def choose(self, elem_id: str, value: object) -> list[Any]:
        """Choose a value in a field that answers to it at once; return what is shown then."""
        self.fill(elem_id, value)
        number = self._called(elem_id)
        (event,) = (one for one in self._on("change") if [number, "change"] in one["targets"])
        return self.send(event)

    def kept(self) -> list[Any]:
        """Return the exchanges that the browser keeps."""
        kept: list[Any] = self._conversation["exchanges"]
        return kept

    def send(self, event: dict[str, Any]) -> list[Any]:
        """Do what the page's script does at an event; send it, and return the last outputs."""
        script = str(event["js"] or "")
        if not event["backend_fn"]:
            if "wenzheng.keep" in script:
                self._keep(self._values[event["inputs"][0]])
            return []
        data = [self._values[one] for one in event["inputs"]]
        data[: script.count("wenzheng.")] = [
            self._part(name.partition("(")[0]) for name in script.split("wenzheng.")[1:]
        ]
        body = {
            "data": data,
            "fn_index": event["id"],
            "session_hash": self._name,
            "event_data": None,
            "trigger_id": event["targets"][0][0],
        }
        if not event["queue"]:
            answered = self._client.post("/gradio_api/run/predict", json=body).raise_for_status()
            outputs = answered.json()["data"]
        else:
            self._client.post("/gradio_api/queue/join", json=body).raise_for_status()
            outputs = self._wait()
        for number, value in zip(event["outputs"], outputs, strict=False):
            if not _is_skipped(value):
                self._values[number] = value
        return outputs

    def _part(self, name: str) -> dict[str, Any]:
        """Return what the browser gives under a name."""
        turns = [one["turn"] for one in self.kept()]
        said = self._conversation | {"exchanges": [], "turns": turns}
        return {"all": self._conversation, "said": said, "asked": said}.get(name, {})

    def _keep(self, parts: Sequence[dict[str, Any]]) -> None:
        for part in parts:
            exchanges = [*self._conversation["exchanges"], *part["exchanges"]]
            self._conversation = part | {"exchanges": exchanges}

    def _on(self, kind: str) -> Iterator[dict[str, Any]]:
        for one in self.config["dependencies"]:
            if one["backend_fn"] and any(target[1] == kind for target in one["targets"]):
                yield one

    def _called(self, elem_id: str) -> int:
        components = self.config["components"]
        return next(one["id"] for one in components if one["props"].get("elem_id") == elem_id)

    def _wait(self) -> list[Any]:
        query = {"session_hash": self._name}
        given: list[Any] = []  # whole at first, then what has changed
        with self._client.stream("GET", "/gradio_api/queue/data", params=query) as stream:
            for line in stream.iter_lines():
                message = json.loads(line[6:]) if line.startswith("data: ") else {}
                if message.get("msg") == "process_generating":
                    given.append(message["output"]["data"])
                if message.get("msg") == "process_completed":
                    assert message["success"], message
                    given = given or [message["output"]["data"]]
        outputs, now = list(given[0]), list(given[0])
        for changes in given[1:]:
            now = [
                apply_diff(copy.deepcopy(was), one) for was, one in zip(now, changes, strict=True)
            ]
            outputs = [
                was if _is_skipped(new) else new for was, new in zip(outputs, now, strict=True)
            ]
        return outputs


def _is_skipped(value: object) -> bool:
    return isinstance(value, dict) and "__type__" in value


def main(argv: Sequence[str] | None = None) -> None:
    """Print the memory of the server as readers come and go."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=2000)
    sessions = parser.parse_args(argv).sessions
    with tempfile.TemporaryDirectory() as folder:
        server = Server(ROOT / "corpus", Path(folder) / "built").build().start()
        try:
            _measure(server, sessions)
        finally:
            server.interrupt()
            server.wait()


def _measure(server: Server, sessions: int) -> None:
    first, begun = 0.0, time.monotonic()
    with httpx.Client(base_url=server.url, trust_env=False, timeout=120) as client:
        config = layout(client)
        for number in range(1, sessions + 1):
            client.get("/").raise_for_status()
            reader = Reader(client, f"reader{number}", config)
            reader.load()
            if number == 1:
                assert "5260" in reader.ask(QUESTION)
            else:
                reader.ask(QUESTION)
            if number == _FROM:
                first = server.memory_mb()
            if number % 100 == 0 or number == _FROM:
                now, seconds = server.memory_mb(), time.monotonic() - begun
                print(
                    f"{number:5} sessions: {now:6.0f} MB, {now - first:+5.0f} ({seconds:.0f} s)",
                    flush=True,
                )


if __name__ == "__main__":
    main()
