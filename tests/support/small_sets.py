"""A small set in several scripts, and records made by hand."""

import json

import pytest

from eval.judging.judge import Record
from eval.runs.results import Run

DOCUMENTS = {
    "port.md": "# 年报\n\n青石港2031年装卸418万箱。\n\n三号码头🚢将在2033年启用。\n",
    "mühle.txt": "Die Mühle mahlte bis 1958 Getreide.\n\nSie ist seit 1987 Museum.\n",
    "برج.txt": "يبلغ ارتفاع البرج ٤٢ مترًا. بُني عام ١٩٠٤.\n",
}
QUESTIONS = (
    (
        "zh",
        "figure",
        "青石港2031年装卸了多少集装箱？",
        "port.md",
        "青石港2031年装卸418万箱。",
    ),
    ("ja", "fact", "三号埠頭🚢はいつから使えますか。", "port.md", "三号码头🚢将在2033年启用。"),
    ("de", "fact", "Bis wann mahlte die Mühle Getreide?", "mühle.txt", "mahlte bis 1958 Getreide"),
    ("ar", "figure", "كم يبلغ ارتفاع البرج؟", "برج.txt", "يبلغ ارتفاع البرج ٤٢ مترًا."),
    ("en", "off_topic", "Who won the cycling race in 2019?", None, None),
    ("zh", "meta", "你好", None, None),
)


def small_cases(copies):
    for copy in range(copies):
        for i, (language, kind, question, doc, quote) in enumerate(QUESTIONS):
            yield {
                "id": f"{copy}-{i}",
                "question": question,
                "language": language,
                "kind": kind,
                "history": [{"question": "你好", "answer": "您好。"}] if i == 1 else [],
                "answerable": doc is not None,
                "answers": [],
                "gold": [[{"doc": doc, "quote": quote}]] if doc else [],
            }


@pytest.fixture
def small_set(tmp_path):
    """Write the set with each question so many times; return its folder."""

    def write(copies=1):
        folder = tmp_path / "small"
        (folder / "documents").mkdir(parents=True)
        for name, text in DOCUMENTS.items():
            (folder / "documents" / name).write_text(text, "utf-8")
        lines = [json.dumps(case, ensure_ascii=False) for case in small_cases(copies)]
        (folder / "cases.jsonl").write_text("\n".join(lines), "utf-8")
        return folder

    return write


@pytest.fixture
def make_run():
    """Make a run of answerable cases: id -> whether it is right."""

    def make(right, **changes):
        records = tuple(
            Record(
                id=name,
                question=f"{name}？",
                language="zh" if i % 2 else "de",
                kind="fact",
                answerable=True,
                answer=f"<b>{name}</b> {'对' if ok else '错'} é🚢",
                declined=False,
                state="answered",
                reason=None,
                confidence=0.9 if ok else 0.2,
                ranks=((1 if ok else None,),),
                measures={
                    "right": float(ok),
                    "recall@5": float(ok),
                    "false_refusal": float(not ok),
                },
                seconds=0.1 * (i + 1),
            )
            for i, (name, ok) in enumerate(right.items())
        )
        fingerprint = {"set": "small", "split": "all", "code": "0", **changes}
        return Run(
            fingerprint, "2031-01-01T00:00:00+00:00", {"index": 1.0, "answers": 2.0}, records
        )

    return make
