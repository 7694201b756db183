"""Programs and readers at a page with users: by token and role, and by hand at every door."""

import asyncio
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import openai
import pytest
from gradio_client import Client
from mcp import ClientSession
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client

import ui
from tests.support.attacking import MULTIPART, multipart
from tests.support.serving import DOCUMENTS, Server
from webui.door import auth
from webui.door.attempts import RULES

ANNA = {"username": "anna", "password": "correct horse"}
RITA = {"username": "rita", "password": "battery staple"}
QUESTION = "三号码头什么时候启用？"
LOG = "requests.log"


class Door(NamedTuple):
    """A page for anna, an editor, and rita, a reader, who have a token each."""

    server: Server
    users: Path
    anna: str
    rita: str

    @property
    def log(self) -> str:
        return (self.users.parent / LOG).read_text("utf-8")


@pytest.fixture(scope="module")
def door(serve: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Door:
    users = tmp_path_factory.mktemp("programs") / "users.json"
    auth.add_user(users, ANNA["username"], ANNA["password"], role="editor")
    auth.add_user(users, RITA["username"], RITA["password"], role="reader")
    tokens = []
    for name in ("anna", "rita"):
        with redirect_stdout(io.StringIO()) as said:
            assert ui.main(["--auth", str(users), "--add-token", name]) == 0
        tokens.append(said.getvalue().strip())
    log = str(users.parent / LOG)
    server = serve(DOCUMENTS, options=["--auth", str(users), "--mcp", "--log", log])
    return Door(server, users, *tokens)


def client(door: Door, token: str = "", address: str = "192.0.2.1") -> httpx.Client:
    """Somebody at an address: the server believes what a proxy on its own computer says."""
    headers = {"x-forwarded-for": address}
    if token:
        headers["authorization"] = f"Bearer {token}"
    return httpx.Client(base_url=door.server.url, headers=headers, trust_env=False, timeout=60)


@contextmanager
def logged_in(door: Door, who: dict[str, str]) -> Iterator[httpx.Client]:
    with client(door) as one:
        assert one.post("/login", data=who).status_code == 303
        yield one


FOR_PROGRAMS = [
    ("GET", "/gradio_api/info"),
    ("POST", "/gradio_api/call/ask"),
    ("POST", "/gradio_api/call/v2/documents"),
    ("GET", "/gradio_api/call/ask/1"),
    ("POST", "/gradio_api/queue/join"),
    ("GET", "/v1/models"),
    ("POST", "/v1/chat/completions"),
    ("POST", "/mcp"),
    ("GET", "/mcp"),
]


@pytest.mark.parametrize(("method", "path"), FOR_PROGRAMS)
def test_without_a_right_token_nothing_is_asked(door: Door, method: str, path: str) -> None:
    for token in ("", "wz-wrong"):
        with client(door, token, f"198.51.100.{FOR_PROGRAMS.index((method, path))}") as stranger:
            reply = stranger.request(method, path, json={} if method == "POST" else None)
        assert reply.status_code == 401
        assert reply.headers["www-authenticate"] == "Bearer"
        assert not [name for name in DOCUMENTS if name in reply.text]


def test_health_needs_no_token_and_names_nothing(door: Door) -> None:
    with client(door) as stranger:
        reply = stranger.get("/health")
    assert reply.status_code in (200, 503)  # the model may still be loading
    assert not [name for name in DOCUMENTS if name in reply.text]


def test_every_client_asks_by_token(door: Door) -> None:
    asked = Client(
        door.server.url,
        verbose=False,
        headers={"Authorization": f"Bearer {door.rita}"},
        httpx_kwargs={"timeout": 60},
    ).predict(QUESTION, api_name="/ask")
    assert "2033年春天" in asked["answer"]

    with httpx.Client(trust_env=False) as http:
        model = openai.OpenAI(
            base_url=f"{door.server.url}/v1", api_key=door.rita, http_client=http, max_retries=0
        )
        said = model.chat.completions.create(
            model="wenzheng", messages=[{"role": "user", "content": QUESTION}]
        )
        assert said.wenzheng["citations"] == asked["citations"]
        wrong = model.with_options(api_key="wz-wrong")
        with pytest.raises(openai.AuthenticationError, match="--add-token"):
            wrong.models.list()

    tools = asyncio.run(by_tools(door, door.rita))
    assert tools["names"] == ["ask", "documents", "search"]
    assert "what is asked" in json.dumps(tools["ask"])
    assert tools["answer"]["citations"] == asked["citations"]
    assert {each["doc_id"] for each in tools["documents"]["documents"]} == set(DOCUMENTS)
    assert tools["found"]["passages"][0]["doc_id"] == "muehle.txt"
    assert "4,000" in tools["error"]


async def by_tools(door: Door, token: str) -> dict[str, Any]:
    """Return what a client of the protocol is told."""
    http = create_mcp_http_client(headers={"Authorization": f"Bearer {token}"})
    async with (
        http,
        streamable_http_client(f"{door.server.url}/mcp", http_client=http) as (read, write, *_),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        tools = (await session.list_tools()).tools
        too_long = await session.call_tool("ask", {"question": "长" * 4001})
        assert too_long.isError
        return {
            "names": sorted(tool.name for tool in tools),
            "ask": next(tool.inputSchema for tool in tools if tool.name == "ask"),
            "answer": (await session.call_tool("ask", {"question": QUESTION})).structuredContent,
            "documents": (await session.call_tool("documents", {})).structuredContent,
            "found": (
                await session.call_tool("search", {"question": "Wassermühle", "limit": 1})
            ).structuredContent,
            "error": too_long.content[0].text,
        }


def test_who_tries_tokens_waits_and_a_right_one_does_not(door: Door) -> None:
    address = "203.0.113.77"
    with client(door, "wz-guess", address) as guesser:
        tried = [guesser.get("/v1/models").status_code for _ in range(RULES["address"].free + 1)]
        assert tried == [401] * RULES["address"].free + [429]
        assert int(guesser.get("/v1/models").headers["retry-after"]) >= 1
    with client(door, door.anna, address) as anna:
        assert anna.get("/v1/models").status_code == 200


def test_removed_tokens_are_out_at_once(door: Door) -> None:
    auth.add_user(door.users, "max", "another horse")
    token = auth.add_token(door.users, "max")
    with client(door, token) as program:
        assert program.get("/v1/models").status_code == 200
        auth.remove_tokens(door.users, "max")
        assert program.get("/v1/models").status_code == 401
    auth.remove_user(door.users, "max")


# -- roles


def events_by_hand(door: Door, one: httpx.Client) -> dict[str, str]:
    """Return what is told of each event that changes something, asked for at every route."""
    config = one.get("/config").json()
    numbers = {
        target[1]: each["id"] for each in config["dependencies"] for target in each["targets"]
    }
    victim = {"doc_id": "muehle.txt", "title": "x", "checked": True}
    edit = {"doc_id": "muehle.txt", "title": "x", "author": "", "date": "", "source": ""}

    def number(elem_id: str, kind: str) -> int:
        ids = [c["id"] for c in config["components"] if c["props"].get("elem_id") == elem_id]
        return min(
            each["id"]
            for each in config["dependencies"]
            for target in each["targets"]
            if target[0] in ids and target[1] == kind
        )

    asked: dict[str, dict[str, Any]] = {
        "add": {"fn_index": number("add", "click"), "data": ["", "neu", "Neuer Text."]},
        "remove": {"fn_index": numbers["remove"], "data": [], "event_data": victim},
        "save": {"fn_index": numbers["save"], "data": [], "event_data": edit},
        "judge": {"fn_index": numbers["judge"], "data": [], "event_data": {"conversation": {}}},
        "run": {"fn_index": number("run", "click"), "data": []},
    }
    told = {}
    for name, event in asked.items():
        joining = event | {"session_hash": f"by-hand-{name}"}
        assert one.post("/gradio_api/queue/join", json=joining).status_code == 200
        told[name] = one.get(f"/gradio_api/queue/data?session_hash=by-hand-{name}").text
        direct = one.post("/gradio_api/run/predict", json=event | {"session_hash": "direct"})
        told[f"{name} at once"] = direct.text
    return told


@pytest.mark.parametrize("by_token", [False, True])
def test_a_reader_changes_nothing_by_hand(door: Door, *, by_token: bool) -> None:
    """By token not even an editor does: it is for asking."""
    before = {path.name: path.read_bytes() for path in door.server.corpus.iterdir()}
    with client(door, door.anna) if by_token else logged_in(door, RITA) as one:
        told = events_by_hand(door, one)
        refused = {name for name, said in told.items() if "编辑者" in said}
        body = b"".join(multipart([("neu.txt", [b"neu"])]))
        upload = one.post("/gradio_api/upload", content=body, headers=dict([MULTIPART]))
        assert upload.status_code == 403
    assert refused == told.keys()
    assert {path.name: path.read_bytes() for path in door.server.corpus.iterdir()} == before


def test_a_reader_sees_nothing_to_change_by(door: Door) -> None:
    for who, role in ((RITA, "reader"), (ANNA, "editor")):
        with logged_in(door, who) as one:
            assert f'data-role="{role}"' in one.get("/").text
            search = event_of_by(one, "search", "change")
            joining = {"fn_index": search, "data": ["Mühle", None], "session_hash": f"see-{role}"}
            reply = one.post("/gradio_api/run/predict", json=joining)
            shown = reply.text
            assert "Eschenbach" in shown
            assert ("remove" in shown) == (role == "editor")


def event_of_by(one: httpx.Client, elem_id: str, kind: str) -> int:
    config = one.get("/config").json()
    ids = [c["id"] for c in config["components"] if c["props"].get("elem_id") == elem_id]
    return min(
        each["id"]
        for each in config["dependencies"]
        for target in each["targets"]
        if target[0] in ids and target[1] == kind
    )


def test_an_editor_adds(door: Door) -> None:
    with logged_in(door, ANNA) as anna:
        adding = {
            "fn_index": event_of_by(anna, "add", "click"),
            "data": ["", "Nachtrag", "Der Nachtrag hat 17 Seiten."],
            "session_hash": "anna-adds",
        }
        assert anna.post("/gradio_api/queue/join", json=adding).status_code == 200
        told = anna.get("/gradio_api/queue/data?session_hash=anna-adds").text
    assert "process_completed" in told
    (door.server.corpus / "Nachtrag.txt").unlink()


def test_the_log_tells_who_and_what_but_no_question(door: Door) -> None:
    with client(door, door.rita) as rita:
        asked = {"model": "wenzheng", "messages": [{"role": "user", "content": QUESTION}]}
        assert rita.post("/v1/chat/completions", json=asked).status_code == 200
    lines = door.log.splitlines()
    assert any("user=rita" in line and "route=/v1/chat/completions" in line for line in lines)
    assert any("answered=answered language=zh" in line for line in lines)
    assert QUESTION not in door.log
    assert "session_hash" not in door.log
    assert not any(token in door.log for token in (door.anna, door.rita))
