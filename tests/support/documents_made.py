"""Documents of every format, made by other libraries than those that read them where there are two.

All text is written for these tests.
"""

import hashlib
import io
import zipfile
from collections.abc import Sequence

import docx
import pptx
import xlsxwriter
from docx.oxml.parser import OxmlElement
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

PARAGRAPH = (
    "河湾镇的旧粮仓在二〇一八年改成了图书馆，馆内有三层书架和一间朝南的阅览室。"
    "周末的时候，附近学校的学生会来这里写作业，老人们则坐在窗边看报纸。"
)
GERMAN = "Die Bürgermeisterin eröffnete am Mühlbach eine neue Brücke für Fußgänger."
TABLE = [["年份", "读者人数"], ["2019", "1204"], ["2020", "3571"]]


def pdf(
    pages: Sequence[Sequence[str]],
    *,
    title: str = "",
    author: str = "",
    password: str | None = None,
    width: int = 36,
    header: str = "",
) -> bytes:
    """Return a PDF; each page holds paragraphs, set in lines of `width` characters."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    file = io.BytesIO()
    encryption = StandardEncryption(password) if password else None
    sheet = canvas.Canvas(file, pagesize=(595, 842), encrypt=encryption, invariant=1)
    sheet.setTitle(title)
    sheet.setAuthor(author)
    for number, paragraphs in enumerate(pages, 1):
        sheet.setFont("STSong-Light", 12)
        if header:
            sheet.drawString(60, 810, header)
            sheet.drawString(290, 20, f"- {number} -")
        y = 780
        for paragraph in paragraphs:
            for start in range(0, len(paragraph), width):
                sheet.drawString(60, y, paragraph[start : start + width])
                y -= 18
            y -= 12
        sheet.showPage()
    sheet.save()
    return file.getvalue()


def scanned_pdf(lines: Sequence[str]) -> bytes:
    """Return a PDF of one page that is an image of the lines."""
    image = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(image)
    for i, line in enumerate(lines):
        draw.text((100, 120 + 70 * i), line, fill="black", font=ImageFont.load_default(36))
    file = io.BytesIO()
    image.save(file, "PDF", resolution=150)
    return file.getvalue()


def word() -> bytes:
    """Return a docx: properties, headings, lists, a table, a tracked insertion."""
    document = docx.Document()
    document.core_properties.title = "河湾镇图书馆"
    document.core_properties.author = "陈小燕"
    document.add_heading("河湾镇图书馆", level=0)
    document.add_heading("一、由来", level=1)
    paragraph = document.add_paragraph(PARAGRAPH)
    insertion = OxmlElement("w:ins")
    insertion.append(paragraph.add_run("馆名由居民投票选出。")._r)
    paragraph._p.append(insertion)
    paragraph.runs[0].bold = True
    for item in ("借书证免费办理", "每人可借六本"):
        document.add_paragraph(item, style="List Bullet")
    table = document.add_table(rows=0, cols=2)
    for row in TABLE:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = row
    document.add_paragraph(GERMAN)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def slides() -> bytes:
    """Return a pptx of four slides: a title, bullets with notes, a table, nothing."""
    deck = pptx.Presentation()
    deck.core_properties.title = "PowerPoint 演示文稿"
    first = deck.slides.add_slide(deck.slide_layouts[0])
    first.shapes.title.text = "图书馆年度报告"
    first.placeholders[1].text = "河湾镇"
    second = deck.slides.add_slide(deck.slide_layouts[1])
    second.shapes.title.text = "开放时间"
    second.placeholders[1].text = "工作日九点到二十点\n周末十点到十八点"
    second.notes_slide.notes_text_frame.text = "节假日另行通知。"
    third = deck.slides.add_slide(deck.slide_layouts[5])
    third.shapes.title.text = "读者人数"
    inches = pptx.util.Inches
    table = third.shapes.add_table(3, 2, inches(1), inches(2), inches(4), inches(2)).table
    for i, row in enumerate(TABLE):
        for j, cell in enumerate(row):
            table.cell(i, j).text = cell
    deck.slides.add_slide(deck.slide_layouts[6])
    file = io.BytesIO()
    deck.save(file)
    return file.getvalue()


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    """Return an xlsx of the sheets."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.set_properties({"title": "统计", "author": "赵敏"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for i, row in enumerate(rows):
            sheet.write_row(i, 0, row)
    book.close()
    return file.getvalue()


def book(chapters: Sequence[str], *, encrypted: bool = False, head: str = "") -> bytes:
    """Return an epub of XHTML chapters; `head` is put before the root of each."""
    xhtml = (
        f'{head}<html xmlns="http://www.w3.org/1999/xhtml"><head><title>t</title></head>'
        "<body>{}</body></html>"
    )
    files = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": (
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="OEBPS/content.opf"/></rootfiles></container>'
        ),
        "OEBPS/content.opf": (
            '<package xmlns="http://www.idpf.org/2007/opf" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/">'
            "<metadata><dc:title>河湾的四季</dc:title><dc:creator>林一</dc:creator>"
            "<dc:creator>林二</dc:creator><dc:date>2019-05-04T00:00:00Z</dc:date></metadata><manifest>"
            + "".join(
                f'<item id="c{i}" href="{i}%20.xhtml" media-type="application/xhtml+xml"/>'
                for i in range(len(chapters))
            )
            + "</manifest><spine>"
            + "".join(f'<itemref idref="c{i}"/>' for i in reversed(range(len(chapters))))
            + "</spine></package>"
        ),
        **{f"OEBPS/{i} .xhtml": xhtml.format(chapter) for i, chapter in enumerate(chapters)},
    }
    if encrypted:
        files["META-INF/encryption.xml"] = (
            '<encryption xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData>'
            '<enc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>'
            "</enc:EncryptedData></encryption>"
        )
    return zipped({name: text.encode() for name, text in files.items()})


def zipped(files: dict[str, bytes]) -> bytes:
    """Return a zip of the files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in files.items():
            archive.writestr(name, raw)
    return file.getvalue()


def replaced(raw: bytes, part: str, content: bytes) -> bytes:
    """Return a zip with one part replaced or added."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return zipped(files | {part: content})


def long_word(paragraphs: int) -> bytes:
    """Return a docx of so many short paragraphs, each its own."""
    body = "".join(
        f"<w:p><w:pPr><w:jc w:val='both'/></w:pPr><w:r><w:rPr><w:b/></w:rPr>"
        f"<w:t>第{i}段 {hash_of(i)}</w:t></w:r></w:p>"
        for i in range(paragraphs)
    )
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    xml = f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'
    return replaced(word(), "word/document.xml", xml.encode())


def sheet_of(rows: str, after: str = "") -> bytes:
    """Return an xlsx of one sheet with this XML in it."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData>{after}</worksheet>'
    return replaced(workbook({"表": [["a"]]}), "xl/worksheets/sheet1.xml", xml.encode())


def hash_of(number: int) -> str:
    """Return letters that hardly pack, the same for the same number."""
    return hashlib.sha256(str(number).encode()).hexdigest()[:16]
