"""What kind of document a server has sent, and what to call it.

The type that is declared, the name and the first bytes are judged together: servers often declare
none or a wrong one. The verdict is a file suffix, because that is what names a type in the corpus.
"""

import re
from email.message import Message
from pathlib import PurePosixPath
from urllib.parse import unquote, unquote_to_bytes

SUFFIX_OF = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/x-markdown": ".md",
    "text/csv": ".csv",
    "application/csv": ".csv",
    "application/pdf": ".pdf",
    "application/x-pdf": ".pdf",
    "application/epub+zip": ".epub",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}
"""Media types of documents, and the suffix of a file of each."""

# What servers declare when they do not know; name and bytes decide.
_VAGUE = frozenset(
    {
        "",
        "application/binary",
        "application/download",
        "application/force-download",
        "application/octet-stream",
        "application/x-download",
        "application/x-zip-compressed",
        "application/zip",
        "binary/octet-stream",
    }
)
_ALIASES = {".htm": ".html", ".xhtml": ".html", ".shtml": ".html", ".markdown": ".md"}
_ZIPPED = frozenset({".epub", ".docx", ".pptx", ".xlsx"})
_TEXTS = frozenset({".html", ".txt", ".md", ".csv"})

_PDF = b"%PDF-"
# Adobe's readers look that far (PDF Reference 1.7, implementation note 13).
_PDF_WITHIN_BYTES = 1024
_ZIP = b"PK\x03\x04"
_EPUB = b"mimetypeapplication/epub+zip"  # the first entry, stored: EPUB OCF 3.3, 4.3
_EPUB_AT = 30
_UNICODE_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
# The "binary data bytes" and the length looked at of the WHATWG MIME Sniffing Standard.
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_SNIFFED_BYTES = 1445
_PREAMBLE = re.compile(rb"<!--.*?-->|<\?xml.*?\?>", re.DOTALL)
_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html)\b", re.IGNORECASE)


def parse_type(header: str) -> tuple[str, str | None]:
    """Return media type and charset of a Content-Type header, in lower case.

    The type is empty when the header is missing or malformed.

    >>> parse_type('Text/HTML; charset="GB2312"'), parse_type(""), parse_type("; charset=utf-8")
    (('text/html', 'gb2312'), ('', None), ('', 'utf-8'))
    """
    message = Message()
    message["content-type"] = header
    declared = header.partition(";")[0].strip().lower()
    return declared if declared.count("/") == 1 else "", message.get_content_charset()


def can_be_document(declared: str) -> bool:
    """Whether a body of this declared type is worth reading."""
    return declared in SUFFIX_OF or declared in _VAGUE


def judge(declared: str, name: str, raw: bytes) -> str | None:
    r"""Return the suffix of the type that the bytes are, or None when they are no document.

    >>> judge("application/octet-stream", "report.pdf", b"%PDF-1.7"), judge("", "", b"<html>")
    ('.pdf', '.html')
    >>> judge("text/plain", "notes.md", b"# A"), judge("application/pdf", "a.pdf", b"\x89PNG")
    ('.md', None)
    """
    named = suffix_in(name)
    by_type = SUFFIX_OF.get(declared, "")
    # Many servers send every kind of text as text/plain.
    candidates = (named, by_type) if by_type == ".txt" else (by_type, named)
    return next((suffix for suffix in candidates if _fits(suffix, raw)), _sniff(raw))


def suffix_in(name: str) -> str:
    """Return the suffix of a name in its usual spelling, in lower case."""
    suffix = PurePosixPath(name).suffix.lower()
    return _ALIASES.get(suffix, suffix)


def _fits(suffix: str, raw: bytes) -> bool:
    if suffix == ".pdf":
        return _PDF in raw[:_PDF_WITHIN_BYTES]
    if suffix in _ZIPPED:
        return raw.startswith(_ZIP)
    return suffix in _TEXTS and _is_text(raw)


def _is_text(raw: bytes) -> bool:
    if raw.startswith(_UNICODE_MARKS):
        return True
    return not raw.startswith((_PDF, _ZIP)) and not _BINARY.search(raw[:_SNIFFED_BYTES])


def _sniff(raw: bytes) -> str | None:
    if raw.startswith(_PDF):
        return ".pdf"
    if raw.startswith(_ZIP) and raw.startswith(_EPUB, _EPUB_AT):
        return ".epub"
    start = _PREAMBLE.sub(b"", raw[:_SNIFFED_BYTES])
    return ".html" if _is_text(raw) and _HTML.match(start) else None


def disposition_name(header: str) -> str:
    """Return the file name of a Content-Disposition header, or "" (RFC 6266).

    The extended form wins over the plain one. Percent escapes in the plain form are undone, as
    browsers do. Folders in the name are dropped; the rest is as the server says, not yet safe.

    >>> disposition_name("attachment; filename=a.pdf; filename*=UTF-8''%E6%8A%A5.pdf")
    '报.pdf'
    >>> disposition_name('attachment; filename="../../etc/passwd"')
    'passwd'
    """
    message = Message()
    message["content-disposition"] = header
    names = [
        value for key, value in message.get_params([], "content-disposition") if key == "filename"
    ]
    for name in names:
        if isinstance(name, tuple):  # (charset, language, bytes as Latin-1): RFC 8187
            charset, _, value = name
            raw = str(value).encode("latin-1", "replace")
            return _last_part(_decode(raw, str(charset or "utf-8")))
    return _last_part(unquote(str(names[0]))) if names else ""


def path_name(path: bytes) -> str:
    """Return the last part of a URL's path, percent escapes undone; "" for a bare host.

    >>> path_name(b"/a/%E6%8A%A5%E5%91%8A.pdf"), path_name(b"/news/"), path_name(b"/")
    ('报告.pdf', 'news', '')
    """
    return _last_part(_decode(unquote_to_bytes(path), "utf-8"))


def _decode(raw: bytes, charset: str) -> str:
    # Older Chinese sites escape the bytes of GB18030.
    for encoding in (charset, "utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode(errors="replace")


def _last_part(name: str) -> str:
    return name.replace("\\", "/").rstrip("/").rpartition("/")[2].strip(" .")
