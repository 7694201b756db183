"""What writes the answers, changed while others ask."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from index.embedders.embedding import Embedder
from index.errors import GenerationError
from index.keeping.library import Library
from index.settings import IndexSettings
from rag.load import load_assistant
from rag.settings import RagSettings
from tests.conftest import TEXTS
from tests.support.model_server import serving
from tests.support.serving import write_corpus
from webui.ask.answering import Answering
from webui.ask.examples import welcome
from webui.ask.generating import about
from webui.texts import TEXTS as PAGE_TEXTS
from webui.texts import Texts

QUESTION = "青石港在2031年共装卸集装箱多少万箱？"
NOWHERE = "http://127.0.0.1:9/v1"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("answering")
    corpus = write_corpus(folder / "corpus", {"harbour.md": TEXTS["harbour.md"]})
    settings = IndexSettings(corpus_dir=corpus, index_dir=folder / "built")
    made = Library(settings, embedder=embedder)
    made.update()
    yield made
    made.close()


def served(url: str, model: str | None = "good") -> RagSettings:
    return RagSettings(generator="openai", model=model, base_url=url)


def writes(messages):
    yield "青石港在2031年共装卸集装箱418万箱[1]。"


def written_by(answering: Answering) -> tuple[str, str | None]:
    answer = answering().ask(QUESTION)
    assert "418万箱" in answer.text
    return answer.generator, answer.model


def settled(answering: Answering):
    *_, state = answering.follow()
    return state


def test_what_the_page_asks_by_itself_waits_for_who_has_asked(library: Library) -> None:
    answering = Answering(library, RagSettings())
    answering.prepare()
    asking = answering.stream(QUESTION)
    next(asking)
    with ThreadPoolExecutor(1) as beside:
        offered = beside.submit(welcome, library, answering, PAGE_TEXTS["zh"])
        with pytest.raises(TimeoutError):
            offered.result(1.5)
        list(asking)
        assert "<button" in offered.result()  # an example


class Counting(Answering):
    """Counts the questions that the page asks by itself."""

    tried = 0

    def let_pass(self) -> None:
        self.tried += 1


def test_of_all_pages_that_ask_for_examples_one_finds_them(library: Library) -> None:
    alone, together = (Counting(library, RagSettings()) for _ in range(2))
    shown = welcome(library, alone, PAGE_TEXTS["zh"])
    with ThreadPoolExecutor(6) as pages:
        drawn = list(pages.map(lambda _: welcome(library, together, PAGE_TEXTS["zh"]), range(6)))
    assert drawn == [shown] * 6
    assert together.tried == alone.tried > 0


def test_the_old_one_answers_until_the_new_one_writes(library: Library) -> None:
    ready = threading.Event()

    def slowly(messages):
        assert ready.wait(20)
        yield from writes(messages)

    answering = Answering(library, RagSettings())
    with serving(slowly) as server, ThreadPoolExecutor(4) as readers:
        answering.use(served(server.url))
        during = list(readers.map(lambda _: written_by(answering), range(4)))
        assert during == [("extractive", None)] * 4
        assert answering.state.loading == served(server.url)
        with pytest.raises(GenerationError, match="being loaded"):
            answering.use(RagSettings())
        ready.set()
        state = settled(answering)
        assert (state.running, state.error) == (served(server.url), None)
        assert written_by(answering) == ("openai", "good")

        # What the page asks by itself costs nothing.
        asked = server.requests
        assert answering.quoting().ask(QUESTION).generator == "extractive"
        assert server.requests == asked

        # A second assistant of these settings shares the model.
        shared = load_assistant(library, served(NOWHERE), state.model)
        assert shared.ask(QUESTION).model == "good"

        answering.use(RagSettings())
        assert settled(answering).model is None
        assert written_by(answering) == ("extractive", None)


def test_a_choice_that_fails_leaves_the_old_one_and_says_why(library: Library) -> None:
    answering = Answering(library, RagSettings())
    with serving(writes) as server:
        failing = {
            "server_model": served(server.url, "missing"),
            "server_error": served(server.url, "page"),
            "server_wants_key": served(server.url, "locked"),
            "server_away": served(NOWHERE),
            "no_model": served(server.url, None),
            "model_name": RagSettings(generator="transformers", model="/nowhere/x.gguf"),
        }
        for code, settings in failing.items():
            answering.use(settings)
            state = settled(answering)
            assert (state.running, state.failed) == (RagSettings(), settings)
            assert state.error.code == code
            assert written_by(answering) == ("extractive", None)

        answering.use(served(server.url))
        assert settled(answering).failed is None
        answering.use(served(server.url, "missing"))
        assert settled(answering).running == served(server.url)
        assert written_by(answering) == ("openai", "good")


def test_one_that_cannot_start_can_be_replaced(library: Library) -> None:
    answering = Answering(library, RagSettings(generator="transformers", model="/nowhere/x.gguf"))
    with pytest.raises(GenerationError, match="no file"):
        answering()
    assert answering.state.error is not None
    assert answering.quoting().ask(QUESTION).generator == "extractive"
    answering.use(RagSettings())
    assert settled(answering).error is None
    assert written_by(answering) == ("extractive", None)


def test_where_readers_log_in_it_stays(library: Library) -> None:
    with serving(writes) as server:
        answering = Answering(library, RagSettings(), fixed=True)
        with pytest.raises(GenerationError, match="--generator"):
            answering.use(served(server.url))
        assert server.requests == 0
    assert settled(answering).running == RagSettings()


def test_the_key_goes_to_no_address_that_a_reader_types(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret-1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Own: secret-2")
    with serving(writes) as named, serving(writes) as typed:
        named.moved_to = typed.url
        answering = Answering(library, served(named.url))
        assert written_by(answering) == ("openai", "good")
        answering.use(served(typed.url))
        assert settled(answering).failed is None
        assert written_by(answering) == ("openai", "good")
        assert typed.requests > 0
        assert "secret" not in str(typed.headers)
        answering.use(served(f"{named.url}/"))  # the same address again
        assert settled(answering).failed is None
        before = typed.requests
        answering.use(served(named.url, "moved"))
        assert settled(answering).error.code == "server_redirect"
        assert typed.requests == before
    assert set(named.keys) == {"Bearer secret-1"}


@pytest.mark.parametrize("texts", PAGE_TEXTS.values())
def test_the_page_says_where_the_key_goes(texts: Texts) -> None:
    assert "http://127.0.0.1:1/v1" in about("openai", texts, key_address="http://127.0.0.1:1/v1")
    assert texts.key_missing in about("openai", texts, key_address=None)
    for code in ("question_too_long", "server_redirect", "server_wants_key"):
        assert texts.errors[code]
