"""Sets -> an endless, reproducible stream of pairs: number n is always the same.

A pair is an example that is answered and one that is not, as alike as they can be: learned side by
side they say what an answer is. Whoever answers from documents meets, beside the window that
answers: other windows of the same document, the right paragraph without its answer, the right
window for another year or place, what retrieval takes for close, questions that stand in a
document, tables, and questions that people wrote to look answerable. Each is made here, the
positives by the same cuts as the negatives.
"""

from collections.abc import Callable, Mapping, Sequence
from random import Random

import numpy as np
import regex

from eval.training.claims import altered
from eval.training.example import Example
from eval.training.reading_sets import Article, Paragraph, Question, ReadingSet
from eval.training.swaps import Swaps, replaced
from eval.training.tables import table_pair
from eval.training.windows import sentences_of, window
from index.types import Span
from rag.reader.windows import about_tokens

Pair = tuple[Example, Example]
"""One that is answered, and one that is not."""

_TABLES, _CLAIMS = 0.07, 0.1
_WEIGHTS: Mapping[str, float] = {
    "xquad-train": 0.36,
    "cmrc2018-train": 0.17,
    "chinesesquad2-train": 0.2,
    "idk-mrc-train": 0.09,
    "jaquad-train": 0.08,
    "drcd-dev": 0.07,
    "arcd": 0.03,
}
_OTHER_SET = 0.1
_LANGUAGES: Mapping[str, float] = {"zh": 4, "en": 4, "de": 2, "ar": 1.5}
"""How often parallel sets are read and asked in a language; in others 1."""
_ACROSS = 0.5
"""So many questions of parallel sets are asked in another language than the paragraph's."""
_TITLED = 0.4
_SHORT_CLAIM = 12
_WITH_FIGURE = 0.5
"""So many claims are sentences with figures where the paragraph has some."""
_FIGURE = regex.compile(r"\d")
_LETTERS = ("A", "B", "C", "D", "E", "F", "G", "H", "I", "J")
"""Names of rows where the texts have too few."""
_TRIES = 20


class Examples:
    """The stream; `examples[n]` is pair n."""

    def __init__(self, sets: Sequence[ReadingSet], seed: str) -> None:
        self._seed = seed
        self._groups: dict[str, list[ReadingSet]] = {}
        for each in sets:
            if each.articles:
                self._groups.setdefault(each.name, []).append(each)
        self._names = list(self._groups)
        self._weights = [_WEIGHTS.get(name, _OTHER_SET) for name in self._names]
        self._questions = {name: _all_questions(group[0]) for name, group in self._groups.items()}
        self._by_id = {
            (each.name, each.language): {
                question.id: (article, paragraph, question)
                for article, paragraph, question in _all_questions(each)
            }
            for each in sets
        }
        languages = {each.language for each in sets}
        self._swaps = {language: _swaps(sets, language) for language in languages}
        self._neighbours = {
            name: _Neighbours(group[0]) for name, group in self._groups.items() if len(group) == 1
        }
        self._table_names = {
            language: _names_of(self._swaps.get(language), language)
            for language in ("zh", "en", "de", "ja")
        }

    def __getitem__(self, number: int) -> Pair:
        """Return pair `number`, from 0 on."""
        random = Random(f"{self._seed}/{number}")
        for _ in range(_TRIES):
            drawn = random.random()
            if drawn < _TABLES:
                return table_pair(self._table_names, random)
            (name,) = random.choices(self._names, self._weights)
            made = (
                self._claims(name, random)
                if drawn < _TABLES + _CLAIMS
                else self._asked(name, random)
            )
            if made is not None:
                return made
        raise AssertionError("the sets give no examples")

    def _asked(self, name: str, random: Random) -> Pair | None:
        group = self._groups[name]
        article, paragraph, asked = random.choice(self._questions[name])
        own = asking = group[0]
        question, own_paragraph = asked.text, paragraph
        if len(group) > 1:
            own = _drawn(group, random)
            asking = _drawn(group, random) if random.random() < _ACROSS else own
            found = self._by_id[name, own.language].get(asked.id)
            elsewhere = self._by_id[name, asking.language].get(asked.id)
            if found is None or elsewhere is None:
                return None
            article, paragraph, asked = found
            _, own_paragraph, question = elsewhere[0], elsewhere[1], elsewhere[2].text
        if asked.answer is None:
            return _unanswerable(article, paragraph, asked, random)
        case = _Case(
            article,
            paragraph,
            own_paragraph,
            asked,
            question,
            self._swaps[asking.language],
            own,
            random,
            self._neighbours.get(name),
        )
        (way,) = random.choices([way for way, _ in _WAYS], [weight for _, weight in _WAYS])
        return way(case)

    def _claims(self, name: str, random: Random) -> Pair | None:
        """Return the claim of a sentence as it is, and altered or with the sentence cut out."""
        group = self._groups[name]
        number = random.randrange(len(group[0].articles))
        place = random.randrange(len(group[0].articles[number].paragraphs))
        own, said = _drawn(group, random), _drawn(group, random)
        if random.random() < 0.3:
            said = own
        article = own.articles[number]
        paragraph = article.paragraphs[place]
        other = said.articles[number].paragraphs[place]
        if not paragraph.sentences or len(other.sentences) != len(paragraph.sentences):
            return None
        sentences = [other.text[span.start : span.end] for span in other.sentences]
        with_figure = [n for n, sentence in enumerate(sentences) if _FIGURE.search(sentence)]
        chosen = random.choice(
            with_figure if with_figure and random.random() < _WITH_FIGURE else range(len(sentences))
        )
        claim = sentences[chosen]
        cut = window(paragraph, [chosen], None, random)
        if cut is None or len(claim) < _SHORT_CLAIM or about_tokens(claim) > 70:
            return None
        title = _title(article, random)
        true = Example("claim", claim, title, cut.text, None, answers=True)
        if random.random() < 0.25:
            without = window(paragraph, [chosen], None, random, frozenset([chosen]))
            if without is None:
                return None
            return true, Example("claim_cut", claim, title, without.text, None, answers=False)
        changed = altered(claim, cut.text, self._swaps[said.language], random)
        if changed is None:
            return None
        return true, Example("claim_altered", changed, title, cut.text, None, answers=False)


class _Case:
    """A question of a set and the paragraph that answers it: what pairs can be made of them."""

    def __init__(
        self,
        article: Article,
        paragraph: Paragraph,
        own_paragraph: Paragraph,
        asked: Question,
        question: str,
        swaps: Swaps,
        source: ReadingSet,
        random: Random,
        neighbours: "_Neighbours | None",
    ) -> None:
        assert asked.answer is not None
        self.article, self.paragraph, self.asked = article, paragraph, asked
        self.own_paragraph, self.question, self.swaps = own_paragraph, question, swaps
        self.source, self.random, self.neighbours = source, random, neighbours
        self.title = _title(article, random)
        self.sentences = sentences_of(paragraph, asked.answer) or [0]
        self.answer = paragraph.text[asked.answer.start : asked.answer.end]

    def other_window(self) -> Pair | None:
        paragraph = self.random.choice([*self.article.paragraphs, self.paragraph])
        return self._paired(self._without(paragraph, "other_window"))

    def neighbour(self) -> Pair | None:
        if self.neighbours is None:
            return self.other_window()
        found = self.neighbours.of(self.question, self.random)
        return self._paired(self._without(found, "neighbour", title=""))

    def far(self) -> Pair | None:
        article = self.random.choice(self.source.articles)
        return self._paired(self._without(self.random.choice(article.paragraphs), "far"))

    def cut(self) -> Pair | None:
        text = self._cut_out()
        return self._paired(self._example("answer_cut", text, None) if text else None)

    def swapped(self) -> Pair | None:
        """Exchange what is asked about: in the question, the passage or, answered still, both."""
        cut = self._answering()
        if cut is None:
            return None
        text, place = cut
        found = self._exchange(text)
        if found is None:
            return None
        part, other = found
        question = replaced(self.question, part, other)
        asked = self._example("question_swapped", text, None, question=question)
        as_it_is = self._example("answer", text, place)
        if part not in text:
            return as_it_is, asked
        before = replaced(text[: place.start], part, other)
        whole = before + self.answer + replaced(text[place.end :], part, other)
        moved = Span(len(before), len(before) + len(self.answer))
        title = replaced(self.title, part, other)
        both = self._example("both_swapped", whole, moved, question=question, title=title)
        read = self._example("passage_swapped", whole, None, title=title)
        true, false = self.random.choice((as_it_is, both)), self.random.choice((asked, read))
        return true, false

    def faq(self) -> Pair | None:
        cut, text = self._answering(), self._cut_out()
        if cut is None:
            return None
        head = f"{self.random.choice(('', 'Q: ', '问：', '- ', '### '))}{self.question}\n"
        moved = Span(cut[1].start + len(head), cut[1].end + len(head))
        return (
            self._example("faq", head + cut[0], moved),
            self._example("faq_cut", f"{head}{text}".strip(), None),
        )

    def _paired(self, negative: Example | None) -> Pair | None:
        cut = self._answering()
        if negative is None or cut is None:
            return None
        return self._example("answer", *cut, question=_writing(self)), negative

    def _answering(self) -> tuple[str, Span] | None:
        cut = window(self.paragraph, self.sentences, self.asked.answer, self.random)
        return (cut.text, cut.answer) if cut and cut.answer else None

    def _cut_out(self) -> str:
        """Return a window of the paragraph without its answer, "" where none is left."""
        cut = window(self.paragraph, self.sentences, None, self.random, frozenset(self.sentences))
        return cut.text if cut and self.answer not in cut.text else ""

    def _without(self, paragraph: Paragraph, kind: str, title: str | None = None) -> Example | None:
        """Return a window of the paragraph that does not hold the answer."""
        if not paragraph.sentences:
            return None
        around = [self.random.randrange(len(paragraph.sentences))]
        cut = window(paragraph, around, None, self.random)
        if cut is None or self.answer in cut.text:
            return None
        if paragraph is self.paragraph and any(
            paragraph.text[span.start : span.end] in cut.text
            for span in (paragraph.sentences[n] for n in self.sentences)
        ):
            return None
        return self._example(kind, cut.text, None, title=title)

    def _exchange(self, text: str) -> tuple[str, str] | None:
        """Return what the question shares with its paragraph, and another of its kind."""
        own = self.answer
        shared = self.swaps.shared(self.question, self.own_paragraph.text)
        shared = [part for part in shared if part not in own and own not in part][:5]
        if not shared:
            return None
        part = self.random.choice(shared)
        avoid = self.question + self.own_paragraph.text + text
        other = self.swaps.other(part, avoid, self.random)
        return (part, other) if other else None

    def _example(
        self,
        kind: str,
        text: str,
        answer: Span | None,
        *,
        question: str | None = None,
        title: str | None = None,
    ) -> Example:
        return Example(
            kind,
            self.question if question is None else question,
            self.title if title is None else title,
            text,
            answer,
            answers=answer is not None,
        )


_WAYS: Sequence[tuple[Callable[[_Case], Pair | None], float]] = (
    (_Case.swapped, 0.42),
    (_Case.other_window, 0.24),
    (_Case.cut, 0.2),
    (_Case.neighbour, 0.07),
    (_Case.faq, 0.05),
    (_Case.far, 0.02),
)


def _unanswerable(
    article: Article, paragraph: Paragraph, asked: Question, random: Random
) -> Pair | None:
    """Return a question that a window of the paragraph answers, and `asked` of that window."""
    answered = [question for question in paragraph.questions if question.answer is not None]
    if not answered:
        return None
    other = random.choice(answered)
    assert other.answer is not None
    around = sentences_of(paragraph, other.answer) or [0]
    cut = window(paragraph, around, other.answer, random)
    if cut is None or cut.answer is None:
        return None
    title = _title(article, random)
    return (
        Example("answer", other.text, title, cut.text, cut.answer, answers=True),
        Example("unanswerable", asked.text, title, cut.text, None, answers=False),
    )


def _drawn(group: Sequence[ReadingSet], random: Random) -> ReadingSet:
    (chosen,) = random.choices(group, [_LANGUAGES.get(each.language, 1) for each in group])
    return chosen


class _Neighbours:
    """Paragraphs of other articles that share the most with a question, by pairs of characters."""

    def __init__(self, source: ReadingSet) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._paragraphs = [
            (number, paragraph)
            for number, article in enumerate(source.articles)
            for paragraph in article.paragraphs
        ]
        self._vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(2, 2), dtype=np.float32)
        texts = [paragraph.text for _, paragraph in self._paragraphs]
        self._matrix = self._vectorizer.fit_transform(texts)

    def of(self, question: str, random: Random) -> Paragraph:
        """Return one of the five closest."""
        scores = np.asarray((self._matrix @ self._vectorizer.transform([question]).T).todense())
        best = np.argsort(-scores.ravel(), kind="stable")[:6]
        return self._paragraphs[int(random.choice(best.tolist()))][1]


def _writing(case: _Case) -> str:
    """Return the question, now and then with its figures in another writing."""
    if case.random.random() > 0.04:
        return case.question
    to = case.random.choice(("０１２３４５６７８９", "〇一二三四五六七八九"))
    return case.question.translate(str.maketrans("0123456789", to))


def _title(article: Article, random: Random) -> str:
    return article.title if random.random() < _TITLED else ""


def _all_questions(each: ReadingSet) -> list[tuple[Article, Paragraph, Question]]:
    return [
        (article, paragraph, question)
        for article in each.articles
        for paragraph in article.paragraphs
        if paragraph.sentences
        for question in paragraph.questions
    ]


def _swaps(sets: Sequence[ReadingSet], language: str) -> Swaps:
    own = [each for each in sets if each.language == language]
    return Swaps(
        (p.text for each in own for a in each.articles for p in a.paragraphs),
        (q.text for each in own for _, _, q in _all_questions(each)),
    )


def _names_of(swaps: Swaps | None, language: str) -> Sequence[str]:
    kind = {"zh": "han", "ja": "katakana"}.get(language, "capital")
    found = swaps.names(kind) if swaps else ()
    return found if len(found) >= len(_LETTERS) else _LETTERS
