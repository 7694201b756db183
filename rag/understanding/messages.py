"""What kind of message this is: not every one is a question to the documents.

Whole messages are compared with the phrases of `languages/*.ini`, so that a greeting in front of a
question, or a question about greetings, stays a question. Only a summary, or who wrote what and
when, names something: what stands at the ellipsis of its phrase. Whatever is not recognised is a
question: that is the harmless mistake.

In a phrase a slash parts the alternatives of a word, an underscore stands for a space, and an
alternative may be empty: "the/ files" is "the files" and "files". Case, accents, punctuation and
white space do not matter, nor do traditional forms of Chinese characters. `contents` are phrases
that ask what something says, which is a question unless a document is what is named; one of
`documents_are` names it, alone no particular one, and `beside_them` may stand beside. `polite`
words may stand in front of any phrase and behind it. Of who wrote it, when and where: `nouns` ask
about the documents even where nothing is named ("the author?"), behind `verbs` without a subject
may be anything, and `then` may follow behind one of the others ("and when?"), and `it` stands for
what was named before.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

import regex

from index.text.folding import fold_words
from rag.understanding.phrases import Phrases, Words
from rag.understanding.tables import lines

MetadataField = Literal["author", "date", "source"]
MessageKind = Literal[
    "question",
    "greeting",
    "thanks",
    "agreed",
    "capabilities",
    "documents",
    "summary",
    "metadata",
]


@dataclass(frozen=True, slots=True)
class Message:
    """What a message asks for.

    `text` of a question, and of one about metadata: without the greeting or thanks in front of it.
    `text` of a summary: what is named, folded; empty where that is "the article" or everything.
    Otherwise empty.

    About metadata: `asked` says what is asked for, `named` the document as `text` of a summary
    does. `by_title`: no word says that it is one, so no document but one of that title is meant.
    A question that names nothing ("Who wrote it?") has `asked` too: it may be about a document.
    """

    kind: MessageKind
    text: str = ""
    asked: tuple[MetadataField, ...] = ()
    named: str = ""
    by_title: bool = False


_FIXED: tuple[MessageKind, ...] = ("greeting", "thanks", "agreed", "capabilities", "documents")
_IN_FRONT: tuple[MessageKind, ...] = ("greeting", "thanks", "agreed")
"""What may stand in front of a question, and says nothing then."""
_FIELDS: tuple[MetadataField, ...] = ("author", "date", "source")
_QUESTION_WORDS = regex.compile(
    r"什么|谁|哪|多少|几个|几时|怎|何时|为何|为什么|吗$|\b(?:what|who|when|where|why|how|wann|wer|wo"
    r"|quand|cuando|когда|متى)\b|いつ|誰|どこ|언제"
)
_TITLED = regex.compile(r"[《“\"「『„«]|\.\p{Latin}{1,4}\b")
"""A title in quotation marks or a file name: what a document can be called without its kind."""

_THIS = {"这", "这个", "this", "dies", "das", "これ", "이것", "ceci", "esto", "это", "هذا"}
_PIECES = regex.compile(
    r"\s*(?:[,，、;；?？]\s*(?:(?:and|und|et|y|и|và)\s|和|以及|还有)?|\s(?:and|und|et|y|и|và)\s|和|以及|و)\s*"
)
"""What stands between two things that are asked about a document."""
_OUTER = " \t\n,，、;；?？.。!！¿؟"

_LONGEST = 300
"""A longer message is a question, whatever it begins with."""
_MOST_GREETINGS = 3
_SEPARATES = r",，!！.。、~～…;；:：\n\p{So}"
_CLAUSE = regex.compile(
    rf"\s*+([^,，!！.。、~～…;；:：?？\n]+?)"
    rf"(?:(?<!\s)[{_SEPARATES}\s]*[{_SEPARATES}]|(?<=\p{{Han}})\s+|(?=请问|請問))(.+)",
    regex.DOTALL,
)
"""What stands in front of a clause, and the clause, in a text that ends with a word."""
_LAST_WORD = regex.compile(r"(?r)\w")


def classify(message: str) -> Message:
    """Return what kind of message this is, with the question or with what is to be summarised.

    >>> classify("你好，青石有多少学校？").text
    '青石有多少学校？'
    >>> classify("What can you do?").kind, classify("What can you do in Penrow?").kind
    ('capabilities', 'question')
    >>> classify("请总结一下这篇文章").kind, classify("Summarise “Harbour notes”").text
    ('summary', 'harbour notes')
    >>> classify("Who wrote “Harbour notes”, and when?").asked
    ('author', 'date')
    """
    for _ in range(_MOST_GREETINGS):
        folded = fold_words(message)
        if len(folded) > _LONGEST:
            break
        if kind := _fixed_kind(folded):
            return Message(kind)
        last = _LAST_WORD.search(message)
        clause = last and _CLAUSE.match(message, 0, last.end())
        if not clause or _fixed_kind(fold_words(clause[1])) not in _IN_FRONT:
            break
        message = message[clause.start(2) :]
    if len(message) > _LONGEST:
        return Message("question", message.strip())
    titled = _TITLED.search(message) is not None
    name = _summarised(fold_words(message), titled=titled)
    if name is not None:
        return Message("summary", name)
    return _metadata(message.strip(), titled=titled)


def is_small_talk(message: str) -> bool:
    """Return whether a message only makes conversation, of the weather or of how one is.

    It may be a question to the documents all the same: they may tell of the weather.

    >>> [is_small_talk(each) for each in ("今天天气怎么样？", "How are you?", "青石的天气怎么样？")]
    [True, True, False]
    """
    return len(message) <= _LONGEST and _phrases("small_talk").read(fold_words(message)) is not None


def _fixed_kind(folded: str) -> MessageKind | None:
    """Return the kind of a message that its table holds whole."""
    return next((kind for kind in _FIXED if _phrases(kind).read(folded) is not None), None)


def _summarised(folded: str, *, titled: bool) -> str | None:
    """Return what a message wants summarised, None when it is no such message."""
    if (found := _phrases("summary").read(folded)) is not None:
        name = found.strip()
        return None if _QUESTION_WORDS.search(name) else _without_document_words(name)
    if (found := _phrases("contents").read(folded)) is not None:
        name = found.strip()
        if titled or _names_a_document(name):
            return _without_document_words(name)
    return None


def _metadata(message: str, *, titled: bool) -> Message:
    """Return a message about who wrote documents, when, or where they come from, or a question."""
    first, *others = _PIECES.split(message.strip(_OUTER))
    following = [_of_it(fold_words(other), "then", "nouns", "verbs") for other in others]
    if None in following:  # no further question, but a part of this one
        first, following = message, []
    further = [each for each in following if each is not None]
    if (found := _field(fold_words(first), titled=titled)) is None:
        of_it = _of_it(fold_words(first), "verbs")
        return Message("question", message, (*dict.fromkeys([of_it, *further]),) if of_it else ())
    field, name = found
    asked = (*dict.fromkeys([field, *further]),)
    named = _without_document_words(name)
    by_title = named != "" and not _names_a_document(name)
    return Message("metadata", message, asked, named, by_title)


def _field(folded: str, *, titled: bool) -> tuple[MetadataField, str] | None:
    """Return what is asked about a document, and what names it; None for any other message."""
    for table, may_be_nameless in (("nouns", True), ("verbs", False)):
        for field in _FIELDS:
            if (found := _phrases(f"{field}_{table}").read(folded)) is None:
                continue
            name = found.strip()
            nameless = may_be_nameless and not name
            if nameless or titled or _names_a_document(name) or name in _THIS:
                return field, name
    return None


def _of_it(folded: str, *tables: str) -> MetadataField | None:
    """Return what is asked of something that is not named, by a phrase of one of the tables."""
    for table in tables:
        for field in _FIELDS:
            name = _phrases(f"{field}_{table}").read(folded)
            if name is not None and (not name.strip() or name.strip() in _it()):
                return field
    return None


def _names_a_document(name: str) -> bool:
    """Return whether a name begins or ends with a word for a document."""
    documents = _words("documents_are")
    start = _words("beside_them").run_end(name)
    return documents.run_end(name, start) > start or documents.run_start(name) < len(name)


def _without_document_words(name: str) -> str:
    """Return what is left of "this article", "the report on Hamburg" or "关于白河的文章"."""
    words = _words("documents_are", "beside_them")
    start = words.run_end(name)
    return name[start : words.run_start(name, start)].strip()


@cache
def _it() -> frozenset[str]:
    return frozenset(_folded(word for line in lines("it") for word in line.split()))


@cache
def _phrases(key: str) -> Phrases:
    """Return the phrases of a table, with polite words in front or behind."""
    phrases = [[_choices(word) for word in line.split()] for line in lines(key)]
    if key.endswith("_then"):  # each word is one
        phrases = [[_words(key)]]
    return Phrases(phrases, around=_words("polite"))


def _choices(word: str) -> Words | None:
    return None if word == "…" else Words(_folded(word.split("/")))


@cache
def _words(*keys: str) -> Words:
    return Words(_folded(word for key in keys for line in lines(key) for word in line.split()))


def _folded(words: Iterable[str]) -> list[str]:
    return [fold_words(word.replace("_", " ")) for word in words]
