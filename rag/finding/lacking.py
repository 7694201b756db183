"""What a question names and passages do not hold: names, and figures in any writing."""

from collections.abc import Sequence

import regex

from index.search.terms import terms
from index.text.figures import figures, missing
from index.text.folding import fold
from rag.checking.names import Token, missing_names
from rag.finding.evidence import Finding
from rag.searching import Searcher, stands
from rag.types import Passage
from rag.understanding.language import detect, is_other_language
from rag.understanding.references import spaced, unspaced

_MOST_NAMES = 3
_PARTICLES = "的了是在和与有为及或吗呢吧把被由对"
_JOIN = regex.compile(r"^那(?=\p{Han}{2})")
_SUBJECT = regex.compile(r"(?:请问)?(\p{Han}{2,8}?)(?=[有的是在由被将共现总哪谁几多]|什么|\d)")
_CODE = regex.compile(r"\p{L}.*\d|\d.*\p{L}")
"""What names a model or a standard: A6, ISO9001."""


def lacking(library: Searcher, finding: Finding, *, is_completed: bool = False) -> list[str]:
    """Return the names in the question that stand in no chunk of the library, in order.

    None where the best sentence is in another language, which may write them differently. What a
    follow-up that was completed begins with is a name, since it took the place of one.
    """
    if _is_across(finding):
        return []
    found = [_without_join(name) for name in names_missing(finding, finding.passages)]
    if is_completed and (subject := _SUBJECT.match(finding.question.text)) and not found:
        found = [subject[1]]
    names = [name for name in found if not stands(library, name)]
    return (names or codes_lacking(library, finding))[:_MOST_NAMES]


def codes_lacking(library: Searcher, finding: Finding) -> list[str]:
    """Return the names with digits in the question (A6, ISO9001) that stand in no chunk.

    None where the best sentence is in another language, which may write them out, or there is none.
    """
    if not finding.evidence or _is_across(finding):
        return []
    text = finding.question.text
    codes = dict.fromkeys(term for term in finding.question.terms if _CODE.search(term))
    return [_written(text, code) for code in codes if not _stands_as_code(library, code)]


def _is_across(finding: Finding) -> bool:
    """Return whether the best sentence is in another language than the question."""
    if not finding.evidence:
        return False
    best = finding.evidence[0]
    document = finding.documents[best.passage.chunk.doc_id]
    texts = best.quote, best.passage.chunk.text, document.text
    return is_other_language(finding.question.text, *texts)


def names_missing(finding: Finding, passages: Sequence[Passage]) -> list[str]:
    """Return the names in the question that stand neither in the passages nor in their titles.

    Names are told by the first passage's matches; where there are none, no name is.
    """
    question = finding.question
    if not passages or len(passages[0].signals.matches) != len(question.vectors.spans):
        return []
    tokens = [
        Token(span.start, span.end, closeness)
        for span, closeness in zip(question.vectors.spans, passages[0].signals.matches, strict=True)
    ]
    language = detect(question.text)
    source = _source(finding, passages)
    found = missing_names(question.text, source, tokens, nouns_are_capital=language == "de")
    words = spaced()[language].known if language in spaced() else frozenset()
    names = (each.strip(_PARTICLES) for each in found if fold(each) not in words)
    return list(dict.fromkeys(filter(None, names)))


def figures_missing(finding: Finding, passages: Sequence[Passage]) -> list[str]:
    """Return the figures, dates and names with digits in the question that no passage gives.

    However they are written: "二〇二〇年" is 2020, and GPT4 is GPT-4.
    """
    source = _source(finding, passages)
    codes = {term for term in finding.question.terms if _CODE.search(term)}
    lacking_codes = sorted(codes - set(terms(source))) if codes else []
    return lacking_codes + missing(figures(finding.question.text), figures(source, every=True))


def _source(finding: Finding, passages: Sequence[Passage]) -> str:
    return "\n".join(
        text
        for each in passages
        for text in (finding.documents[each.chunk.doc_id].metadata.title, each.chunk.text)
    )


def _without_join(name: str) -> str:
    """Return a name without the word that adds it: "那南山呢？" names 南山, but 那不勒斯 is one."""
    return name if unspaced()["zh"].dummy.match(name) else _JOIN.sub("", name)


def _written(text: str, code: str) -> str:
    found = regex.search(regex.escape(code), text, regex.IGNORECASE)
    return found[0] if found else code


def _stands_as_code(library: Searcher, code: str) -> bool:
    """Return whether a code stands in a chunk, also as word and number: iPhone15, iPhone 15."""
    word = regex.fullmatch(r"(\p{L}{3,})(\d+)", code)
    if stands(library, code):
        return True
    return word is not None and stands(library, " ".join(word.groups()))
