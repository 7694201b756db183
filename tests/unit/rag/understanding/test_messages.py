"""Greetings, thanks and questions about the program, in ten languages; everything else is asked."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.search.database import DocumentSummary
from index.text.folding import fold_words
from index.types import Document, Metadata, Span
from rag.texts import TEXTS
from rag.understanding.documents import documents_meant, named_documents
from rag.understanding.language import detect
from rag.understanding.messages import classify
from rag.writing.metadata import metadata_answer
from rag.writing.summary import documents_answer, leading_sentence, summarise

KINDS = {
    "greeting": "你好|你好！|您好呀|早上好|ｈｅｌｌｏ|Hello there 👋|Guten Tag!|こんにちは"
    "|Hi, how are you?|안녕하세요|Bonjour !|¡Hola!|Привет!|مرحبا|السلام عليكم|Xin chào|XIN CHÀO!",
    "thanks": "谢谢|謝謝你！|好的，谢谢|Thanks a lot!|Danke schön!|ありがとうございます|감사합니다"
    "|merci beaucoup|Muchas gracias.|Спасибо!|شكرا جزيلا|cảm ơn bạn",
    "agreed": "ok|OK!|好的|好吧。|明白了|All right|Got it.|In Ordnung|d’accord|vale|хорошо|了解です"
    "|حسنًا",
    "capabilities": "你能做什么|你是谁呀？|你會做什麼？|你好，你能做什么？|请问你能帮我做什么呢？"
    "|What can you do?|Hello! What can you do for me?|who are you|How do you work?|Was kannst du?"
    "|何ができますか|무엇을 할 수 있나요?|Que peux-tu faire ?|Qu’est-ce que tu peux faire ?"
    "|¿Qué puedes hacer?|que puedes hacer|Что ты умеешь?|ماذا يمكنك أن تفعل؟|Bạn có thể làm gì?",
    "documents": "有哪些文件|有哪些文档？|知识库里有什么|你有哪些文件？|库里有多少文档？|有哪些檔案"
    "|Which documents do you have?|List all documents, please|Welche Dokumente gibt es?"
    "|どんな文書がありますか|어떤 문서가 있습니까?|Quels documents avez-vous ?"
    "|¿Qué documentos hay?|Какие документы у вас есть?|ما هي الوثائق المتاحة؟"
    "|Bạn có những tài liệu nào?",
    "question": "好的，福田有多少基站？|OK, and in 2021?"
    "|你好，福田有多少基站？|hello world 程序是谁写的|Thanks, and when was it built?"
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
    ("这些文件讲什么？", ""),
    ("主要内容是什么？", ""),
    ("What are the documents about?", ""),
    ("What are the main points?", ""),
    ("Worum geht es in den Dokumenten?", ""),
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
    assert classify(message).text == fold_words(named)


@pytest.mark.parametrize(
    ("name", "doc_ids"),
    [
        ("福田区5G建设", ["5g/futian-5g-2019.md"]),
        ("河套周记", ["hetao.txt"]),
        ("《河套週記》", ["hetao.txt"]),
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


# What is asked for (author, date, source), what is named, and whether by its title alone.
METADATA = """
    这篇文章是谁写的？ = a
    作者是谁 = a
    請問這篇文章的作者是誰？ = a
    文章什么时候发表的 = d
    这篇报道是哪天发布的？ = d
    发表日期是什么时候？ = d
    来源是哪里 = s
    文章出自哪里？ = s
    这篇文章是哪家媒体发布的？ = s
    这份报告的作者和发表时间是什么？ = a d
    这篇文章是谁写的，什么时候发表的，来源是哪里？ = a d s
    关于南山的那篇文章是谁写的？ = a 南山
    《河套周记》是谁写的 = a 河套周记!
    谁写了《红楼梦》 = a 红楼梦!
    Who wrote this article? = a
    Who is the author? = a
    Who are the authors of the documents? = a
    Who wrote the report on Hamburg? = a hamburg
    When was the report published? = d
    What is the publication date? = d
    What is the source of this document? = s
    Which newspaper published the article? = s
    Who wrote this article and when? = a d
    When was “Harbour notes” published? = d harbour notes!
    Wer hat den Artikel geschrieben? = a
    Wann wurde der Bericht veröffentlicht? = d
    Woher stammt der Text? = s
    Wer hat den Artikel geschrieben und wann? = a d
    この記事は誰が書きましたか？ = a
    この記事はいつ公開されましたか？ = d
    出典は何ですか？ = s
    이 기사는 누가 썼나요? = a
    기사는 언제 발행되었나요? = d
    출처가 어디예요? = s
    Qui a écrit cet article ? = a
    Quand l'article a-t-il été publié ? = d
    Quelle est la source du document ? = s
    ¿Quién escribió este artículo? = a
    ¿Cuándo se publicó el informe? = d
    ¿Cuál es la fuente? = s
    Кто написал эту статью? = a
    Когда была опубликована статья? = d
    Какой источник? = s
    من كتب هذا المقال؟ = a
    متى نشر المقال؟ = d
    ما هو مصدر المقال؟ = s
    Ai viết bài báo này? = a
    Bài viết được đăng khi nào? = d
    Nguồn của bài viết là gì? = s
"""
ABOUT_THE_MATTER = """
    谁写了红楼梦|会议是什么时候开的|污染的来源是什么？|资金来源是哪里？|A7是什么时候发布的？
    什么时候发布的？|作者认为什么？|文章什么时候提到了福田？|记者采访了谁？|谁写了这首诗？
    Who wrote the constitution?|Who is the author of the constitution?|When was the bridge built?
    When was it published?|What is the source of the Nile?|What is the date?
    Who published the first atlas?
    Wann wurde die Brücke gebaut?|Wer ist der Bürgermeister?|Qui a écrit Le Cid ?
    ¿Quién escribió el himno?|Кто написал гимн?|誰が国歌を作りましたか？|국가는 누가 썼나요?
    من كتب النشيد؟|Ai viết quốc ca?
"""
FIELDS = {"a": "author", "d": "date", "s": "source"}


@pytest.mark.parametrize("row", METADATA.strip().splitlines())
def test_who_wrote_a_document_and_when_is_asked(row: str) -> None:
    message, wanted = (part.strip() for part in row.split(" = "))
    fields = [word for word in wanted.split() if word in FIELDS]
    name = " ".join(word for word in wanted.split() if word not in FIELDS)
    asked = classify(message)
    assert (asked.kind, asked.text) == ("metadata", message)
    assert asked.asked == tuple(FIELDS[field] for field in fields)
    assert (asked.named, asked.by_title) == (name.rstrip("!"), name.endswith("!"))


@pytest.mark.parametrize(
    "message", [m.strip() for row in ABOUT_THE_MATTER.splitlines() for m in row.split("|") if m]
)
def test_who_wrote_what_documents_tell_of_is_a_question(message: str) -> None:
    assert classify(message).kind == "question"


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        (message, ("author",))
        for message in (
            *(
                "Who wrote it?",
                "谁写的？",
                "它是谁写的？",
                "Wer hat es geschrieben?",
                "Ai viết nó?",
            ),
            *("Qui l'a écrit ?", "¿Quién lo escribió?", "Кто его написал?", "誰が書きましたか？"),
            *("누가 썼나요?", "من كتبه؟"),
        )
    ]
    + [("When was it published?", ("date",)), ("谁写的，什么时候发表的？", ("author", "date"))]
    + [("Who wrote Faust?", ()), ("谁写了红楼梦", ()), ("When was the bridge built?", ())],
)
def test_what_it_is_may_be_a_document(message: str, asked: tuple[str, ...]) -> None:
    assert (classify(message).kind, classify(message).asked) == ("question", asked)


@pytest.mark.parametrize(
    ("message", "doc_ids"),
    [
        ("谁写了《红楼梦》", []),
        ("谁写了《河套周记》", ["hetao.txt"]),
        ("谁写了《两万平方米去了哪里》", ["hetao.txt"]),
        ("谁写了《河套》", []),
        ("关于河套的文章是谁写的", ["hetao.txt"]),
        ("Who wrote “Hafen Hamburg”?", ["hafen.md"]),
        ("Who wrote hafen.md?", ["hafen.md"]),
        ("Who wrote the article on diesel?", ["hafen.md"]),
        ("Who wrote the article on Bremen?", []),
        ("作者是谁", [summary.doc_id for summary in LIBRARY]),
    ],
)
def test_a_title_means_the_document_of_that_title(message: str, doc_ids: list[str]) -> None:
    found = documents_meant(classify(message), LIBRARY)
    assert [summary.doc_id for summary in found] == doc_ids


def test_metadata_is_told_of_each_document() -> None:
    known = Metadata("港口", "李明", "2020-10-14", "日报")
    one = DocumentSummary("a.md", known, None, None, "zh", 9, 1)
    assert (
        metadata_answer("zh", ("author", "date"), [one]) == "《港口》：作者：李明；日期：2020-10-14"
    )
    assert metadata_answer("en", ("source",), [one]) == "“港口”: source: 日报"
    assert (
        metadata_answer("zh", ("author",), [LIBRARY[0]])
        == "《福田区2019年5G建设小结》：没有注明作者"
    )
    many = metadata_answer("en", ("date",), [one] * 13).splitlines()
    assert many == ["- “港口”: date: 2020-10-14"] * 10 + ["- and 3 more"]


@pytest.mark.parametrize("language", TEXTS)
def test_every_language_tells_metadata(language: str) -> None:
    known = DocumentSummary("a.md", Metadata("T", "Li", "2020-10-14", "News"), None, None, "", 9, 1)
    bare = DocumentSummary("b.md", Metadata("T"), None, None, "", 9, 1)
    told = metadata_answer(language, ("author", "date", "source"), [known])
    assert all(value in told for value in ("T", "Li", "2020-10-14", "News"))
    unknown = metadata_answer(language, ("author", "date", "source"), [bare])
    assert not any(value in unknown for value in ("Li", "2020", "News"))
    english = metadata_answer("en", ("author", "date", "source"), [known])
    assert (told == english) == (language == "en")


def test_documents_are_listed() -> None:
    lines = documents_answer("zh", LIBRARY).splitlines()
    assert lines[0] == "文档库里的文档（共 4 份）："
    assert lines[2:4] == ["- 福田区2019年5G建设小结 (2019-12-20)", "- 河套周记：两万平方米去了哪里"]
    many = documents_answer("en", LIBRARY * 10).splitlines()
    assert many[0] == "Documents here (40):"
    assert (len(many), many[-1]) == (23, "- and 20 more")
    assert documents_answer("fr", []) == TEXTS["fr"].empty_corpus


def test_every_language_says_what_it_is() -> None:
    for language, said in TEXTS.items():
        for text in (said.greeting, said.thanks, said.agreed, said.capabilities):
            assert detect(text) == language
        assert "python" not in said.capabilities  # readers of the page have no command line
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


SECTIONS = """# 港口岸电

读特客户端 记者 李明 2020年10月14日报道。

海风很大，天气也很好，人们都起得很早。岸电让停在港口的船关掉柴油机。此外，岸电让港口的船停下来省钱。

责任编辑：王芳，本文由港口报社岸电专栏供稿并审核。

## 费用

春天来得比往年早一些，花都已经开了。接一次岸电的费用是三百元，由港口收取。

© 2020 港口报社。版权所有，未经授权不得转载岸电费用一文。
"""


def test_a_section_says_what_its_heading_and_the_title_say() -> None:
    document = Document("a.md", SECTIONS, Metadata("港口岸电"))
    quotes = [SECTIONS[span.start : span.end] for span in summarise(document, 2)]
    assert quotes == [
        "岸电让停在港口的船关掉柴油机。",
        "接一次岸电的费用是三百元，由港口收取。",
    ]
    lead = leading_sentence(document)
    assert lead is not None
    assert SECTIONS[lead.start : lead.end] == quotes[0]


@pytest.mark.parametrize(
    "line",
    """
    读特客户端 记者 赵新明 2020年10月14日07时41分。
    责任编辑：刘春雨，审核：王小明，校对：李大明。
    来源：深圳特区报，原标题为《福田的新动能》。
    未经授权，任何单位和个人不得转载本网站的内容。
    点击查看更多精彩内容，关注我们的公众号。
    本文转载自深圳特区报，版权归原作者所有。
    Photo: the harbour of Hamburg at night, taken from the tower.
    Photo by Anna Smith, taken in the harbour of Hamburg.
    © 2020 The Harbour Gazette. All rights reserved.
    Copyright 2020 by the Harbour Gazette, Hamburg.
    We use cookies to give you the best experience on our website.
    Diese Website verwendet Cookies, um Inhalte zu verbessern.
    This article was originally published in the Harbour Gazette.
    Foto: Der Hafen von Hamburg bei Nacht, vom Turm aus gesehen.
    1 Introduction ............ 3 2 The harbour ............ 9.
    写真：夜の港を塔の上から見たところ、二〇二〇年十月。
    Tous droits réservés, reproduction interdite sans accord.
    """.strip().splitlines(),
)
def test_what_tells_of_the_document_is_not_in_a_summary(line: str) -> None:
    matter = "The harbour of Hamburg has a tower that is ninety metres high."
    text = f"{line.strip()}\n\n{matter}\n"
    spans = summarise(Document("a.md", text, Metadata("Hamburg 福田")), 5)
    assert [text[span.start : span.end] for span in spans] == [matter]


@pytest.mark.parametrize(
    "sentence",
    [
        "记者从福田区获悉，今年将再建五百个基站。",
        "编辑部设在福田区的中心，有二十名员工。",
        "The source of the river is in the mountains of Peru.",
        "Photos show that the harbour was empty in the morning.",
        "A cookie is a small cake that is eaten with tea.",
    ],
)
def test_what_only_looks_like_an_imprint_is_told(sentence: str) -> None:
    document = Document("a.md", sentence, Metadata("a"))
    assert summarise(document, 5) == [Span(0, len(sentence))]


SENTENCES = st.sampled_from(
    [
        *("岸电让停在港口的船关掉柴油机。", "记者 李明", "# 标题", "## 费用", "责任编辑：王芳。"),
        *("The harbour of Hamburg has a tower.", "| a | b |", "- 第一项", "", "什么？"),
    ]
)


@given(st.lists(SENTENCES, max_size=20).map("\n\n".join), st.integers(1, 9))
def test_a_summary_is_in_order_and_within_the_text(text: str, most: int) -> None:
    document = Document("a.md", text, Metadata("港口"))
    spans = summarise(document, most)
    assert len(spans) <= most
    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert all(text[span.start : span.end].strip() for span in spans)
    assert (leading_sentence(document) is None) == (not spans)


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
