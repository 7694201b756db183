"""Findings and what the gate says of them -> what is quoted, and how sure that is."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from rag.finding.evidence import Evidence, Finding, disagree, select
from rag.finding.gate import Verdict
from rag.understanding.parts import Part
from rag.writing.quoting import shown, words

_QUOTES_A_PART = 2
_AS_LIKELY = 0.5
"""What says something else than the first must be at least so probable as a share of it."""


class Chosen(NamedTuple):
    """What is quoted, and how sure it is.

    `missing` names the parts that nothing was found on; `differ`: documents disagree.
    """

    finding: Finding
    verdict: Verdict
    evidence: list[Evidence]
    missing: tuple[str, ...] = ()
    differ: bool = False


def choose(
    whole: Finding,
    findings: Sequence[Finding],
    parts: Sequence[Part],
    judge: Callable[[Finding], Verdict],
    max_quotes: int,
) -> Chosen:
    """Return what is quoted: part by part where any part is answered, else of the whole."""
    verdicts = [judge(each) for each in findings]
    found = [verdict for verdict in verdicts if verdict.state != "not_found"]
    if not found:
        return _of_the_whole(whole, judge(whole), max_quotes)
    chosen: list[Evidence] = []
    missing: list[str] = []
    for finding, verdict, part in zip(findings, verdicts, parts, strict=True):
        if verdict.state == "not_found":
            missing.append(part.about)
        else:
            best = select(finding.evidence, _QUOTES_A_PART)
            chosen += _shown(finding, [replace(each, about=part.about) for each in best])
    least = min(found, key=lambda verdict: verdict.confidence)
    verdict = replace(least, state="possible") if missing else least
    return Chosen(whole, verdict, chosen, tuple(missing))


def _of_the_whole(finding: Finding, verdict: Verdict, max_quotes: int) -> Chosen:
    best = _shown(finding, select(finding.evidence, max_quotes))
    likely = [e for e in best if e.probability >= _AS_LIKELY * best[0].probability]
    differ = disagree([(each.passage.chunk.doc_id, words(each)) for each in likely])
    if differ:
        best = [replace(each, about=_source(finding, each)) for each in likely]
    return Chosen(finding, verdict, best, differ=differ)


def _shown(finding: Finding, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return the evidence as it is shown: of sentences in one list, the list once."""
    question = finding.question.asked
    every = (
        shown(question, each, finding.documents[each.passage.chunk.doc_id]) for each in evidence
    )
    return list({(e.passage.chunk.doc_id, e.start, e.end): e for e in every}.values())


def _source(finding: Finding, evidence: Evidence) -> str:
    """Return what tells documents that disagree apart: date and title."""
    known = finding.documents[evidence.passage.chunk.doc_id].metadata
    return " · ".join(filter(None, (known.date, known.title)))
