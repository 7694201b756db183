"""Rows as the readers of sheets write them, and questions about a cell: made, not collected.

A cell answers where row and column are both those asked about. The names are drawn from texts of
the sets, so that none means anything.
"""

from collections.abc import Mapping, Sequence
from random import Random

from eval.training.example import Example
from index.types import Span


def _listed(words: str) -> Sequence[str]:
    return words.split(",")


_HEADS: Mapping[str, Sequence[str]] = {
    "zh": _listed(
        "价格,单价,数量,面积,人口,保修期,联系电话,负责人,版本,重量,功率,销售额,库存,开业日期,"
        "地址,预算,人数,身高,温度,费用,押金,截止日期,产量,里程,容量,评分,编号,利润,学费,"
        "有效期"
    ),
    "en": _listed(
        "price,unit price,quantity,area,population,warranty,phone number,person in charge,"
        "version,weight,power,sales,stock,opening date,address,budget,number of people,"
        "height,temperature,fee,deposit,deadline,output,mileage,capacity,rating,number,"
        "profit,tuition,validity"
    ),
    "de": _listed(
        "Preis,Stückpreis,Menge,Fläche,Einwohnerzahl,Garantie,Telefonnummer,Ansprechpartner,"
        "Version,Gewicht,Leistung,Umsatz,Bestand,Eröffnungsdatum,Adresse,Budget,Personenzahl,"
        "Höhe,Temperatur,Gebühr,Kaution,Frist,Produktion,Laufleistung,Kapazität,Bewertung,"
        "Nummer,Gewinn,Studiengebühr,Gültigkeit"
    ),
    "ja": _listed(
        "価格,単価,数量,面積,人口,保証期間,電話番号,担当者,バージョン,重量,出力,売上,在庫,"
        "開業日,住所,予算,人数,高さ,温度,料金,保証金,締切,生産量,走行距離,容量,評価,番号,"
        "利益,学費,有効期限"
    ),
}
_ASKED: Mapping[str, Sequence[str]] = {
    "zh": ("{row}的{head}是多少？", "{row}的{head}？", "请问{row}{head}是什么", "{head}：{row}"),
    "en": (
        "What is the {head} of {row}?",
        "{row} {head}?",
        "what {head} does {row} have",
        "Which {head} is given for {row}?",
    ),
    "de": ("Wie ist {head} von {row}?", "{head} {row}?", "Was steht bei {row} unter {head}?"),
    "ja": ("{row}の{head}は？", "{row}の{head}はいくつですか。", "{head}（{row}）を教えて"),
}
_FIRST: Mapping[str, Sequence[str]] = {
    "zh": ("名称", "型号", "地区", "产品", "姓名", "项目", "年份"),
    "en": ("name", "model", "region", "product", "person", "item", "year"),
    "de": ("Name", "Modell", "Region", "Produkt", "Person", "Posten", "Jahr"),
    "ja": ("名称", "型番", "地域", "製品", "氏名", "項目", "年"),
}
_YEAR = 6
_UNITS = ("", "", "元", "kg", "%", " m²", "万", "天", " EUR", "小时", "年", "个月", "°C")


def table_pair(names: Mapping[str, Sequence[str]], random: Random) -> tuple[Example, Example]:
    """Return a question about a table's cell, and one about a row or column that is not in it.

    `names` are those of each language.
    """
    language = random.choice(("zh", "zh", "zh", "en", "en", "de", "ja"))
    asking = language if random.random() < 0.7 else random.choice(tuple(_HEADS))
    first = random.randrange(len(_FIRST[language]))
    named = _row_names(names[language], random, random.randint(3, 7), years=first == _YEAR)
    *rows, absent_row = named
    *shown, absent = random.sample(range(len(_HEADS["zh"])), random.randint(1, 4) + 1)
    units = {column: random.choice(_UNITS) for column in shown}
    cells = {(row, column): _cell(random) + units[column] for row in rows for column in shown}
    row, column = random.choice(rows), random.choice(shown)
    text, place = _written(
        _FIRST[language][first],
        rows,
        [(c, _HEADS[language][c]) for c in shown],
        cells,
        random,
        (row, column),
    )
    title = random.choice(("", "", *_HEADS[language][:3]))
    asked = random.choice(_ASKED[asking])
    lacking = (absent_row, column) if random.random() < 0.6 else (row, absent)
    true, false = (
        asked.format(row=of_row, head=_HEADS[asking][of_column])
        for of_row, of_column in ((row, column), lacking)
    )
    return (
        Example("table", true, title, text, place, answers=True),
        Example("table_lacking", false, title, text, None, answers=False),
    )


def _written(
    first: str,
    rows: Sequence[str],
    heads: Sequence[tuple[int, str]],
    cells: Mapping[tuple[str, int], str],
    random: Random,
    asked: tuple[str, int],
) -> tuple[str, Span]:
    joins = random.choice(((": ", " | ", "- "), ("：", "；", ""), (": ", ", ", "")))
    colon, bar, bullet = joins
    text, place = "", Span(0, 0)
    for row in rows:
        text += f"{bullet}{first}{colon}{row}"
        for column, head in heads:
            text += f"{bar}{head}{colon}"
            if (row, column) == asked:
                place = Span(len(text), len(text) + len(cells[row, column]))
            text += cells[row, column]
        text += "\n"
    return text.rstrip("\n"), place


def _row_names(names: Sequence[str], random: Random, count: int, *, years: bool) -> list[str]:
    if years:
        return [str(year) for year in random.sample(range(1990, 2031), count)]
    found = []
    for name in random.sample(names, count):
        if random.random() < 0.3:
            name += random.choice(("-", " ", "")) + str(random.randint(1, 999))
        found.append(name)
    stem = random.choice(names)
    if random.random() < 0.25:  # A5, A7, A9: alike but for a digit
        found = [f"{stem}{digit}" for digit in random.sample(range(1, 30), count)]
    return list(dict.fromkeys(found))


def _cell(random: Random) -> str:
    drawn = random.random()
    if drawn < 0.5:
        return str(random.randint(1, 10 ** random.randint(1, 5)))
    if drawn < 0.7:
        return f"{random.randint(1, 999)}.{random.randint(0, 99)}"
    if drawn < 0.85:
        return f"{random.randint(1, 99)},{random.randint(0, 999):03d}"
    return f"{random.randint(2000, 2030)}-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}"
