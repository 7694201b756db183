"""A question as the searches need it: vectors, token vectors and terms, made once."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.library import Library
from index.terms import terms
from index.token_codes import QuestionVectors


@dataclass(frozen=True, slots=True)
class EncodedQuestion:
    """A question, its vectors, and its lexical terms."""

    text: str
    vectors: QuestionVectors
    terms: tuple[str, ...]


def encode(library: Library, questions: Sequence[str]) -> list[EncodedQuestion]:
    """Return the questions as vectors and terms, encoded together."""
    return [
        EncodedQuestion(text, vectors, tuple(terms(text)))
        for text, vectors in zip(questions, library.encode_questions(questions), strict=True)
    ]
