# ruff: noqa: E501 (a row of a table stays on its line)
"""What kind of message this is: not every one is a question to the documents.

Whole messages are compared with small tables, so that a greeting in front of a question, or a
question about greetings, stays a question. Only a summary names something: what stands at the
ellipsis of its table. Whatever is not recognised is a question: that is the harmless mistake.

In the tables a slash parts the alternatives of a word, an underscore stands for a space, and an
alternative may be empty: "the/ files" is "the files" and "files". Case, accents, punctuation and
white space do not matter, nor do traditional forms of Chinese characters.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

import regex

from index.normal_forms import normalize
from rag.phrases import Phrases, Words

MessageKind = Literal["question", "greeting", "thanks", "capabilities", "documents", "summary"]


@dataclass(frozen=True, slots=True)
class Message:
    """What a message asks for.

    `text` of a question: without the greeting or thanks in front of it. `text` of a summary: what
    is named, folded; empty where that is "the article" or everything. Otherwise empty.
    """

    kind: MessageKind
    text: str = ""


_GREETINGS = """
    你/您/大家/嗨 好/好好/好呀
    早/早上/上午/中午/下午/晚上 好
    早安
    晚安
    嗨
    哈喽/哈啰/哈罗
    在/你在/有人 吗/在吗/么
    再见
    拜拜
    hello/hi/hey/hiya/howdy/greetings there/all/everyone/you/again/wenzheng/friend/
    good morning/afternoon/evening/day/night
    how are you/you_today/you_doing
    bye/goodbye/bye_bye/see_you
    hallo/hi/hey/moin/servus/tschüss/grüß_gott/grüezi/guten_tag/guten_morgen/guten_abend
    hallo zusammen
    auf wiedersehen
    こんにちは/こんばんは/おはよう/おはようございます/はじめまして/やあ/どうも
    さようなら
    안녕/안녕하세요/안녕하십니까/반갑습니다/여보세요/안녕히_계세요
    bonjour/salut/bonsoir/coucou/au_revoir/bonne_nuit à_tous/
    ça va
    hola/buenas/buenos_días/buenas_tardes/buenas_noches/adiós/hasta_luego
    hola qué_tal/buenos_días/buenas
    привет/приветствую/здравствуй/здравствуйте/салют/хай
    добрый/доброе/доброй день/вечер/утро/ночи
    до свидания
    مرحبا/مرحبًا_بك/أهلا/أهلا_وسهلا/هلا/السلام_عليكم/صباح_الخير/مساء_الخير/تحية_طيبة
    السلام عليكم ورحمة الله/الله_وبركاته
    مع السلامة
    xin_chào/chào/chào_bạn/chào_anh/chào_chị/xin_chào_bạn/chào_buổi_sáng/tạm_biệt
"""
_THANKS = """
    谢谢/多谢/感谢/谢/谢谢谢谢/非常感谢/十分感谢/太感谢/谢啦 你/您/你们/大家/你的帮助/您的帮助/
    好的/好/明白/明白了/知道了/太好了 谢谢/谢谢你/谢谢您/多谢
    辛苦/辛苦了
    thanks/thank_you/many_thanks/thx/thanks_you/ty/cheers
    thanks/thank_you a_lot/so_much/very_much/very_much_indeed/again/for_your_help/for_the_help/a_million
    ok/okay/great/perfect/good/got_it thanks/thank_you
    danke/danke_schön/danke_sehr/vielen_dank/besten_dank/herzlichen_dank/merci
    danke/vielen_dank für_die/für_deine/für_ihre hilfe/antwort
    ありがとう/ありがとうございます/ありがとうございました/どうもありがとう/どうもありがとうございます/感謝します/サンキュー
    감사합니다/고맙습니다/고마워/고마워요/감사해요/정말_감사합니다/대단히_감사합니다
    merci/merci_beaucoup/merci_bien/un_grand_merci/grand_merci/mille_mercis
    merci pour_votre/pour_ton aide
    gracias/muchas_gracias/mil_gracias/muchísimas_gracias/gracias_por_tu_ayuda/gracias_por_su_ayuda
    спасибо/большое_спасибо/спасибо_большое/благодарю/благодарю_вас/спасибо_за_помощь
    شكرا/شكرا_لك/شكرا_لكم/شكرا_جزيلا/شكرا_جزيلا_لك/ألف_شكر/جزاك_الله_خيرا
    cảm_ơn/cám_ơn/cảm_ơn_bạn/cám_ơn_bạn/cảm_ơn_nhiều/cảm_ơn_bạn_nhiều/xin_cảm_ơn
"""
_CAPABILITIES = """
    你/您/问证 能/会/可以/都能/都会/都可以 做/干/帮我做/帮我干/为我做/帮/帮我/回答/回答我 什么/些什么/啥/哪些事/什么事/什么问题/哪些问题
    你/您/问证 有 什么/哪些/啥 功能/本事/能力/用/用处
    你/您/问证 是 谁/什么/干什么的/做什么的/干嘛的/什么东西/什么机器人/机器人/人工智能/ai
    你/您 叫 什么/什么名字/啥
    介绍/自我介绍/介绍一下/介绍下 你自己/自己/你/
    你/您/这个/这/ 怎么/如何/是怎么/是如何/该怎么 用/使用/工作/工作的/运作/运作的/回答/回答问题/回答问题的
    我/ 能/可以/该 问/问你 什么/些什么/哪些问题/什么问题/啥
    帮助
    help
    what can/else_can/all_can you do/do_for_me/help_with/help_me_with/answer
    what are you/you_for/you_able_to_do/your_capabilities/your_features
    what do you do/know
    who/what are/is you/this/wenzheng
    what is/s your name
    how do/can/does you/i/this/it/wenzheng work/use_you/use_this
    what/which questions/ can/could/should i ask/ask_you
    can you help me/
    how can you help/help_me
    introduce yourself
    tell me about yourself
    was/wobei kannst/können du/sie/ tun/machen/alles/mir_helfen/mir_sagen
    was kannst/können du/sie alles/so/für_mich_tun/eigentlich/
    wer/was bist/sind du/sie
    wie funktionierst/funktionieren/funktioniert du/sie/das
    was kann ich dich/sie/ fragen
    wie heißt/heißen du/sie
    hilfe
    何/なに/何か が/を/ できますか/できる/できるの/してくれますか/できるんですか
    あなたは/君は 誰/だれ/何/何者 ですか/
    あなたは/ 何が できますか/できるの
    使い方/使い方は/使い方を教えて/どう使いますか/どうやって使いますか/自己紹介して/ヘルプ
    무엇을/뭘/뭐/무엇 할_수 있나요/있어/있어요/있습니까/있니
    너는/넌/당신은/ 누구/누구세요/누구입니까/누구야/뭐야/누구예요
    어떻게 작동하나요/사용하나요/사용합니까/쓰나요/작동합니까
    도움말
    que/qu'est-ce_que/qu'est_ce_que pouvez/peux/sais/savez vous/tu faire
    que/qu'est-ce_que tu/vous peux/pouvez/sais/savez faire
    qui es/êtes tu/vous
    tu_es/vous_êtes/t'es qui
    comment fonctionnes/fonctionnez/marches/ça_marche/ça_fonctionne tu/vous/
    comment_tu/comment_vous fonctionnes/fonctionnez/marches
    comment t'appelles_tu/vous_appelez_vous
    aide
    qué puedes/puede/sabes/sabe hacer/hacer_por_mí
    qué/quién eres/es_usted
    en qué puedes/puede ayudarme/ayudar
    cómo funcionas/funciona/te_llamas/funciona_esto
    ayuda
    что ты/вы можешь/умеешь/можете/умеете делать/сделать/
    что можешь/умеешь/можете/умеете
    кто ты/вы ты/такой/такая/такие/
    как ты/вы/это работаешь/работаете/работает
    как тебя/вас зовут
    помощь
    ماذا/ما/ما_الذي تستطيع/يمكنك/تستطيع_أن/يمكنك_أن/بإمكانك فعله/أن_تفعل/تفعل/
    ماذا تستطيع/يمكنك أن_تفعل/أن_تفعله
    من انت
    كيف تعمل
    ما اسمك
    مساعدة
    bạn có_thể/biết làm/làm_được/giúp gì/những_gì/gì_cho_tôi/tôi_những_gì/được_gì
    bạn làm được/được_những gì
    bạn là ai
    bạn hoạt_động như_thế_nào/ra_sao
    trợ giúp
"""
_DOCUMENTS = """
    你/您/你们/这里/库里/文档库/文件库/知识库/资料库/知识库里/文档库里/文件库里/资料库里/语料库里/现在/目前/ 有/都有/里有/中有/里都有/现在有/一共有/包含/收录了 哪些/什么/多少/几/哪几/些什么/啥 文档/文件/资料/文章/个文档/份文件/篇文章/份文档/个文件/份资料/材料/档案
    知识库/文档库/文件库/资料库 里/里面/中/内/ 有/都有/包含 什么/哪些/啥/些什么/什么内容/哪些内容
    列出/列一下/列举/显示/给我看/看看/查看/列出来 所有/全部/所有的/你的/ 文档/文件/资料/文章/文档列表/文件列表
    文档/文件/资料/文章/文档的/文件的 列表/清单/目录
    what/which documents/files/texts/articles/sources do you have/know/hold/use/have_access_to
    what/which documents/files/texts/articles/sources are there/available/there_here/in_the_corpus/in_here/in_the_library/indexed/loaded
    what/which documents/files/texts/articles/sources have you got/read/
    what is in the/your corpus/library/knowledge_base/collection/index
    what's in the/your corpus/library/knowledge_base/collection/index
    list/show/show_me all/all_the/the/your/all_your/ documents/files/texts/articles/sources
    how many documents/files/texts/articles do_you_have/are_there/have_you_got
    list of/of_all documents/files
    welche dokumente/dateien/texte/artikel/quellen hast/haben/kennst/kennen/gibt du/sie/es
    welche dokumente/dateien/texte sind vorhanden/da/verfügbar
    wie_viele dokumente/dateien/texte hast/haben/gibt du/sie/es
    zeige/zeig/liste mir/ alle/die/alle_deine dokumente/dateien/texte auf/
    どんな/どの/どのような/何の 文書/ドキュメント/資料/ファイル が ありますか/ある/あるの/登録されていますか
    文書/ドキュメント/資料/ファイル の/ 一覧/リスト を見せて/を表示/は/
    文書/ドキュメント/資料/ファイル は/には 何/何が/いくつ ありますか/がありますか
    어떤/무슨 문서/문서가/문서들이/자료가/파일이 있나요/있습니까/있어/있어요
    문서/파일/자료 목록/목록을_보여_줘/목록_보여줘/리스트
    quels/de_quels documents/fichiers/textes/articles as/avez/y_a/connais/connaissez/disposez tu/vous/t_il
    quels documents/fichiers/textes tu/vous as/avez
    quels sont les/tes/vos documents/fichiers/textes disponibles/
    liste/montre/montrez/affiche des/les/moi_les/tous_les documents/fichiers
    qué documentos/archivos/textos/artículos tienes/tiene/hay/conoces/tenéis
    cuáles son los/tus/sus documentos/archivos disponibles/
    lista/muestra/muéstrame/enumera de/los/todos_los/ documentos/archivos
    какие документы/файлы/тексты/статьи у_тебя_есть/у_вас_есть/есть/есть_у_тебя/есть_у_вас/доступны/имеются
    какие у_тебя/у_вас есть/ документы/файлы/тексты
    покажи/покажите/перечисли/перечислите/список все/всех/ документы/документов/файлы
    ما الوثائق/المستندات/الملفات/هي_الوثائق/هي_المستندات/هي_الملفات التي/الموجودة/المتاحة/المتوفرة/لديك لديك/عندك/تملكها/لديكم/
    قائمة الوثائق/المستندات/الملفات
    bạn/ có những/ tài_liệu/văn_bản/tệp nào/gì
    có/bạn_có bao_nhiêu tài_liệu/văn_bản
    danh sách tài_liệu/văn_bản
"""
# Said in front of or behind any of these.
_POLITE = """
    请问/请/麻烦/麻烦你/那么/那/那个/一下/下/呀/啊/呢/呐/吧/哦/哈/嘛/了/啦/喔/噢/谢谢
    please/pls/so/then/well/ok/thanks/bitte/denn/also/ください/下さい/お願いします/ね/教えて
    요/주세요/알려주세요/svp/stp/s'il_vous_plaît/s'il_te_plaît/por_favor/пожалуйста/а/и/من_فضلك/لو_سمحت/vậy/nhé/ạ
"""
_SUMMARIES = """
    帮我/请帮我/给我/能/你能/能否/能不能/可以/可不可以/我想/ 总结/概括/概述/归纳/摘要/简述/简要介绍/总结归纳 一下/下/出/ …
    帮我/请帮我/给我/你能/ 把/将/对/为/给 … 做/作/做个/做一个/写个/写一个/进行/ 总结/概括/归纳/摘要/概要 一下/下/
    帮我/给我/ 写/写个/写一个/写一份/ … 的 总结/摘要/概要/内容提要/梗概 是什么/有哪些/
    can_you/could_you/would_you/ give_me/write/i_want/i_need/ a/the/ short/brief/quick/ summary/overview/outline/synopsis of …
    can_you/could_you/would_you/ briefly/ summarise/summarize/sum_up … for_me/briefly/
    gib_mir/schreib/schreibe/ eine/die/ kurze/ zusammenfassung von/der/des/zu/über/vom …
    kannst_du/können_sie/ fass/fasse/fassen fassen_sie/mir/sie/ … kurz/ zusammen
    kannst_du/können_sie/ … kurz/ zusammenfassen
    … を/の/ 簡単に/ 要約/まとめ/概要/サマリー して/を/は/を書いて/を作って/を見せて/してくれますか/
    … を/ 簡単に/ まとめて
    … 을/를/의/ 간단히/ 요약/요약해/요약해_줘/요약해줘/요약해_주/요약본/요약을_보여_줘
    peux_tu_me/pouvez_vous_me/ faire/fais_moi/faites_moi/donne_moi/donnez_moi/ un/le/ résumé/résumé_complet de/du/des/de_l …
    peux_tu_me/pouvez_vous_me/peux_tu/pouvez_vous/ résume/résumer/résumez moi/ …
    haz/hazme/dame/puedes_hacer/ un/el/ resumen de/del …
    puedes/puede/me_puedes/ resume/resumir/resuma/resúmeme/resumirme …
    дай/дайте/сделай/сделайте/напиши/ мне/ краткое/краткий/ резюме/содержание/изложение/пересказ/обзор …
    кратко/ суммируй/суммируйте/перескажи/перескажите/обобщи/обобщите/резюмируй кратко/мне/ …
    هل_يمكنك/ أعطني/اكتب/ لخص/تلخيص/ملخص لي/عن/ل/ …
    hãy/bạn_có_thể/ viết/cho_tôi/ tóm_tắt/tóm_lược/bản_tóm_tắt của/về/cho_tôi/ …
"""
# These ask what something says, which is a question unless a document is what is named.
_CONTENTS = """
    … 主要/大概/到底/都/ 讲/说/写/谈/介绍/讲述 的是/的/了/了些/的都是/ 什么/啥/哪些内容/什么内容/些什么
    … 的/ 主要内容/大意/中心思想/内容 是什么/有哪些/是啥
    what/whats is/s/are/ … all/ about
    what does/do … say/cover/contain/deal_with
    wovon/worum handelt/geht_es_in …
    … は/には/の 何について/何が/内容は/内容を 書かれていますか/書いてありますか/述べていますか/ですか/何ですか/教えて/
    … 은/는/의/에는 무엇에_대한/무엇에_관한/내용은/무슨_내용 건가요/것인가요/무엇입니까/뭐예요/인가요/입니까/글인가요/문서인가요
    de quoi parle/traite …
    de qué trata/habla …
    о чем …
    عم/عن_ماذا/ماذا يتحدث/تتحدث/يتناول/تتناول …
    … nói/viết về/ gì/cái_gì/những_gì
"""
# Words for a document: one of them names what _CONTENTS asks for, and alone it names no particular one.
_DOCUMENT_WORDS = """
    文章 文档 文件 报道 报告 资料 材料 新闻 稿子 全文 原文 本文 内容 短文 一切 全部
    article articles document documents doc docs file files text texts report reports paper story
    stories everything corpus all page
    artikel artikels dokument dokumente dokuments datei dateien texte textes bericht alles
    文書 記事 ドキュメント 資料 ファイル 報告 報告書 本文 全部 문서 글 기사 자료 파일 보고서 이_문서 이_글 이_기사 이_파일 그_문서 전체 모두
    fichier fichiers rapport tout artículo artículos documento documentos archivo archivos texto
    textos informe todo статья статью статьи документ документа документы файл файла текст текста
    отчет отчета все всё مقال المقال المقالة مقالة الوثيقة الوثائق المستند المستندات الملف النص التقرير
    bài báo viết tài liệu văn bản tệp
"""
_BESIDE_DOCUMENT_WORDS = """
    这 这个 那个 这篇 那篇 这份 那份 该 本 上述 上面 以上 以下 整个 整篇 所有 所有的 你的 库里的 的 一下 它 他们 这些 们 关于 有关 上传的
    the this that these those a an of on about your all whole entire it them for me in from
    der die das den dem des diesen dieses dieser ganzen ganze alle mir es über von zum zur
    この その あの すべて 全て の について それ これ を に関する 전체 모든 이것 그것
    le la les l ce cet cette ces du de des tous toutes sur ça lui el los las este esta estos estas
    del lo todos todas sobre un une una эта эту этой этот этого это о об всех его по هذا هذه عن كل جميع
    này đó toàn bộ tất cả của về các
"""
_QUESTION_WORDS = regex.compile(
    r"什么|谁|哪|多少|几个|几时|怎|何时|为何|为什么|吗$|\b(?:what|who|when|where|why|how|wann|wer|wo"
    r"|quand|cuando|когда|متى)\b|いつ|誰|どこ|언제"
)
_TITLED = regex.compile(r"[《“\"「『„«]|\.\p{Latin}{1,4}\b")
"""A title in quotation marks or a file name: what a document can be called without its kind."""

_LONGEST = 300
"""A longer message is a question, whatever it begins with."""
_MOST_GREETINGS = 3
SIMPLIFIED = str.maketrans(
    "這還後來時間當誰過嗎麼個檔總結庫們誰會說謝問資裡裏篇請幫啟講寫關內將對為給歸納簡進報導聞",
    "这还后来时间当谁过吗么个档总结库们谁会说谢问资里里篇请帮启讲写关内将对为给归纳简进报导闻",
)
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

    >>> classify("你好，福田有多少基站？")
    Message(kind='question', text='福田有多少基站？')
    >>> classify("What can you do?").kind, classify("What can you do in Futian?").kind
    ('capabilities', 'question')
    >>> classify("请总结一下这篇文章"), classify("Summarise “Harbour notes”")
    (Message(kind='summary', text=''), Message(kind='summary', text='harbour notes'))
    """
    for _ in range(_MOST_GREETINGS):
        folded = fold(message)
        if len(folded) > _LONGEST:
            break
        if kind := _fixed_kind(folded):
            return Message(kind)
        last = _LAST_WORD.search(message)
        clause = last and _CLAUSE.match(message, 0, last.end())
        if not clause or _fixed_kind(fold(clause[1])) not in ("greeting", "thanks"):
            break
        message = message[clause.start(2) :]
    if len(message) > _LONGEST:
        return Message("question", message.strip())
    name = _summarised(fold(message), titled=_TITLED.search(message) is not None)
    return Message("question", message.strip()) if name is None else Message("summary", name)


def fold(text: str) -> str:
    """Return a text without case, accents, punctuation and variants, one space between words.

    >>> fold("Où est l’École？ 檔案")
    'ou est l ecole 档案'
    """
    plain = normalize("NFKD", text).casefold().translate(SIMPLIFIED)
    letters = (c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return normalize("NFC", " ".join("".join(letters).split()))


def _fixed_kind(folded: str) -> MessageKind | None:
    """Return the kind of a message that its table holds whole."""
    for kind, table in _fixed_tables().items():
        if table.read(folded) is not None:
            return kind
    return None


def _summarised(folded: str, *, titled: bool) -> str | None:
    """Return what a message wants summarised, None when it is no such message."""
    summaries, contents = _summary_tables()
    if (found := summaries.read(folded)) is not None:
        name = found.strip()
        return None if _QUESTION_WORDS.search(name) else _without_document_words(name)
    if (found := contents.read(folded)) is not None:
        name = found.strip()
        if titled or _names_a_document(name):
            return _without_document_words(name)
    return None


def _names_a_document(name: str) -> bool:
    """Return whether a name begins or ends with a word for a document."""
    documents, beside = _document_words()
    start = beside.run_end(name)
    return documents.run_end(name, start) > start or documents.run_start(name) < len(name)


def _without_document_words(name: str) -> str:
    """Return what is left of "this article", "the report on Hamburg" or "关于南山的文章"."""
    words = _words_about_documents()
    start = words.run_end(name)
    return name[start : words.run_start(name, start)].strip()


@cache
def _document_words() -> tuple[Words, Words]:
    return _words(_DOCUMENT_WORDS), _words(_BESIDE_DOCUMENT_WORDS)


@cache
def _words_about_documents() -> Words:
    return _words(_DOCUMENT_WORDS + _BESIDE_DOCUMENT_WORDS)


@cache
def _fixed_tables() -> dict[MessageKind, Phrases]:
    return {
        "greeting": _phrases(_GREETINGS),
        "thanks": _phrases(_THANKS),
        "capabilities": _phrases(_CAPABILITIES),
        "documents": _phrases(_DOCUMENTS),
    }


@cache
def _summary_tables() -> tuple[Phrases, Phrases]:
    return _phrases(_SUMMARIES), _phrases(_CONTENTS)


def _phrases(table: str) -> Phrases:
    """Return the phrases of a table, with polite words in front or behind."""
    lines = [[_choices(word) for word in line.split()] for line in table.strip().splitlines()]
    return Phrases(lines, around=_words(_POLITE.replace("/", " ")))


def _choices(word: str) -> Words | None:
    return None if word == "…" else Words(_folded(word.split("/")))


def _words(table: str) -> Words:
    return Words(_folded(table.split()))


def _folded(words: Iterable[str]) -> list[str]:
    return [fold(word.replace("_", " ")) for word in words]
