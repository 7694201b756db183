# ruff: noqa: E501 (a row of a table stays on its line)
"""The words that answer, widened or trimmed until they can be shown by themselves.

A reading model points at a span; where exactly it begins and ends is chance. Here it takes with it
what it cannot be read without (the rest of a word, a figure's unit and qualifiers, the other half of
a bracket or a quotation, of a list all items) and loses what says nothing (punctuation, particles).
All of it stays within the sentence, verbatim. Time is linear.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator

import regex

from index.cutting.paragraphs import columns
from index.cutting.rows import cells_of
from index.search.terms import CLUSTER
from index.text.folding import fold
from index.types import Span
from rag.understanding.question_kinds import is_choice_question, is_list_question
from rag.writing.qualified_figures import with_figures

_MOST_COLUMNS = 120

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}ー\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_IN_WORD = rf"[[\p{{L}}\p{{M}}\p{{N}}_]--[{_UNSPACED}\p{{Hangul}}]]"
_WORD = regex.compile(
    rf"(?V1)(?:\p{{L}}\.){{2,}}+|{_IN_WORD}++(?:(?:['’‐‑@_/-]|\.(?=[\p{{Ll}}\p{{N}}])|&(?=\p{{Lu}}))"
    rf"{_IN_WORD}++)*+"
)
_EOJEOL = regex.compile(r"\p{Hangul}++")
_JOSA = regex.compile(
    "은|는|이|가|을|를|에|에서|에게|의|로|으로|와|과|도|만|까지|부터|에는|에서는|이다|입니다|이며|이고|였다|이었다"
    "|라고|이라고|처럼|보다"
)


def short_answer(question: str, document_text: str, sentence: Span, found: Span) -> Span | None:
    """Return the words that answer a question, given what a reader found in a sentence.

    Spans are in characters of the document's text; the result is within the sentence. None where
    nothing remains that answers: punctuation, words of the question, a question; also where the
    answer is too long to be short and is no list.

    >>> text = "目前全区共建成约5260个5G基站。"
    >>> answer = short_answer("有多少个基站？", text, Span(0, len(text)), Span(8, 11))
    >>> text[answer.start : answer.end]
    '约5260个'
    """
    sentence = _cell(document_text, sentence, found)
    start, end = max(found.start, sentence.start), min(found.end, sentence.end)
    if start >= end:
        return None
    pairs = list(_pairs(document_text, sentence))
    span = _whole_words(document_text, sentence, Span(start, end))
    span = with_figures(document_text, sentence, _trimmed(document_text, sentence, span, pairs))
    listed = span
    if is_list_question(question):
        listed = _whole_list(document_text, sentence, span, pairs)
    whole = _whole_pairs(document_text, _whole_words(document_text, sentence, listed), pairs)
    whole = _trimmed(document_text, sentence, whole, pairs)
    whole = _whole_clusters(document_text, sentence, whole)
    words = document_text[whole.start : whole.end]
    if columns(words) > _MOST_COLUMNS and listed == span:
        return None
    if not _says_something(words, question) or _is_asked(document_text, sentence, whole):
        return None
    return whole


def _cell(text: str, sentence: Span, found: Span) -> Span:
    """Return the cell that the span begins in where the sentence is a table's row."""
    places = (cell.place for cell in cells_of(text, sentence))
    return next((p for p in places if p.start <= found.start < p.end), sentence)


# -- words and graphemes ----------------------------------------------------------------------


def _whole_words(text: str, sentence: Span, span: Span) -> Span:
    """Return the span with the words, of scripts that have them, whole at both ends."""
    start, end = span
    for word in _WORD.finditer(text, *sentence):
        if word.start() < span.start < word.end():
            start = word.start()
        if word.start() < span.end < word.end():
            end = word.end()
    for word in _EOJEOL.finditer(text, *sentence):
        if word.start() < span.start < word.end():
            start = word.start()
        # A particle belongs to the sentence, not to the answer.
        if word.start() < span.end < word.end() and not _JOSA.fullmatch(text, span.end, word.end()):
            end = word.end()
    return Span(start, end)


def _whole_clusters(text: str, sentence: Span, span: Span) -> Span:
    """Return the span with the graphemes whole at both ends."""
    ends = [sentence.start, *(cluster.end() for cluster in CLUSTER.finditer(text, *sentence))]
    return Span(ends[bisect_right(ends, span.start) - 1], ends[bisect_left(ends, span.end)])


# -- brackets and quotations ------------------------------------------------------------------

_CLOSED_BY = {
    **dict(zip("([{（［｛【〔《〈「『«‹“", ")]}）］｝】〕》〉」』»›”", strict=True)),
    "„": "“”",
    "»": "«",
    "›": "‹",
}
_OPENERS = {
    closer: "".join(opener for opener, closers in _CLOSED_BY.items() if closer in closers)
    for closer in "".join(_CLOSED_BY.values())
}
_BRACKET = regex.compile(rf"[{regex.escape(''.join({*_CLOSED_BY, *_OPENERS}))}\"]")
_TITLES = "《〈"
_ROUND = {"(": ")", "（": "）", "[": "]", "［": "］", "【": "】"}


def _pairs(text: str, sentence: Span) -> Iterator[Span]:
    """Yield the places of each bracket or quotation mark and of the one that closes it.

    What has no other half is left out; the pairs never cross.
    """
    open_at: list[int] = []
    waiting: Counter[str] = Counter()
    for bracket in _BRACKET.finditer(text, *sentence):
        mark = bracket[0]
        openers = '"' if mark == '"' else _OPENERS.get(mark, "")
        if not any(waiting[opener] for opener in openers):
            if mark in _CLOSED_BY or mark == '"':
                open_at.append(bracket.start())
                waiting[mark] += 1
            continue
        while True:
            place = open_at.pop()
            waiting[text[place]] -= 1
            if text[place] in openers:
                yield Span(place, bracket.start())
                break


def _whole_pairs(text: str, span: Span, pairs: list[Span]) -> Span:
    """Return the span with both halves of each pair of which it has one, and with whole titles."""
    start, end = span
    for opening, closing in pairs:
        if text[opening] in _TITLES and closing - opening < _MOST_COLUMNS // 2:
            if opening < span.end and span.start <= closing:
                start, end = min(start, opening), max(end, closing + 1)
        elif span.start <= opening < span.end <= closing:
            end = max(end, closing + 1)
        elif opening < span.start <= closing < span.end:
            start = min(start, opening)
    return Span(start, end)


# -- what says nothing ------------------------------------------------------------------------

_LOOSE = regex.compile(r"(?V1)[\s[\p{P}--[%‰‱#@&*§′″٪]]]")
_SIGN = regex.compile(r"[-−–]\p{Nd}")
_INITIALS = regex.compile(r"(?:\p{L}\.){2,}+")
_INITIALS_REACH = 12
_LEADING = regex.compile(
    r"""的(?![士确])|了(?![解不])|是(?![否非])|和(?![平谐睦解气])|与(?![会])|以及|及(?![时其格早第])
      |[はがをにでとも](?=[\p{Han}\p{Katakana}\p{N}])
      |(?:and|or|but|is|are|was|were|und|oder|aber|ist|sind|war|waren|et|ou|mais|est|sont|y|o|pero|es|son|и|или|а|но|và|là
         |و|أو)\s""",
    regex.VERBOSE,
)
_TRAILING = regex.compile(
    r"""(?:(?<![目标有真众似])的|(?<![总共温饱缓柔融祥随谐调平])和|(?<![参给赋])与|(?<![普涉埃提危波以])及|以及|(?<!不)或
      |(?<=[\p{Han}\p{Katakana}\p{N}」』）])[はがをにでのとも]
      |\s(?:and|or|of|the|an?|to|with|from|by|und|oder|der|die|das|dem|den|von|mit|et|ou|de|du|des|la|le|les|y|o|el|los|las|del
         |и|или|с|на|و|أو|في|من|và|hoặc|của))$""",
    regex.VERBOSE,
)
_GOES_ON = regex.compile(r"\s?[\p{L}\p{N}“«„「『《\"(]")
_PARTICLE_REACH = 8
_MOST_PARTICLES = 3


def _trimmed(text: str, sentence: Span, span: Span, pairs: list[Span]) -> Span:
    """Return the span without loose punctuation and dangling particles at its ends."""
    closing = dict(pairs)
    opening = {close: place for place, close in pairs}
    start, end = span
    for _ in range(_MOST_PARTICLES):
        before = start, end
        start, end = _without_marks(text, sentence, Span(start, end), closing, opening)
        if leading := _LEADING.match(text, start, end):
            start = leading.end() if leading.end() < end else start
        trailing = _TRAILING.search(text, max(start, end - _PARTICLE_REACH), end)
        if trailing and trailing.start() > start and _GOES_ON.match(text, end, sentence.end):
            end = trailing.start()
        if (start, end) == before:
            break
    return _without_marks(text, sentence, Span(start, end), closing, opening)


def _without_marks(
    text: str, sentence: Span, span: Span, closing: dict[int, int], opening: dict[int, int]
) -> Span:
    """Return the span without punctuation at its ends, but for what opens or closes a pair there."""
    start, end = span
    while start < end:
        if closing.get(start) == end - 1 and text[start] in _ROUND:
            start, end = start + 1, end - 1
        elif start in closing or _SIGN.match(text, start) or not _LOOSE.match(text, start):
            break
        else:
            start += 1
    while start < end:
        loose = _LOOSE.match(text, end - 1)
        if not loose or end - 1 in opening or _is_abbreviated(text, sentence, end):
            break
        end -= 1
    return Span(start, end)


def _is_abbreviated(text: str, sentence: Span, end: int) -> bool:
    """Return whether the period before a place belongs to the word: U.S., Inc. inside a sentence."""
    if text[end - 1] != ".":
        return False
    if end < sentence.end and text[end - 2 : end - 1].isalpha():
        return text[end].isspace()
    reach = max(sentence.start, end - _INITIALS_REACH)
    return any(found.end() == end for found in _INITIALS.finditer(text, reach, end))


# -- lists ------------------------------------------------------------------------------------

_SEPARATOR = regex.compile(
    r"""(?P<comma>，)
      | (?P<end>[。！？!?…]|——|[;；])
      | (?: [、﹑・،;] | ,(?!\d)|(?<!\d),(?=\d) ) \s?
        (?:(?:and|or|und|oder|sowie|et|ou|y|o|и|или|và|hoặc|그리고|及び|並びに)\s|以及|和|及|与|或)?
      | (?<=\s)(?:and|or|und|oder|sowie|et|ou|y|e|и|или|và|hoặc|및|그리고|&)\s | \s(?=و\p{Arabic})
      | 以及|及び|並びに|および|(?<![总共温饱缓柔融祥随谐调平])和(?![平谐睦解气])|(?<![普涉埃提危波])及(?![时其格早第])
      | (?<=[”》」』])(?=[“《「『])
    """,
    regex.VERBOSE,
)
_COLON = regex.compile(r"[：﹕]|(?<!\d):|:(?![\d/])")
_OPENS_LIST = regex.compile(
    r"""是?指(?:的是)?|包括|包含|涵盖|涉及|分别[是为]|分[为成]|例如|比如|譬如|如(?![何果今此期实])|即(?![将使])|设?有(?![关效限机利序])|是(?![否非])
      |为(?![了何主期民])|[^\P{Han}]过|(?<=[建设成立取推])了|には|は|が|として
      |\b(?:includes?|included|including|such\sas|are|is|were|was|namely|like|comprises?|contains?|consists?\sof|offers?|has|have|had
         |provides?|sells?|serves?|sind|ist|war|waren|umfass(?:t|en)|wie|nämlich|darunter|bietet|bieten|hat|haben|gibt\ses
         |sont|est|comprend|comprennent|comme|notamment|dont|proposent?|offre(?:nt)?|son|es|incluyen?|como|comprenden?|tienen?|ofrecen?|hay
         |включает|включают|это|являются|есть|имеет|предлагает|هي|تشمل|يشمل|مثل|تضم|يضم|gồm|là|như|có)\s
    """,
    regex.VERBOSE,
)
_ENDS_LIST = regex.compile(
    r"""(?P<within>等(?![级待候于额离同]))|[共这][\p{N}一二两三四五六七八九十]+[个大项类种所家条]|[二三四五六七八九十两]+(?:个|大|项|类|种|所|家)
      |组成|构成|共同|均|都(?!市)|など
      |,?\s(?:which|who|that|where|are|is|were|was|have|has|had|will|sind|waren|gehören|werden|wurden|haben|sont|étaient|son|eran)\s
    """,
    regex.VERBOSE,
)


def _whole_list(text: str, sentence: Span, span: Span, pairs: list[Span]) -> Span:
    """Return all items of the list that a span is in, the span itself where it is in none."""
    region = _surroundings(sentence, span, pairs)
    introduced = [m.end() for m in _COLON.finditer(text, region.start, span.start)]
    separators = []
    for separator in _outside(_SEPARATOR.finditer(text, *region), span, pairs):
        clause = separator["end"] or (separator["comma"] and not introduced)
        if separator["end"] in (";", "；") and introduced:
            clause = None
        if not clause:
            separators.append(Span(*separator.span()))
        elif separator.end() <= span.start:
            region, separators = Span(separator.end(), region.end), []
        elif separator.start() >= span.end:
            region = Span(region.start, separator.start())
            break
    if introduced and introduced[-1] >= region.start:
        region = Span(introduced[-1], region.end)
        separators = [each for each in separators if each.start >= region.start]
    separators = [
        each for each in separators if region.start < each.start and each.end < region.end
    ]
    if not separators:
        return span
    return Span(
        _list_start(text, region, span, separators[0], introduced=bool(introduced)),
        _list_end(text, region, span, separators[-1]),
    )


def _surroundings(sentence: Span, span: Span, pairs: list[Span]) -> Span:
    """Return the inside of the smallest brackets around a span, else the sentence."""
    around = [pair for pair in pairs if pair.start < span.start and span.end <= pair.end]
    least = max(around, default=None)
    # An item in quotation marks is one of a list outside of them.
    if least is None or (least.start + 1, least.end) == span:
        return sentence
    return Span(least.start + 1, least.end)


def _outside(
    separators: "Iterator[regex.Match[str]]", span: Span, pairs: list[Span]
) -> Iterator["regex.Match[str]"]:
    """Yield the separators that are in no brackets, but for those that the span is in too."""
    inner = sorted(pair for pair in pairs if not (pair.start < span.start and span.end <= pair.end))
    outermost: list[Span] = []
    for pair in inner:
        if not outermost or pair.start > outermost[-1].end:
            outermost.append(pair)
    starts = [pair.start for pair in outermost]
    for separator in separators:
        at = bisect_left(starts, separator.start()) - 1
        if at < 0 or outermost[at].end <= separator.start():
            yield separator


def _list_start(text: str, region: Span, span: Span, first: Span, *, introduced: bool) -> int:
    """Return where the first item begins."""
    if span.start < first.start:
        return span.start
    if introduced:
        return region.start
    openings = [m.end() for m in _OPENS_LIST.finditer(text, region.start, first.start)]
    return next((end for end in reversed(openings) if end < first.start), region.start)


def _list_end(text: str, region: Span, span: Span, last: Span) -> int:
    """Return where the last item ends."""
    behind = max(last.end, span.end)
    ending = _ENDS_LIST.search(text, behind if span.end > last.start else last.end + 1, region.end)
    if span.end > last.start:
        follows = ending is not None and ending.start() == span.end and ending["within"]
        return ending.end() if ending and follows else span.end
    if ending is None:
        return region.end
    return ending.end() if ending["within"] else ending.start()


# -- what answers nothing ---------------------------------------------------------------------

_TOKEN = regex.compile(rf"(?V1)[{_UNSPACED}\p{{Hangul}}]++|{_IN_WORD}++")
_ARTICLES = (
    "a an the der die das den dem des ein eine einen einem einer le la les l un une el los las una "
    "unas"
)
_DETERMINERS = frozenset(_ARTICLES.split())
_ASKED = regex.compile(r"[\s\p{Pe}\p{Pf}\"']*+[?？؟⁇⁈]")


def _says_something(words: str, question: str) -> bool:
    """Return whether there is a word that the question does not hold, or that it lets choose."""
    tokens = set(_TOKEN.findall(fold(words)))
    if not tokens or is_choice_question(question):
        return bool(tokens)
    asked = fold(question)
    known = {*_TOKEN.findall(asked), *_DETERMINERS}
    return any(
        token not in known
        and not (regex.match(rf"[{_UNSPACED}\p{{Hangul}}]", token) and token in asked)
        for token in tokens
    )


def _is_asked(text: str, sentence: Span, span: Span) -> bool:
    """Return whether the words are a question themselves, or the end of one."""
    return _ASKED.match(text, span.end, sentence.end) is not None
