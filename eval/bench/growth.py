"""Costs against sizes, as a drawing: both axes logarithmic, a line for each cost."""

import math
from collections.abc import Mapping, Sequence

from markupsafe import Markup

Points = Sequence[tuple[float, float]]

_LEFT, _TOP, _WIDTH, _HEIGHT = 70.0, 20.0, 520.0, 360.0
_COLOURS = ("#1b6ca8", "#c8553d", "#3a7d44", "#8e5aa8", "#b8860b", "#2f4858", "#d1495b", "#00798c")


def growth_svg(curves: Mapping[str, Points], across: str, up: str) -> str:
    """Return a drawing (SVG) of curves by their names; points are (size, cost), both above 0."""
    points = [point for curve in curves.values() for point in curve]
    xs, ys = _decades([x for x, _ in points]), _decades([y for _, y in points])

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            _LEFT + _WIDTH * (math.log10(x) - xs[0]) / (xs[-1] - xs[0]),
            _TOP + _HEIGHT * (1 - (math.log10(y) - ys[0]) / (ys[-1] - ys[0])),
        )

    parts = [_text(_LEFT + _WIDTH / 2, _TOP + _HEIGHT + 40, f"{across} →", "middle")]
    parts.append(_text(4, 14, f"↑ {up}"))
    for decade in xs:
        x, y = place(10**decade, 10 ** ys[0])
        parts += [_line(x, _TOP, x, y), _text(x, y + 18, f"{10**decade:,}", "middle")]
    for decade in ys:
        x, y = place(10 ** xs[0], 10**decade)
        parts += [_line(x, y, x + _WIDTH, y), _text(x - 6, y + 4, f"{10.0**decade:,g}", "end")]
    for number, (name, curve) in enumerate(curves.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in curve))
        parts.append(
            Markup('<polyline fill="none" stroke="{}" stroke-width="2" points="{}"/>').format(
                colour, drawn
            )
        )
        parts.append(_text(_LEFT + _WIDTH + 12, _TOP + 14 + 20 * number, f"■ {name}", fill=colour))
    size = f"{_LEFT + _WIDTH + 220:.0f} {_TOP + _HEIGHT + 50:.0f}"
    return str(
        Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {}" font-family="sans-serif" '
            'font-size="13"><rect width="100%" height="100%" fill="#fff"/>{}</svg>\n'
        ).format(size, Markup("\n").join(parts))
    )


def _decades(values: Sequence[float]) -> list[int]:
    """Return the powers of ten from below the least value to above the most, two at least."""
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return list(range(first, max(last, first + 1) + 1))


def _line(x1: float, y1: float, x2: float, y2: float) -> Markup:
    return Markup('<line stroke="#ddd" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>').format(
        x1, y1, x2, y2
    )


def _text(x: float, y: float, said: str, anchor: str = "start", fill: str = "#333") -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}" fill="{}">{}</text>').format(
        x, y, anchor, fill, said
    )
