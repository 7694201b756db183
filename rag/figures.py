"""The figure or date that a question asks for, lifted out of the sentence that answers it.

Only where there is no choice to make: the question asks for a quantity or a time, and the sentence
holds exactly one. What is lifted is a piece of the quotation, character by character.
"""

import regex

_DATE = regex.compile(
    r"""
      \d{4}[年년]\s?(?:\d{1,2}[月월]\s?(?:\d{1,2}[日号일])?)?[底初末]?
    | \d{1,2}[月월]\s?\d{1,2}[日号일]
    | \d{4}-\d{2}(?:-\d{2})?
    | (?:\d{1,2}\.?\s\p{L}{3,12}\s | \p{Lu}\p{L}{2,11}\s\d{1,2},\s)?
      (?<!\d)(?:1\d|20)\d\d(?!\d|[.,]\d)
    """,
    regex.VERBOSE,
)
_QUANTITY = regex.compile(
    r"""
    [$€£¥]?(?<![\p{Latin}\d][.,]?)\d++(?:[.,]\d++)*+(?!\p{Latin})
    (?:\s?[%％‰](?:以上)?
      |[余多]?[十百千万亿]*[余多]?
       (?:平方公里|平方米|公里|厘米|小时|分钟|[个項项条篇名人家座栋处次天年岁元米吨辆份宗支批类部所件本回台只头株])?
       (?:以上)?
    )
    """,
    regex.VERBOSE,
)
_ASKS_WHEN = regex.compile(
    r"""什么时候|何时|哪一?年|哪一?天|哪个月|几月|几号|いつ|何年|何月|何日|언제|몇\s?[년월]|며칠
      |\b(?:when|wh(?:at|ich)\s(?:year|date|day)|wann|welche\w*\s(?:jahr|tag|datum)|quand
          |quel(?:le)?\s(?:année|date|jour)|cuándo|qué\s(?:año|fecha|día)|когда|каком\sгоду
          |متى|khi\snào|bao\sgiờ|năm\snào)\b
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
_ASKS_HOW_MUCH = regex.compile(
    r"""多少|几[个項项条篇名人家座处次天年成分]|多大|多高|多长|多远|占比|比例
      |いくつ|いくら|何[個人件本回枚割台冊]|どのくらい|どれくらい|몇|얼마
      |\b(?:how\s(?:many|much|long|large|big|high|tall|far|old)
          |what\s(?:share|percentage|proportion|number|area)
          |wie\s?viele?|wie\s(?:lang|groß|hoch|weit|alt)|combien|cuánt[oa]s?|сколько
          |quel\spourcentage|qué\sporcentaje|كم|bao\snhiêu|mấy)\b
    """,
    regex.VERBOSE | regex.IGNORECASE,
)


def lacks_figure(question: str, sentence: str) -> bool:
    """Return whether the question asks for a date or a quantity and the sentence holds none.

    >>> lacks_figure("有多少人？", "大家都来了。"), lacks_figure("谁来了？", "大家都来了。")
    (True, False)
    """
    if _ASKS_WHEN.search(question):
        return _DATE.search(sentence) is None
    return _ASKS_HOW_MUCH.search(question) is not None and not _QUANTITY.search(sentence)


def asked_figure(question: str, sentence: str) -> str | None:
    """Return the one date or quantity of the sentence that the question asks for, or None.

    >>> asked_figure("区里建了多少个5G基站？", "全区5260个5G基站已开通。")
    '5260个'
    >>> asked_figure("When did it open?", "It opened on 3 May 1974 with 12 rooms.")
    '3 May 1974'
    >>> asked_figure("多少个？", "共126个，其中56个属于生命科学。") is None
    True
    """
    dates = [match.group().rstrip() for match in _DATE.finditer(sentence)]
    if _ASKS_WHEN.search(question):
        return dates[0] if len(dates) == 1 else None
    if _ASKS_HOW_MUCH.search(question):
        quantities = _QUANTITY.findall(_DATE.sub(" ", sentence))
        return quantities[0] if len(quantities) == 1 else None
    return None
