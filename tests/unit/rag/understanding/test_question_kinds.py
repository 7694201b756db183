"""What kind of answer a question asks for, in ten languages: what is and what is not."""

import pytest

from rag.understanding import question_kinds as kinds

ROWS = {
    kinds.is_list_question: (
        [
            "园区有哪些企业？",
            "参会的有哪几个部门？",
            "体检包括什么？",
            "“三个一批”指的是什么？",
            "请列出全部材料",
            "Which rooms are open on Mondays?",
            "What are the opening hours?",
            "Name the three founders.",
            "What services do you offer?",
            "Welche Unterlagen brauche ich?",
            "Was sind die Vorteile?",
            "館内にはどんな施設がありますか",
            "어떤 서류들이 필요합니까?",
            "Quels documents faut-il ?",
            "¿Cuáles son los requisitos?",
            "Какие документы нужны?",
            "ما هي الشروط؟",
            "Cần những giấy tờ nào?",
        ],
        [
            "第三期是什么？",
            "图书馆几点开门？",
            "Which bus goes to the harbour?",
            "What is the name of the harbour?",
            "Welche Farbe ist das Tor?",
            "どこで申し込みますか",
        ],
    ),
    kinds.is_procedure_question: (
        [
            "怎么办理居住证？",
            "如何申请补贴？",
            "报名流程是什么？",
            "How do I reset the clock?",
            "How to clean the filter?",
            "Wie kann ich kündigen?",
            "どうやって申し込みますか",
            "어떻게 신청합니까?",
            "Comment remplacer la pile ?",
            "¿Cómo puedo pagar?",
            "Как получить карту?",
            "كيف يمكنني التسجيل؟",
            "Làm thế nào để đăng ký?",
        ],
        [
            "这个展览怎么样？",
            "效果如何？",
            "How high is the tower?",
            "Wie viele Stufen hat er?",
            "Comment s'appelle la rue ?",
        ],
    ),
    kinds.is_yes_no_question: (
        [
            "周一开门吗？",
            "外地人能不能申请？",
            "發票可以補開嗎",
            "他是不是院长？",
            "是否收费",
            "Can I bring my dog?",
            "Isn't the museum free?",
            "Does the ticket include the ferry?",
            "Kann ich den Vertrag kündigen?",
            "Ist das Museum montags geöffnet?",
            "Gibt es eine Ermäßigung?",
            "図書館は月曜日に開いていますか。",
            "월요일에 문을 엽니까?",
            "Le musée est-il ouvert le lundi ?",
            "Est-ce que le chien paie ?",
            "¿Hay descuentos para niños?",
            "Можно ли отменить заказ?",
            "هل الدخول مجاني؟",
            "Trẻ em có được giảm giá không?",
        ],
        [
            "周一几点开门？",
            "您知道周一几点开门吗？",
            "开放还是关闭？",
            "有没有什么优惠？",
            "门票价格",
            "Was kostet der Eintritt?",
            "Is it open or closed on Mondays?",
            "Do you know when it opens?",
            "Which dogs can I bring?",
            "Wann ist das Museum geöffnet?",
            "何時に開きますか。",
            "몇 시에 문을 엽니까?",
            "Où peut-on payer ?",
            "¿Cuánto es la entrada?",
            "Сколько стоит билет?",
            "كم سعر التذكرة؟",
        ],
    ),
}


@pytest.mark.parametrize(
    ("kind", "question", "is_it"),
    [
        (kind, question, is_it)
        for kind, both in ROWS.items()
        for is_it, questions in zip((True, False), both, strict=True)
        for question in questions
    ],
)
def test_kinds(kind, question, is_it):
    assert kind(question) is is_it
