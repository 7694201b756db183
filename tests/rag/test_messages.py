"""Greetings, thanks and questions about the program, in ten languages; everything else is asked."""

from pathlib import Path

import pytest

from index.store import DocumentSummary
from index.types import Document, Metadata
from rag.language import detect
from rag.messages import classify, fold
from rag.summary import documents_answer, named_documents, summarise
from rag.texts import TEXTS

KINDS = {
    "greeting": "你好|你好！|您好呀|早上好|ｈｅｌｌｏ|Hello there 👋|Guten Tag!|こんにちは"
    "|Hi, how are you?|안녕하세요|Bonjour !|¡Hola!|Привет!|مرحبا|السلام عليكم|Xin chào|XIN CHÀO!",
    "thanks": "谢谢|謝謝你！|好的，谢谢|Thanks a lot!|Danke schön!|ありがとうございます|감사합니다"
    "|merci beaucoup|Muchas gracias.|Спасибо!|شكرا جزيلا|cảm ơn bạn",
    "capabilities": "你能做什么|你是谁呀？|你會做什麼？|你好，你能做什么？|请问你能帮我做什么呢？"
    "|What can you do?|Hello! What can you do for me?|who are you|How do you work?|Was kannst du?"
    "|何ができますか|무엇을 할 수 있나요?|Que peux-tu faire ?|Qu’est-ce que tu peux faire ?"
    "|¿Qué puedes hacer?|que puedes hacer|Что ты умеешь?|ماذا يمكنك أن تفعل؟|Bạn có thể làm gì?",
    "documents": "有哪些文件|有哪些文档？|知识库里有什么|你有哪些文件？|库里有多少文档？|有哪些檔案"
    "|Which documents do you have?|List all documents, please|Welche Dokumente gibt es?"
    "|どんな文書がありますか|어떤 문서가 있습니까?|Quels documents avez-vous ?"
    "|¿Qué documentos hay?|Какие документы у вас есть?|ما هي الوثائق المتاحة؟"
    "|Bạn có những tài liệu nào?",
    "question": "你好，福田有多少基站？|hello world 程序是谁写的|Thanks, and when was it built?"
    "|What can you do in Futian on Sunday?|总结会什么时候开？|summary statistics of 2020?"
    "|what documents do I need to apply for a residence permit?|你好李焕英是什么时候上映的？"
    "|区委书记讲了什么？|What is the law about?|有哪些文件规定了租金补助？|谢谢款待是什么意思？"
    "|会议的主要内容是什么|Hello Kitty 的主题公园在哪？|How do you work in Singapore?"
    "|摘要里写了多少个基站？|你能做什么工作|有哪些资料需要提交？|帮助中小企业的政策有哪些？"
    "|What does the report say about Hamburg?|Danke für nichts: wer schrieb das?|🎉||   ",
}
# What is asked for, and what is named in it.
SUMMARIES = [
    ("总结", ""),
    ("总结这篇文章", ""),
    ("请帮我总结一下这篇文章！", ""),
    ("概括全文", ""),
    ("这篇文章讲了什么？", ""),
    ("把这份报告总结一下", ""),
    ("總結這篇文章", ""),
    ("总结一下福田区5G建设", "福田区5G建设"),
    ("福田区5G年报的摘要", "福田区5G年报"),
    ("《河套周记》讲了什么", "河套周记"),
    ("关于南山的那篇文章讲了什么？", "南山"),
    ("Summarise the article", ""),
    ("What is the article about?", ""),
    ("Can you summarize “Harbour notes”, please?", "Harbour notes"),
    ("a short summary of the report on Hamburg", "Hamburg"),
    ("Can you summarise futian-5g-2019.md?", "futian-5g-2019.md"),
    ("Fasse das Dokument zusammen", ""),
    ("Zusammenfassung von Hafen Hamburg", "Hafen Hamburg"),
    ("この文書を要約して", ""),
    ("이 문서를 요약해 줘", ""),
    ("Résume l'article", ""),
    ("Un resumen del documento", ""),
    ("О чём эта статья?", ""),
    ("لخص المقال", ""),
    ("Tóm tắt tài liệu", ""),
]
FUTIAN = Metadata("福田区2019年5G建设小结", date="2019-12-20")
LIBRARY = [
    DocumentSummary("5g/futian-5g-2019.md", FUTIAN, None, None, "zh", 9, 1),
    DocumentSummary("hetao.txt", Metadata("河套周记：两万平方米去了哪里"), None, None, "zh", 9, 1),
    DocumentSummary(
        "hafen.md", Metadata("Hafen Hamburg: Strom statt Diesel am Kai"), None, None, "zh", 9, 1
    ),
    DocumentSummary(
        "moulin.md", Metadata("L’École du moulin", date="2021"), None, None, "zh", 9, 1
    ),
]


@pytest.mark.parametrize(
    ("kind", "message"), [(kind, m) for kind, row in KINDS.items() for m in row.split("|")]
)
def test_what_kind_of_message(kind: str, message: str) -> None:
    assert classify(message).kind == kind


@pytest.mark.parametrize(
    ("message", "question"),
    [
        ("你好，福田有多少基站？", "福田有多少基站？"),
        ("您好请问福田有多少基站", "请问福田有多少基站"),
        ("Hi! 😀 Thanks, and when was it built?", "and when was it built?"),
        ("Hello world, who wrote you?", "Hello world, who wrote you?"),
        ("  福田在哪？ ", "福田在哪？"),
    ],
)
def test_a_greeting_in_front_is_taken_off(message: str, question: str) -> None:
    assert classify(message).text == question


@pytest.mark.parametrize(("message", "named"), SUMMARIES)
def test_a_summary_names_a_document(message: str, named: str) -> None:
    assert classify(message).kind == "summary"
    assert classify(message).text == fold(named)


@pytest.mark.parametrize(
    ("name", "doc_ids"),
    [
        ("福田区5G建设", ["5g/futian-5g-2019.md"]),
        ("河套周记", ["hetao.txt"]),
        ("《河套週記》", []),
        ("futian-5g-2019.md", ["5g/futian-5g-2019.md"]),
        ("ecole du MOULIN", ["moulin.md"]),
        ("Hamburg", ["hafen.md"]),
        ("Diesel und Strom am Kai", ["hafen.md"]),
        ("区委书记", []),
        ("量子研究院", []),
        ("the weather", []),
        ("🎉", [summary.doc_id for summary in LIBRARY]),
        ("", [summary.doc_id for summary in LIBRARY]),
    ],
)
def test_a_name_means_documents(name: str, doc_ids: list[str]) -> None:
    assert [summary.doc_id for summary in named_documents(name, LIBRARY)] == doc_ids


def test_documents_are_listed() -> None:
    lines = documents_answer("zh", LIBRARY).splitlines()
    assert lines[0] == "文件库里的文件（共 4 份）："
    assert lines[2:4] == ["- 福田区2019年5G建设小结 (2019-12-20)", "- 河套周记：两万平方米去了哪里"]
    many = documents_answer("en", LIBRARY * 10).splitlines()
    assert many[0] == "Documents here (40):"
    assert (len(many), many[-1]) == (23, "- and 20 more")
    assert documents_answer("fr", []) == TEXTS["fr"].empty_corpus


def test_every_language_says_what_it_is() -> None:
    for language, said in TEXTS.items():
        for text in (said.greeting, said.thanks, said.capabilities):
            assert detect(text) == language
        assert "python -m index add " in said.capabilities
        assert "{count}" in said.documents
        assert "{count}" in said.more_documents
        assert "{title}" in said.summary


ARTICLE = """# 福田区见闻

记者 王小明

2020年10月，福田区开了一次关于改革的会议。会上说了三件事。

## 一、基站

福田区已经建成5260个5G基站，密度居全国第一。其余在建。

第二段说的是这些基站分布在哪些街道和园区里。

## 二、表格

| 区 | 个数 |
|---|---|
| 福田 | 5260 |

## 三、Éphémère

Le district prévoit d’ouvrir une école l’année prochaine 🎉. Rien d’autre n’est décidé.
"""


@pytest.mark.parametrize(
    ("max_quotes", "beginnings"),
    [
        (9, ["2020年10月", "福田区已经", "第二段", "Le district"]),
        (3, ["2020年10月", "福田区已经", "Le district"]),
        (1, ["2020年10月"]),
    ],
)
def test_a_summary_is_what_sections_begin_with(max_quotes: int, beginnings: list[str]) -> None:
    document = Document("a.md", ARTICLE, Metadata("福田区见闻"))
    spans = summarise(document, max_quotes)
    quotes = [document.text[span.start : span.end] for span in spans]
    assert len(quotes) == len(beginnings)
    assert all(q.startswith(b) for q, b in zip(quotes, beginnings, strict=True))
    assert quotes[0].endswith("会议。")
    assert spans == sorted(spans)


def test_a_text_without_sentences_has_no_summary() -> None:
    assert summarise(Document("a.txt", "第一章\n\n目录\n\n🎉", Metadata("a")), 5) == []
    assert summarise(Document("b.txt", "", Metadata("b")), 5) == []


def test_the_shipped_article_is_summarised_in_order() -> None:
    text = Path("corpus/futian-2020-10.md").read_text("utf-8")
    spans = summarise(Document("f.md", text, Metadata("f")), 8)
    assert len(spans) == 8
    assert all(text[span.start : span.end].endswith("。") for span in spans)


def test_a_long_paste_is_a_question() -> None:
    assert classify("你好，" * 20_000).kind == "question"
    assert classify("总结" + "很长的文字，" * 5000).kind == "question"
