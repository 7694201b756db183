"""Drawings of costs against sizes: points are where their logarithms say."""

from xml.etree import ElementTree

import pytest

from eval.bench.growth import growth_svg

SVG = "{http://www.w3.org/2000/svg}"


def test_a_curve_goes_through_its_points() -> None:
    curves = {"<搜索>": [(1000, 1.0), (10_000, 10.0), (100_000, 100.0)], "b": [(1000, 100.0)]}
    drawn = ElementTree.fromstring(growth_svg(curves, "chunks", "ms"))
    first, second = (line.attrib["points"].split() for line in drawn.iter(f"{SVG}polyline"))
    places = [tuple(map(float, point.split(","))) for point in first]
    (left, low), middle, (right, high) = places
    assert middle == pytest.approx(((left + right) / 2, (low + high) / 2))
    assert second == [f"{left:.1f},{high:.1f}"]
    said = [text.text for text in drawn.iter(f"{SVG}text")]
    assert {"■ <搜索>", "1,000", "100,000", "10", "↑ ms", "chunks →"} <= set(said)


def test_one_point_is_a_drawing_too() -> None:
    drawn = ElementTree.fromstring(growth_svg({"a": [(1000, 10.0)]}, "chunks", "ms"))
    assert len(list(drawn.iter(f"{SVG}polyline"))) == 1
