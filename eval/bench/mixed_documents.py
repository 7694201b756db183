"""Documents of nine formats in three languages, as many as wanted, all of our own text.

They are made by templates of our own where the format is simple, else by the library that reads it.
"""

import csv
import io
import random
import zipfile
from collections.abc import Callable, Sequence
from html import escape
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pptx

_SENTENCES = {
    "zh": (
        "第{n}号灯塔建于{y}年，塔身高{m}米，夜里每隔十二秒闪一次光。",
        "渔港的冷库在{y}年扩建，如今可以存放{n}吨鱼虾，够全镇人吃{m}天。",
        "老街的第{m}家茶馆里挂着一幅{y}年画的地图，图上标着{n}口水井。",
        "巡道工每天要走{m}公里，检查{n}根枕木，这条规矩从{y}年沿用到今天。",
        "山上的果园有{n}棵柚子树，其中{m}棵是{y}年那场台风以后补种的。",
        "镇上的消防队只有{m}个人，{y}年却扑灭了{n}起火灾，没有一人受伤。",
        "新修的栈道长{n}米，沿途有{m}座凉亭，预计{y}年全部开放。",
        "档案馆收藏着{n}封信，最早的一封写于{y}年，只剩下{m}个字可以辨认。",
    ),
    "en": (
        "Lighthouse {n} was built in {y}, is {m} metres tall and flashes every ten seconds. ",
        "The cold store at the harbour was enlarged in {y} and now holds {n} tonnes for {m} days. ",
        "A map drawn in {y} hangs in tea house {m} of the old street; it shows {n} wells. ",
        "The lineman walks {m} kilometres a day past {n} sleepers, a custom kept since {y}. ",
        "Of the {n} pear trees on the slope, {m} were planted after the storm of {y}. ",
        "The fire brigade has {m} members, yet in {y} it put out {n} fires without an injury. ",
        "The boardwalk will be {n} metres long, with {m} shelters, and opens fully in {y}. ",
        "The archive keeps {n} letters; the oldest is of {y}, and {m} of its words can be read. ",
    ),
    "de": (
        "Der Leuchtturm {n} wurde {y} gebaut, ist {m} Meter hoch und blinkt alle zwölf Sekunden. ",
        "Das Kühlhaus am Hafen wurde {y} erweitert und fasst nun {n} Tonnen für {m} Tage. ",
        "Im Teehaus {m} der alten Gasse hängt eine Karte von {y}, auf der {n} Brunnen stehen. ",
        "Der Streckenwärter geht täglich {m} Kilometer an {n} Schwellen vorbei, seit {y} schon. ",
        "Von den {n} Birnbäumen am Hang wurden {m} nach dem Sturm von {y} gepflanzt. ",
        "Die Feuerwehr hat {m} Mitglieder und löschte {y} dennoch {n} Brände ohne Verletzte. ",
        "Der Steg wird {n} Meter lang, bekommt {m} Hütten und ist {y} ganz geöffnet. ",
        "Das Archiv verwahrt {n} Briefe; der älteste ist von {y}, {m} Wörter sind lesbar. ",
    ),
}
_QUESTIONS = {
    "zh": "第{n}号灯塔的塔身有多高？",
    "en": "How tall is lighthouse {n}?",
    "de": "Wie hoch ist der Leuchtturm {n}?",
}
"""They are answered by the first sentence of their language."""
_FIRST_ASKED = 10_000  # no other sentence has so large a number
_PARAGRAPHS = 3
_SENTENCES_EACH = 4
_LONG = 4


class AskedDocument(NamedTuple):
    """A document, a question that it alone answers, and the sentence that does."""

    name: str
    text: str
    question: str
    answer: str


def asked_documents(count: int) -> list[AskedDocument]:
    """Return so many documents of a dozen paragraphs that differ in their figures."""
    draw = random.Random(count)
    made = []
    for number, language in zip(range(count), cycle(_SENTENCES), strict=False):
        n = _FIRST_ASKED + number
        sentence = _SENTENCES[language][0].format(
            n=n, m=draw.randrange(10, 99), y=draw.randrange(1800, 2030)
        )
        paragraphs = [each for _ in range(_LONG) for each in _paragraphs(draw, language)]
        place = draw.randrange(len(paragraphs))
        paragraphs[place] += sentence
        question = _QUESTIONS[language].format(n=n)
        made.append(AskedDocument(f"{number:05}", "\n\n".join(paragraphs), question, sentence))
    return made


def write_documents(folder: Path, count: int) -> None:
    """Write so many documents of about two chunks each, the same for the same count."""
    draw = random.Random(count)
    kinds = islice(cycle(_MAKERS.items()), count)
    for number, (suffix, make) in enumerate(kinds):
        # Latin letters alone are in the fonts that every reader of PDF has.
        language = draw.choice(("en", "de") if suffix == "pdf" else ("zh", "en", "de"))
        path = folder / suffix / f"{number:05} {language}.{suffix}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(make(f"{number}", _paragraphs(draw, language)))


def _paragraphs(draw: random.Random, language: str) -> list[str]:
    return [
        "".join(
            sentence.format(
                n=draw.randrange(100, 9999), m=draw.randrange(10, 99), y=draw.randrange(1800, 2030)
            )
            for sentence in draw.sample(_SENTENCES[language], _SENTENCES_EACH)
        )
        for _ in range(_PARAGRAPHS)
    ]


def _plain(title: str, paragraphs: Sequence[str]) -> bytes:
    return "\n\n".join((title, *paragraphs)).encode()


def _markdown(title: str, paragraphs: Sequence[str]) -> bytes:
    return "\n\n".join((f"# {title}", *paragraphs)).encode()


def _html(title: str, paragraphs: Sequence[str]) -> bytes:
    body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head><body>'
        f'<nav><a href="/">Home</a></nav><article><h1>{title}</h1>{body}</article></body></html>'
    ).encode()


def _csv(title: str, paragraphs: Sequence[str]) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows(enumerate((title, *paragraphs)))
    return file.getvalue().encode()


def _workbook(title: str, paragraphs: Sequence[str]) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in enumerate(paragraphs):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _slides(title: str, paragraphs: Sequence[str]) -> bytes:
    deck = pptx.Presentation()
    for paragraph in paragraphs:
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = paragraph
    file = io.BytesIO()
    deck.save(file)
    return file.getvalue()


def _word(title: str, paragraphs: Sequence[str]) -> bytes:
    return word_of("".join(map(word_paragraph, (title, *paragraphs))))


def word_paragraph(text: str) -> str:
    """Return a paragraph as a docx has it."""
    return f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>"


def word_of(body: str) -> bytes:
    """Return a docx with this body."""
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    words = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return _zip(
        {
            "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
            '<Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Override PartName="/word/document.xml"'
            f' ContentType="{main}.document.main+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1"'
            f' Type="{office}" Target="word/document.xml"/></Relationships>',
            "word/document.xml": f'<w:document xmlns:w="{words}">'
            f"<w:body>{body}</w:body></w:document>",
        }
    )


def _book(title: str, paragraphs: Sequence[str]) -> bytes:
    body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    return _zip(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container version="1.0"'
            ' xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="book.opf" media-type="application/oebps-package+xml"/>'
            "</rootfiles></container>",
            "book.opf": '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata'
            f' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title></metadata>'
            '<manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
            '<spine><itemref idref="a"/></spine></package>',
            "a.xhtml": '<html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head>'
            f"<body><h1>{title}</h1>{body}</body></html>",
        }
    )


def _zip(files: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return file.getvalue()


def _pdf(title: str, paragraphs: Sequence[str]) -> bytes:
    """Return a PDF of one page; each paragraph is one line, wider than the page or not."""
    lines = "".join(f"({_pdf_text(line)}) Tj T*\n" for line in (title, *paragraphs))
    stream = b"BT /F1 4 Tf 6 TL 20 800 Td\n" + lines.encode("cp1252") + b"ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 1600 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    file, places = bytearray(b"%PDF-1.4\n"), []
    for number, each in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count, start = len(objects) + 1, len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n%b" % (count, table)
    file += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, start)
    return bytes(file)


def _pdf_text(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


_MAKERS: dict[str, Callable[[str, Sequence[str]], bytes]] = {
    "txt": _plain,
    "md": _markdown,
    "html": _html,
    "csv": _csv,
    "xlsx": _workbook,
    "pptx": _slides,
    "docx": _word,
    "epub": _book,
    "pdf": _pdf,
}
