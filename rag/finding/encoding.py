"""A question as the searches need it: vectors, token vectors and terms, made once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from index.embedders.token_codes import QuestionVectors
from index.search.terms import terms
from rag.searching import Searcher
from rag.understanding.asked import Asked


@dataclass(frozen=True, slots=True)
class EncodedQuestion:
    """A question, its vectors, its lexical terms, and those of them that name documents.

    A follow-up begins at the character `asked_from` of the text that completes it.
    """

    text: str
    vectors: QuestionVectors
    terms: tuple[str, ...]
    names: frozenset[str]
    asked_from: int = 0

    @property
    def asked(self) -> str:
        """What is asked now, without what it was completed with."""
        return self.text[self.asked_from :]


def encode(library: Searcher, questions: Sequence[str]) -> list[EncodedQuestion]:
    """Return the questions as vectors and terms, encoded together."""
    every = library.encode_questions(questions)
    return [
        EncodedQuestion(text, vectors, own := tuple(terms(text)), library.names_among(own))
        for text, vectors in zip(questions, every, strict=True)
    ]


def encode_asked(library: Searcher, asked: Sequence[Asked]) -> list[list[EncodedQuestion]]:
    """Return, for each message, what it is searched for by, encoded together.

    That is the whole question, then its parts; nothing where it is no question.
    """
    encoded = iter(encode(library, [text for each in asked for text in each.questions]))
    every = [list(islice(encoded, len(each.questions))) for each in asked]
    return [
        [replace(own[0], asked_from=each.begins_at), *own[1:]] if own else []
        for each, own in zip(asked, every, strict=True)
    ]
