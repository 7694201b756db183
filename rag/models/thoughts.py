"""What a model thinks aloud ahead of its answer, apart from the answer.

Servers send thoughts by themselves, or the model writes them between <think> and </think>.
"""

from collections.abc import Iterable, Iterator

_THINKING, _THOUGHT = "<think>", "</think>"


class Thought(str):
    """A piece of what a model thinks ahead of its answer: no part of it, and never quoted."""

    __slots__ = ()


def thoughts_apart(pieces: Iterable[str]) -> Iterator[str]:
    """Yield the pieces, what a model thinks aloud ahead of its answer as `Thought`; "" meanwhile.

    >>> parts = list(thoughts_apart(["<thi", "nk>A port?</think>", " Yes", "."]))
    >>> [(type(part).__name__, part) for part in parts if part]
    [('Thought', 'A port?'), ('str', 'Yes'), ('str', '.')]
    """
    ahead, thinking, answering = "", False, False
    for piece in pieces:
        if answering or isinstance(piece, Thought):
            yield piece
            continue
        ahead += piece
        if not thinking and (begun := ahead.lstrip()).startswith(_THINKING):
            thinking, ahead = True, begun[len(_THINKING) :]
        if thinking:
            thought, ended, rest = ahead.partition(_THOUGHT)
            if not ended:
                kept = min(len(ahead), len(_THOUGHT) - 1)  # its end may come in pieces
                yield Thought(ahead[: len(ahead) - kept])
                ahead = ahead[len(ahead) - kept :]
                continue
            yield Thought(thought)
            thinking, ahead = False, rest
        ahead = ahead.lstrip()
        answering = bool(ahead) and not _THINKING.startswith(ahead)
        yield ahead if answering else ""
    if not answering:
        yield Thought(ahead) if thinking else ahead


def without_thoughts(pieces: Iterable[str]) -> Iterator[str]:
    """Yield the pieces less what a model thinks aloud ahead of its answer; "" meanwhile.

    >>> list(without_thoughts(["<thi", "nk>Hm.</think>", " Yes", "."]))
    ['', '', '', 'Yes', '.']
    """
    return ("" if isinstance(each, Thought) else each for each in thoughts_apart(pieces))
