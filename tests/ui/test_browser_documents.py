"""Adding, listing, reading and removing documents."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.ui.browsing import ask, open_chat, open_documents, paste, remove, visiting
from tests.ui.serving import DOCUMENTS, Server

QUESTION = "蓝鲸号渡轮的票价是多少元？"
TEXT = "蓝鲸号渡轮\n\n蓝鲸号渡轮的票价是每人三十七元，六岁以下儿童免费。"


def titles(page: Page) -> list[str]:
    return page.locator("table.documents tbody .title").all_inner_texts()


def test_what_is_pasted_answers_at_once_and_what_is_removed_does_not(
    server: Server, browser: Browser
) -> None:
    with visiting(browser, server.url) as page:
        assert "三十七元" not in ask(page, QUESTION).locator(".answer").inner_text()

        result = paste(page, "渡轮", TEXT)
        expect(result).to_contain_text("已加入")
        expect(page.locator("table.documents")).to_contain_text("渡轮.txt")
        expect(page.locator("#paste-text textarea")).to_have_value("")

        open_chat(page)
        exchange = ask(page, QUESTION)
        assert "三十七元" in exchange.locator(".text").inner_text()
        cite = exchange.locator(".cite").first

        remove(page, "渡轮.txt")
        assert not (server.corpus / "渡轮.txt").exists()
        open_chat(page)
        gone = ask(page, QUESTION)
        assert "三十七元" not in gone.locator(".answer").inner_text()

        # The earlier answer still shows what it quoted, and says that the document is gone.
        cite.click()
        expect(page.locator(".panel .notice")).to_contain_text("已被移除")
        expect(page.locator(".panel mark")).to_contain_text("三十七元")


def test_files_are_added_and_each_result_is_told(
    server: Server, browser: Browser, tmp_path: Path
) -> None:
    (tmp_path / "滑翔 记录(1).md").write_text("# 滑翔机\n\n白鹭滑翔机翼展18米。🛩️", "utf-8")
    (tmp_path / "gbk.txt").write_bytes("不是 UTF-8 的文字".encode("gb18030"))
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "twin.txt").write_text(DOCUMENTS["muehle.txt"], "utf-8")
    with visiting(browser, server.url, locale="en-US") as page:
        open_documents(page)
        page.locator("#files input[type=file]").set_input_files(sorted(tmp_path.iterdir()))
        results = page.locator(".results li")
        expect(results).to_have_count(4)
        told = {line.split("\n")[0].split(" ")[0]: line for line in results.all_inner_texts()}
        assert [li.get_attribute("class") for li in results.all()].count("refused") == 2
        assert "Not added" in told["gbk.txt"]
        assert "Not added" in told["picture.png"]
        assert "same content" in told["twin.txt"]
        added = results.filter(has_text="Added:")
        expect(added).to_have_count(1)
        expect(page.locator("table.documents")).to_contain_text("滑翔机")
        remove(page, "滑翔机")


def test_the_table_is_searched_and_sorted(server: Server, browser: Browser) -> None:
    with visiting(browser, server.url) as page:
        open_documents(page)
        rows = page.locator("table.documents tbody tr")
        expect(rows).to_have_count(len(DOCUMENTS))

        by_characters = page.get_by_role("button", name="字数")
        by_characters.click()
        expect(page.locator("th.characters")).to_have_attribute("aria-sort", "ascending")
        counts = [int(t.replace(",", "")) for t in page.locator("td.characters").all_inner_texts()]
        assert counts == sorted(len(text) for text in DOCUMENTS.values())
        by_characters.click()
        expect(page.locator("th.characters")).to_have_attribute("aria-sort", "descending")
        assert page.locator("td.characters").first.inner_text() == f"{max(counts):,}"

        page.locator("#search").locator("input, textarea").fill("larkspur")
        expect(rows).to_have_count(1)
        assert titles(page) == ["The Larkspur observatory"]
        page.locator("#search").locator("input, textarea").fill("没有这个")
        expect(page.get_by_text("没有符合“没有这个”的文档。")).to_be_visible()


def test_a_document_is_shown_with_the_start_of_each_chunk(server: Server, browser: Browser) -> None:
    with visiting(browser, server.url) as page:
        open_documents(page)
        row = page.locator("table.documents tbody tr", has_text="青石港年报.md")
        chunks = int(row.locator("td.chunks").inner_text())
        row.get_by_role("button", name="查看").click()
        document = page.locator(".panel .document")
        document.wait_for()
        expect(page.locator(".panel .chunk-start")).to_have_count(chunks)
        text = document.evaluate(
            """element => {
                const copy = element.cloneNode(true);
                copy.querySelectorAll(".chunk-start").forEach((marker) => marker.remove());
                return copy.textContent;
            }"""
        )
        assert text == DOCUMENTS["青石港年报.md"]
        page.keyboard.press("Escape")
        expect(page.locator(".panel")).to_have_count(0)


def test_removing_asks_first(server: Server, browser: Browser) -> None:
    with visiting(browser, server.url) as page:
        open_documents(page)
        row = page.locator("table.documents tbody tr", has_text="muehle.txt")
        row.locator("button.danger").click()
        dialog = page.locator("dialog")
        expect(dialog).to_contain_text("移除《Die Wassermühle von Eschenbach》？")
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        expect(row).to_be_visible()
        assert (server.corpus / "muehle.txt").exists()
