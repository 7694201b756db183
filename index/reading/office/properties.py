"""What programs write into a file's properties -> what may be shown; their defaults are none."""

from collections.abc import Mapping

import regex

from index.reading.content import one_line
from index.reading.dates import iso_date

# What python-docx's and python-pptx's templates say, whenever a file is made from them.
_TEMPLATE_DATES = frozenset({"2013-12-23", "2013-01-27"})

_PROGRAM = regex.compile(
    r"^(?:microsoft (?:word|powerpoint|excel)|wps (?:文字|演示|表格)|adobe \w+) ?[-–—] ?", regex.I
)
_FILE_NAME = regex.compile(
    r"\.(?:docx?|pptx?|xlsx?|pdf|rtf|txt|odt|html?|wps|indd|qxd|tex|md)$", regex.I
)
_JUNK_TITLE = regex.compile(
    r"""(?:untitled|unbenannt|sans\ titre|sin\ título|无标题|未命名|無題|제목\ 없음|新建|新規)
        [\s\w]{0,12}
      | (?:document|dokument|presentation|präsentation|book|slide|page|title|文档|文稿|幻灯片
          |演示文稿|工作簿|标题|题目)\s*\d{0,4}
      | powerpoint[\s-]?\S{0,16} | scan\w{0,4} | full\ page\ photo | print | \W+ | \d{1,8}
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
_JUNK_AUTHOR = regex.compile(
    r"""admin(?:istrator)?|user|owner|root|author|unknown|\(?anonymous\)?|test|用户|作者|管理员
      | hp|dell|lenovo|asus|acer|pc|win\d*|windows\s?用户|windows\ user
      | microsoft(?:\ office)?(?:\ user|\ 用户)?|(?:user|pc|desktop|laptop)-?\w{0,12}\d\w*
      | python-(?:docx|pptx)|openpyxl|xlsxwriter|steve\ canny|\W+|\d+
    """,
    regex.VERBOSE | regex.IGNORECASE,
)


def title(stated: str | None) -> str | None:
    """Return a title out of a file's properties, None for a program's default or a file name.

    >>> title("Microsoft Word - 报告.doc"), title("Untitled 1"), title("福田区年度报告")
    (None, None, '福田区年度报告')
    """
    words = _PROGRAM.sub("", one_line(stated) or "")
    return None if not words or _FILE_NAME.search(words) or _JUNK_TITLE.fullmatch(words) else words


def author(stated: str | None) -> str | None:
    """Return an author out of a file's properties, None for an account's or program's name.

    >>> author("Administrator"), author("Windows 用户"), author("李四")
    (None, None, '李四')
    """
    words = one_line(stated)
    return None if words is None or _JUNK_AUTHOR.fullmatch(words) else words


def created(stated: Mapping[str, str]) -> str | None:
    """Return the day on which a file was made, out of its core properties; no date of its text.

    >>> created({"created": "2013-12-23T23:15:00Z"}), created({"created": "2024-05-02T08:00:00Z"})
    (None, '2024-05-02')
    """
    day = iso_date(stated.get("created"))
    return None if day in _TEMPLATE_DATES else day
