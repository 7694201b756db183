"""Statements and the questions that they answer; what cannot be turned safely gives none."""

import pytest

from rag.writing.turning import questions

TURNED = [
    ("zh", "福田区建成并开通的5G基站有5260个。", "福田区建成并开通的5G基站有多少个？"),
    (
        "zh",
        "港务局局长林望舒说，新建的三号码头将在2033年春天启用。",
        "新建的三号码头将在哪一年启用？",
    ),
    ("zh", "据统计，石门驿站到京城的官道长三百二十里。", "石门驿站到京城的官道长多少里？"),
    ("zh", "商业区的智慧停车平台接入了约4.1万个车位。", "商业区的智慧停车平台接入了多少个车位？"),
    ("zh", "石门驿站于1402年3月5日建成。", "石门驿站于什么时候建成？"),
    ("en", "The mill was built in 1892 by a baker.", "When was the mill built by a baker?"),
    (
        "en",
        "In 1974, the observatory opened to the public.",
        "When did the observatory open to the public?",
    ),
    ("en", "The park covers about 2,400 hectares.", "How many hectares does the park cover?"),
    ("zh", "福田国际量子研究院的地址是槟榔道6号。", "福田国际量子研究院的地址是什么？"),
    ("zh", "两条铁路的轨距是760毫米（2英尺6英寸）。", "两条铁路的轨距是什么？"),
    ("zh", "互联网二是一个研究网络联盟。", "互联网二是什么？"),
    ("zh", "石门驿站位于京城以西，有三座院子。", "石门驿站位于哪里？"),
    ("en", "The mill is located on the river Esk.", "Where is the mill located?"),
    ("de", "Die Mühle liegt an der Eske.", "Wo liegt die Mühle?"),
    ("en", "The site has three buildings.", "How many buildings does the site have?"),
    ("en", "The tower is 43 metres high.", "How high is the tower?"),
    ("en", "Internet2 is a not-for-profit computer network.", "What is Internet2?"),
    ("de", "Am 3. Oktober 1987 wurde die Mühle ein Museum.", "Wann wurde die Mühle ein Museum?"),
    ("de", "Die Börse wurde im Jahr 1817 gegründet.", "Wann wurde die Börse gegründet?"),
    ("de", "Der Hafen beschäftigt rund 12.500 Lotsen.", "Wie viele Lotsen beschäftigt der Hafen?"),
    (
        "de",
        "Rund 9000 Gäste besuchten 2020 das Museum.",
        "Wie viele Gäste besuchten 2020 das Museum?",
    ),
]
NOT_TURNED = [
    ("zh", "其中外贸箱占六成，主要发往东南亚。"),
    ("zh", "第一年补一半，第二年补三成。"),
    ("zh", "会议提出三大任务。"),
    ("zh", "华沙自古以来就是一座多元文化的城市。"),
    ("zh", "那些移居者当中有数百位法国信徒。"),
    ("zh", "净水器的进水水温不得超过38摄氏度。"),
    ("zh", "南加州是国际机场的所在地。"),
    ("zh", "截至2020年9月底，情况没有变化。"),
    ("zh", ""),
    ("en", "It was built in 1892."),
    ("en", "These were sold in 1903 to the village."),
    ("en", "Early versions were in use by 1851."),
    ("en", "The version is 1.2.3."),
    ("en", "Was it built in 1892?"),
    ("de", "Dort wurde er 1987 gewählt."),
    ("de", "Die meisten von ihnen wurden nach dem Aufstand von 1944 zerstört."),
    ("de", "Frühe Versionen waren ab 1851 in Gebrauch."),
    ("sv", "Kvarnen byggdes 1892."),
    ("ja", "岬の灯台は1931年に建てられた。"),
    ("xx", "| 1 | 2 |"),
]


@pytest.mark.parametrize(("language", "statement", "question"), TURNED)
def test_a_statement_becomes_the_question_that_it_answers(
    language: str, statement: str, question: str
) -> None:
    assert questions(statement, language)[:1] == [question]


@pytest.mark.parametrize(("language", "statement"), NOT_TURNED)
def test_what_cannot_be_turned_safely_gives_none(language: str, statement: str) -> None:
    assert questions(statement, language) == []
