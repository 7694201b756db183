"""Messages -> the text that a model in this process is given; its tokens -> text, as it comes."""

from collections.abc import Callable, Mapping, Sequence

from rag.models.language_model import Message

Template = Callable[[Sequence[Mapping[str, str]]], str]
"""Writes messages, each with `role` and `content`, as the model was taught to read them."""

_HALF_A_CHARACTER = "\N{REPLACEMENT CHARACTER}"


class Decoder:
    """Gives the text that each token adds, characters of several tokens whole."""

    def __init__(self, decode: Callable[[Sequence[int]], str]) -> None:
        """Take what makes a text of tokens."""
        self._decode = decode
        self._tokens: list[int] = []
        # Tokens before `_shown` are decoded no more, those before `_read` are shown.
        self._shown = self._read = 0

    def add(self, token: int) -> str:
        """Return what a token adds, "" in the middle of a character."""
        self._tokens.append(token)
        before = self._decode(self._tokens[self._shown : self._read])
        text = self._decode(self._tokens[self._shown :])
        if text.endswith(_HALF_A_CHARACTER):
            return ""
        self._shown, self._read = self._read, len(self._tokens)
        return text[len(before) :]


class Defuser:
    """Parts the control tokens of a model in a text: they would be read as commands to it."""

    def __init__(self, control_tokens: Sequence[str]) -> None:
        """Take the tokens."""
        self._tokens = sorted({t for t in control_tokens if len(t) > 1}, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return the text with a space in each of them."""
        for token in self._tokens:
            text = text.replace(token, f"{token[0]} {token[1:]}")
        return text


def rendered(messages: Sequence[Message], template: Template, defused: Defuser) -> str:
    """Return the messages as the template writes them, as one where it knows no system message."""
    plain = [{"role": m.role, "content": defused(m.content)} for m in messages]
    try:
        return template(plain)
    except Exception:  # noqa: BLE001 (a template raises what it likes)
        joined = "\n\n".join(message["content"] for message in plain)
        return template([{"role": "user", "content": joined}])
