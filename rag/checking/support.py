"""Does what a sentence cites support it? Checked by rules, then by the reader.

- Its figures, dates and units are in what it cites (`index/text/figures.py`).
- Its names and quotations are (`rag/checking/names.py`).
- It does not deny where the evidence affirms.
- The reader, which reads it with what it cites, finds it borne out: what it says of a denial in
  other words or of another name is better than the rules.
- Asked for each figure in turn, the reader finds no other in its place
  (`rag/checking/misplaced.py`).

A sentence that passes is not proved; one that fails is not shown as true.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import regex

from index.cutting.sentences import split_sentences
from index.embedders.token_codes import NO_CODES, QuestionVectors, TokenCodes, compare
from index.text.figures import Figures, figures, missing
from index.types import Chunk, FloatArray, Span
from rag.checking.misplaced import misplaced
from rag.checking.names import Token, missing_names, missing_quotes
from rag.reader.reading import Reader, Window
from rag.reader.windows import windows
from rag.searching import Searcher
from rag.types import Passage
from rag.understanding.language import language_of

_GAIN = 0.03
"""Another sentence is evidence too when it makes the mean closeness so much better."""
_MOST_SENTENCES = 3
_BORNE_OUT = -4.0
"""The log odds of a claim that is borne out are at least this: one true sentence of 96 has less."""
_DENIES = regex.compile(
    r"""
      [并也还都从绝就却]不(?![断仅同久少足])
      | 不(?:[是会能再需要用设含包对准允属在由从经出接开给参采支向与被存分]|可以|提供|打算|计划)
      | 没有 | 并未 | 尚未 | 从未 | 未(?:能|被|曾) | 无法 | 毫无 | 并非 | 绝非
      | \b(?:not|never|no|nobody|none|nothing|neither|nor|cannot|\p{L}+n['’]t
            |nicht|kein\w*|nie|niemals|ne|pas|jamais|aucune?|nunca|ningun[ao]s?|ningún
            |не|нет|никогда|không|chưa|chẳng|لا|لم|لن|ليس|ليست)\b
      | ない | ません | なかった | 않 | 없 | 못
    """,
    regex.VERBOSE | regex.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check found.

    `lacks` names what is not in what is cited, or not said of this there. `closeness` is the mean
    closeness of the tokens, None where the embedder has no token vectors. `places` maps each cited
    number to the characters of its passage that come closest.
    """

    supported: bool
    lacks: tuple[str, ...]
    closeness: float | None
    places: dict[int, Span]


@dataclass(frozen=True, slots=True)
class Encoded:
    """A sentence with its vectors."""

    text: str
    vectors: QuestionVectors


def sources(
    library: Searcher, passages: Sequence[Passage], titles: Sequence[str]
) -> list["Source"]:
    """Return passages, with the titles of their documents, as what sentences rest on."""
    stored = library.token_codes([passage.chunk for passage in passages])
    return [
        Source(passage.chunk.text, title, codes if codes is not None else NO_CODES)
        for passage, title, codes in zip(passages, titles, stored, strict=True)
    ]


def encode(library: Searcher, sentence: str) -> Encoded:
    """Return the sentence with its vectors: the one step that takes the network."""
    (vectors,) = library.encode_questions([sentence])
    return Encoded(sentence, vectors)


class Source:
    """A passage as sentences are checked against it; what takes time is made when it is needed."""

    def __init__(self, text: str, title: str, codes: TokenCodes) -> None:
        """Take the passage's text, its document's title, and the passage's token codes."""
        self.text = text
        self._title = title
        self.known = f"{title}\n{text}"
        self.codes = codes
        self.sentences = split_sentences(text) or [Span(0, len(text))]

    @cached_property
    def figures(self) -> Figures:
        """All figures of the passage and the title."""
        return figures(self.known, every=True)

    @cached_property
    def windows(self) -> list[Window]:
        """The passage as the reader reads it."""
        passage = Passage(Chunk("", 0, len(self.text), self.text), 0.0)
        return [each.window for each in windows(passage, self._title)]

    @cached_property
    def language(self) -> str | None:
        """The passage's language, None where it is too short to tell."""
        return language_of(self.text, self._title)

    @cached_property
    def columns(self) -> list[np.ndarray]:
        """For each sentence, which tokens are in it."""
        starts = self.codes.spans[:, 0]
        return [(starts >= span.start) & (starts < span.end) for span in self.sentences]


class SupportChecker:
    """Checks the sentences of one answer against the passages it was written from."""

    def __init__(self, sources: Sequence[Source], language: str, reader: Reader) -> None:
        """Take the sources in the order of their numbers, and the language of the answer."""
        self._sources = sources
        self._language = language
        self._reader = reader

    def check(self, sentence: Encoded, numbers: Sequence[int]) -> Verdict:
        """Return whether the passages of these numbers, from 1, support the sentence together."""
        cited = {number: self._sources[number - 1] for number in numbers}
        if not cited:
            return Verdict(False, (), None, {})
        similar = {n: _similar(sentence, source) for n, source in cited.items()}
        chosen = {n: _evidence(similar[n], source) for n, source in cited.items()}
        places = {
            n: Span(
                min(source.sentences[row].start for row in chosen[n]),
                max(source.sentences[row].end for row in chosen[n]),
            )
            for n, source in cited.items()
        }
        best = _best(sentence, list(similar.values()))
        closeness = float(best.mean()) if best is not None else None
        lacks = self._lacks(sentence, list(cited.values()), best)
        said = " ".join(
            source.text[source.sentences[row].start : source.sentences[row].end]
            for n, source in cited.items()
            for row in chosen[n]
        )
        denies = bool(_DENIES.search(sentence.text)) and not _DENIES.search(said)
        if not lacks and not denies and self._borne_out(sentence.text, list(cited.values())):
            every = [window for source in cited.values() for window in source.windows]
            lacks = tuple(misplaced(sentence.text, self._language, every, self._reader))
            return Verdict(not lacks, lacks, closeness, places)
        return Verdict(False, lacks, closeness, places)

    def attribute(self, sentence: Encoded) -> tuple[list[int], Verdict]:
        """Return the one passage that supports the sentence best, or none where none does."""
        verdicts = {n: self.check(sentence, [n]) for n in range(1, len(self._sources) + 1)}
        held = {n: verdict for n, verdict in verdicts.items() if verdict.supported}
        if not held:
            return [], Verdict(False, (), None, {})
        number = max(held, key=lambda n: held[n].closeness or 0.0)
        return [number], held[number]

    def _borne_out(self, claim: str, cited: Sequence[Source]) -> bool:
        """Return whether the reader finds the claim in a window, or in what is cited together."""
        every = [window for source in cited for window in source.windows]
        readings = self._reader.read([claim] * len(every), every)
        return max((each.log_odds for each in readings), default=0.0) >= _BORNE_OUT

    def _lacks(
        self, sentence: Encoded, cited: Sequence[Source], best: FloatArray | None
    ) -> tuple[str, ...]:
        numbers = tuple(number for source in cited for number in source.figures.numbers)
        dates = tuple(date for source in cited for date in source.figures.dates)
        lacks = missing(figures(sentence.text), Figures(numbers, dates))
        own = [source for source in cited if source.language in (self._language, None)]
        if own:
            known = "\n".join(source.known for source in cited)
            closeness = best if best is not None else ()
            tokens = [
                Token(span.start, span.end, float(value))
                for span, value in zip(sentence.vectors.spans, closeness, strict=False)
            ]
            lacks += missing_quotes(sentence.text, known)
            lacks += missing_names(
                sentence.text, known, tokens, nouns_are_capital=self._language == "de"
            )
        return tuple(dict.fromkeys(lacks))


def _similar(sentence: Encoded, source: Source) -> FloatArray:
    """Return the closeness of the sentence's tokens (rows) to the source's (columns)."""
    (similar,) = compare(sentence.vectors.tokens, [source.codes])
    return similar


def _best(sentence: Encoded, similar: Sequence[FloatArray]) -> FloatArray | None:
    """Return how close each token of the sentence comes to any that is cited."""
    if not len(sentence.vectors.tokens) or not any(each.shape[1] for each in similar):
        return None
    best: FloatArray = np.concatenate(similar, axis=1).max(axis=1)
    return best


def _evidence(similar: FloatArray, source: Source) -> list[int]:
    """Return which sentences of the source the sentence is closest to, at most three."""
    rows = [row for row, column in enumerate(source.columns) if column.any()]
    if not rows or not similar.size:
        return list(range(len(source.sentences)))
    matches = np.stack([similar[:, source.columns[row]].max(axis=1) for row in rows])
    chosen = [int(matches.mean(axis=1).argmax())]
    while len(chosen) < min(_MOST_SENTENCES, len(rows)):
        so_far = matches[chosen].max(axis=0)
        means = np.maximum(matches, so_far).mean(axis=1)
        following = int(means.argmax())
        if means[following] < so_far.mean() + _GAIN:
            break
        chosen.append(following)
    return sorted(rows[row] for row in chosen)
