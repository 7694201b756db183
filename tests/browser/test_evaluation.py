"""Running sets and comparing runs in the page; a wrong answer becomes a case."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from eval.questions.sets import read_set
from eval.runs.results import read_run
from tests.support.browsing import ask, open_evaluation, serious, visiting
from tests.support.serving import DOCUMENTS, Server

PAYLOAD = "<img src=x onerror='window.pwned = 1'>"
STONE = f"Der Stein von Ölsdorf wiegt 31 Tonnen. 🪨 {PAYLOAD}\n"
HARBOUR = "# 白沙港\n\n白沙港共有九座灯塔，最高的一座高61米。\n"
CASES = (
    ("zh", "figure", "白沙港有几座灯塔？", ("港.md", "白沙港共有九座灯塔，最高的一座高61米。")),
    ("de", "figure", "Wie schwer ist der Stein von Ölsdorf?", ("stein.txt", STONE.strip())),
    # The documents do not say, although the set claims they do: this goes wrong.
    ("zh", "why", f"为什么{PAYLOAD}火星是红色的？", ("港.md", "白沙港共有九座灯塔")),
    ("zh", "meta", "你好", None),
)
QUESTION = "三号码头什么时候启用？"


def write_set(folder: Path) -> None:
    (folder / "documents").mkdir(parents=True)
    (folder / "documents" / "stein.txt").write_text(STONE, "utf-8")
    (folder / "documents" / "港.md").write_text(HARBOUR, "utf-8")
    lines = [
        {
            "id": f"c{number}",
            "question": question,
            "language": language,
            "kind": kind,
            "answerable": gold is not None,
            "gold": [[{"doc": gold[0], "quote": gold[1]}]] if gold else [],
        }
        for number, (language, kind, question, gold) in enumerate(CASES)
    ]
    content = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    (folder / "cases.jsonl").write_text(content, "utf-8")


@pytest.fixture(scope="module")
def measured(server: Server, eval_dir: Path) -> Server:
    write_set(eval_dir / "sets" / "港与石")
    return server


@pytest.fixture
def page(measured: Server, browser: Browser) -> Iterator[Page]:
    with visiting(browser, measured.url) as page:
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
        assert page.evaluate("window.pwned") is None
        assert errors == []


def choose(page: Page, picker: str, option: str) -> None:
    page.locator(f"{picker} input").click()
    page.get_by_role("option", name=option).first.click()


def run(page: Page, name: str) -> None:
    open_evaluation(page)
    choose(page, "#set", name)
    page.locator("#run").click()
    page.locator(".message", has_text="完成").wait_for()


def test_a_set_is_run_and_its_failed_cases_are_shown(page: Page, eval_dir: Path) -> None:
    run(page, "港与石")
    (file,) = (eval_dir / "results").glob("*.json")
    records = {record.id: record for record in read_run(file).records}
    assert [records[f"c{number}"].question for number in range(4)] == [c[2] for c in CASES]

    right = page.locator("tr", has=page.locator(".measure", has_text="right")).first
    expect(right.locator("td").first).to_have_text(f"{2 / 3:.3f}")
    expect(right.locator("td").last).to_have_text("3")
    expect(page.locator(".plots svg")).to_have_count(4)
    expect(page.get_by_text("没有答对：1")).to_be_visible()

    failed = page.locator(".case")
    expect(failed).to_have_count(1)
    expect(failed.locator("summary")).to_contain_text(CASES[2][2])
    expect(failed.locator(".quotes").first).to_be_hidden()
    failed.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(failed.locator(".quotes").first).to_contain_text("白沙港共有九座灯塔")
    expect(failed.locator(".quotes").first).to_contain_text("港.md")
    expect(failed.locator(".said-then")).to_have_text(records["c2"].answer)
    assert serious(page) == []


@pytest.mark.slow
def test_two_runs_are_compared(page: Page, eval_dir: Path) -> None:
    results = eval_dir / "results"
    run(page, "港与石")
    run_file = max(results.glob("港与石-all-*.json"))
    value = json.loads(run_file.read_text("utf-8"))
    for case in value["cases"]:  # a run that is right where this one is wrong, and the reverse
        if "right" in case["measures"]:
            case["measures"]["right"] = 1.0 - case["measures"]["right"]
            case["answer"] = f"{PAYLOAD} 另一个回答"
    (results / "other.json").write_text(json.dumps(value), "utf-8")

    page.reload()
    open_evaluation(page)
    page.locator("#compare").click()
    expect(page.get_by_text("请选两次运行")).to_be_visible()
    choose(page, "#before", "other")
    choose(page, "#after", "港与石-all")
    page.locator("#compare").click()
    expect(page.get_by_text("变对：2")).to_be_visible()
    expect(page.get_by_text("变错：1")).to_be_visible()
    right = page.locator("tr", has=page.locator(".measure", has_text="right")).first
    values = [float(text) for text in right.locator("td").all_inner_texts()[:3]]
    assert values == pytest.approx([1 / 3, 2 / 3, 1 / 3], abs=1e-3)
    lost = page.locator(".case", has_text=CASES[2][2])
    lost.locator("summary").click()
    expect(lost.locator(".said-then").first).to_have_text(f"{PAYLOAD} 另一个回答")
    assert serious(page) == []
    (results / "other.json").unlink()


@pytest.mark.slow
def test_a_wrong_answer_becomes_a_case_in_two_presses(
    page: Page, measured: Server, eval_dir: Path
) -> None:
    exchange = ask(page, QUESTION)
    exchange.locator(".wrong summary").focus()
    page.keyboard.press("Enter")
    choice = exchange.locator(".wrong .choice", has_text="届时可以停靠").first
    assert serious(page) == []
    choice.focus()
    page.keyboard.press("Enter")
    expect(exchange.locator(".thanks")).to_be_focused()
    expect(exchange.locator(".wrong")).to_have_count(0)

    second = ask(page, f"{PAYLOAD} 火星上有几条河？")
    second.locator(".wrong summary").click()
    second.locator(".wrong .choice", has_text="以上都不是").click()
    expect(second.locator(".thanks")).to_be_visible()

    named, unanswerable = read_set(
        str(eval_dir / "sets" / "local"), corpus_dir=measured.corpus
    ).cases
    assert (named.question, named.language, named.answerable) == (QUESTION, "zh", True)
    ((quote,),) = named.gold
    assert quote.doc == "青石港年报.md"
    assert "三号码头将在2033年春天启用" in quote.text
    assert quote.text in DOCUMENTS[quote.doc]
    assert not unanswerable.answerable
    assert [turn.question for turn in unanswerable.history] == [QUESTION]

    page.reload()  # what was said of an answer is kept with it
    expect(page.locator(".thanks")).to_have_count(2)

    run(page, "local")  # and the new set can be run at once, over the reader's own documents
    expect(page.get_by_text("由读者标出")).to_be_visible()


@pytest.mark.slow
def test_a_set_that_cannot_be_read_says_why(page: Page, eval_dir: Path) -> None:
    broken = eval_dir / "sets" / "zz-broken"
    write_set(broken)
    with (broken / "cases.jsonl").open("a", encoding="utf-8") as file:
        file.write('\n{"id": "<b>"}')
    open_evaluation(page)
    choose(page, "#set", "zz-broken")
    expect(page.locator(".message")).to_contain_text("cases.jsonl:5")
    expect(page.locator("#run")).to_be_disabled()
