"""Questions to begin with: topics that the documents name, and only such as are answered."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice, zip_longest
from typing import TYPE_CHECKING

from rag.searching import Searcher
from webui.texts import Texts

if TYPE_CHECKING:
    from rag.assistant import Assistant

MAX_EXAMPLES = 4
_DOCUMENTS = 6
_TRIES = 12


def examples(assistant: "Assistant", texts: Texts, let_pass: Callable[[], None]) -> list[str]:
    """Return a few questions about headings and titles of the newest documents.

    Each has been asked: it is shown if it is answered with more than the heading itself.
    `let_pass` is called ahead of each, and lets those go first who have asked.
    """
    return list(_answered(assistant, assistant.library.vocabulary().generation, texts, let_pass))


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
