"""What programs may ask of a page without users, asked by the clients that people use."""

import json
from collections.abc import Iterator

import httpx
import openai
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from tests.support.attacking import send
from tests.support.serving import DOCUMENTS, Server

QUESTION = "三号码头什么时候启用？"


@pytest.fixture(scope="module")
def client(server: Server) -> Client:
    return Client(server.url, verbose=False, httpx_kwargs={"timeout": 60})


@pytest.fixture(scope="module")
def model(server: Server) -> Iterator[openai.OpenAI]:
    with (
        httpx.Client(trust_env=False) as http,
        openai.OpenAI(
            base_url=f"{server.url}/v1", api_key="none", http_client=http, max_retries=0
        ) as one,
    ):
        yield one


def test_what_there_is_to_ask_is_told_and_nothing_else(server: Server) -> None:
    info = send(server, "GET", "/gradio_api/info").json
    assert info["unnamed_endpoints"] == {}
    told = {
        name: [each["parameter_name"] for each in endpoint["parameters"]]
        for name, endpoint in info["named_endpoints"].items()
    }
    scope = ["documents", "since", "until"]
    assert told == {
        "/ask": ["question", "history", "language", *scope],
        "/search": ["question", "limit", *scope],
        "/documents": [],
    }
    for endpoint in info["named_endpoints"].values():
        assert endpoint["description"]
        assert all(each["python_type"]["description"] for each in endpoint["parameters"])
        assert all(each["python_type"]["description"] for each in endpoint["returns"])


def test_an_answer_is_streamed_and_ends_whole(client: Client) -> None:
    job = client.submit(QUESTION, api_name="/ask")
    answer = job.result(timeout=60)
    pieces = job.outputs()
    assert len(pieces) > 1
    assert pieces[-1] == answer
    assert {"question", "state", "citations", "passages", "sentences", "seconds"} <= answer.keys()
    (cited,) = answer["citations"]
    assert "2033年春天" in cited["quote"]
    assert cited["quote"] in DOCUMENTS[cited["doc_id"]]
    follow_up = client.predict(
        "它全长多少米？",
        history=[{"question": QUESTION, "answer": answer["answer"]}],
        api_name="/ask",
    )
    assert follow_up["completed_question"]
    assert "一千二百米" in follow_up["answer"]


def test_curl_needs_no_client(server: Server) -> None:
    asked = json.dumps({"question": "Who leads the observatory?", "language": "de"}).encode()
    said = [("Content-Type", "application/json")]
    path = "/gradio_api/call/v2/ask"
    event = send(server, "POST", path, said, asked).json["event_id"]
    told = send(server, "GET", f"/gradio_api/call/ask/{event}").body.decode()
    assert "event: complete" in told
    assert "Amara Osei" in told
    assert '"language": "de"' in told


def test_passages_and_documents(client: Client) -> None:
    found = client.predict(
        "灯塔有多高？", limit=2, documents=["منارة.txt", "灯台.txt"], api_name="/search"
    )
    assert {each["doc_id"] for each in found["passages"]} == {"منارة.txt", "灯台.txt"}
    for each in found["passages"]:
        assert each["text"] in DOCUMENTS[each["doc_id"]]
    listed = client.predict(api_name="/documents")
    assert {each["doc_id"] for each in listed["documents"]} >= set(DOCUMENTS)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"question": "长" * 4001}, "4,000"),
        ({"question": "?", "documents": ["nowhere/"]}, "nowhere/"),
        ({"question": "?", "history": [{"question": "?"}]}, "history is a list"),
        ({"question": "?", "language": "tlh"}, "tlh"),
        ({"question": "?", "since": "gestern"}, "gestern"),
    ],
)
def test_what_is_wrong_is_said(client: Client, asked: dict[str, object], said: str) -> None:
    with pytest.raises(AppError, match=said):
        client.predict(**asked, api_name="/ask")


def test_other_programs_use_it_as_a_language_model(model: openai.OpenAI) -> None:
    assert [each.id for each in model.models.list()] == ["wenzheng"]
    asked = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": QUESTION}]
    whole = model.chat.completions.create(model="wenzheng", messages=asked, temperature=0.2)
    content = whole.choices[0].message.content
    (cited,) = whole.wenzheng["citations"]
    assert "[1]" in content.split("---")[0]
    assert f"> {cited['quote']}" in content
    assert cited["quote"] in DOCUMENTS[cited["doc_id"]]

    asked += [
        {"role": "assistant", "content": content},
        {"role": "user", "content": [{"type": "text", "text": "它全长多少米？"}]},
    ]
    pieces = list(model.chat.completions.create(model="wenzheng", messages=asked, stream=True))
    streamed = "".join(each.choices[0].delta.content or "" for each in pieces)
    assert "一千二百米" in streamed
    assert pieces[-1].choices[0].finish_reason == "stop"
    assert pieces[-1].wenzheng["completed_question"]
    again = model.chat.completions.create(model="wenzheng", messages=asked)
    assert again.choices[0].message.content == streamed


def test_the_protocol_says_what_is_wrong(model: openai.OpenAI) -> None:
    ask = model.chat.completions.create
    with pytest.raises(openai.BadRequestError, match="4,000"):
        ask(model="wenzheng", messages=[{"role": "user", "content": "长" * 4001}], stream=True)
    with pytest.raises(openai.BadRequestError, match="last message"):
        ask(model="wenzheng", messages=[{"role": "assistant", "content": "你好"}])
    with pytest.raises(openai.BadRequestError, match="messages"):
        model.post("/chat/completions", body={"model": "wenzheng"}, cast_to=object)
    with pytest.raises(openai.NotFoundError, match="wenzheng"):
        ask(model="gpt-x", messages=[{"role": "user", "content": "?"}])


def test_no_other_site_asks_and_tools_are_there_when_wanted_alone(server: Server) -> None:
    evil = [("Origin", "https://evil.example"), ("Content-Type", "application/json")]
    for path in ("/v1/chat/completions", "/gradio_api/call/ask"):
        assert send(server, "POST", path, evil, b"{}").status == 403
    assert send(server, "GET", "/v1/models", evil[:1]).status == 403
    assert send(server, "POST", "/mcp", evil[1:], b"{}").status == 404


def test_health_is_told_in_numbers(server: Server) -> None:
    reply = send(server, "GET", "/health")
    assert reply.status == 200
    assert reply.json["documents"] >= len(DOCUMENTS)
    assert reply.json.keys() == {"status", "generation", "documents", "chunks"}
