"""What kind of answer a question asks for, read from its words, in ten languages.

A kind is said only where the words say it: a question may be of several kinds or of none. What says
it stands in `languages/*.ini`, as `lists`, `steps` and `yes_no`.
"""

from functools import cache

import regex

from index.search.terms import terms
from rag.understanding.language import detect
from rag.understanding.tables import any_pattern, pattern, tables

_BARE = frozenset(
    terms(
        "怎么 怎样 怎么样 怎么办 什么 是什么 为什么 哪 哪里 哪个 谁 多少 几 何时 如何 吗 呢 啊"
        " what who whom where when why how which is it this that"
        " wie was wer wo wann warum wieso welche cómo qué quién dónde cuándo"
        " comment quoi qui où quand pourquoi как что кто где когда почему"
        " なぜ 何 どう 誰 왜 무엇 누구 어디 كيف ماذا أين متى لماذا sao gì ai đâu"
    )
)
"""Alone, these ask for nothing."""


def asks_nothing(question: str) -> bool:
    """Return whether a message is nothing but words to ask with.

    >>> asks_nothing("怎么"), asks_nothing("Why?"), asks_nothing("怎么登录")
    (True, True, False)
    """
    return set(terms(question)) <= _BARE


def is_list_question(question: str) -> bool:
    """Return whether a question asks for several things.

    >>> is_list_question("有哪些展厅？"), is_list_question("Which rooms are open?")
    (True, True)
    """
    return any_pattern("lists").search(question) is not None


def is_procedure_question(question: str) -> bool:
    """Return whether a question asks how to do something, for steps.

    >>> is_procedure_question("怎么办理居住证？"), is_procedure_question("这个展览怎么样？")
    (True, False)
    """
    return any_pattern("steps").search(question) is not None


def is_yes_no_question(question: str) -> bool:
    """Return whether a question is answered by yes or no, and by no words of a document.

    >>> is_yes_no_question("周一开门吗？"), is_yes_no_question("Is it open on Mondays?")
    (True, True)
    >>> is_yes_no_question("你知道几点开门吗？"), is_yes_no_question("Is it open or closed?")
    (False, False)
    """
    table = tables()[detect(question)]
    return "yes_no" in table and _pattern(table["yes_no"]).search(question.strip()) is not None


@cache
def _pattern(text: str) -> "regex.Pattern[str]":
    return pattern(text)
