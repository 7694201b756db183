"""What Word and PowerPoint keep beside or outside the text: stored as such, or named when left out.

Documents are made by python-docx, python-pptx and by hand; what is expected is what Word shows.
"""

import io
import zipfile
from collections.abc import Callable
from xml.sax.saxutils import escape

import docx
import pptx
from docx.oxml import parse_xml
from docx.shared import Pt
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from index.reading.extraction import Extracted, extract
from index.reading.office.equations import as_line
from index.reading.office.number_styles import written
from index.reading.office.reading_order import Box, reading_order
from tests.support import documents_made as made

OFFICE = "http://schemas.openxmlformats.org"
MICROSOFT = "http://schemas.microsoft.com/office"
SPACES = {
    "w": f"{OFFICE}/wordprocessingml/2006/main",
    "r": f"{OFFICE}/officeDocument/2006/relationships",
    "m": f"{OFFICE}/officeDocument/2006/math",
    "a": f"{OFFICE}/drawingml/2006/main",
    "c": f"{OFFICE}/drawingml/2006/chart",
    "dgm": f"{OFFICE}/drawingml/2006/diagram",
    "mc": f"{OFFICE}/markup-compatibility/2006",
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "wps": f"{MICROSOFT}/word/2010/wordprocessingShape",
}
DECLARED = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in SPACES.items())


def p(text: str, style: str = "", properties: str = "", after: str = "") -> str:
    """Return a paragraph."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    run = f"<w:r><w:t xml:space='preserve'>{escape(text)}</w:t></w:r>" if text else ""
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{run}{after}</w:p>"


def numbered(text: str, list_id: int, level: int = 0) -> str:
    """Return a paragraph of a list."""
    place = f'<w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/>'
    return p(text, properties=f"<w:numPr>{place}</w:numPr>")


def level(at: int, style: str, text: str, more: str = "") -> str:
    """Return a level of a list; `more` stands where the schema has lvlRestart and pStyle."""
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{style}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def lists(levels: str, *overrides: str) -> str:
    """Return one definition, and a list of it for each of the overrides, from number 1 on."""
    nums = "".join(
        f'<w:num w:numId="{i}"><w:abstractNumId w:val="0"/>{override}</w:num>'
        for i, override in enumerate(overrides, 1)
    )
    return f'<w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>{nums}'


def word(body: str, numbering: str = "", styles: str = "", **parts: str) -> bytes:
    """Return a docx of a body; other parts go by name and are referred to as r_name."""
    held = {"numbering": numbering, "styles": styles}
    files = {
        "_rels/.rels": _relations({"r": ("officeDocument", "word/document.xml")}),
        "word/document.xml": f"<w:document {DECLARED}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": _relations(
            {f"r_{name}": (name.rstrip("0123456789"), f"{name}.xml") for name in (*held, *parts)}
        ),
        **{f"word/{name}.xml": f"<w:{name} {DECLARED}>{x}</w:{name}>" for name, x in held.items()},
        **{f"word/{name}.xml": xml for name, xml in parts.items()},
    }
    return made.zipped({name: xml.encode() for name, xml in files.items()})


def _relations(targets: dict[str, tuple[str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="{i}" Type="{SPACES["r"]}/{kind}" Target="{target}"/>'
        for i, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{OFFICE}/package/2006/relationships">{rows}</Relationships>'


def text_of(raw: bytes) -> str:
    return extract("a.docx", raw).text


def notes_of(found: Extracted) -> dict[str, str]:
    return {note.code: note.detail for note in found.notes}


# Numbers that Word makes itself


def test_articles_are_numbered_by_their_styles() -> None:
    levels = (
        level(0, "chineseCountingThousand", "第%1章", '<w:pStyle w:val="Zhang"/>')
        + level(1, "chineseCountingThousand", "第%2条",
                '<w:lvlRestart w:val="0"/><w:pStyle w:val="Tiao"/>')
        + level(2, "chineseCounting", "（%3）", '<w:pStyle w:val="Kuan"/>')
    )  # fmt: skip
    in_list = '<w:numPr><w:numId w:val="1"/></w:numPr>'
    styles = (
        "".join(
            f'<w:style w:type="paragraph" w:styleId="{s}"><w:name w:val="{s}"/>'
            f"<w:pPr>{in_list}{more}</w:pPr></w:style>"
            for s, more in (("Zhang", '<w:outlineLvl w:val="0"/>'), ("Tiao", ""), ("Kuan", ""))
        )
        + '<w:style w:type="paragraph" w:styleId="Own"><w:basedOn w:val="Tiao"/></w:style>'
    )
    body = (
        p("总则", "Zhang") + p("为保护河岸，制定本办法。", "Tiao") + p("镇政府负责实施。", "Own")
        + p("禁止行为", "Zhang") + p("禁止下列行为：", "Tiao")
        + p("倾倒垃圾；", "Kuan") + p("采挖砂石。", "Kuan")
        + p("附则自公布之日起施行。", "Tiao", '<w:numPr><w:numId w:val="0"/></w:numPr>')
        + p("违者罚款。", "Tiao") + p("屡犯者；", "Kuan")
    )  # fmt: skip
    assert text_of(word(body, lists(levels, ""), styles)) == (
        "# 第一章 总则\n\n第一条 为保护河岸，制定本办法。\n\n第二条 镇政府负责实施。\n\n"
        "# 第二章 禁止行为\n\n第三条 禁止下列行为：\n\n（一）倾倒垃圾；\n（二）采挖砂石。\n\n"
        "附则自公布之日起施行。\n\n第四条 违者罚款。\n\n（一）屡犯者；"
    )


def test_clauses_count_on_begin_anew_and_begin_elsewhere() -> None:
    levels = (
        level(0, "decimal", "§ %1")
        + level(1, "decimal", "%1.%2")
        + level(2, "lowerLetter", "%3)")
        + level(3, "lowerRoman", "%1.%4", "<w:isLgl/>")
    )
    other = '<w:lvlOverride w:ilvl="1"><w:startOverride w:val="7"/></w:lvlOverride>'
    body = "".join(
        numbered(text, list_id, at)
        for text, list_id, at in [
            ("Miete", 1, 0), ("Die Miete beträgt 940 Euro.", 1, 1), ("Wasser", 1, 2),
            ("Strom", 1, 2), ("Zahlbar am Dritten.", 1, 1), ("Gas", 1, 2), ("Kaution", 1, 0),
            ("Zwei Mieten.", 1, 1), ("Nach Auszug.", 2, 1), ("Mit Zins.", 2, 1), ("tief", 1, 3),
        ]
    )  # fmt: skip
    shown = [line for line in text_of(word(body, lists(levels, "", other))).split("\n") if line]
    assert shown == [
        "§ 1 Miete", "1.1 Die Miete beträgt 940 Euro.", "a) Wasser", "b) Strom",
        "1.2 Zahlbar am Dritten.", "a) Gas", "§ 2 Kaution", "2.1 Zwei Mieten.",
        "2.7 Nach Auszug.", "2.8 Mit Zins.", "2.1 tief",
    ]  # fmt: skip


def test_bullets_stay_bullets_and_unknown_numbers_are_named() -> None:
    levels = level(0, "bullet", "\uf0b7") + level(1, "cardinalText", "%2:")
    body = numbered("eins", 1) + numbered("zwei", 1) + p("mitten") + numbered("drei", 1, 1)
    found = extract("a.docx", word(body, lists(levels, "")))
    assert found.text == "- eins\n- zwei\n\nmitten\n\ndrei"
    assert notes_of(found) == {"numbers_unread": "1"}


@given(st.integers(1, 3999))
def test_roman_numbers_can_be_read_back(number: int) -> None:
    letters = [dict(zip("ivxlcdm", (1, 5, 10, 50, 100, 500, 1000), strict=True))[x]
               for x in written(number, "lowerRoman") or ""]  # fmt: skip
    following = [*letters[1:], 0]
    assert sum(-a if a < b else a for a, b in zip(letters, following, strict=True)) == number


@given(st.integers(1, 9999))
def test_chinese_numbers_can_be_read_back(number: int) -> None:
    total, digit = 0, 0
    for sign in written(number, "chineseCountingThousand") or "":
        if sign in "十百千":
            total += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[sign]
            digit = 0
        else:
            digit = "零一二三四五六七八九".index(sign)
    assert total + digit == number


# What stands beside the text


def test_notes_follow_the_paragraph_with_their_mark() -> None:
    def mark(kind: str, i: int) -> str:
        return f'<w:r><w:{kind}Reference w:id="{i}"/></w:r>'

    def notes(kind: str, *texts: str) -> str:
        held = "".join(
            f'<w:{kind} w:id="{i}">{p(t)}</w:{kind}>' for i, t in enumerate(texts, start=1)
        )
        return f'<w:{kind}s {DECLARED}><w:{kind} w:id="0" w:type="separator"/>{held}</w:{kind}s>'

    cell = f"<w:tbl><w:tr><w:tc>{p('Preis', after=mark('footnote', 2))}</w:tc></w:tr></w:tbl>"
    body = (
        p("道路", after=mark("footnote", 1) + "<w:r><w:t>指公共道路。</w:t></w:r>")
        + cell
        + p("Ende", after=mark("endnote", 1))
    )
    text = text_of(
        word(
            body,
            footnotes=notes("footnote", "宽六米以上。", "Ohne Steuer."),
            endnotes=notes("endnote", "Siehe Anhang."),
        )
    )
    assert "道路[1]指公共道路。\n\n[1] 宽六米以上。\n\n" in text
    assert text.index("Preis[2]") < text.index("\n\n[2] Ohne Steuer.\n\nEnde[i]\n\n[i] Siehe")


def test_text_boxes_are_read_once_whole_and_behind_their_paragraph() -> None:
    def box(inside: str) -> str:
        held = f"<w:txbxContent>{inside}</w:txbxContent>"
        return (
            f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>{held}"
            f"</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{held}"
            "</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        )

    inner = p("Open from 6 to 22.", after=box(p("Closed on Sundays.")))
    body = p("The harbour", after=box(inner) + "<w:r><w:t> is deep.</w:t></w:r>") + p("Next.")
    assert text_of(word(body)) == (
        "The harbour is deep.\n\nOpen from 6 to 22.\n\nClosed on Sundays.\n\nNext."
    )


def test_comments_and_page_headers_are_under_headings_of_their_own() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("The launch takes place in week 32.")
    document.add_comment(paragraph.runs, text="Moved to week 35.", author="Board", initials="B")
    section = document.sections[0]
    section.header.paragraphs[0].text = "Ahrens GmbH\tFile 44-B"
    footer = section.footer.paragraphs[0]
    footer.add_run("Confidential\tPage ")
    for xml in (
        '<w:fldChar w:fldCharType="begin"/>', "<w:instrText> PAGE </w:instrText>",
        '<w:fldChar w:fldCharType="separate"/>', "<w:t>1</w:t>", '<w:fldChar w:fldCharType="end"/>',
    ):  # fmt: skip
        footer._p.append(parse_xml(f"<w:r {DECLARED}>{xml}</w:r>"))
    document.add_section()  # its header and footer are those of the one before
    section.first_page_header.paragraphs[0].text = "Shown on no page"
    section.different_first_page_header_footer = False
    file = io.BytesIO()
    document.save(file)
    found = extract("a.docx", file.getvalue())
    assert found.text == (
        "The launch takes place in week 32.\n\n"
        "#### Comments\n\n“The launch takes place in week 32.” – Board: Moved to week 35.\n\n"
        "#### Page headers and footers\n\nAhrens GmbH File 44-B\n\nConfidential"
    )
    assert found.title == "a"  # a sentence is no title
    assert found.notes == ()
    assert found.date is None  # the template of python-docx says 2013-12-23


def test_what_is_hidden_deleted_or_embedded_is_left_out_and_counted() -> None:
    def run(text: str, tag: str = "t", properties: str = "") -> str:
        return f"<w:r><w:rPr>{properties}</w:rPr><w:{tag}>{text}</w:{tag}></w:r>"

    styles = (
        '<w:style w:type="character" w:styleId="Base"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="H"><w:basedOn w:val="Base"/></w:style>'
    )
    picture = '<w:pict><v:shape><v:imagedata r:id="x"/></v:shape></w:pict>'
    sheet = picture.replace("w:pict", "w:object")
    sheet = sheet.replace("</w:object>", '<o:OLEObject ProgID="Excel"/></w:object>')
    body = p(
        "Rent: ",
        after=f"<w:ins>{run('1,150')}</w:ins><w:del>{run('900', 'delText')}</w:del>"
        + run(" secret", properties="<w:vanish/>")
        + run("gone", properties='<w:rStyle w:val="H"/>')
        + run(" euros", properties='<w:vanish w:val="0"/>')
        + f"<w:r>{picture}{sheet}</w:r>",
    )
    found = extract("a.docx", word(body, styles=styles))
    assert found.text == "Rent: 1,150 euros"
    assert notes_of(found) == {
        "tracked": "+1, −1",
        "hidden_text": "11",
        "pictures": "1",
        "embedded": "1 × Excel",
    }


def test_fields_controls_and_equations_are_text() -> None:
    def r(text: str) -> str:
        return f"<m:r><m:t>{text}</m:t></m:r>"

    def w(text: str) -> str:
        return f"<w:r><w:t>{text}</w:t></w:r>"

    square = f"<m:sSup><m:e>{r('c')}</m:e><m:sup>{r('2')}</m:sup></m:sSup>"
    body = (
        p("Table ", after='<w:fldSimple w:instr=" SEQ T "><w:r><w:t>4</w:t></w:r></w:fldSimple>')
        + f"<w:sdt><w:sdtContent>{p('Name: Solberg')}</w:sdtContent></w:sdt>"
        + p("Energy: ", after=f"<m:oMathPara><m:oMath>{r('E=m')}{square}</m:oMath></m:oMathPara>")
        + p(
            "", after=f"<w:ruby><w:rt>{w('かわ')}</w:rt><w:rubyBase>{w('川')}</w:rubyBase></w:ruby>"
        )
    )
    assert text_of(word(body)) == "Table 4\n\nName: Solberg\n\nEnergy: E=mc^2\n\n川"


def test_structures_of_equations() -> None:
    def r(text: str) -> str:
        return f"<m:r><m:t>{text}</m:t></m:r>"

    xml = (
        f"<m:oMath {DECLARED}>{r('x=')}<m:f><m:num>{r('a+b')}</m:num><m:den>{r('2')}</m:den></m:f>"
        f"<m:rad><m:deg/><m:e>{r('n')}</m:e></m:rad>"
        f"<m:nary><m:naryPr><m:chr m:val='∑'/></m:naryPr><m:sub>{r('i=1')}</m:sub>"
        f"<m:sup>{r('n')}</m:sup><m:e>{r('i')}</m:e></m:nary></m:oMath>"
    )
    assert as_line(etree.fromstring(xml)) == "x=(a+b)/2√(n)∑_(i=1)^n i"


# Charts and diagrams: python-pptx draws the same charts that Word holds


def deck(draw: Callable[[object], None]) -> bytes:
    """Return a pptx of one slide, on which `draw` puts shapes."""
    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[6])
    draw(slide)
    file = io.BytesIO()
    presentation.save(file)
    return file.getvalue()


def _visitors(slide) -> None:
    data = CategoryChartData(number_format="0.0%")
    data.categories = ["北区", "南区"]
    data.add_series("2023", (0.25, 0.1 + 0.2))
    data.add_series("2024", (None, 0.455))
    frame = slide.shapes.add_chart(XL_CHART_TYPE.LINE, 0, 0, Inches(4), Inches(3), data)
    frame.chart.has_title = True
    frame.chart.chart_title.text_frame.text = "来访比例"
    frame.chart.category_axis.has_title = True
    frame.chart.category_axis.axis_title.text_frame.text = "片区"


CELLS = ("来访比例", "片区", "2023", "2024", "北区", "25.0%", "南区", "30.0%", "45.5%")


def test_the_numbers_of_charts_are_read_from_slides_and_documents() -> None:
    raw = deck(_visitors)
    on_slide = extract("a.pptx", raw).text
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        (path,) = (n for n in archive.namelist() if n.startswith("ppt/charts/chart"))
        chart = archive.read(path).decode()
    drawing = '<w:r><w:drawing><c:chart r:id="r_chart"/></w:drawing></w:r>'
    in_text = text_of(word(p("Zahlen:", after=drawing) + p("Danach."), chart=chart))
    for text in (on_slide, in_text):
        assert all(cell in text for cell in CELLS)
    assert in_text.startswith("Zahlen:\n\n来访比例\n\n")
    assert in_text.endswith("\n\nDanach.")


def test_points_of_two_series_each_have_their_own_places() -> None:
    def draw(slide) -> None:
        data = XyChartData()
        for name, points in (("Aal", [(1.5, 2)]), ("Hecht", [(3, 4), (5, 6)])):
            series = data.add_series(name)
            for x, y in points:
                series.add_data_point(x, y)
        slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER, 0, 0, Inches(4), Inches(3), data)

    text = extract("a.pptx", deck(draw)).text
    assert text == "- 1.5; Aal: 2\n\n- 3; Hecht: 4\n- 5; Hecht: 6"


def test_charts_of_newer_kinds_are_read_and_not_the_picture_that_stands_for_them() -> None:
    def points(*words: str) -> str:
        held = "".join(f'<cx:pt idx="{i}">{word}</cx:pt>' for i, word in enumerate(words))
        return f'<cx:lvl ptCount="{len(words)}">{held}</cx:lvl>'

    chart = (
        f'<cx:chartSpace xmlns:cx="{MICROSOFT}/drawing/2014/chartex">'
        f'<cx:chartData><cx:data id="0"><cx:strDim type="cat">{points("收入", "支出")}</cx:strDim>'
        f'<cx:numDim type="val">{points("70", "-45")}</cx:numDim></cx:data></cx:chartData>'
        "<cx:chart><cx:plotArea><cx:plotAreaRegion><cx:series><cx:tx><cx:txData><cx:v>万元</cx:v></cx:txData>"
        '</cx:tx><cx:dataId val="0"/></cx:series></cx:plotAreaRegion></cx:plotArea></cx:chart>'
        "</cx:chartSpace>"
    )
    drawing = (
        '<w:r><mc:AlternateContent><mc:Choice Requires="cx1"><w:drawing><c:chart r:id="r_chart"/>'
        "</w:drawing></mc:Choice><mc:Fallback><w:drawing><pic:pic "
        f'xmlns:pic="{OFFICE}/drawingml/2006/picture"/></w:drawing></mc:Fallback>'
        "</mc:AlternateContent></w:r>"
    )
    found = extract("a.docx", word(p("如图：", after=drawing), chart=chart))
    assert all(cell in found.text for cell in ("万元", "收入", "70", "支出", "-45"))
    assert found.notes == ()


def test_a_broken_chart_costs_itself_alone() -> None:
    with zipfile.ZipFile(io.BytesIO(deck(_visitors))) as archive:
        (path,) = (n for n in archive.namelist() if n.startswith("ppt/charts/chart"))
    raw = made.replaced(deck(lambda s: (_visitors(s), _box(s, "Rest", 5))), path, b"<x><y>")
    found = extract("a.pptx", raw)
    assert found.text == "Rest"
    assert notes_of(found) == {"chapter_skipped": path}
    drawing = '<w:r><w:drawing><c:chart r:id="r_chart"/></w:drawing></w:r>'
    found = extract("a.docx", word(p("Zahlen", after=drawing), chart="<x><y>"))
    assert (found.text, notes_of(found)) == ("Zahlen", {"chapter_skipped": "word/chart.xml"})


def test_charts_made_to_be_large_are_left_out_or_read_once() -> None:
    def series(at: int) -> str:
        point = f'<c:pt idx="{at}"><c:v>7</c:v></c:pt>'
        return f"<c:ser><c:val><c:numLit>{point}</c:numLit></c:val></c:ser>"

    def chart(count: int) -> str:
        drawn = f"<c:barChart>{''.join(map(series, range(count)))}</c:barChart>"
        return (
            f"<c:chartSpace {DECLARED}><c:chart><c:plotArea>{drawn}</c:plotArea></c:chart>"
            "</c:chartSpace>"
        )

    drawing = '<w:r><w:drawing><c:chart r:id="r_chart"/></w:drawing></w:r>'
    found = extract("a.docx", word(p("x", after=drawing), chart=chart(3000)))
    assert notes_of(found) == {"chapter_skipped": "word/chart.xml"}
    assert text_of(word(p("x", after=drawing * 100), chart=chart(1))).count("7") == 1


def test_diagrams_are_read_in_the_order_of_their_tree() -> None:
    points = [("0", "doc", ""), ("3", "node", "Prüfen"), ("1", "node", "Antrag"),
              ("2", "node", "Formular"), ("9", "pres", "")]  # fmt: skip
    links = [("0", "3", 1), ("0", "1", 0), ("1", "2", 0)]
    data = (
        f"<dgm:dataModel {DECLARED}><dgm:ptLst>"
        + "".join(
            f'<dgm:pt modelId="{i}" type="{kind}"><dgm:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p>'
            "</dgm:t></dgm:pt>"
            for i, kind, text in points
        )
        + "</dgm:ptLst><dgm:cxnLst>"
        + "".join(
            f'<dgm:cxn modelId="c{a}{b}" srcId="{a}" destId="{b}" srcOrd="{at}"/>'
            for a, b, at in links
        )
        + "</dgm:cxnLst></dgm:dataModel>"
    )
    drawing = '<w:r><w:drawing><dgm:relIds r:dm="r_diagramData"/></w:drawing></w:r>'
    text = text_of(word(p("Ablauf", after=drawing), diagramData=data))
    assert text == "Ablauf\n\nAntrag\n\nFormular\n\nPrüfen"


# Slides


def _box(slide, text: str, top: float, left: float = 1):
    box = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(3), Inches(1))
    box.text_frame.text = text
    return box


def test_shapes_are_read_from_top_to_bottom_whatever_was_drawn_first() -> None:
    def draw(slide) -> None:
        for text, top, left in (("foot", 6, 1), ("left", 2, 1), ("right", 2, 5), ("head", 0, 1)):
            _box(slide, text, top, left)

    assert extract("a.pptx", deck(draw)).text == "head\n\nleft\n\nright\n\nfoot"


def test_columns_that_were_drawn_as_columns_are_read_as_columns() -> None:
    grid = [Box(x, y, x + 8, y + 4) for x in (0, 10, 20) for y in (0, 5, 10)]
    assert reading_order(grid) == list(range(9))
    by_rows = sorted(grid, key=lambda box: (box.top, box.left))
    assert reading_order(by_rows) == list(range(9))
    assert reading_order([*grid[1:], grid[0]]) == [8, *range(8)]


def test_equations_and_other_forms_of_shapes_are_read_on_slides() -> None:
    def draw(slide) -> None:
        box = _box(slide, "Fläche: ", 1)
        equation = (
            f"<a14:m {DECLARED} xmlns:a14='{MICROSOFT}/drawing/2010/main'>"
            "<m:oMath><m:r><m:t>a·b</m:t></m:r></m:oMath></a14:m>"
        )
        box.text_frame.paragraphs[0]._p.append(parse_xml(equation))
        forms = parse_xml(
            f"<mc:AlternateContent {DECLARED}><mc:Choice Requires='a14'/><mc:Fallback/>"
            "</mc:AlternateContent>"
        )
        box._element.addprevious(forms)
        forms[0].append(box._element)

    assert extract("a.pptx", deck(draw)).text == "Fläche: a·b"


def test_numbers_hidden_slides_notes_and_feet() -> None:
    presentation = pptx.Presentation()
    for text in ("Ablauf", "Geheim", "Ende"):
        slide = presentation.slides.add_slide(presentation.slide_layouts[5])
        slide.shapes.title.text = text
    first, secret, _ = presentation.slides
    secret._element.set("show", "0")
    box = _box(first, "prüfen\nzahlen", 3)
    for paragraph in box.text_frame.paragraphs:
        paragraph._p.get_or_add_pPr().append(
            parse_xml(f'<a:buAutoNum {DECLARED} type="arabicPeriod" startAt="3"/>')
        )
    box.text_frame.paragraphs[0].font.size = Pt(9)
    first.notes_slide.notes_text_frame.text = "Langsam sprechen."
    file = io.BytesIO()
    presentation.save(file)
    found = extract("a.pptx", file.getvalue())
    assert found.text == (
        "## Ablauf\n\n3. prüfen\n4. zahlen\n\n#### Speaker notes\n\nLangsam sprechen.\n\n## Ende"
    )
    assert [page.number for page in found.pages] == [1, 3]
    assert notes_of(found) == {"hidden_slides": "2"}
    assert found.date is None


def test_marks_of_notes_in_books_are_set_apart_from_words() -> None:
    chapter = (
        '<p>a mill<a href="n.xhtml#n1"><sup>1</sup></a> of 9 m<sup>2</sup>, built<sup><a '
        'href="#n2">*</a></sup> by <a href="#top">a</a> man</p><p>1. Old. <a href="#r1">↩</a></p>'
    )
    text = extract("a.epub", made.book([chapter])).text
    assert text == "a mill[1] of 9 m2, built[*] by a man\n\n1. Old."
