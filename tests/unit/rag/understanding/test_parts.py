# ruff: noqa: E501 (a row of a table stays on its line)
"""Questions that compare, or ask several things, are split; what is one question stays whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.understanding.parts import parts

COMPARING = """
A5和A7哪个保修更长？ => A5 / A7
A5和A7的保修哪个更长？ => A5 / A7
A5和A7保修哪个更长 => A5 / A7
A5和A7哪個保修更長？ => A5 / A7
福田和南山的5G基站各有多少？ => 福田 / 南山
福田和南山各有多少个学校？ => 福田 / 南山
福田和南山哪个人口更多？ => 福田 / 南山
福田区和南山区的人口是多少？ => 福田区 / 南山区
福田区、南山区和罗湖区哪个面积最大？ => 福田区 / 南山区 / 罗湖区
A5和A7的保修有什么不同？ => A5 / A7
A5与A7在价格上有什么区别？ => A5 / A7
X1和X2多少钱？ => X1 / X2
X1跟X2的价格是多少？ => X1 / X2
请问A套餐和B套餐哪个便宜？ => A套餐 / B套餐
和平区和福田区哪个面积更大？ => 和平区 / 福田区
2020年福田和南山分别建了多少个基站？ => 福田 / 南山
公司在福田和南山各有多少员工？ => 福田 / 南山
A5和A7哪个有防水功能？ => A5 / A7
张三和李四谁更高？ => 张三 / 李四
A5、A6和A7哪个最轻？ => A5 / A6 / A7
标准版还是专业版更便宜？ => 标准版 / 专业版
一期和二期分别什么时候完工？ => 一期 / 二期
Which has the longer warranty, the A5 or the A7? => A5 / A7
Which is cheaper, the A5 or the A7? => A5 / A7
Which phone is heavier: the A5 or the A7? => A5 / A7
Is the A5 or the A7 cheaper? => A5 / A7
Which one supports wireless charging, the A5 or the A7? => A5 / A7
Which city is bigger, Bremen or Kiel? => Bremen / Kiel
Which plan has more users, Basic or Pro? => Basic / Pro
How do the A5 and the A7 differ in price? => A5 / A7
Compare the warranties of the A5 and the A7 => A5 / A7
What are the prices of the X1 and the X2? => X1 / X2
What are the prices of the X1, the X2 and the X3? => X1 / X2 / X3
What are the populations of Bremen and Kiel respectively? => Bremen / Kiel
How many base stations do Futian and Nanshan have? => Futian / Nanshan
How many employees do Bremen and Kiel each have? => Bremen / Kiel
How old are Anna and Ben? => Anna / Ben
What do the X1 and the X2 cost? => X1 / X2
Wie unterscheiden sich Tarif A und Tarif B beim Preis? => Tarif A / Tarif B
Welcher Tarif ist günstiger, A oder B? => A / B
Ist Tarif A oder Tarif B günstiger? => Tarif A / Tarif B
Welches Gerät hat die längere Garantie, A5 oder A7? => A5 / A7
Was kosten X1 und X2? => X1 / X2
Wie viele Einwohner haben Bremen und Kiel? => Bremen / Kiel
Wie hoch sind die Preise von X1 und X2? => X1 / X2
Vergleiche die Laufzeit von Tarif A und Tarif B => Tarif A / Tarif B
Quels sont les prix de A5 et A7 ? => A5 / A7
Lequel est moins cher, A5 ou A7 ? => A5 / A7
¿Cuáles son los precios de A5 y A7? => A5 / A7
¿Cuál es más barato, A5 o A7? => A5 / A7
Что дороже, A5 или A7? => A5 / A7
A5とA7では、どちらの保証が長いですか？ => A5 / A7
A5とA7の価格はそれぞれいくらですか？ => A5 / A7
A5와 A7 중 어느 것이 보증이 더 긴가요? => A5 / A7
A5 và A7 cái nào rẻ hơn? => A5 / A7
"""
# The questions as they are searched for.
SEVERAL = """
什么时候成立的，现在有多少人？ => 什么时候成立的？ / 现在有多少人？
福田区是什么时候成立的，现在有多少人？ => 福田区是什么时候成立的？ / 福田区现在有多少人？
这座桥有多长，是谁设计的？ => 这座桥有多长？ / 这座桥是谁设计的？
这座桥有多长？它是谁设计的？ => 这座桥有多长？ / 这座桥是谁设计的？
深圳市福田区的面积有多大，人口是多少？ => 深圳市福田区的面积有多大？ / 深圳市福田区的人口是多少？
A5防水吗，保修多久？ => A5防水吗？ / A5的保修多久？
A5和A7哪个更轻，谁设计了它们？ => A5更轻吗？ / A7更轻吗？ / 谁设计了它们？
福田有多少基站，南山有多少基站？ => 福田有多少基站？ / 南山有多少基站？
图书馆在哪里，几点开门，有没有停车位？ => 图书馆在哪里？ / 图书馆几点开门？ / 图书馆有没有停车位？
福田区GDP是多少，有多少家总部企业？ => 福田区GDP是多少？ / 福田区有多少家总部企业？
福田区2020年GDP是多少，有多少家企业？ => 福田区2020年GDP是多少？ / 福田区2020年有多少家企业？
福田区面积有多大，人口是多少？ => 福田区面积有多大？ / 福田区的人口是多少？
GDP是多少，有多少家企业？ => GDP是多少？ / 有多少家企业？
华为CEO是谁，什么时候上任的？ => 华为CEO是谁？ / 华为CEO什么时候上任的？
福田区医院有多少家，在哪里？ => 福田区医院有多少家？ / 福田区医院在哪里？
福田区的区长是谁，以及什么时候上任的？ => 福田区的区长是谁？ / 福田区什么时候上任的？
When was it founded and who leads it? => When was it founded? / Who leads it?
When was Siemens founded and who leads it? => When was Siemens founded? / Who leads Siemens?
When was Siemens founded, and what is its revenue? => When was Siemens founded? / What is Siemens's revenue?
Where is the library and what are its opening hours? => Where is the library? / Where is the library? What are its opening hours?
How long is the bridge and what did the tower cost? => How long is the bridge? / What did the tower cost?
What is the fee? How do I pay? => What is the fee? / How do I pay?
Wann wurde Siemens gegründet und wer leitet das Unternehmen? => Wann wurde Siemens gegründet? / Wer leitet das Unternehmen?
Wann wurde Siemens gegründet und wer leitet es? => Wann wurde Siemens gegründet? / Wann wurde Siemens gegründet? Wer leitet es?
¿Cuándo se fundó la empresa y quién la dirige? => ¿Cuándo se fundó la empresa? / ¿Quién la dirige?
Quand a-t-elle été fondée et qui la dirige ? => Quand a-t-elle été fondée? / Qui la dirige?
Когда был основан завод и кто им руководит? => Когда был основан завод? / Кто им руководит?
Quando è stato costruito il ponte e chi ha progettato la torre? => Quando è stato costruito il ponte? / Chi ha progettato la torre?
Quando foi fundada a empresa e quem dirige o museu? => Quando foi fundada a empresa? / Quem dirige o museu?
Kiedy zbudowano most i kto zaprojektował wieżę? => Kiedy zbudowano most? / Kto zaprojektował wieżę?
この会社はいつ設立されましたか、どこにありますか？ => この会社はいつ設立されましたか？ / この会社はどこにありますか？
"""
WHOLE = """
张三和李四是什么关系？
张三和李四什么时候结婚的？
深圳市和香港之间的距离是多少
福田和南山之间有多远？
深圳和香港的边界有多长？
福田和南山一共有多少个基站？
福田区和南山区的基站总数是多少？
A5和A7之间有什么区别？
深圳和香港在哪些领域合作？
深圳与香港的合作项目有哪些？
中国和美国签署了什么协议？
鲁迅和胡适是怎么认识的？
教育和科技有什么联系？
空气和水的密度之比是多少？
红和蓝混合是什么颜色？
法国和英国为什么开战？
中国和俄罗斯的贸易额是多少？
梁山伯与祝英台的故事讲了什么？
《罗密欧与朱丽叶》是谁写的？
深港科技创新合作区有多大？
河套深港科技创新合作区什么时候启动？
中华人民共和国什么时候成立？
人民共和国的首都在哪里？
什么是和平共处五项原则？
参与调查的人有多少？
涉及哪些部门？
谁参与了谈判？
福田区有多少个5G基站？
福田区的面积有多大？
会议是什么时候开的？
文件规定了什么？
为什么要建新口岸？
新皇岗口岸什么时候建成？
香蜜湖片区的定位是什么？
福田区委常委会会议提出了哪些要求？
区委书记在会上说了什么？
当基站建成后，有多少人受益？
在福田区，有多少个基站？
根据报告，2020年的收入是多少？
如果下雨，活动怎么办？
你知道福田有多少基站吗，谢谢
无论发生什么，谁负责？
他为什么离开，大家都不知道
哪个区的基站最多？
哪些区的基站超过一千个？
哪个城市人口最多？
谁更适合当区长？
比亚迪的总部在哪里？
比利时的首都是哪里？
比去年增长了多少？
2020年比2019年增长了多少？
GDP比上年高多少？
今年比去年多建了多少个？
还是有多少人没有报名？
这些是什么，还是没有？
研究与开发的费用占多少？
技术和服务的质量如何保证？
老师和学生怎么沟通？
供需关系是怎样的？
酸和碱反应生成什么？
成本和收益的关系是什么？
申请材料及流程是什么？
退货和换货的规定是什么？
居民和企业可以申请什么补助？
请问怎么申请退款？
保修期内免费维修吗？
怎么连接蓝牙和无线网络？
如何安装和卸载软件？
软件更新和安全补丁多久发布一次？
姓名和电话写在哪里？
早上和晚上吃什么好？
你好，福田有多少基站？
谢谢，那南山有多少？
第一，什么是改革？
这是什么？
多少钱？
谁？
总结一下福田和南山的报告
What is the relation between X and Y?
What is the relationship between Anna and Ben?
What is the difference between the A5 and the A7?
How far is it from Bremen to Kiel?
What is the distance between Bremen and Kiel?
How many miles are between Bremen and Kiel?
What do Anna and Ben have in common?
When did Anna and Ben meet?
When did Anna and Ben marry?
When did France and Germany sign the treaty?
How many base stations do Futian and Nanshan have together?
What is the total population of Bremen and Kiel?
How did supply and demand interact?
What are the effects of heat and pressure?
What are the causes of war and famine?
Who wrote Romeo and Juliet?
Who wrote Pride and Prejudice?
What is research and development?
What is the Ministry of Trade and Industry?
Who founded Johnson and Johnson?
Where is Trinidad and Tobago?
What is the capital of Bosnia and Herzegovina?
What are the terms and conditions?
How do I install and configure the software?
Which district has the most base stations?
Which of the districts is the largest?
Who is the mayor?
Who is the man who built the bridge and who designed the tower?
What is the name of the king who conquered Wales and who built the castle?
Do you know when it opened and who paid for it?
He asked what it was and who made it.
When and where was he born?
Why and how did it happen?
What happened when the war ended and how people reacted?
How many men and how many women?
What did he say about when and where?
Is it bigger than before?
More than how many people came?
Is there more than one entrance?
Rather than what?
Other than Berlin, which cities were named?
What is larger than a whale?
How much more than in 2019 was it?
Between 2019 and 2020, how much did it grow?
What was built between 1990 and 2000?
How is warm and cold air mixed?
What are oxygen and hydrogen used for?
What are the rules for dogs and cats?
What are the differences of the A5 and the A7?
What does and/or mean?
What is the and operator?
How many points did the Broncos score?
In which city and state was the game played?
What time do the doors open and close?
What do plants need to grow and survive?
Which is the oldest?
Or what?
And who?
Who?
Which team won, and by how much?
What are vitamins?
What are the names?
How old are they?
How big are the rooms?
Was ist die Beziehung zwischen X und Y?
Wie groß ist die Entfernung zwischen Bremen und Kiel?
Was haben Anna und Ben gemeinsam?
Wann haben Anna und Ben geheiratet, und wissen das alle?
Wie viele Einwohner haben Bremen und Kiel zusammen?
Was ist der Unterschied zwischen Tarif A und Tarif B?
Wer schrieb Stolz und Vorurteil?
Was ist Forschung und Entwicklung?
Wie heißt das Ministerium für Handel und Industrie?
Wo liegt Bosnien und Herzegowina?
Wann und wo wurde er geboren?
Was sind die Folgen von Krieg und Hunger?
Was sind die Ursachen von Armut und Gewalt?
Wissen Sie, wann es öffnete und wer es bezahlte?
Wer ist der Mann, der die Brücke baute und den Turm entwarf?
Welcher Bezirk hat die meisten Stationen?
Wie viele Stationen gibt es in Futian?
Was wurde zwischen 1990 und 2000 gebaut?
Ist es größer als vorher?
Gibt es mehr als einen Eingang?
Wie installiere und konfiguriere ich die Software?
Was steht in den Bedingungen?
Wie hoch ist der Turm?
Was kostet der Tarif?
Quando e dove è nato il poeta?
Kto i kiedy zbudował most?
Quelle est la relation entre X et Y ?
Qui a écrit Le Rouge et le Noir ?
Quelle est la différence entre A5 et A7 ?
¿Cuál es la relación entre X e Y?
¿Quién escribió Crimen y castigo?
¿Qué distancia hay entre Bremen y Kiel?
Какое расстояние между Бременом и Килем?
Кто написал «Войну и мир»?
XとYの関係は何ですか？
東京と大阪の間の距離はどのくらいですか？
『罪と罰』は誰が書きましたか？
서울과 부산 사이의 거리는 얼마입니까?
Khoảng cách giữa Huế và Hà Nội là bao nhiêu?
ما العلاقة بين X و Y؟
"""


def rows(table: str) -> list[tuple[str, list[str]]]:
    pairs = (line.split(" => ") for line in table.strip().splitlines())
    return [(asked, found.split(" / ")) for asked, found in pairs]


@pytest.mark.parametrize(("question", "about"), rows(COMPARING))
def test_what_is_compared_is_asked_one_by_one(question: str, about: list[str]) -> None:
    found = parts(question)
    assert [part.about for part in found] == about
    for part in found:
        others = [name for name in about if name != part.about]
        assert part.about in part.question
        assert not any(name in part.question.split() for name in others)


@pytest.mark.parametrize(("question", "asked"), rows(SEVERAL))
def test_several_questions_are_asked_one_by_one(question: str, asked: list[str]) -> None:
    assert [part.question for part in parts(question)] == asked


@pytest.mark.parametrize("question", WHOLE.strip().splitlines())
def test_one_question_stays_whole(question: str) -> None:
    assert parts(question) == []


@given(st.text(max_size=400))
def test_any_text_has_parts_or_none(text: str) -> None:
    found = parts(text)
    assert len(found) != 1
    assert all(part.about.strip() and part.question.strip() for part in found)


NAMES = st.from_regex(r"[A-Z][a-z]{3,8}", fullmatch=True)


@given(NAMES, NAMES)
def test_a_relation_is_never_split(one: str, other: str) -> None:
    assert parts(f"What is the distance between {one} and {other}?") == []
    assert parts(f"{one}和{other}之间的距离是多少？") == []
