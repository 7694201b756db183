"""Dates as files and bylines write them -> ISO 8601. What is not surely a date is none."""

import datetime

import regex

_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "january jan januar janvier enero",
            "february feb februar février febrero",
            "march mar märz mars marzo",
            "april apr avril abril",
            "may mai mayo",
            "june jun juni juin junio",
            "july jul juli juillet julio",
            "august aug août agosto",
            "september sep sept septembre septiembre",
            "october oct oktober okt octobre octubre",
            "november nov novembre noviembre",
            "december dec dezember dez décembre diciembre",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))

DATE = regex.compile(
    rf"""(?<![\d.])(?:
        (?P<y>(?:1[5-9]|20)\d\d)(?:
            \s?年\s?(?P<m>\d{{1,2}})\s?月\s?(?P<d>\d{{1,2}})\s?[日号]
          | 년\s?(?P<m>\d{{1,2}})월\s?(?P<d>\d{{1,2}})일
          | (?P<s>[-/.])(?P<m>\d{{1,2}})(?P=s)(?P<d>\d{{1,2}})(?!\d)
        )
      | (?P<month>{_MONTH})\.?\s(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<y>(?:1[5-9]|20)\d\d)
      | (?P<d>\d{{1,2}})\.?\s(?:de\s)?(?P<month>{_MONTH})\.?,?\s(?:de\s)?(?P<y>(?:1[5-9]|20)\d\d)
    )(?!\d)""",
    regex.VERBOSE | regex.IGNORECASE,
)
"""A date within a text; `as_iso` says which."""

# PDF 32000-1, 7.9.4, and the basic format of ISO 8601.
_COMPACT = regex.compile(r"\s*(?:D:)?((?:1[5-9]|20)\d\d)(\d\d)(\d\d)(?:$|T?\d\d)")


def iso_date(text: str | None) -> str | None:
    """Return the first date in a text as YYYY-MM-DD, None when there is none.

    >>> iso_date("2020年10月14日 09:30"), iso_date("D:20201014093000+08'00'")
    ('2020-10-14', '2020-10-14')
    >>> iso_date("Wed, 14 October 2020"), iso_date("2020-13-40"), iso_date("2020")
    ('2020-10-14', None, None)
    """
    if not text:
        return None
    if compact := _COMPACT.match(text):
        return _iso(*map(int, compact.groups()))
    found = DATE.search(text[:1000])
    return as_iso(found) if found else None


def as_iso(found: "regex.Match[str]") -> str | None:
    """Return a match of `DATE` as YYYY-MM-DD, None when the calendar has no such day."""
    month = found["m"] or _MONTHS[found["month"].lower()]
    return _iso(int(found["y"]), int(month), int(found["d"]))


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return None
