"""Equations of Office (ECMA-376 part 1, 22.1) -> a line as one types it: a^2, (a+b)/c, √(x)."""

from collections.abc import Callable
from xml.etree.ElementTree import Element

from index.reading.office.parts import child, children, local_name, value


def as_line(element: Element) -> str:
    """Return an equation on one line.

    >>> from xml.etree.ElementTree import fromstring
    >>> r = "<r><t>{}</t></r>".format
    >>> as_line(fromstring(f"<oMath><f><num>{r('a+b')}</num><den>{r('c')}</den></f></oMath>"))
    '(a+b)/c'
    """
    return " ".join(_line(element).split())


def _line(element: Element | None) -> str:
    if element is None:
        return ""
    write = _WRITTEN.get(local_name(element))
    return write(element) if write else "".join(map(_line, element))


def _part(element: Element, name: str) -> str:
    return _line(child(element, name))


def _grouped(text: str) -> str:
    return text if len(text) < 2 or text.isalnum() else f"({text})"


def _fraction(e: Element) -> str:
    return f"{_grouped(_part(e, 'num'))}/{_grouped(_part(e, 'den'))}"


def _scripts(e: Element) -> str:
    base, below, above = (_part(e, name) for name in ("e", "sub", "sup"))
    return base + _limits(below, above)


def _limits(below: str, above: str) -> str:
    return (f"_{_grouped(below)}" if below else "") + (f"^{_grouped(above)}" if above else "")


def _root(e: Element) -> str:
    degree = _part(e, "deg")
    return f"{_grouped(degree)}√({_part(e, 'e')})" if degree else f"√({_part(e, 'e')})"


def _operator(e: Element) -> str:
    sign = value(child(child(e, "naryPr"), "chr"))
    return f"{sign or '∫'}{_limits(_part(e, 'sub'), _part(e, 'sup'))} {_part(e, 'e')}"


def _delimited(e: Element) -> str:
    properties = child(e, "dPr")
    begin, end = value(child(properties, "begChr")), value(child(properties, "endChr"))
    between = value(child(properties, "sepChr"))
    inner = ("|" if between is None else between).join(map(_line, children(e, "e")))
    return ("(" if begin is None else begin) + inner + (")" if end is None else end)


def _matrix(e: Element) -> str:
    rows = (" & ".join(map(_line, children(row, "e"))) for row in children(e, "mr"))
    return f"[{'; '.join(rows)}]"


_WRITTEN: dict[str, Callable[[Element], str]] = {
    "t": lambda e: e.text or "",
    "f": _fraction,
    "sSup": _scripts,
    "sSub": _scripts,
    "sSubSup": _scripts,
    "rad": _root,
    "nary": _operator,
    "d": _delimited,
    "m": _matrix,
    "limLow": lambda e: _part(e, "e") + _limits(_part(e, "lim"), ""),
    "limUpp": lambda e: _part(e, "e") + _limits("", _part(e, "lim")),
    "func": lambda e: f"{_part(e, 'fName')} {_part(e, 'e')}",
    "eqArr": lambda e: "; ".join(map(_line, children(e, "e"))),
}
