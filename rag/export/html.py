"""An export as one HTML page: nothing is loaded, no script is in it, and none could run."""

from collections.abc import Iterable

from markupsafe import Markup

from rag.export.outline import Kind, Part, outline
from rag.export.values import Export
from rag.export.words import WORDS

_STYLE = """
:root { color-scheme: light dark; --soft: #555e68; --line: #d9d7cf; --tint: #f3f1ea; }
@media (prefers-color-scheme: dark) { :root { --soft: #a9b1b9; --line: #383e45; --tint: #1d2125; } }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; line-height: 1.7; overflow-wrap: anywhere;
  font-family: system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.35; } h3 { font-size: 1rem; margin-bottom: .3rem; }
h2 { font-size: 1.2rem; margin-top: 2.4rem; padding-top: 1.2rem; border-top: 1px solid var(--line); }
h1, h2, .answer, .remark, blockquote p { white-space: pre-wrap; }
.about, .note, .where { color: var(--soft); font-size: .875rem; margin: .3rem 0; }
.short { font-weight: 700; font-size: 1.1rem; }
.where + .about { margin-top: 2.4rem; }
blockquote { margin: .8rem 0 0; padding: .4rem .8rem; background: var(--tint); border-inline-start: 3px solid #d8a900; }
blockquote p { margin: 0; } .where { padding-inline-start: .95rem; }
.remark { border: 1px dashed var(--line); border-radius: 8px; padding: .6rem .8rem; }
.remark b { display: block; font-size: .875rem; color: var(--soft); }
@media print { body { margin: 0; max-width: none; } h2, h3 { break-after: avoid; } }
"""  # noqa: E501

_PAGE = Markup(
    '<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    '<meta name="referrer" content="no-referrer">\n'
    "<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
)
_PARTS: dict[Kind, Markup] = {
    "title": Markup('<h1 dir="auto">{text}</h1>'),
    "about": Markup('<p class="about">{text}</p>'),
    "question": Markup('<h2 dir="auto">{text}</h2>'),
    "note": Markup('<p class="note" dir="auto">{text}</p>'),
    "short": Markup('<p class="short" dir="auto">{text}</p>'),
    "answer": Markup('<p class="answer" dir="auto">{text}</p>'),
    "sources": Markup("<h3>{text}</h3>"),
    "quote": Markup('<blockquote><b>{label}</b><p dir="auto">{text}</p></blockquote>'),
    "where": Markup('<p class="where" dir="auto">{text}</p>'),
    "remark": Markup('<p class="remark" dir="auto"><b>{label}</b>{text}</p>'),
}


def drawn(export: Export, language: str) -> bytes:
    """Return the export as a page of its own in UTF-8."""
    parts = list(outline(export, language))
    page = _PAGE.format(
        lang=WORDS[language].html_lang,
        title=parts[0].text,
        style=Markup(_STYLE),
        body=Markup("\n").join(_drawn(parts)),
    )
    return page.encode()


def _drawn(parts: Iterable[Part]) -> Iterable[Markup]:
    return (_PARTS[part.kind].format(text=part.text, label=part.label) for part in parts)
