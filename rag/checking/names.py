"""Names and quotations of a sentence that what it cites does not hold.

Scripts with capital letters show their names. Chinese does not: there, a name is told by characters
that stand nowhere in the source, that the embedder's tokenizer knows no word for, and that nothing
in the source is close to in meaning; a paraphrase is made of words. Where sentence and source are
in different languages, names are written differently and not compared.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from index.text.folding import fold
from index.types import Span

_CAPITAL = regex.compile(
    r"(?<![\p{L}\p{N}])(?=[\p{L}\p{N}]*\p{Lu}|\p{N}+\p{Latin})[\p{Latin}\p{Greek}\p{Cyrillic}\p{M}\p{N}]+"
    r"(?:['’-][\p{L}\p{M}\p{N}]+)*"
)
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}]+)?")
_STARTS = regex.compile(r"(?:^|[.!?:;…\n•*–—\"“„«(\[-])\s*$")
_REACH = 6
_QUOTED = regex.compile(
    r"""“([^“”]{2,200})”|„([^„“”]{2,200})[“”]|「([^「」]{2,200})」|『([^『』]{2,200})』
      |《([^《》]{2,200})》|«\s?([^«»]{2,200})\s?»|"([^"]{2,200})\"""",
    regex.VERBOSE,
)
_ENDINGS = ("'s", "’s", "'", "’", "s", "es")
_OF_A_PLACE = ("ian", "n", "an", "ish", "ese", "er", "isch", "ische", "ischen")
_DERIVED = {"", "a", "y", *_ENDINGS, *_OF_A_PLACE}
_LEAST_STEM = 4
_TITLES_WORDS = """
    mr mrs ms dr prof professor sir lady lord president director mayor minister chief captain
    chairman chairwoman warden engineer king queen prince princess pope saint spokesman
    spokeswoman general doctor judge senator governor herr frau monsieur madame señor señora
    don doña january february march april may june july august september october november
    december monday tuesday wednesday thursday friday saturday sunday i ceo
"""
_TITLES = frozenset(_TITLES_WORDS.split())

_HAN = regex.compile(r"\p{Han}")
_FAR = 0.55
"""A token of a name is no closer than this to any token of a source that does not hold it."""
_COMMON = set(
    "的了是在有为和与也都要到会能可把被从对以将用来去上下中里前后过着等及或又还再更最很不没未无非其该这那此每各所"
    "就才只共总约近逾超达至由向往于给让使令叫请问说称讲指按据因如若则即且并而但却虽然同跟比像似做作办开关建设修造种"
    "栽养买卖进出入回走跑坐站看听读写学教打动放拿收交送运带领管住吃喝起停立成变化增减加升降大小多少好坏新旧老长短快"
    "慢早晚远近先已曾正仍尚便够愿想盼需须应得必凭靠自两三四五六七八九十百千万亿零几半第个位名人家户件次天日月年时分"
    "秒点号座条项部篇本份张只头株块层届卷种艘棵场期代季间套门元米吨吸招聘签约获夺摄译载装卸印售租借付赚缴派驻配备占"
    "含包括列排落是他她它们我你您谁何么什吗呢吧啊地得"
)
_OF_PLACES = set("区县市省镇乡村州国岛湖河江桥港站路街")
_COMMON_RUN = regex.compile(rf"[{''.join(sorted(_COMMON - _OF_PLACES))}]{{2,}}.*")
"""Two such characters in a row end a name: 门驿站|养着几匹马."""
_POINTS = set("这那该本此每各某哪整全")
"""What points at a thing is no part of its name: 这座桥."""
_SUFFIX = regex.compile(
    rf"(?:新?[{''.join(sorted(_OF_PLACES))}]|公司|集团|大学|学院|研究院|银行|医院|基金会|出版社|先生|女士|"
    r"院士|教授|博士|局长|部长|市长|区长|县长|镇长|校长|院长|所长|馆长|厂长|主任|经理|总裁|记者|工程师|医生|老师|导演)"
)
_PLACES_WORDS = """
    北京 上海 天津 重庆 广州 深圳 香港 澳门 台湾 台北 南京 杭州 苏州 武汉 成都 西安 长沙 郑州
    济南 青岛 大连 沈阳 哈尔滨 长春 石家庄 太原 合肥 福州 厦门 南昌 南宁 海口 贵阳 昆明 拉萨
    兰州 西宁 银川 乌鲁木齐 宁波 温州 无锡 佛山 东莞 珠海 惠州 中山 河北 山西 辽宁 吉林 黑龙江
    江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 广西 海南 四川 贵州 云南 西藏 陕西 甘肃
    青海 宁夏 新疆 内蒙古 中国 美国 英国 法国 德国 日本 韩国 朝鲜 俄罗斯 印度 巴西 加拿大
    澳大利亚 意大利 西班牙 葡萄牙 荷兰 瑞士 瑞典 挪威 芬兰 丹麦 波兰 希腊 土耳其 埃及 南非
    泰国 越南 新加坡 马来西亚 印度尼西亚 菲律宾 墨西哥 阿根廷 智利 以色列 伊朗 伊拉克 沙特
    乌克兰 亚洲 欧洲 非洲 东京 大阪 首尔 巴黎 伦敦 纽约 柏林 莫斯科 罗马 悉尼
"""
_PLACES = frozenset(_PLACES_WORDS.split())


@dataclass(frozen=True, slots=True)
class Token:
    """A token of a sentence, and how close the closest token of what it cites is."""

    start: int
    end: int
    closeness: float


def missing_quotes(sentence: str, source: str) -> Iterator[str]:
    """Yield what the sentence puts between quotation marks and the source does not hold."""
    known = _joined(source)
    for match in _QUOTED.finditer(sentence):
        quote = next(filter(None, match.groups()))
        if _joined(quote) not in known:
            yield quote


def missing_names(
    sentence: str, source: str, tokens: Sequence[Token], *, nouns_are_capital: bool = False
) -> Iterator[str]:
    """Yield the names in the sentence that the source does not hold.

    `source` is what is cited, `nouns_are_capital` true for German: there, only two words in a row
    with capital letters are a name.
    """
    known = fold(source)
    yield from _missing_capitals(sentence, known, nouns_are_capital=nouns_are_capital)
    yield from _missing_han(sentence, known, tokens)


def _joined(text: str) -> str:
    return "".join(char for char in fold(text) if char.isalnum())


# -- scripts with capital letters -------------------------------------------------------------


def _missing_capitals(sentence: str, known: str, *, nouns_are_capital: bool) -> Iterator[str]:
    words = set(_WORD.findall(known))
    found = list(_CAPITAL.finditer(sentence))
    first = [bool(_STARTS.search(sentence, max(0, m.start() - _REACH), m.start())) for m in found]
    for number, match in enumerate(found):
        beside = [
            other
            for other in range(max(0, number - 1), min(number + 2, len(found)))
            if other != number
            and _touch(sentence, match, found[other])
            and not (nouns_are_capital and first[other])
        ]
        word = match.group()
        plain = word[1:].islower() or len(word) == 1
        starts = first[number] and (nouns_are_capital or not beside)
        if plain and (starts or (nouns_are_capital and not beside)):
            continue
        if fold(word) not in _TITLES and not _known(fold(word), words, known):
            yield word


def _touch(sentence: str, one: "regex.Match[str]", other: "regex.Match[str]") -> bool:
    left, right = sorted((one.span(), other.span()))
    return sentence[left[1] : right[0]] in (" ", " & ", "-")


def _known(word: str, words: set[str], known: str) -> bool:
    """Return whether a word, its stem, or what it is derived from is among the source's words."""
    if word in words or (not word.isalpha() and word in known):
        return True
    stems = {word.removesuffix(ending) for ending in (*_ENDINGS, *_OF_A_PLACE)}
    stems = {stem for stem in stems if len(stem) >= _LEAST_STEM} | {
        word.removesuffix("'s").removesuffix("’s")
    }
    if stems & words:
        return True
    return any(stem + ending in words for stem in stems for ending in _DERIVED)


# -- Chinese ----------------------------------------------------------------------------------


def _missing_han(sentence: str, known: str, tokens: Sequence[Token]) -> Iterator[str]:
    for run, is_word in _strange_runs(sentence, known, tokens):
        text = sentence[run.start : run.end]
        uncommon = sum(char not in _COMMON for char in text)
        by_sound = not is_word and uncommon > 1
        named = len(text) > 1 and text[0] not in _POINTS and _SUFFIX.match(sentence, run.end)
        if by_sound or named or text in _PLACES:
            yield _COMMON_RUN.split(text)[0] or text


def _strange_runs(
    sentence: str, known: str, tokens: Sequence[Token]
) -> Iterator[tuple[Span, bool]]:
    """Yield runs of tokens that the source neither holds nor comes close to.

    A token of several characters is a word, told by True, and makes a run of its own.
    """
    start = end = -1
    for token in tokens:
        text = sentence[token.start : token.end]
        strange = (
            token.closeness < _FAR
            and all(_HAN.match(char) for char in text)
            and fold(text) not in known
        )
        single = len(text) == 1
        if start >= 0 and not (strange and single and token.start == end):
            yield Span(start, end), False
            start = -1
        if strange and single:
            start = token.start if start < 0 else start
            end = token.end
        elif strange:
            yield Span(token.start, token.end), True
    if start >= 0:
        yield Span(start, end), False
