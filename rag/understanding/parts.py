# ruff: noqa: E501 (a row of a table stays on its line)
"""Several questions in one ("When was it founded, and who leads it?"), each with what it lacks.

Each can be searched for by itself. What is not sure to be several stays whole: that is the harmless
mistake.
"""

from dataclasses import dataclass
from functools import cache

import regex

from index.text.folding import simplified
from rag.understanding.comparing import compared
from rag.understanding.references import Spaced, attributes, spaced

_LONGEST = 300
"""A longer message is no question of several parts but a text."""
_MOST_PARTS = 4
_OUTER = " \t\n,，、.。!！?？:：;；¿¡؟"
_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
_HAN = regex.compile(r"\p{Han}")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a question: what it is about, or as it was typed, and as a question of its own."""

    about: str
    question: str


def parts(question: str) -> list[Part]:
    """Return the parts of a question that asks several things or compares them, none of any other.

    The question should be as it was asked: one that was completed from the conversation holds the
    earlier question, which would be a part.

    >>> [part.question for part in parts("福田区的面积有多大，有多少所学校？")]
    ['福田区的面积有多大？', '福田区有多少所学校？']
    >>> parts("What is the relation between the X1 and the X2?"), parts("张三和李四是什么关系？")
    ([], [])
    """
    if len(question) > _LONGEST:
        return []
    if _HAN.search(question) and not _KANA.search(question):
        question = simplified(question)
    return _several(question.strip()) or [Part(*each) for each in compared(question.strip())]


_ATTRIBUTES = attributes("zh") | {
    "保修",
    "售价",
    "人数",
    "地址",
    "电话",
    "租金",
    "工资",
    "产量",
    "收入",
}
_ATTRIBUTES |= {"续航", "重量", "尺寸", "学费", "房价", "利率", "气温", "年龄", "规模", "负责"}
_ATTRIBUTE = f"(?:[A-Z]{{2,5}}|{'|'.join(sorted(_ATTRIBUTES))})"
_OF_ATTRIBUTE = regex.compile(
    rf"(?P<owner>(?:\p{{Han}}{{2,}}?(?:\d{{4}}年)?)?){_ATTRIBUTE}(?:[和与、]{_ATTRIBUTE})*"
)


def _capitalised(question: str) -> str:
    return question[:1].upper() + question[1:]


_ASKS_ZH = regex.compile(
    r"什么|谁|哪(?!怕)|多少|几(?![乎十百千万])|怎|何(?![况])|如何|是否|吗|多[长高大久远快重宽深厚]|有没有|是不是|能不能"
)
_NO_QUESTION_ZH = regex.compile(r"无论|不管|不论|任何|什么的|知道|认为|解释|说明|哪怕|介绍")
_JOINS_ZH = regex.compile(
    r"[，,；;。？?！!]+\s*(?:另外|还有|以及|并且|而且|同时|那么|那|和|又|请问)?[，,]?|(?:以及|还有)(?=谁|什么|哪|多少|几|怎)"
)
_CLAUSE_ZH = regex.compile(
    r"(?:当|在|如果|假如|自从|自|为了|根据|按照|关于|对于|随着|虽然|由于).*|.{1,20}(?:时|后|前|中|里|上|方面)"
)
_VERB_ZH = (
    r"成立|建成|建于|建立|开业|创办|创建|创立|位于|坐落|包括|包含|属于|发布|支持|开始|结束|占地|拥有|得到|获得"
    r"|花了?|用了?|投资|投入|举行|召开|开幕|出生|去世|毕业|上市|需要|采用|计划|开通|完工|竣工|开工|运营|收费|叫|住|卖"
)
_ADVERB_ZH = r"(?:现在|目前|如今|当时|后来|总共|一共|共|都|已经?|今年|去年|其中|将来|以后|最后|最近|分别|还|也|又|并)"
_SUBJECT_ZH = regex.compile(
    rf"(?P<subject>[^，,。？?]{{2,18}}?)(?=(?:的|是|在|有|于|为|由|被|将|要|会|能|可以|{_ADVERB_ZH}|{_VERB_ZH}"
    r"|什么|谁|哪|多少|几|怎|何|如何|多[长高大久远快重]))"
)
_LACKS_ZH = regex.compile(
    rf"{_ADVERB_ZH}*+(?:有|是|在|由|为|于|建|占|能|会|可以|要|被|{_VERB_ZH}|什么|谁|哪|多少|几|怎|何|如何|多[长高大久远快重])"
)
_HAS_ZH = regex.compile(rf"{_ADVERB_ZH}*+有")
_PRONOUN_ZH = regex.compile(r"[它他她]们?|(?<![尤与])其(?![中他它实余])")
_POLITE_ZH = regex.compile(r"^(?:请问|请|那么?|想问一下|我想知道)")
_CODE_SUBJECT_ZH = regex.compile(r"[\p{Latin}\d][\p{Latin}\d .+-]*(?=\p{Han})(?![年月日个万亿平])")

_NAME = regex.compile(
    r"(?<!^)(?<![\p{L}\p{N}])\p{Lu}[\p{L}\p{N}'’&.-]*(?: (?:of (?:the )?)?\p{Lu}[\p{L}\p{N}'’&-]*)*"
)
_IT = {
    "en": regex.compile(r"\b(?:(?P<of>its|his|their)|it|he|she|they|them|him)\b", regex.IGNORECASE),
    "de": regex.compile(r"\b(?:er|sie|es|ihn|ihm)\b"),
}
_JOINS_JA = regex.compile(r"[、。？?]\s*(?:また|そして|それで)?、?")
_ASKS_JA = regex.compile(r"いつ|何|なに|誰|だれ|どこ|いくつ|いくら|どの|どう|なぜ|ですか$|ますか$")
_TOPIC_JA = regex.compile(r"(?P<topic>[^、。？?は]{1,24})は")
_SHORTEST = 3
"""Words of a clause that is a question: "who leads it"."""


def _several(question: str) -> list[Part]:
    """Return a part for each question."""
    if _KANA.search(question):
        clauses = _clauses_ja(question)
    elif _HAN.search(question):
        clauses = _clauses_zh(question)
    else:
        clauses = _clauses_spaced(question)
    if not 1 < len(clauses) <= _MOST_PARTS:
        return []
    found: list[Part] = []
    for asked, whole in clauses:
        found += [Part(*each) for each in compared(whole)] or [Part(asked, whole)]
    return found


@dataclass(frozen=True, slots=True)
class _Joined:
    """How the questions of one language begin, and what joins them: ", and since when"."""

    asks: "regex.Pattern[str]"
    joins: "regex.Pattern[str]"
    asks_later: "regex.Pattern[str]"


@cache
def _joined() -> dict[str, _Joined]:
    return {language: _joined_in(own) for language, own in spaced().items()}


def _joined_in(own: Spaced) -> _Joined:
    """Return it as made of the words that a question is told by: a little one may stand in front."""
    in_front = rf"(?:(?:{'|'.join(own.known - own.asks - own.joins)}) )?"
    asks = rf"{in_front}(?:{'|'.join(own.asks)})\b"
    joins = rf"(?:,? |[?;]\s+)(?:{'|'.join(own.joins)}) {in_front}|[?;]\s+"
    return _Joined(
        regex.compile(rf"¿?{asks}", regex.IGNORECASE),
        regex.compile(rf"(?:{joins})¿?(?={asks})", regex.IGNORECASE),
        regex.compile(rf"\b{asks}", regex.IGNORECASE),
    )


_Clause = tuple[str, str]
"""A question as it was typed among others, and with what it lacks."""


def _clauses_zh(question: str) -> list[_Clause]:
    typed = [clause for each in _JOINS_ZH.split(question) if (clause := each.strip(_OUTER))]
    leading = ""
    if len(typed) > 2 and not _ASKS_ZH.search(typed[0]) and _CLAUSE_ZH.fullmatch(typed[0]):
        leading = typed.pop(0) + "，"
    if len(typed) < 2 or not all(len(each) > 2 and _ASKS_ZH.search(each) for each in typed):
        return []
    if _NO_QUESTION_ZH.search(question):
        return []
    subject = "" if compared(typed[0]) else _subject_zh(typed[0])
    whole = [typed[0], *(_with_subject_zh(each, subject) for each in typed[1:])]
    return [(a, f"{leading}{b}？") for a, b in zip(typed, whole, strict=True)]


def _subject_zh(clause: str) -> str:
    """Return what a clause is about, empty where it names nothing."""
    clause = _POLITE_ZH.sub("", clause)
    if code := _CODE_SUBJECT_ZH.match(clause):
        return code[0].strip()
    if _LACKS_ZH.match(clause) or _PRONOUN_ZH.match(clause):
        return ""
    found = _SUBJECT_ZH.match(clause)
    return found["subject"] if found else ""


def _with_subject_zh(clause: str, subject: str) -> str:
    if not subject or subject in clause:
        return clause
    if pronoun := _PRONOUN_ZH.search(clause):
        of = "的" if pronoun[0] == "其" else ""
        return clause[: pronoun.start()] + subject + of + clause[pronoun.end() :]
    if clause[:2] in _ATTRIBUTES or _HAS_ZH.match(clause):  # of 福田区, not of 福田区GDP
        found = _OF_ATTRIBUTE.fullmatch(subject)
        subject = found["owner"] if found else subject
    if clause[:2] in _ATTRIBUTES:
        return f"{subject}的{clause}" if subject else clause
    return subject + clause if _LACKS_ZH.match(clause) else clause


def _clauses_ja(question: str) -> list[_Clause]:
    typed = [clause for each in _JOINS_JA.split(question) if (clause := each.strip(_OUTER))]
    if len(typed) < 2 or not all(len(each) > 3 and _ASKS_JA.search(each) for each in typed):
        return []
    topic = _TOPIC_JA.match(typed[0])
    lead = topic[0] if topic and not _ASKS_JA.search(topic["topic"]) else ""
    whole = [
        typed[0],
        *(each if regex.search("[はが]", each) else lead + each for each in typed[1:]),
    ]
    return [(a, f"{b}？") for a, b in zip(typed, whole, strict=True)]


def _clauses_spaced(question: str) -> list[_Clause]:
    for language, own in _joined().items():
        if not own.asks.match(question):
            continue
        places = list(own.joins.finditer(question))
        if not places:
            continue
        starts = [0, *(_clause_start(question, place.start(), place.end()) for place in places)]
        ends = [*(place.start() for place in places), len(question)]
        typed = [question[a:b].strip(_OUTER) for a, b in zip(starts, ends, strict=True)]
        if all(_is_question(clause, own, language) for clause in typed):
            whole = [typed[0], *(_with_subject(each, typed[0], language) for each in typed[1:])]
            mark = "¿" if language == "es" else ""
            return [(a, f"{mark}{_capitalised(b)}?") for a, b in zip(typed, whole, strict=True)]
    return []


def _clause_start(question: str, start: int, end: int) -> int:
    """Return where a clause begins behind its "and": at a preposition in front of what it asks."""
    joined = regex.match(
        r"(?:,? \p{L}{1,3}(?: also| then)?|[?;]\s*+(?:and|und|et|y|и)?) *+", question, pos=start
    )
    return min(joined.end(), end) if joined else end


def _is_question(clause: str, own: _Joined, language: str) -> bool:
    """Return whether a clause asks and holds a verb, and no clause that "and" could go on with."""
    words = clause.casefold().split()
    asked = own.asks.match(clause)
    if asked is None or len(words) < _SHORTEST or own.asks_later.search(clause, asked.end()):
        return False
    if language != "en" or words[0] in ("who", "what"):
        return True
    return not spaced()[language].links.isdisjoint(words)


def _with_subject(clause: str, first: str, language: str) -> str:
    """Return a clause with what its pronoun means: a name, or where none is clear, the first."""
    pronoun = _IT.get(language)
    found = pronoun.search(clause) if pronoun else None
    if pronoun is None or found is None or pronoun.search(first):
        return clause
    names = [name.group() for name in _NAME.finditer(first)]
    if len(names) != 1 or language == "de":
        return f"{first}? {_capitalised(clause)}"
    name = names[0] + ("'s" if found.groupdict().get("of") else "")
    return f"{clause[: found.start()]}{name}{clause[found.end() :]}"
