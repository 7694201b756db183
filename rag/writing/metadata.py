"""What is known of a document beside its text: who wrote it, when, and where it comes from."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.search.database import DocumentSummary
from rag.texts import FALLBACK, texts
from rag.understanding.messages import MetadataField

_LISTED_DOCUMENTS = 10


@dataclass(frozen=True, slots=True)
class _Wording:
    """What is said in one language; `title` takes a title, `not_stated` what is not stated."""

    title: str
    author: str
    date: str
    source: str
    not_stated: str
    colon: str = ": "
    separator: str = "; "


_WORDINGS = {
    "zh": _Wording("《{}》", "作者", "日期", "来源", "没有注明{}", colon="：", separator="；"),
    "en": _Wording("“{}”", "author", "date", "source", "{} not stated"),
    "de": _Wording("„{}“", "Autor", "Datum", "Quelle", "{} nicht angegeben"),
    "ja": _Wording("「{}」", "著者", "日付", "出典", "{}の記載なし", colon="：", separator="；"),
    "ko": _Wording("“{}”", "저자", "날짜", "출처", "{} 표기 없음"),
    "fr": _Wording("« {} »", "auteur", "date", "source", "{} non indiqué(e)", colon=" : "),
    "es": _Wording("«{}»", "autor", "fecha", "fuente", "no se indica: {}"),
    "ru": _Wording("«{}»", "автор", "дата", "источник", "не указано: {}"),
    "ar": _Wording("«{}»", "الكاتب", "التاريخ", "المصدر", "لم يُذكر: {}", separator="؛ "),
    "vi": _Wording("“{}”", "tác giả", "ngày", "nguồn", "không ghi {}"),
}


def metadata_answer(
    language: str, asked: Sequence[MetadataField], documents: Sequence[DocumentSummary]
) -> str:
    """Return what is asked of each document, a line each; of many, of the first ten.

    >>> from index.types import Metadata
    >>> report = DocumentSummary("a.md", Metadata("Harbour notes", "Li"), None, None, "en", 9, 1)
    >>> metadata_answer("en", ("author", "date"), [report])
    '“Harbour notes”: author: Li; date not stated'
    """
    said = _WORDINGS.get(language, _WORDINGS[FALLBACK])
    lines = [_line(said, asked, document) for document in documents[:_LISTED_DOCUMENTS]]
    if len(documents) == 1:
        return lines[0]
    if (more := len(documents) - _LISTED_DOCUMENTS) > 0:
        lines.append(texts(language).more_documents.format(count=more))
    return "\n".join(f"- {line}" for line in lines)


def _line(said: _Wording, asked: Sequence[MetadataField], document: DocumentSummary) -> str:
    title = " ".join(document.metadata.title.split()) or document.doc_id
    facts = [_fact(said, field, getattr(document.metadata, field)) for field in asked]
    return f"{said.title.format(title)}{said.colon}{said.separator.join(facts)}"


def _fact(said: _Wording, field: MetadataField, value: str | None) -> str:
    name = getattr(said, field)
    stated = " ".join((value or "").split())
    return f"{name}{said.colon}{stated}" if stated else said.not_stated.format(name)
