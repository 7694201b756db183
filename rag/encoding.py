"""A question as the searches need it: vectors, token vectors and terms, made once."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.library import Library
from index.terms import terms
from index.token_codes import QuestionVectors


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


def encode(library: Library, questions: Sequence[str]) -> list[EncodedQuestion]:
    """Return the questions as vectors and terms, encoded together."""
    every = library.encode_questions(questions)
    return [
        EncodedQuestion(text, vectors, own := tuple(terms(text)), library.names_among(own))
        for text, vectors in zip(questions, every, strict=True)
    ]
