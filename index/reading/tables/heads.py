"""Which rows of a table are heads, and which tables are forms.

The kinds of the cells tell: a head is a row of several words above numbers, dates or longer texts.
In doubt a row is no head: a figure without its head is seen to lack it, a figure under another's
head is wrong.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise, zip_longest

import regex

from index.reading.tables.cells import (
    Merged,
    Row,
    is_lone,
    is_number,
    kind,
    numeric_columns,
)

LOOKED_AT = 20
"""So many rows tell what a table is."""
_BETWEEN_HEADS = " · "
_MAX_HEAD_ROWS = 6
_MAX_HEAD_CHARS = 100
_MAX_FIELD_CHARS = 60
_YEAR = regex.compile(r"(?:19|20)\d\d")
_MAX_YEAR_STEP = 10
_FIELDS = """
    姓名 性别 性別 年龄 年齡 出生日期 出生年月 民族 国籍 國籍 籍贯 学历 職業 职业 职务 职称 地址
    住址 电话 電話 手机 联系电话 联系人 邮箱 电子邮箱 身份证号 单位 部门 日期 名称 编号 备注 时间
    時間 地点 氏名 生年月日 住所 電話番号 会社名 所在地 設立 代表者 資本金 従業員数
    name surname date_of_birth born sex gender age nationality address phone telephone tel mobile
    fax e-mail email website occupation employer position department company date place signature
    founded headquarters capital population area currency language 首都
    面积 人口 货币 语言 面積 通貨
    vorname nachname familienname geburtsdatum geburtsort geschlecht alter staatsangehörigkeit
    anschrift adresse straße ort plz telefon beruf firma abteilung datum unterschrift hauptstadt
    fläche einwohner währung sprache superficie población население площадь
    nom prénom date_de_naissance sexe téléphone nationalité profession
    nombre apellidos fecha_de_nacimiento sexo dirección teléfono nacionalidad profesión
    имя фамилия фио дата_рождения пол адрес телефон гражданство должность
    الاسم تاريخ_الميلاد الجنس العنوان الهاتف الجنسية المهنة
"""
"""What forms ask for: several of them in a column are names of fields, not the rows of a table."""
_FIELD_SET = frozenset(_FIELDS.split())


def head_rows(rows: Sequence[Row]) -> int:
    """Return how many rows, from the first on, are heads of those below."""
    if len(rows) < 2 or not _is_like_head(rows[0], rows[1:]):
        return 0
    count = 1
    while count < min(_MAX_HEAD_ROWS, len(rows) - 1) and _goes_on(rows, count):
        count += 1
    return count if count > 1 or len({cell for cell in rows[0] if cell}) > 1 else 0


def _goes_on(rows: Sequence[Row], at: int) -> bool:
    """Whether the row at a place goes on with the heads above it."""
    above, row, below = rows[at - 1], rows[at], rows[at + 1 :]
    if is_lone(row) or not _is_like_head(row, below):
        return False
    pairs = list(zip(above, row, strict=False))
    if any(a and a == b for a, b in pairs):  # merged downwards
        return any(a != b for a, b in pairs)
    if any(isinstance(cell, Merged) for cell in above):  # heads of groups, if this divides one
        parts = zip(above[1:], pairwise(row), strict=False)
        return any(isinstance(cell, Merged) and a != b for cell, (a, b) in parts)
    if not numeric_columns(below):
        return False
    if not row[0] or not above[0]:  # groups of columns above, units below
        return True
    return any(a and a == b for a, b in pairwise(above))


def _is_like_head(row: Row, below: Sequence[Row]) -> bool:
    """Whether a row's cells are names, and not of the kind of what stands below them."""
    filled = [cell for cell in row if cell]
    if len(set(filled)) < 2 and (row[0] or len(below) < 2):  # a group of columns alone may be
        return False
    if any(len(cell) > _MAX_HEAD_CHARS for cell in filled):
        return False
    if _are_years(filled):
        return not all(_are_years([cell for cell in r if cell]) for r in below)
    return all(_is_name(cell, below, column) for column, cell in enumerate(row) if cell)


def _is_name(cell: str, below: Sequence[Row], column: int) -> bool:
    found = kind(cell)
    if found in ("text", "number"):
        return found == "text"
    kinds = Counter(kind(row[column]) for row in below if column < len(row) and row[column])
    return kinds[found] * 2 < kinds.total()


def _are_years(cells: Sequence[str]) -> bool:
    """Whether the numbers among the cells are years in a row, as the heads of columns are."""
    numbers = [cell for cell in cells if kind(cell) == "number"]
    if len(numbers) < 2 or not all(_YEAR.fullmatch(cell) for cell in numbers):
        return False
    distinct = list(dict.fromkeys(map(int, numbers)))
    steps = {b - a for a, b in pairwise(distinct)}
    return len(steps) == 1 and abs(steps.pop()) <= _MAX_YEAR_STEP


def has_numbers_below(rows: Sequence[Row]) -> bool:
    """Whether numbers are below the first row, in columns that it has words in."""
    numeric = numeric_columns(rows[1:LOOKED_AT])
    return any(column in numeric for column, cell in enumerate(rows[0]) if cell)


def is_form(rows: Sequence[Row]) -> bool:
    """Whether each row is names of fields with their values: two columns, or two pairs of them."""
    width = max(map(len, rows))
    if len(rows) < 2 or width not in (2, 4, 6):
        return False
    names = [
        row[i]
        for row in rows
        for i in range(0, len(row), 2)
        if row[i] and not isinstance(row[i], Merged)
    ]
    if any(kind(name) != "text" or len(name) > _MAX_FIELD_CHARS for name in names):
        return False
    if len(set(names)) < len(names):
        return False
    in_first = sum(map(_is_field, rows[0][::2]))
    fields = sum(map(_is_field, names))
    if fields * 3 >= len(names) and (fields > 1 if width == 2 else fields > max(2, in_first)):
        return True
    values = [is_number(row[1]) for row in rows[1:] if len(row) > 1 and row[1]]
    return width == 2 and len(rows) > 3 and any(values) and sum(values) * 2 <= len(values)


def _is_field(name: str) -> bool:
    word = name.rstrip(" :：").casefold().replace(" ", "_")
    return word in _FIELD_SET or name.endswith((":", "："))


def joined(rows: Sequence[Row]) -> list[str]:
    """Return the head of each column, of several rows of heads.

    >>> joined([["Name", "2023"], ["Name", "Soll"]])
    ['Name', '2023 · Soll']
    """
    columns = zip_longest(*rows, fillvalue="")
    return [
        _BETWEEN_HEADS.join(dict.fromkeys(filter(None, column))).rstrip(" :：")
        for column in columns
    ]


def spread(heads: Sequence[Row]) -> list[Row]:
    """Return heads with those of groups over all their columns, where no cell is merged.

    >>> spread([["", "2022", "", "2023"], ["Ort", "Soll", "Ist", "Soll", "Ist"]])[0]
    ['', '2022', '2022', '2023', '2023']
    """
    if any(a and a == b for row in heads for a, b in pairwise(row)):
        return list(heads)
    spread: list[Row] = []
    for row in heads[:-1]:
        group = ""
        cells = []
        for cell, below in zip_longest(row, heads[-1], fillvalue=""):
            group = cell or group
            cells.append(cell or (group if below else ""))
        spread.append(cells)
    return [*spread, *heads[-1:]]
