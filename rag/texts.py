"""What answers say around the quotations, in the language of the question.

Native names of languages stand for the source's language, so that one name serves every frame.
"""

from dataclasses import dataclass

FALLBACK = "en"
"""The language of the frame where the question's own is not among these."""


@dataclass(frozen=True, slots=True)
class AnswerTexts:
    """The sentences of one language; `said_in` takes the native name of the quotations'."""

    native_name: str
    said: str
    said_in: str
    declined: str
    empty_corpus: str
    empty_question: str


TEXTS: dict[str, AnswerTexts] = {
    "zh": AnswerTexts(
        native_name="中文",
        said="文件中这样写：",
        said_in="文件中这样写（原文为 {language}）：",
        declined="文件里没有找到这个问题的答案。下面列出最接近的段落，供您判断。",
        empty_corpus="文件库里还没有文件。请先添加文件，再提问。",
        empty_question="请输入一个问题。",
    ),
    "en": AnswerTexts(
        native_name="English",
        said="The documents say:",
        said_in="The documents say (original in {language}):",
        declined="The documents do not answer this question. "
        "The nearest passages are listed, so that you can judge for yourself.",
        empty_corpus="There are no documents yet. Add one, then ask.",
        empty_question="Please type a question.",
    ),
    "de": AnswerTexts(
        native_name="Deutsch",
        said="In den Dokumenten steht:",
        said_in="In den Dokumenten steht (Original auf {language}):",
        declined="Die Dokumente beantworten diese Frage nicht. "
        "Die nächstliegenden Passagen sind aufgeführt, damit Sie selbst urteilen können.",
        empty_corpus="Es gibt noch keine Dokumente. Fügen Sie eines hinzu und fragen Sie dann.",
        empty_question="Bitte geben Sie eine Frage ein.",
    ),
    "ja": AnswerTexts(
        native_name="日本語",
        said="文書には次のように書かれています：",
        said_in="文書には次のように書かれています（原文は {language}）：",
        declined="文書の中にこの質問の答えは見つかりませんでした。最も近い箇所を示しますので、ご確認ください。",
        empty_corpus="文書がまだありません。追加してから質問してください。",
        empty_question="質問を入力してください。",
    ),
    "ko": AnswerTexts(
        native_name="한국어",
        said="문서에는 이렇게 적혀 있습니다:",
        said_in="문서에는 이렇게 적혀 있습니다(원문: {language}):",
        declined="문서에서 이 질문의 답을 찾지 못했습니다. 가장 가까운 대목을 보여 드리니 직접 판단해 주십시오.",
        empty_corpus="아직 문서가 없습니다. 문서를 추가한 뒤 질문해 주십시오.",
        empty_question="질문을 입력해 주십시오.",
    ),
    "fr": AnswerTexts(
        native_name="français",
        said="Les documents disent :",
        said_in="Les documents disent (original : {language}) :",
        declined="Les documents ne répondent pas à cette question. "
        "Les passages les plus proches sont indiqués pour que vous puissiez en juger.",
        empty_corpus="Il n'y a pas encore de documents. Ajoutez-en un, puis posez votre question.",
        empty_question="Veuillez saisir une question.",
    ),
    "es": AnswerTexts(
        native_name="español",
        said="Los documentos dicen:",
        said_in="Los documentos dicen (original: {language}):",
        declined="Los documentos no responden a esta pregunta. "
        "Se muestran los pasajes más cercanos para que pueda juzgar por sí mismo.",
        empty_corpus="Todavía no hay documentos. Añada uno y vuelva a preguntar.",
        empty_question="Escriba una pregunta, por favor.",
    ),
    "ru": AnswerTexts(
        native_name="русский",
        said="В документах сказано:",
        said_in="В документах сказано (язык оригинала: {language}):",
        declined="В документах нет ответа на этот вопрос. "
        "Ниже показаны самые близкие отрывки, чтобы вы могли судить сами.",
        empty_corpus="Документов пока нет. Добавьте документ и задайте вопрос.",
        empty_question="Введите, пожалуйста, вопрос.",
    ),
    "ar": AnswerTexts(
        native_name="العربية",
        said="جاء في الوثائق:",
        said_in="جاء في الوثائق (لغة الأصل: {language}):",
        declined="لا تجيب الوثائق عن هذا السؤال. نعرض أقرب المقاطع إليه لتحكموا بأنفسكم.",
        empty_corpus="لا توجد وثائق بعد. أضيفوا وثيقة ثم اسألوا.",
        empty_question="يرجى كتابة سؤال.",
    ),
    "vi": AnswerTexts(
        native_name="Tiếng Việt",
        said="Tài liệu viết:",
        said_in="Tài liệu viết (nguyên văn: {language}):",
        declined="Tài liệu không trả lời câu hỏi này. "
        "Dưới đây là những đoạn gần nhất để bạn tự xem xét.",
        empty_corpus="Chưa có tài liệu nào. Hãy thêm tài liệu rồi hỏi.",
        empty_question="Vui lòng nhập câu hỏi.",
    ),
}


def texts(language: str) -> AnswerTexts:
    """Return the sentences of a language, or the fallback's."""
    return TEXTS.get(language, TEXTS[FALLBACK])
