"""What an export says of itself, in the languages of the page."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """One language. Names in braces are filled in with `str.format`."""

    html_lang: str
    untitled: str
    about: str
    entries: tuple[str, str]
    asked: str
    understood_as: str
    stopped: str
    scope: str
    sources: str
    nearest: str
    short: str
    written_by: str
    made_with: str
    remark: str
    page: str
    characters: str
    check: str
    separator: str


ZH = Words(
    html_lang="zh-CN",
    untitled="问答",
    about="问证 Wenzheng 导出，{time}，{entries}",
    entries=("{count} 个问答", "{count} 个问答"),
    asked="提问时间：{time}",
    understood_as="理解为：{question}",
    stopped="已停止，回答不完整。",
    scope="范围：{scope}",
    sources="依据",
    nearest="最接近的段落",
    short="简短回答：{text}",
    written_by="由模型 {model} 写成",
    made_with="索引 {index}，向量模型 {embedder}",
    remark="批注",
    page="第 {page} 页",
    characters="第 {start}–{end} 字",
    check="每条引文都可核对：以 JSON 格式导出，再运行 python -m rag verify FILE。",
    separator="，",
)

EN = Words(
    html_lang="en",
    untitled="Questions and answers",
    about="Exported from Wenzheng 问证, {time}, {entries}",
    entries=("{count} question", "{count} questions"),
    asked="Asked {time}",
    understood_as="Understood as: {question}",
    stopped="Stopped; the answer is incomplete.",
    scope="Asked of: {scope}",
    sources="Sources",
    nearest="Nearest passages",
    short="In short: {text}",
    written_by="Written by the model {model}",
    made_with="Index {index}, embedder {embedder}",
    remark="Remark",
    page="page {page}",
    characters="characters {start}–{end}",
    check="Every quotation can be checked: export as JSON, then run python -m rag verify FILE.",
    separator=", ",
)

WORDS = {"zh": ZH, "en": EN}
