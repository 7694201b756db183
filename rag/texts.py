"""What answers say around the quotations, in the language of the question.

Babel knows what each language is called in the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from babel import Locale, UnknownLocaleError

FALLBACK = "en"
"""The language of the frame where the question's own is not among these."""


@dataclass(frozen=True, slots=True)
class AnswerTexts:
    """The sentences of one language.

    `said_in` takes the name of the quotations' language, `documents`, `more_documents` and
    `more_items` a count, `summary` a title, `about` what is asked about, `model_failed` what went
    wrong, `not_found_part` the part of a question. `possible` stands above a possible answer.
    `lacking` is filled in by `lacking_text`.
    """

    native_name: str
    said: str
    said_in: str
    declined: str
    possible: str
    lacking: str
    quoted: str
    between: str
    before_last: str
    not_found_part: str
    more_items: str
    uncalibrated: str
    disagree: str
    empty_corpus: str
    empty_scope: str
    empty_question: str
    greeting: str
    thanks: str
    agreed: str
    small_talk: str
    capabilities: str
    documents: str
    more_documents: str
    about: str
    summary: str
    model_unsupported: str
    model_failed: str
    unsupported: str


TEXTS: dict[str, AnswerTexts] = {
    "zh": AnswerTexts(
        native_name="中文",
        said="文档中这样写：",
        said_in="文档中这样写（原文为{language}）：",
        declined="没有在文档里找到答案。下面列出最接近的段落，供您判断。",
        possible="可能的答案，请对照原文核实。",
        lacking="没有找到关于{names}的内容。",
        quoted="“{name}”",
        between="、",
        before_last="和",
        not_found_part="没有找到关于{part}的内容。",
        more_items="文档中还有 {count} 项",
        uncalibrated="这个模型还没有校准：文档是否真的回答了问题，没有判断。",
        disagree="不同文档给出的数字不同，请对照各自的日期和对象。",
        empty_corpus="文档库里还没有文档。请先添加文档，再提问。",
        empty_scope="所选范围内没有文档。请放宽范围，再提问。",
        empty_question="请输入一个问题。",
        greeting="你好！我根据文档库里的文档回答问题，并附上原文。请问您想了解什么？",
        thanks="不客气！还有问题请随时提出。",
        agreed="好的。还有问题请随时提出。",
        small_talk="这个问题与文档无关。请问与文档内容有关的问题。",
        capabilities="我根据文档库里的文档回答问题：每个回答都引用原文，点开就能看到它在文档中的位置。文档里没有答案时，我会直接说明。\n\n您可以这样问：\n- 直接提问，例如“2020年建了多少个基站？”，再追问“那2021年呢？”\n- “有哪些文档？”\n- “总结一下这篇文章”\n\n添加文档：拖放或粘贴到提问框即可。",
        documents="文档库里的文档（共 {count} 份）：",
        more_documents="另有 {count} 份",
        about="关于“{topic}”，文档里怎么说？",
        summary="《{title}》各部分的要点（原文）：",
        model_unsupported="语言模型写的话在文档里都找不到依据，因此改为直接引用原文。",
        model_failed="语言模型没有写完，因此改为直接引用原文。原因：{reason}",
        unsupported="在文档里找不到依据：",
    ),
    "en": AnswerTexts(
        native_name="English",
        said="The documents say:",
        said_in="The documents say (original in {language}):",
        declined="I did not find the answer in the documents. The nearest passages are listed, so that you can judge for yourself.",
        possible="Possible answer, please check it against the text.",
        lacking="The documents say nothing of {names}.",
        quoted="“{name}”",
        between=", ",
        before_last=" or ",
        not_found_part="Nothing was found on {part}.",
        more_items="further items in the document: {count}",
        uncalibrated="This model is not calibrated: whether the documents really answer the question was not judged.",
        disagree="The documents give different figures: compare their dates and what they speak of.",
        empty_corpus="There are no documents yet. Add one, then ask.",
        empty_scope="No document is within the chosen scope. Widen it, then ask.",
        empty_question="Please type a question.",
        greeting="Hello! I answer questions from the documents here and quote where it says so. What would you like to know?",
        thanks="You are welcome! Ask again whenever you like.",
        agreed="All right. Ask again whenever you like.",
        small_talk="This is not something that the documents are about. Ask me about what is in them.",
        capabilities="I answer questions from the documents here. Every answer quotes them, and each quotation opens at its place in the document. When the documents do not hold the answer, I say so.\n\nYou can ask, for example:\n- a question such as “How many base stations were built in 2020?”, then “And in 2021?”\n- “Which documents do you have?”\n- “Summarise the article”\n\nTo add documents, drop or paste files on the question box of the page.",
        documents="Documents here ({count}):",
        more_documents="and {count} more",
        about="What do the documents say about “{topic}”?",
        summary="From each part of “{title}”, verbatim:",
        model_unsupported="Nothing that the language model wrote is supported by the documents, so they are quoted instead.",
        model_failed="The language model did not finish, so the documents are quoted instead. The reason: {reason}",
        unsupported="Not supported by the documents:",
    ),
    "de": AnswerTexts(
        native_name="Deutsch",
        said="In den Dokumenten steht:",
        said_in="In den Dokumenten steht (Original auf {language}):",
        declined="Ich habe die Antwort in den Dokumenten nicht gefunden. Die nächstliegenden Passagen sind aufgeführt, damit Sie selbst urteilen können.",
        possible="Mögliche Antwort, bitte am Text prüfen.",
        lacking="In den Dokumenten habe ich nichts über {names} gefunden.",
        quoted="„{name}“",
        between=", ",
        before_last=" oder ",
        not_found_part="Hierzu wurde nichts gefunden: {part}.",
        more_items="weitere Punkte im Dokument: {count}",
        uncalibrated="Dieses Modell ist nicht kalibriert: Ob die Dokumente die Frage wirklich beantworten, wurde nicht beurteilt.",
        disagree="Die Dokumente nennen verschiedene Zahlen: Vergleichen Sie Datum und Gegenstand.",
        empty_corpus="Es gibt noch keine Dokumente. Fügen Sie eines hinzu und fragen Sie dann.",
        empty_scope="Im gewählten Bereich liegt kein Dokument. Erweitern Sie ihn und fragen Sie dann.",
        empty_question="Bitte geben Sie eine Frage ein.",
        greeting="Hallo! Ich beantworte Fragen aus den Dokumenten und zitiere die Stellen. Was möchten Sie wissen?",
        thanks="Gern geschehen! Fragen Sie jederzeit weiter.",
        agreed="In Ordnung. Fragen Sie jederzeit weiter.",
        small_talk="Darum geht es in den Dokumenten nicht. Fragen Sie mich nach dem, was in ihnen steht.",
        capabilities="Ich beantworte Fragen aus den Dokumenten. Jede Antwort zitiert sie, und jedes Zitat lässt sich an seiner Stelle im Dokument öffnen. Wenn die Dokumente keine Antwort enthalten, sage ich das.\n\nFragen Sie zum Beispiel:\n- „Wie viele Basisstationen wurden 2020 gebaut?“, dann „Und 2021?“\n- „Welche Dokumente gibt es?“\n- „Fasse den Artikel zusammen“\n\nDokumente fügen Sie hinzu, indem Sie Dateien auf das Fragefeld der Seite ziehen oder dort einfügen.",
        documents="Vorhandene Dokumente ({count}):",
        more_documents="und {count} weitere",
        about="Was sagen die Dokumente über „{topic}“?",
        summary="Aus jedem Teil von „{title}“, im Wortlaut:",
        model_unsupported="Nichts von dem, was das Sprachmodell schrieb, ist durch die Dokumente belegt; daher werden sie stattdessen zitiert.",
        model_failed="Das Sprachmodell wurde nicht fertig; daher werden die Dokumente stattdessen zitiert. Der Grund: {reason}",
        unsupported="Durch die Dokumente nicht belegt:",
    ),
    "ja": AnswerTexts(
        native_name="日本語",
        said="文書には次のように書かれています：",
        said_in="文書には次のように書かれています（原文は{language}）：",
        declined="文書の中にこの質問の答えは見つかりませんでした。最も近い箇所を示しますので、ご確認ください。",
        possible="答えの可能性がある箇所です。原文と照らし合わせてご確認ください。",
        lacking="文書の中に{names}についての記述は見つかりませんでした。",
        quoted="「{name}」",
        between="、",
        before_last="と",
        not_found_part="{part}については見つかりませんでした。",
        more_items="文書にはあと {count} 項目あります",
        uncalibrated="このモデルは校正されていません。文書が本当に質問に答えているかは判定していません。",
        disagree="文書によって数字が異なります。それぞれの日付と対象を確かめてください。",
        empty_corpus="文書がまだありません。追加してから質問してください。",
        empty_scope="指定した範囲に文書がありません。範囲を広げてから質問してください。",
        empty_question="質問を入力してください。",
        greeting="こんにちは！ここにある文書をもとに、原文を引用してお答えします。何を知りたいですか。",
        thanks="どういたしまして。またいつでもご質問ください。",
        agreed="承知しました。またいつでもご質問ください。",
        small_talk="これは文書とは関係のないご質問のようです。文書の内容についてお尋ねください。",
        capabilities="ここにある文書をもとに質問にお答えします。回答には必ず原文を引用し、引用は文書中のその場所で開けます。文書に答えがないときは、そのようにお伝えします。\n\n質問の例：\n- 「2020年に基地局はいくつ作られましたか」、続けて「2021年は？」\n- 「どんな文書がありますか」\n- 「この記事を要約して」\n\n文書を追加するには、ページの質問欄にファイルをドロップするか貼り付けてください。",
        documents="文書の一覧（{count} 件）：",
        more_documents="ほか {count} 件",
        about="「{topic}」について、文書には何と書かれていますか。",
        summary="「{title}」の各部分から（原文）：",
        model_unsupported="言語モデルの文はどれも文書で裏付けられなかったため、代わりに原文を引用します。",
        model_failed="言語モデルが書き終えられなかったため、代わりに原文を引用します。理由：{reason}",
        unsupported="文書に裏付けがありません：",
    ),
    "ko": AnswerTexts(
        native_name="한국어",
        said="문서에는 이렇게 적혀 있습니다:",
        said_in="문서에는 이렇게 적혀 있습니다(원문: {language}):",
        declined="문서에서 이 질문의 답을 찾지 못했습니다. 가장 가까운 대목을 보여 드리니 직접 판단해 주십시오.",
        possible="답일 수 있는 내용입니다. 원문과 대조해 확인해 주십시오.",
        lacking="문서에서 {names}에 관한 내용을 찾지 못했습니다.",
        quoted="“{name}”",
        between=", ",
        before_last=" 또는 ",
        not_found_part="{part}에 관한 내용은 찾지 못했습니다.",
        more_items="문서에 {count}개 항목이 더 있습니다",
        uncalibrated="이 모델은 보정되지 않았습니다. 문서가 질문에 정말 답하는지는 판단하지 않았습니다.",
        disagree="문서마다 수치가 다릅니다. 각각의 날짜와 대상을 확인해 주십시오.",
        empty_corpus="아직 문서가 없습니다. 문서를 추가한 뒤 질문해 주십시오.",
        empty_scope="선택한 범위에 문서가 없습니다. 범위를 넓힌 뒤 질문해 주십시오.",
        empty_question="질문을 입력해 주십시오.",
        greeting="안녕하세요! 이곳의 문서를 바탕으로 원문을 인용하여 답해 드립니다. 무엇이 궁금하십니까?",
        thanks="천만에요! 언제든지 또 질문해 주십시오.",
        agreed="네, 알겠습니다. 언제든지 또 질문해 주십시오.",
        small_talk="이것은 문서와 관련이 없는 질문입니다. 문서의 내용에 대해 물어봐 주십시오.",
        capabilities="이곳의 문서를 바탕으로 질문에 답합니다. 모든 답은 원문을 인용하며, 인용문은 문서의 해당 위치에서 열어 볼 수 있습니다. 문서에 답이 없으면 없다고 말씀드립니다.\n\n질문의 예:\n- “2020년에 기지국을 몇 개 세웠습니까?”, 이어서 “2021년에는요?”\n- “어떤 문서가 있습니까?”\n- “이 기사를 요약해 줘”\n\n문서를 추가하려면 페이지의 질문 입력란에 파일을 끌어다 놓거나 붙여 넣으십시오.",
        documents="문서 목록({count}건):",
        more_documents="그 밖에 {count}건",
        about="“{topic}”에 대해 문서에는 무엇이라고 쓰여 있습니까?",
        summary="“{title}” 각 부분에서(원문):",
        model_unsupported="언어 모델이 쓴 문장은 모두 문서로 뒷받침되지 않아, 대신 원문을 인용합니다.",
        model_failed="언어 모델이 답을 마치지 못해 대신 원문을 인용합니다. 이유: {reason}",
        unsupported="문서에서 근거를 찾을 수 없습니다:",
    ),
    "fr": AnswerTexts(
        native_name="français",
        said="Les documents disent :",
        said_in="Les documents disent (original : {language}) :",
        declined="Je n'ai pas trouvé la réponse dans les documents. Les passages les plus proches sont indiqués pour que vous puissiez en juger.",
        possible="Réponse possible, à vérifier dans le texte.",
        lacking="Je n'ai rien trouvé sur {names} dans les documents.",
        quoted="« {name} »",
        between=", ",
        before_last=" ou ",
        not_found_part="Rien n'a été trouvé sur {part}.",
        more_items="autres points dans le document : {count}",
        uncalibrated="Ce modèle n'est pas étalonné : il n'a pas été jugé si les documents répondent vraiment à la question.",
        disagree="Les documents donnent des chiffres différents : comparez leurs dates et ce dont ils parlent.",
        empty_corpus="Il n'y a pas encore de documents. Ajoutez-en un, puis posez votre question.",
        empty_scope="Aucun document ne se trouve dans le périmètre choisi. Élargissez-le, puis posez votre question.",
        empty_question="Veuillez saisir une question.",
        greeting="Bonjour ! Je réponds aux questions à partir des documents, en citant les passages. Que voulez-vous savoir ?",
        thanks="Je vous en prie ! N'hésitez pas à poser d'autres questions.",
        agreed="Très bien. N'hésitez pas à poser d'autres questions.",
        small_talk="Les documents ne parlent pas de cela. Interrogez-moi sur ce qu'ils contiennent.",
        capabilities="Je réponds aux questions à partir des documents. Chaque réponse les cite, et chaque citation s'ouvre à sa place dans le document. Quand les documents ne contiennent pas la réponse, je le dis.\n\nVous pouvez demander, par exemple :\n- « Combien de stations ont été construites en 2020 ? », puis « Et en 2021 ? »\n- « Quels documents avez-vous ? »\n- « Résume l'article »\n\nPour ajouter des documents, déposez ou collez des fichiers sur le champ de question de la page.",
        documents="Documents disponibles ({count}) :",
        more_documents="et {count} de plus",
        about="Que disent les documents sur « {topic} » ?",
        summary="De chaque partie de « {title} », mot pour mot :",
        model_unsupported="Rien de ce que le modèle de langue a écrit n'est étayé par les documents ; ils sont donc cités à la place.",
        model_failed="Le modèle de langue n'a pas terminé ; les documents sont donc cités à la place. La raison : {reason}",
        unsupported="Non étayé par les documents :",
    ),
    "es": AnswerTexts(
        native_name="español",
        said="Los documentos dicen:",
        said_in="Los documentos dicen (original: {language}):",
        declined="No he encontrado la respuesta en los documentos. Se muestran los pasajes más cercanos para que pueda juzgar por sí mismo.",
        possible="Respuesta posible; compruébela en el texto.",
        lacking="No he encontrado nada sobre {names} en los documentos.",
        quoted="«{name}»",
        between=", ",
        before_last=" ni ",
        not_found_part="No se ha encontrado nada sobre {part}.",
        more_items="más puntos en el documento: {count}",
        uncalibrated="Este modelo no está calibrado: no se ha juzgado si los documentos responden de verdad a la pregunta.",
        disagree="Los documentos dan cifras distintas: compare sus fechas y de qué hablan.",
        empty_corpus="Todavía no hay documentos. Añada uno y vuelva a preguntar.",
        empty_scope="Ningún documento está dentro del ámbito elegido. Amplíelo y vuelva a preguntar.",
        empty_question="Escriba una pregunta, por favor.",
        greeting="¡Hola! Respondo preguntas a partir de los documentos y cito los pasajes. ¿Qué quiere saber?",
        thanks="¡De nada! Pregunte de nuevo cuando quiera.",
        agreed="De acuerdo. Pregunte de nuevo cuando quiera.",
        small_talk="Los documentos no tratan de eso. Pregúnteme sobre lo que contienen.",
        capabilities="Respondo preguntas a partir de los documentos. Cada respuesta los cita, y cada cita se abre en su lugar del documento. Cuando los documentos no contienen la respuesta, lo digo.\n\nPuede preguntar, por ejemplo:\n- «¿Cuántas estaciones se construyeron en 2020?» y luego «¿Y en 2021?»\n- «¿Qué documentos hay?»\n- «Resume el artículo»\n\nPara añadir documentos, arrastre o pegue archivos en el cuadro de preguntas de la página.",
        documents="Documentos disponibles ({count}):",
        more_documents="y {count} más",
        about="¿Qué dicen los documentos sobre «{topic}»?",
        summary="De cada parte de «{title}», literalmente:",
        model_unsupported="Nada de lo que escribió el modelo de lenguaje está respaldado por los documentos, así que se citan en su lugar.",
        model_failed="El modelo de lenguaje no terminó, así que se citan los documentos en su lugar. El motivo: {reason}",
        unsupported="Sin respaldo en los documentos:",
    ),
    "ru": AnswerTexts(
        native_name="русский",
        said="В документах сказано:",
        said_in="В документах сказано (язык оригинала: {language}):",
        declined="Мне не удалось найти ответ в документах. Ниже показаны самые близкие отрывки, чтобы вы могли судить сами.",
        possible="Возможный ответ, проверьте его по тексту.",
        lacking="Про {names} в документах ничего не нашлось.",
        quoted="«{name}»",
        between=", ",
        before_last=" и ",
        not_found_part="Ничего не нашлось о следующем: {part}.",
        more_items="ещё пунктов в документе: {count}",
        uncalibrated="Эта модель не откалибрована: отвечают ли документы на вопрос на самом деле, не оценивалось.",
        disagree="В документах разные цифры: сравните даты и то, о чём идёт речь.",
        empty_corpus="Документов пока нет. Добавьте документ и задайте вопрос.",
        empty_scope="В выбранной области нет документов. Расширьте её и задайте вопрос.",
        empty_question="Введите, пожалуйста, вопрос.",
        greeting="Здравствуйте! Я отвечаю на вопросы по документам и привожу цитаты. Что вы хотите узнать?",
        thanks="Пожалуйста! Спрашивайте ещё.",
        agreed="Хорошо. Спрашивайте ещё.",
        small_talk="Документы не об этом. Спросите меня о том, что в них есть.",
        capabilities="Я отвечаю на вопросы по документам. Каждый ответ содержит цитаты, и каждая открывается на своём месте в документе. Если ответа в документах нет, я так и скажу.\n\nМожно спросить, например:\n- «Сколько станций построили в 2020 году?», затем «А в 2021?»\n- «Какие документы есть?»\n- «Перескажи статью»\n\nЧтобы добавить документы, перетащите или вставьте файлы в поле вопроса на странице.",
        documents="Документы ({count}):",
        more_documents="и ещё {count}",
        about="Что сказано в документах о «{topic}»?",
        summary="Из каждой части документа «{title}», дословно:",
        model_unsupported="Ничто из написанного языковой моделью не подтверждается документами, поэтому приводятся цитаты из них.",
        model_failed="Языковая модель не закончила ответ, поэтому приводятся цитаты из документов. Причина: {reason}",
        unsupported="Не подтверждается документами:",
    ),
    "ar": AnswerTexts(
        native_name="العربية",
        said="جاء في الوثائق:",
        said_in="جاء في الوثائق (لغة الأصل: {language}):",
        declined="لم أجد الجواب في الوثائق. أعرض أقرب المقاطع إليه لتحكموا بأنفسكم.",
        possible="إجابة محتملة، يُرجى التحقق منها في النص.",
        lacking="لم أجد في الوثائق شيئًا عن {names}.",
        quoted="«{name}»",
        between="، ",
        before_last=" أو ",
        not_found_part="لم يُعثر على شيء عن {part}.",
        more_items="بنود أخرى في الوثيقة: {count}",
        uncalibrated="هذا النموذج غير معاير: لم يُقدَّر ما إذا كانت الوثائق تجيب عن السؤال حقًا.",
        disagree="تذكر الوثائق أرقامًا مختلفة: قارنوا تواريخها وما تتحدث عنه.",
        empty_corpus="لا توجد وثائق بعد. أضيفوا وثيقة ثم اسألوا.",
        empty_scope="لا توجد وثائق ضمن النطاق المحدد. وسّعوا النطاق ثم اسألوا.",
        empty_question="يرجى كتابة سؤال.",
        greeting="مرحبًا! أجيب عن الأسئلة من الوثائق وأقتبس المقاطع. ماذا تودون أن تعرفوا؟",
        thanks="على الرحب والسعة! اسألوا متى شئتم.",
        agreed="حسنًا، اسألوا متى شئتم.",
        small_talk="هذا ليس مما تتناوله الوثائق. اسألني عمّا فيها.",
        capabilities="أجيب عن الأسئلة من الوثائق الموجودة هنا. كل إجابة تقتبس منها، ويمكن فتح كل اقتباس في مكانه من الوثيقة. وإذا لم يكن الجواب في الوثائق فإنني أقول ذلك.\n\nيمكنكم أن تسألوا مثلًا:\n- «كم محطة بُنيت في عام 2020؟» ثم «وفي عام 2021؟»\n- «ما هي الوثائق المتاحة؟»\n- «لخص المقال»\n\nلإضافة وثائق، اسحبوا الملفات إلى مربع السؤال في الصفحة أو الصقوها فيه.",
        documents="الوثائق المتاحة ({count}):",
        more_documents="و{count} أخرى",
        about="ماذا تقول الوثائق عن «{topic}»؟",
        summary="من كل قسم من «{title}» بنصه:",
        model_unsupported="لا تؤيد الوثائق شيئًا مما كتبه النموذج اللغوي، لذلك نقتبس منها مباشرة.",
        model_failed="لم يُكمل النموذج اللغوي الإجابة، لذلك نقتبس من الوثائق مباشرة. السبب: {reason}",
        unsupported="لا تؤيده الوثائق:",
    ),
    "vi": AnswerTexts(
        native_name="Tiếng Việt",
        said="Tài liệu viết:",
        said_in="Tài liệu viết (nguyên văn: {language}):",
        declined="Tôi không tìm thấy câu trả lời trong tài liệu. Dưới đây là những đoạn gần nhất để bạn tự xem xét.",
        possible="Câu trả lời có thể đúng, vui lòng đối chiếu với nguyên văn.",
        lacking="Tôi không tìm thấy gì về {names} trong tài liệu.",
        quoted="“{name}”",
        between=", ",
        before_last=" hay ",
        not_found_part="Không tìm thấy gì về {part}.",
        more_items="và {count} mục nữa trong tài liệu",
        uncalibrated="Mô hình này chưa được hiệu chuẩn: chưa xét xem tài liệu có thật sự trả lời câu hỏi hay không.",
        disagree="Các tài liệu nêu những con số khác nhau: hãy đối chiếu ngày tháng và đối tượng của từng tài liệu.",
        empty_corpus="Chưa có tài liệu nào. Hãy thêm tài liệu rồi hỏi.",
        empty_scope="Không có tài liệu nào trong phạm vi đã chọn. Hãy mở rộng phạm vi rồi hỏi.",
        empty_question="Vui lòng nhập câu hỏi.",
        greeting="Xin chào! Tôi trả lời câu hỏi dựa trên các tài liệu ở đây và trích dẫn nguyên văn. Bạn muốn biết điều gì?",
        thanks="Không có gì! Bạn cứ hỏi tiếp bất cứ lúc nào.",
        agreed="Vâng. Bạn cứ hỏi tiếp bất cứ lúc nào.",
        small_talk="Tài liệu không nói về việc này. Hãy hỏi tôi về nội dung có trong tài liệu.",
        capabilities="Tôi trả lời câu hỏi dựa trên các tài liệu ở đây. Mỗi câu trả lời đều trích nguyên văn, và mỗi đoạn trích mở ra đúng chỗ của nó trong tài liệu. Khi tài liệu không có câu trả lời, tôi sẽ nói rõ.\n\nBạn có thể hỏi, chẳng hạn:\n- “Năm 2020 đã xây bao nhiêu trạm?”, rồi “Còn năm 2021?”\n- “Bạn có những tài liệu nào?”\n- “Tóm tắt bài viết”\n\nĐể thêm tài liệu, hãy kéo thả hoặc dán tệp vào ô câu hỏi trên trang.",
        documents="Các tài liệu hiện có ({count}):",
        more_documents="và {count} tài liệu khác",
        about="Tài liệu nói gì về “{topic}”?",
        summary="Từ mỗi phần của “{title}”, nguyên văn:",
        model_unsupported="Không điều gì mô hình ngôn ngữ viết được tài liệu xác nhận, vì vậy tài liệu được trích dẫn thay thế.",
        model_failed="Mô hình ngôn ngữ chưa viết xong, vì vậy tài liệu được trích dẫn thay thế. Lý do: {reason}",
        unsupported="Không có căn cứ trong tài liệu:",
    ),
}


def language_name(code: str, language: str) -> str:
    """Return what a language is called in another, both by ISO 639-1: "Chinese" for zh in English.

    The code itself where nobody has a name for it.
    """
    try:
        return str(Locale.parse(language).languages.get(code, code))
    except (UnknownLocaleError, ValueError):
        return code


def texts(language: str) -> AnswerTexts:
    """Return the sentences of a language, or the fallback's."""
    return TEXTS.get(language, TEXTS[FALLBACK])


def lacking_text(language: str, names: Sequence[str]) -> str:
    """Return the sentence on the names, one or more, of which nothing is said.

    >>> lacking_text("en", ["Mars", "Pluto"])
    'The documents say nothing of “Mars” or “Pluto”.'
    """
    said = texts(language)
    *others, last = (said.quoted.format(name=name) for name in names)
    joined = said.before_last.join(filter(None, (said.between.join(others), last)))
    return said.lacking.format(names=joined)
