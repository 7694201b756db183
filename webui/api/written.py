"""An answer as one text in Markdown: its sentences with marks, and below them the quotations."""

import regex

from rag.texts import texts
from rag.types import Answer, Citation

_SOURCES = "\n\n---\n\n"
"""What stands between the text of an answer and its quotations."""

_BELOW = regex.compile(r"\n\n---\n\n\*\*\[\d+\]\*\* .*", regex.DOTALL)


class Writing:
    """What is still to be sent of an answer that grows. What was sent stays sent."""

    def __init__(self) -> None:
        """Nothing is sent yet."""
        self._sent = ""
        self._above = ""

    def more(self, answer: Answer) -> str:
        """Return what an answer says beyond what was sent; "" where it says something else."""
        if not answer.text:
            return ""
        if not self._sent:
            self._above = above(answer)
        text = self._above + answer.text
        if not text.startswith(self._sent):
            return ""  # it may come back to that, or `rest` tells
        more, self._sent = text[len(self._sent) :], text
        return more

    def rest(self, answer: Answer) -> str:
        """Return what follows at the end: what is not sent, notice and quotations.

        Where the answer was replaced by another, as where nothing of what a model wrote is
        supported, that stands below what was sent.
        """
        more = self.more(answer)
        replaced = self._sent != self._above + answer.text
        said = f"{_SOURCES}{above(answer)}{answer.text}" if replaced else more
        return said + below(answer)


def written(answer: Answer) -> str:
    """Return a whole answer."""
    return above(answer) + answer.text + below(answer)


def above(answer: Answer) -> str:
    """Return what stands ahead of an answer: how sure it is, and its short form."""
    said = []
    if answer.state == "possible":
        said.append(f"*{texts(answer.language).possible}*")
    if answer.short and not answer.declined and not answer.text.startswith(answer.short.cited):
        said.append(f"**{answer.short.text}**[{answer.short.citation}]")
    return "".join(f"{each}\n\n" for each in said)


def below(answer: Answer) -> str:
    """Return what stands below an answer: what to know of it, and what it cites."""
    notice = f"\n\n*{answer.notice}*" if answer.notice else ""
    if not answer.citations:
        return notice
    return notice + _SOURCES + "\n\n".join(map(_source, answer.citations))


def without_sources(text: str) -> str:
    r"""Return the text of an answer that `written` has made, without its quotations.

    >>> without_sources("418万箱。[1]\n\n---\n\n**[1]** 年报\n> 共418万箱")
    '418万箱。[1]'
    """
    return _BELOW.sub("", text)


def _source(citation: Citation) -> str:
    known = citation.metadata
    page = None if citation.page is None else f"p. {citation.page}"
    place = f"{citation.doc_id}:{citation.start}-{citation.end}"
    said = " · ".join(
        filter(None, (known.title, known.author, known.date, page or citation.place, place))
    )
    quote = "\n".join(f"> {line}" for line in citation.quote.splitlines())
    return f"**[{citation.number}]** {' '.join(said.split())}\n{quote}"
