"""Figures and dates lifted out of a sentence: only where the question asks and there is one."""

import pytest

from rag.figures import asked_figure

ROWS = [
    ("一共发表了多少篇论文？", "团队累计发表论文280余篇。", "280余篇"),
    ("研究骨干中有海外经历的占比是多少？", "骨干中80%以上曾在境外工作。", "80%以上"),
    ("面积多大？", "园区新增空间超过400万平方米。", "400万平方米"),
    ("什么时候建成？", "该工程力争在2022年底前完成，设12条通道。", "2022年底"),
    ("会议是哪一天开的？", "2020年10月12日，区里开会，到会35人。", "2020年10月12日"),
    ("How many visitors come?", "About 12,500 visitors came to see 3D films.", "12,500"),
    ("How large is the mirror?", "Opened in 1974, its mirror measures 2.4 metres.", "2.4"),
    ("When was it opened?", "It was opened on March 3, 1974.", "March 3, 1974"),
    ("Wann wurde sie ein Museum?", "Am 3. Oktober 1987 wurde sie ein Museum.", "3. Oktober 1987"),
    ("Wie viele Gäste kommen?", "Jährlich kommen rund 12.500 Gäste.", "12.500"),
    ("いつ開業しますか。", "新しい駅は2033年4月に開業する。", "2033年4月"),
    ("몇 명이 일합니까?", "연구소에는 45명이 일한다.", "45"),
    ("Combien de salles ?", "Le musée compte 18 salles.", "18"),
    ("Сколько стоит билет?", "Билет стоит 250 рублей.", "250"),
    # No choice is made for the reader.
    ("有多少个项目？", "共126个，其中生命科学56个。", None),
    ("什么时候？", "2019年动工，2022年完工。", None),
    # Not asked, or not a figure.
    ("谁领导研究院？", "研究院有45人。", None),
    ("有多少个基站？", "5G基站已经开通。", None),
    ("How many?", "The B2B fair and the G20 summit were held.", None),
    ("多少？", "2020年完成了任务。", None),
]


@pytest.mark.parametrize(("question", "sentence", "figure"), ROWS)
def test_asked_figure(question: str, sentence: str, figure: str | None) -> None:
    assert asked_figure(question, sentence) == figure
    assert figure is None or figure in sentence
