"""Which questions need the conversation before them, and what they become with it.

`pytest -s -k languages` prints how many of the set in `followups.jsonl` are right, by kind and
language. Its sentences are written for it; `holds` and `lacks` say what a completed one must.
"""

import json
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.types import Turn
from rag.understanding.followups import TURNS, complete

ALONE = """
福田区有多少个5G基站？
福田区和它的邻区有什么不同？
什么是物业城市？
福田在哪？
青石港什么时候建成？
谁是青石港的港务局局长？
谁是鲁迅？
什么时候是端午？
请问天文台的主镜有多大？
2031年青石港装卸了多少集装箱？
其他港口的吞吐量是多少？
吉他是谁发明的？
研究院的所长是谁，他几岁当上所长？
那不勒斯有多少人口？
那曲的海拔是多少？
为什么海水是咸的？
5G基站有多少个？
哪些企业可以申请租金补助？
还原反应是什么？
后来居上是什么意思？
又一村在哪里？
港务局为什么要新建三号码头？
一家企业每年最多能拿多少补助？
深圳有几个区？
水磨坊从哪一年起成为博物馆？
谁领导天文台？
区里给工厂的补贴有什么条件？
除了福田，还有哪些区有口岸？
天文台的镜子和它的支架哪个更重？
报告里提到了哪些问题？
三号码头和二号码头哪个大？
“首善之区”是什么意思？
罗湖那次会上学习了什么？
2020年合作区的项目里，人工智能的占几个？
第二个码头在哪里？
为了什么要建三号码头？
林望舒说了什么？
那么罗湖区2020年有多少学校？
那南山区有多少基站？
那比利时有多少人口？
这本《论语》是谁编的？
富士山の高さは？
保修期多长？
How do I reset my password?
And who wrote Faust?
And where is Penrow?
When did Futian open its first school?
Is it true that Futian has a harbour?
How many schools are there in Futian?
Are there any harbours that freeze in winter?
What is the mass of the mirror that was installed in 1974?
Who led the observatory when it opened?
How long does it take to cross the river?
Which company sold its shares in 2019?
Was there a fire at the mill?
What can you see from the tower?
Where is the observatory?
How far is it from Penrow to the sea?
What happened in 1987?
When it opened in 1974, how many visitors did Larkspur have?
And when did the observatory open?
What do those who visit the mill pay?
What is one of the tasks of the harbour office?
How much does the ticket cost?
Why is the sky blue?
What part of their pay do young sailors in Penrow save?
How many kinds of mills are there?
What is photosynthesis?
Who wrote Faust?
Wann wurde die Wassermühle ein Museum?
Wie viele Gäste besuchen das Museum jährlich?
Gibt es in Eschenbach eine Mühle?
Wie heißt der Müller, der seine Mühle verkaufte?
Wie viele Menschen leben in der Stadt, und wovon leben sie?
Was ist das Ziel der Gesellschaft?
Wer leitet das Institut?
Warum gibt es so viele Mühlen am Bach?
Was kostet der Eintritt?
Wie finanzierte Tesla seine Arbeit?
Was führte dazu, dass das Museum das Abkommen kündigte?
天文台はいつ開館しましたか。
青石港の局長は誰ですか。
この国の首都はどこですか。
それぞれの区に駅はいくつありますか。
基地局は何台ありますか。
천문대는 언제 문을 열었습니까?
청석항의 국장은 누구입니까?
기지국은 몇 개 있습니까?
Combien de visiteurs le musée a-t-il par an ?
Y a-t-il un port à Penrow ?
Qui dirige l'observatoire ?
Quand le moulin est-il devenu un musée ?
Est-ce que le port gèle en hiver ?
Qu'est-ce que la photosynthèse ?
¿Cuándo abrió el observatorio?
¿Qué es la fotosíntesis?
¿Cuántos visitantes tiene el museo y cuál es su precio?
¿Dónde está el puerto?
Когда открылась обсерватория?
Что такое фотосинтез?
Сколько гостей посещает музей и где он находится?
Кто руководит портом?
متى افتتح المرصد في لاركسبور؟
كم عدد الحاويات في الميناء؟
ما هي عاصمة الصين؟
من هو مدير الميناء؟
Đài thiên văn mở cửa khi nào?
Cảng có bao nhiêu bến tàu?
Thủ đô của Việt Nam là gì?
""".strip().splitlines()

PORT = "青石港2031年装卸了多少集装箱？"
DISTRICT = "福田区2020年建了多少个5G基站？"
TOWER = "How many visitors did the Larkspur observatory have in 1974?"
MILL = "Wie viele Gäste hat das Museum in Eschenbach?"
# The question before, the follow-up, and what the completed question holds (parted by |).
FOLLOWUPS = f"""
{DISTRICT} ## 那是什么时候？ ## 福田区|那是什么时候
{DISTRICT} ## 那南山区呢？ ## =南山区2020年建了多少个5G基站？
{DISTRICT} ## 南山区呢 ## =南山区2020年建了多少个5G基站？
{DISTRICT} ## 那2019年呢？ ## =福田区2019年建了多少个5G基站？
{DISTRICT} ## 那4G呢？ ## =福田区2020年建了多少个4G基站？
{DISTRICT} ## 面积呢？ ## 福田区|面积
{DISTRICT} ## 那学生呢？ ## 福田区|学生
{DISTRICT} ## 为什么？ ## 福田区|为什么
{DISTRICT} ## 还有呢？ ## 福田区
{DISTRICT} ## 什么时候建成的？ ## 福田区|建成
{DISTRICT} ## 谁负责？ ## 福田区|负责
{DISTRICT} ## 其中室内的有多少？ ## 福田区|室内
{DISTRICT} ## 那其中室内的有多少？ ## 福田区|室内
{PORT} ## 那比上一年增加多少？ ## 青石港|那比上一年增加多少
{PORT} ## 那后来呢？ ## 青石港|后来
{DISTRICT} ## 它们主要在哪里？ ## 福田区|主要
{DISTRICT} ## 它的面积是多少？ ## 福田区|面积
{DISTRICT} ## 该区的区长是谁？ ## 福田区|区长
{DISTRICT} ## 里面室内基站占几个？ ## 福田区|室内
{DISTRICT} ## 做室内覆盖的有几个？ ## 福田区|室内覆盖
{DISTRICT} ## 排第几？ ## 福田区|排第几
{DISTRICT} ## 又过了一年有多少？ ## 福田区|一年
{DISTRICT} ## 花了多少钱？ ## 福田区|多少钱
{DISTRICT} ## 当时的区长是谁？ ## 福田区|区长
{DISTRICT} ## 后来增加到多少？ ## 福田区|增加
{DISTRICT} ## 多少个？ ## 福田区
{DISTRICT} ## 那为什么这么少？ ## 福田区|少
{PORT} ## 他们的局长是谁？ ## 青石港|局长
{PORT} ## 那里有几个码头？ ## 青石港|码头
{PORT} ## 這些都是什麼？ ## 青石港
{PORT} ## 那2032年呢？ ## =青石港2032年装卸了多少集装箱？
{DISTRICT} ## 这项工程花了多少钱？ ## 福田区|工程
{DISTRICT} ## 为什么推迟？ ## 福田区|推迟
{DISTRICT} ## 是谁提出的？ ## 福田区|提出
{DISTRICT} ## 比前一年多吗？ ## 福田区|前一年
{DISTRICT} ## 那是不是全国第一？ ## 福田区|全国第一
{DISTRICT} ## 这些基站分布在哪里？ ## 福田区|分布
{PORT} ## And why? ## 青石港|why
{TOWER} ## When was it built? ## Larkspur|built
{TOWER} ## And in 1975? ## =How many visitors did the Larkspur observatory have in 1975?
{TOWER} ## What about 1980? ## have in 1980?
{TOWER} ## Who founded it? ## Larkspur|founded
{TOWER} ## How many people work there? ## Larkspur|work there
{TOWER} ## Why? ## Larkspur
{TOWER} ## How many? ## Larkspur
{TOWER} ## What about the mirror? ## Larkspur|mirror
{TOWER} ## Where did they come from? ## Larkspur|come from
{TOWER} ## What is its area? ## Larkspur|area
{TOWER} ## When was that? ## Larkspur|that
{TOWER} ## And who leads it? ## Larkspur|leads
{TOWER} ## Who leads its board? ## Larkspur|board
{TOWER} ## How many students did it have? ## Larkspur|students
{TOWER} ## Which one is older? ## Larkspur|older
{TOWER} ## What happened then? ## Larkspur|happened
{TOWER} ## Anything else? ## Larkspur
How many masts are there in Futian? ## And in Nanshan? ## =How many masts are there in Nanshan?
How high is the mast in Futian? ## What about Nanshan? ## =How high is the mast in Nanshan?
{MILL} ## Und in Hamburg? ## =Wie viele Gäste hat das Museum in Hamburg?
{MILL} ## Seit wann? ## Eschenbach
{MILL} ## Wann wurde es eröffnet? ## Eschenbach|eröffnet
{MILL} ## Wer leitet es? ## Eschenbach|leitet
{MILL} ## Was kann man dort sehen? ## Eschenbach|sehen
{MILL} ## Warum? ## Eschenbach
{MILL} ## Und die Mühle? ## Eschenbach|Mühle
{MILL} ## Und wer hat das gesagt? ## Eschenbach|gesagt
{MILL} ## Wie alt ist sie? ## Eschenbach|alt
福田区の基地局はいくつですか。 ## 南山区は？ ## =南山区の基地局はいくつですか。
福田区の基地局はいくつですか。 ## それはいつですか？ ## 福田区|いつ
福田区の基地局はいくつですか。 ## 誰が建てましたか。 ## 福田区|誰が
福田区の基地局はいくつですか。 ## なぜですか？ ## 福田区
福田区の基地局はいくつですか。 ## そこには何がありますか。 ## 福田区|そこ
福田区の基地局はいくつですか。 ## いつできましたか。 ## 福田区
천문대는 언제 문을 열었습니까? ## 왜요? ## 천문대
천문대는 언제 문을 열었습니까? ## 그곳은 어디에 있습니까? ## 천문대|그곳
Quand le moulin a-t-il ouvert ? ## Pourquoi ? ## moulin
Quand le moulin a-t-il ouvert ? ## Qui l'a construit et où est-il ? ## moulin|construit
Quand le moulin a-t-il ouvert ? ## Quelle est sa hauteur ? ## moulin|hauteur
Quand le moulin a-t-il ouvert ? ## Où se trouve-t-il ? ## moulin|trouve
Quand le moulin a-t-il ouvert ? ## Et combien de salles ? ## moulin|salles
Combien de ports y a-t-il à Lyon ? ## Et à Paris ? ## =Combien de ports y a-t-il à Paris ?
¿Cuántos puertos hay en Lima? ## ¿Y en Quito? ## puertos hay en Quito
¿Cuántos visitantes tiene el museo? ## ¿Cuándo abrió? ## museo|abrió
¿Cuántos visitantes tiene el museo? ## ¿Cuál es su precio? ## museo|precio
¿Cuántos visitantes tiene el museo? ## ¿Quién lo dirige? ## museo|dirige
¿Cuántos visitantes tiene el museo? ## ¿Por qué? ## museo
Сколько станций в Москве? ## А в Туле? ## =Сколько станций в Туле?
Когда открылась обсерватория? ## Почему? ## обсерватория
Когда открылась обсерватория? ## Где она находится? ## обсерватория|находится
كم عدد المحطات في فوتيان؟ ## متى افتتح؟ ## فوتيان|افتتح
كم عدد المحطات في فوتيان؟ ## ما مساحتها؟ ## فوتيان|مساحتها
كم عدد المحطات في فوتيان؟ ## لماذا؟ ## فوتيان
كم عدد المحطات في فوتيان؟ ## وماذا عن نانشان؟ ## فوتيان|نانشان
Cảng có bao nhiêu bến tàu? ## Tại sao? ## Cảng
Cảng có bao nhiêu bến tàu? ## Nó ở đâu? ## Cảng|Nó
""".strip().splitlines()
# What is named now takes the place of its kind, so that nothing of the one before is left.
IN_ITS_PLACE = """
福田区有多少个5G基站？ ## 那南山呢？ ## 南山有多少个5G基站？
深圳市福田区有多少个5G基站？ ## 南山呢 ## 南山有多少个5G基站？
福田区有多少个5G基站？ ## 那不勒斯呢？ ## 那不勒斯有多少个5G基站？
请问福田区的面积是多少？ ## 那天河呢？ ## 请问天河的面积是多少？
深圳市有多少个区？ ## 那杭州市呢？ ## 杭州市有多少个区？
深圳市有几个区？ ## 那杭州呢？ ## 杭州有几个区？
有多少所学校在青石区？ ## 那白河区呢？ ## 有多少所学校在白河区？
福田区有多少个5G基站？ ## 全市呢？ ## 全市有多少个5G基站？
深圳市有多少个5G基站？ ## 那全国呢？ ## 全国有多少个5G基站？
从化区有多少人口？ ## 那增城区呢？ ## 增城区有多少人口？
福田区有多少个小学？ ## 那中学呢？ ## 福田区有多少个中学？
福田区の基地局はいくつですか。 ## 南山は？ ## 南山の基地局はいくつですか。
Wie viele Masten gibt es in Futian? ## Und Nanshan? ## Wie viele Masten gibt es in Nanshan?
Welche hohen Türme hat Futian? ## Und Nanshan? ## Welche hohen Türme hat Nanshan?
How many masts are there in Futian? ## And Nanshan? ## How many masts are there in Nanshan?
How many 5G masts does Futian have? ## And Nanshan? ## How many 5G masts does Nanshan have?
What is the GDP of Futian? ## And Nanshan? ## What is the GDP of Nanshan?
How big is Futian's GDP? ## And Nanshan? ## How big is Nanshan's GDP?
How big is Futian’s GDP? ## And Nanshan’s? ## How big is Nanshan’s GDP?
How old is the World Health Organization? ## And NATO? ## How old is the NATO?
Who runs the NATO? ## And Interpol? ## Who runs the Interpol?
Wie viele 5G-Masten hat Futian? ## Und Nanshan? ## Wie viele 5G-Masten hat Nanshan?
Wie hoch ist das BIP von Futian? ## Und Nanshan? ## Wie hoch ist das BIP von Nanshan?
Combien de mâts y a-t-il à Futian ? ## Et Nanshan ? ## Combien de mâts y a-t-il à Nanshan ?
¿Cuántos mástiles hay en Futian? ## ¿Y Nanshan? ## ¿Cuántos mástiles hay en Nanshan?
Quanti alberi ci sono a Futian? ## E Nanshan? ## Quanti alberi ci sono a Nanshan?
Hoeveel masten zijn er in Futian? ## En Nanshan? ## Hoeveel masten zijn er in Nanshan?
""".strip().splitlines()
NOT_IN_ITS_PLACE = """
福田区有多少个5G基站？ ## 那医院呢？
福田区有多少个5G基站？ ## 还有呢？
福田区有多少个5G基站？ ## 全区呢？
福田区有多少个5G基站？ ## 其他的呢？
城市更新项目有多少个？ ## 那南山呢？
Wie viele Krankenhäuser hat Futian? ## Und Schulen?
Was kostet Strom in Kiel? ## Und Nanshan?
""".strip().splitlines()
# A bare question word takes the place of the one before; what was counted is not asked for.
BARE = """
福田区2020年建了多少个5G基站？ ## 什么时候？
福田区2020年建了多少个5G基站？ ## 那为什么呢？
福田区2020年建了多少个5G基站？ ## 在哪里？
福田区2020年建了多少个5G基站？ ## 多少个？
青石港什么时候建成？ ## 为什么？
谁建了三号码头？ ## 什么时候？
Combien de mâts ont été construits à Futian ? ## Et quand ?
Quand le moulin a-t-il ouvert ? ## Pourquoi ?
How many masts are there in Futian? ## Since when?
How many masts are there in Futian? ## How many?
Who built the tower? ## And when?
Is there a mill in Penrow? ## Since when?
Wie viele Gäste hat das Museum? ## Warum?
¿Cuántos visitantes tiene el museo? ## ¿Por qué?
Когда открылась обсерватория? ## Почему?
كم عدد المحطات في فوتيان؟ ## ومتى؟
Cảng có bao nhiêu bến tàu? ## Tại sao?
福田区の基地局はいくつですか。 ## なぜですか？
천문대는 언제 문을 열었습니까? ## 왜요?
Quanti alberi ci sono a Futian? ## E perché?
""".strip().splitlines()
"""A question word alone: the reader reads both questions, and the one alone."""


@pytest.mark.parametrize("question", ALONE)
def test_a_question_with_its_own_subject_is_left_alone(question: str) -> None:
    for before in (DISTRICT, TOWER):
        assert complete(question, [Turn(before, "5260 [1]")]) is None


@pytest.mark.parametrize("row", FOLLOWUPS)
def test_a_followup_is_completed(row: str) -> None:
    before, question, holds = row.split(" ## ")
    completed = complete(question, [Turn("你好", "你好！"), Turn(before, "5260 [1]")])
    assert completed is not None
    if holds.startswith("="):
        assert completed == holds[1:]
    else:
        assert all(part in completed for part in holds.split("|"))


@pytest.mark.parametrize("row", IN_ITS_PLACE)
def test_what_is_asked_now_takes_its_place(row: str) -> None:
    before, question, whole = row.split(" ## ")
    assert complete(question, [Turn(before, "5260 [1]")]) == whole


@pytest.mark.parametrize("row", [*NOT_IN_ITS_PLACE, *BARE])
def test_what_may_be_of_another_kind_is_put_behind(row: str) -> None:
    before, question = row.split(" ## ")
    assert complete(question, [Turn(before, "5260 [1]")]) == _behind(before, question)


def _behind(before: str, question: str) -> str:
    return before + question if before.endswith(("？", "。")) else f"{before} {question}"


def test_what_documents_hold_is_a_name_where_they_say_of_what_kind() -> None:
    before = [Turn("福田区有多少个5G基站？", "5260")]

    def asked(added: str, *held: str) -> str | None:
        return complete(f"那{added}呢？", before, (), held.__contains__)

    assert asked("老师", "老师") == "福田区有多少个5G基站？那老师呢？"
    assert asked("南山", "南山", "南山区") == "南山有多少个5G基站？"
    assert asked("南山") == "南山有多少个5G基站？"


def test_the_page_keeps_as_many_turns_as_are_looked_through() -> None:
    script = Path("webui/scripts/kept.js").read_text("utf-8")
    assert f"const TURNS = {TURNS};" in script


@pytest.mark.parametrize("row", FOLLOWUPS)
def test_nothing_is_completed_without_a_question_before(row: str) -> None:
    question = row.split(" ## ")[1]
    assert complete(question, []) is None
    assert complete(question, [Turn("谢谢", "不客气"), Turn("有哪些文档？", "1")]) is None


def test_a_chain_is_followed_from_its_beginning() -> None:
    turns = [Turn("福田区有多少个基站？", "5260"), Turn("那南山区呢？", "6415")]
    assert complete("那龙岗区呢？", turns) == "龙岗区有多少个基站？"
    turns = [Turn("福田区2020年有多少个基站？", "5260"), Turn("那南山区呢？", "6415")]
    assert complete("2019年呢？", turns) == "南山区2019年有多少个基站？"
    assert complete("谢谢，那2021年呢？", turns) is not None


def test_a_chain_does_not_grow_without_end() -> None:
    turns = [Turn("福田区有多少个基站？", "5260"), *[Turn("那是为什么？", "…")] * 8]
    completed = complete("它们在哪里？", turns)
    assert completed == "福田区有多少个基站？那是为什么？它们在哪里？"


def test_a_new_question_begins_a_new_chain() -> None:
    turns = [Turn("福田区有多少个基站？", "5260"), Turn("天文台什么时候开放？", "1974")]
    completed = complete("它的主镜多大？", turns)
    assert completed == "天文台什么时候开放？它的主镜多大？"


@pytest.mark.parametrize(
    ("question", "item"),
    [
        ("第二个呢？", "现代物流27个"),
        ("第一个呢", "金融41个"),
        ("后者呢？", "现代物流27个"),
        ("最后一个是什么？", "信息服务20个"),
        ("The second one?", "现代物流27个"),
    ],
)
def test_an_ordinal_names_an_item_of_the_quotation(question: str, item: str) -> None:
    answer = "文件中这样写：\n\n“签约88个项目，其中有金融41个、现代物流27个、信息服务20个。”[1]"
    completed = complete(question, [Turn("前海签了多少项目？", answer)])
    assert completed is not None
    assert "前海" in completed
    assert item in completed


def test_an_ordinal_names_a_quotation_where_there_are_several() -> None:
    answer = "文件中这样写：\n\n“甲项目已经开工。”[1]\n\n“乙项目明年开工。”[2]"
    completed = complete("第二个呢？", [Turn("哪些项目开工？", answer)])
    assert completed is not None
    assert "乙项目明年开工" in completed
    assert complete("第五个呢？", [Turn("哪些项目开工？", answer)]) == "哪些项目开工？第五个呢？"


def test_titles_tell_what_is_a_name() -> None:
    titles = ["福田区5G小结", "罗湖区部署改革试点", "南山区简报"]
    before = [Turn("福田讨论改革试点的会是哪天开的？", "12日")]
    assert complete("那罗湖呢？", before, titles) == "罗湖讨论改革试点的会是哪天开的？"
    assert complete("那罗湖呢？", before) == "福田讨论改革试点的会是哪天开的？那罗湖呢？"


def test_what_is_no_question_is_not_completed() -> None:
    for message in ("谢谢", "总结这篇文章", "有哪些文档？", "", "？", "🎉"):
        assert complete(message, [Turn(DISTRICT, "5260")]) is None


LITTLE_WORDS = (
    "e y and % it 那 呢 它 第二个 第 1 5G 区 Futian 是 は そこ 그 А est-il ? ， “ ”[1] \u0301"
)


@given(
    st.lists(st.sampled_from(LITTLE_WORDS.split()), max_size=8), st.booleans(), st.text(max_size=20)
)
def test_any_message_can_be_given(words: list[str], spaced: bool, answer: str) -> None:
    question = (" " if spaced else "").join(words)
    completed = complete(question, [Turn(DISTRICT, answer), Turn(question, answer)])
    assert completed is None or completed.strip()


def test_a_long_paste_is_left_alone() -> None:
    assert complete("那它呢？" * 20_000, [Turn(DISTRICT, "5260")]) is None
    completed = complete("那是为什么？", [Turn("甲" * 5000 + "在哪？", "…")])
    assert completed is not None
    assert len(completed) < 400


SET = [
    json.loads(line)
    for line in Path(__file__).with_name("followups.jsonl").read_text("utf-8").splitlines()
]


def is_right(row) -> bool:
    completed = complete(row["question"], [Turn(before, "…") for before in row["history"]])
    if completed is None or not row["followup"]:
        return completed is None and not row["followup"]
    holds = all(part in completed for part in row["holds"])
    return holds and not any(part in completed for part in row.get("lacks", ()))


def test_followups_in_many_languages() -> None:
    right = defaultdict(list)
    for row in SET:
        kind = "followup" if row["followup"] else "whole"
        for group in {kind, row["kind"], row["language"]}:
            right[group].append(is_right(row))
    for group, each in right.items():
        print(f"{group:12} {sum(each):4} of {len(each)}")
    assert len({row["id"] for row in SET}) == len(SET)
    assert sum(right["followup"]) >= 0.95 * len(right["followup"])
    assert sum(right["whole"]) >= 0.99 * len(right["whole"])
    assert all(sum(each) >= 0.8 * len(each) for each in right.values())
