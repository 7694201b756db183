"""What the reader learns from: a question, a window, whether it answers, and where."""

from dataclasses import dataclass

from index.types import Span


@dataclass(frozen=True, slots=True)
class Example:
    """A question or claim, and a window under a title ("" for none).

    `answers` says whether the window answers (bears the claim out), `answer` where in it, None also
    where nobody says. `kind` names how it was made.
    """

    kind: str
    question: str
    title: str
    window: str
    answer: Span | None
    answers: bool
