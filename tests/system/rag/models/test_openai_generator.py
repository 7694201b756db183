"""The client of the OpenAI protocol against a real server that behaves well, and badly."""

import threading
import time

import pytest

from index.errors import GenerationError
from rag.load import load_model
from rag.models.language_model import Message
from rag.models.openai_generator import OpenAiModel
from rag.models.openai_servers import Offered, context_of, offered
from rag.models.thoughts import Thought
from rag.settings import RagSettings
from tests.support.model_server import serving
from tests.support.waiting import PATIENCE

ASKED = [Message("system", "Answer."), Message("user", "青石港？")]


def echo(messages):
    yield from ["回答：", messages[-1]["content"], "🗼", "[1]"]


def served(url, name="good"):
    return RagSettings(generator="openai", model=name, base_url=url)


def model(server, name, **options):
    return OpenAiModel(name, server.url, "key-1", **options)


def test_the_address_of_the_environment_is_known():
    environ = {"OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}
    assert RagSettings.from_env(environ).base_url == "http://127.0.0.1:1/v1"
    environ["WENZHENG_BASE_URL"] = "http://127.0.0.1:2/v1"
    assert RagSettings.from_env(environ).base_url == "http://127.0.0.1:2/v1"


def test_the_answer_comes_in_pieces():
    with serving(echo) as server:
        pieces = [piece for piece in model(server, "good").write(ASKED, 100) if piece]
    assert pieces == ["回答：", "青石港？", "🗼", "[1]"]
    assert server.keys == ["Bearer key-1"]


@pytest.mark.parametrize(
    ("name", "says", "requests"),
    [
        ("busy", "429", 3),
        ("broken", "500", 3),
        ("locked", "OPENAI_API_KEY", 1),
        ("missing", "--model", 1),
        ("garbage", "no answer", 1),
        ("page", "broke off", 1),
    ],
)
def test_what_goes_wrong_is_a_sentence(name, says, requests):
    with serving() as server, pytest.raises(GenerationError, match=says) as error:
        list(model(server, name).write(ASKED, 100))
    assert server.requests == requests
    assert "secret" not in str(error.value)
    assert "key-1" not in str(error.value)


@pytest.mark.parametrize("name", ["moved", "gone"])
def test_no_redirect_is_followed(name):
    with serving(echo) as server, serving(echo) as other:
        server.moved_to = other.url
        with pytest.raises(GenerationError, match="redirects to another address") as error:
            list(model(server, name).write(ASKED, 100))
    assert (server.requests, other.requests) == (1, 0)
    assert error.value.code == "server_redirect"


def test_nothing_of_the_environment_goes_to_an_address_that_it_does_not_name(monkeypatch):
    for name in ("API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID"):
        monkeypatch.setenv(f"OPENAI_{name}", "secret-1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: Bearer secret-2\nX-Own: secret-3")
    with serving(echo) as named, serving(echo) as typed:
        own = load_model(served(named.url), named=True)
        other = load_model(served(typed.url), named=False)
        assert "".join(own.write(ASKED, 9)) == "".join(other.write(ASKED, 9))
        with pytest.raises(GenerationError, match="no address but the one") as error:
            list(load_model(served(typed.url, "locked"), named=False).write(ASKED, 9))
    assert "secret-1" in str(named.headers)
    assert "secret" not in str(typed.headers)
    assert typed.keys == ["Bearer none"] * 2
    assert error.value.code == "server_wants_key"


def test_a_server_that_recovers_is_asked_again():
    with serving(echo) as server:
        assert "".join(model(server, "recovering").write(ASKED, 100)).startswith("回答")
    assert server.requests == 2


@pytest.mark.parametrize("name", ["cut", "unfinished"])
def test_a_connection_that_is_cut_keeps_what_came_and_says_so(name):
    got: list[str] = []
    with serving(echo) as server, pytest.raises(GenerationError, match="broke off|cannot be"):
        got.extend(model(server, name).write(ASKED, 100))
    assert "".join(got) == "回答：青石港？🗼[1]"


def test_an_answer_without_end_is_ended():
    with serving() as server:
        written = "".join(model(server, "endless").write(ASKED, 50))
        assert server.hung_up.wait(PATIENCE)
    assert 400 <= len(written) < 500


def test_a_server_that_says_nothing_is_given_up():
    with serving() as server, pytest.raises(GenerationError, match="said nothing|had not"):
        list(model(server, "dead", silent_seconds=0.3).write(ASKED, 50))
    with serving() as server, pytest.raises(GenerationError, match="had not finished"):
        list(model(server, "silent", answer_seconds=1.0).write(ASKED, 50))


def test_nobody_there():
    unused = OpenAiModel("m", "http://127.0.0.1:9/v1", None)
    with pytest.raises(GenerationError, match="cannot be reached"):
        list(unused.write(ASKED, 50))


@pytest.mark.parametrize("name", ["endless", "silent", "dead"])
def test_a_reader_may_stop_at_any_moment(name):
    """While the server is silent, too, the reader has its turn, and nothing reads on."""
    threads = threading.active_count()
    with serving() as server:
        writing = model(server, name).write(ASKED, 100_000)
        for _ in range(3):
            began = time.monotonic()
            next(writing)
            assert time.monotonic() - began < PATIENCE
        reading = [one for one in threading.enumerate() if "_Reading" in type(one).__name__]
        assert len(reading) == 1
        writing.close()
        reading[0].join(PATIENCE)
        assert not reading[0].is_alive()
        assert name == "dead" or server.hung_up.wait(PATIENCE)
    latest = time.monotonic() + PATIENCE
    while threading.active_count() > threads + 1 and time.monotonic() < latest:
        time.sleep(0.05)
    assert threading.active_count() <= threads + 1  # the server's own may be at its last breath


def test_the_key_is_in_nothing_that_is_shown():
    assert "key-1" not in repr(OpenAiModel("m", None, "key-1"))


def test_a_reasoning_model_is_asked_as_it_wants_to_be():
    with serving(echo) as server:
        reasoning = model(server, "reasoning")
        for _ in range(2):
            assert "".join(reasoning.write(ASKED, 100)).startswith("回答")
    assert server.requests == 4  # two refusals, remembered
    assert server.asked[-1]["max_completion_tokens"] == 100
    assert not {"temperature", "max_tokens"} & server.asked[-1].keys()


def test_thoughts_are_told_apart_and_do_not_take_the_room_of_the_answer():
    with serving(echo) as server:
        thinking = model(server, "thinking", context_tokens=8192)
        assert thinking.answer_tokens == 512
        pieces = list(thinking.write(ASKED, 512))
        assert server.requests == 2  # the first had no room left
        assert "".join(p for p in pieces if not isinstance(p, Thought)) == "回答：青石港？🗼[1]"
        thought = "".join(p for p in pieces if isinstance(p, Thought))
        assert thought.endswith("</think>[1] 999 boxes. ")
        assert thinking.answer_tokens == 4096  # half of the context
        list(thinking.write(ASKED, thinking.answer_tokens))
        assert server.requests == 3
        with pytest.raises(GenerationError, match="--answer-tokens"):
            list(thinking.write(ASKED, 80))


@pytest.mark.parametrize(
    ("path", "told", "context"),
    [
        ("/v1/models", {"data": [{"id": "m", "max_model_len": 16384}]}, 16384),
        ("/v1/models", {"data": [{"id": "m", "meta": {"n_ctx": 2048}}]}, 2048),
        ("/props", {"default_generation_settings": {"n_ctx": 6144}}, 6144),
        ("/api/ps", {"models": [{"name": "m", "context_length": 8192}]}, 8192),
        ("/api/v0/models", {"data": [{"id": "m", "loaded_context_length": 4000}]}, 4000),
        ("/v1/models", {"data": [{"id": "other", "max_model_len": 16384}]}, None),
        ("/v1/models", ["<b>", 1], None),
    ],
)
def test_a_server_tells_what_a_context_holds(path, told, context):
    with serving() as server:
        server.told[path] = told
        assert context_of(server.url, "m") == context
        assert model(server, "m").context_tokens == (context or 4096)
        assert model(server, "m", context_tokens=3000).context_tokens == 3000


def test_servers_on_this_computer_offer_their_models():
    listed = ["qwen2.5:7b", "nomic-embed-text", "x" * 300, "a\nb", 7, "qwen2.5:7b"]
    with serving() as server, serving() as other:
        server.told["/v1/models"] = {"data": [{"id": name} for name in listed]}
        other.told["/v1/models"] = "no list"
        found = offered([server.server_port, other.server_port, 9])
    assert found == [Offered("qwen2.5:7b", "", server.url)]
    assert "Authorization" not in str(server.headers)
    assert server.requests == 0  # nothing was asked to write
