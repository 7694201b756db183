"""Questions to begin with: topics that the documents name, and only such as are answered."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice, zip_longest

from index.errors import ChatbotError, IndexNotBuiltError
from index.keeping.library import Library
from rag.assistant import Assistant
from rag.searching import Searcher
from rag.writing.suggestions import topics
from webui.drawing import beside
from webui.texts import Texts

MAX_EXAMPLES = 4
_DOCUMENTS = 6
_TRIES = 12


def welcome(library: Library, quoting: Callable[[], Assistant], texts: Texts) -> str:
    """Return what stands where no question has been asked yet, with a few to begin with.

    They are about headings and titles of the newest documents. Each has been asked of the assistant
    that `quoting` returns: it is shown if it is answered with more than the heading itself.
    """
    try:
        documents = len(library.documents())
        suggested = _examples(quoting(), texts) if documents else ()
    except IndexNotBuiltError:
        return beside.welcome(texts, examples=(), documents=0)
    except ChatbotError:  # said in full when a question is asked
        return beside.welcome(texts, examples=(), documents=None)
    return beside.welcome(texts, examples=suggested, documents=documents)


def _examples(assistant: Assistant, texts: Texts) -> tuple[str, ...]:
    return _answered(assistant, assistant.library.vocabulary().generation, texts)


@lru_cache(maxsize=8)
def _answered(assistant: Assistant, generation: int, texts: Texts) -> tuple[str, ...]:
    """Return the examples; as long as the index is of one `generation`, nothing is read anew."""
    topics = islice(_topics(assistant.library), _TRIES)
    questions = (texts.example_about.format(topic=topic) for topic in topics)
    return tuple(islice((q for q in questions if _is_answered(assistant, q)), MAX_EXAMPLES))


def _topics(library: Searcher) -> Iterator[str]:
    """Yield topics of several documents, one of each in turn."""
    newest = sorted(library.documents(), key=lambda one: one.imported or "", reverse=True)
    documents = [library.document(one.doc_id) for one in newest[:_DOCUMENTS]]
    each: list[Sequence[str]] = [topics(one) for one in documents]
    return (topic for topic in chain.from_iterable(zip_longest(*each)) if topic is not None)


def _is_answered(assistant: Assistant, question: str) -> bool:
    answer = assistant.ask(question)
    return any(
        not citation.quote.startswith("#") and citation.quote.strip() not in question
        for citation in answer.citations[:1]
    )
