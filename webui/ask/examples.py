"""Questions to begin with: topics that the documents name, and only such as are answered."""

import threading
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice, zip_longest
from typing import TYPE_CHECKING

from index.errors import ChatbotError, IndexNotBuiltError
from index.keeping.library import Library
from rag.searching import Searcher
from webui.ask.answering import Answering
from webui.drawing import beside
from webui.texts import Texts

if TYPE_CHECKING:
    from rag.assistant import Assistant

MAX_EXAMPLES = 4
_DOCUMENTS = 6
_TRIES = 12
_in_turn = threading.Lock()


def welcome(library: Library, answering: Answering, texts: Texts) -> str:
    """Return what stands where no question has been asked yet, with a few to begin with.

    They are about headings and titles of the newest documents. Each has been asked: it is shown if
    it is answered with more than the heading itself. Those who ask go first.
    """
    try:
        documents = len(library.documents())
        suggested = _examples(answering, texts) if documents else ()
    except IndexNotBuiltError:
        return beside.welcome(texts, examples=(), documents=0)
    except ChatbotError:  # said in full when a question is asked
        return beside.welcome(texts, examples=(), documents=None)
    return beside.welcome(texts, examples=suggested, documents=documents)


def _examples(answering: Answering, texts: Texts) -> tuple[str, ...]:
    assistant = answering.quoting()
    with _in_turn:  # all pages ask for them when the documents change: one finds, the others wait
        generation = assistant.library.vocabulary().generation
        return _answered(assistant, generation, texts, answering.let_pass)


@lru_cache(maxsize=8)
def _answered(
    assistant: "Assistant", generation: int, texts: Texts, let_pass: Callable[[], None]
) -> tuple[str, ...]:
    """Return the examples; as long as the index is of one `generation`, nothing is read anew."""
    topics = islice(_topics(assistant.library), _TRIES)
    questions = (texts.example_about.format(topic=topic) for topic in topics)

    def is_answered(question: str) -> bool:
        let_pass()
        return _is_answered(assistant, question)

    return tuple(islice(filter(is_answered, questions), MAX_EXAMPLES))


def _topics(library: Searcher) -> Iterator[str]:
    """Yield topics of several documents, one of each in turn."""
    from rag.writing.suggestions import topics  # not with the page: see `answering`

    newest = sorted(library.documents(), key=lambda one: one.imported or "", reverse=True)
    documents = [library.document(one.doc_id) for one in newest[:_DOCUMENTS]]
    each: list[Sequence[str]] = [topics(one) for one in documents]
    return (topic for topic in chain.from_iterable(zip_longest(*each)) if topic is not None)


def _is_answered(assistant: "Assistant", question: str) -> bool:
    answer = assistant.ask(question)
    return any(
        not citation.quote.startswith("#") and citation.quote.strip() not in question
        for citation in answer.citations[:1]
    )
