"""A statement -> the question that it answers, by rules, in Chinese, English and German.

Only what the grammar of a language turns safely is turned. Chinese asks where the answer stands
("建成5260个基站" → "建成多少个基站"). English puts an auxiliary in front ("was built in 1892" →
"When was … built?"), German has the verb in second place already ("Am 3. Oktober wurde …" → "Wann
wurde …?"). Everything else gives no question: none is better than one that nobody would ask.
"""

import regex

from rag.writing import turning_de, turning_en, turning_zh

_LONGEST = {"zh": 34, "en": 90, "de": 90}
"""Characters of a question; a longer one is not read."""
_MOST_READ = 300


def questions(sentence: str, language: str) -> list[str]:
    """Return the questions that a sentence answers, the most natural kind first.

    >>> questions("青石港在2031年共装卸集装箱418万箱，比上一年增加7%。", "zh")
    ['青石港在2031年共装卸集装箱多少箱？', '青石港在2031年共装卸集装箱418万箱，比上一年增加多少？']
    >>> questions("The mill was built in 1892 by a baker.", "en")
    ['When was the mill built by a baker?']
    >>> questions("Am 3. Oktober 1987 wurde die Mühle ein Museum.", "de")
    ['Wann wurde die Mühle ein Museum?']
    """
    turn = _TURNS.get(language)
    if turn is None or len(sentence) > _MOST_READ or _UNFIT.search(sentence):
        return []
    made = (_SPACE.sub("", " ".join(question.split())) for question in turn.asked(sentence.strip()))
    return [
        each for each in dict.fromkeys(made) if _is_whole(each) and len(each) <= _LONGEST[language]
    ]


_SPACE = regex.compile(r"(?<=\p{Han})\s|\s(?=[\p{Han}？])")
_PAIRS = ("()", "（）", "“”", "„“", "《》", "「」")


def _is_whole(question: str) -> bool:
    """Return whether every bracket and quotation mark has its other half."""
    return all(question.count(pair[0]) == question.count(pair[1]) for pair in _PAIRS)


_UNFIT = regex.compile(r"[?？!！|#*`<>\[\]{}=_\n\t]|https?:|\.{3}|…")
"""What no plain statement holds."""


_TURNS = {"zh": turning_zh, "en": turning_en, "de": turning_de}
