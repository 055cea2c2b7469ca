"""Plots: curves that are the function, kinks and jumps where they are, and axes with round numbers."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import backpropcli as bp
from backpropcli import api
from backpropcli.catalogue.registry import layer_spec
from backpropcli.errors import DataError
from backpropcli.picture.font import text_width
from backpropcli.picture.plots import PLOT_FORMATS, Look
from backpropcli.picture.plots.functions import Range, plot_of_layers, plot_of_scenario
from backpropcli.picture.plots.model import Plot
from backpropcli.picture.plots.sampling import sampled
from backpropcli.picture.plots.ticks import ticks

SVG = "{http://www.w3.org/2000/svg}"


def plot(*names: str, start=None, stop=None, at=None) -> Plot:
    return plot_of_layers([layer_spec(name) for name in names], Range(start, stop, at), Look())


def svg_of(found: Plot) -> ET.Element:
    drawn = PLOT_FORMATS["svg"].render(found, Look())
    assert isinstance(drawn, str)
    return ET.fromstring(drawn)


def text_of(found: Plot, **look) -> str:
    drawn = PLOT_FORMATS["text"].render(found, Look(**look))
    assert isinstance(drawn, str)
    return drawn


@pytest.mark.parametrize(
    ("name", "function", "slope"),
    [
        ("sigmoid", lambda x: 1 / (1 + math.exp(-x)), lambda x: math.exp(-x) / (1 + math.exp(-x)) ** 2),
        ("sin", math.sin, math.cos),
        ("softplus", lambda x: math.log1p(math.exp(x)), lambda x: 1 / (1 + math.exp(-x))),
    ],
)
def test_curves_are_the_function_and_its_slope(name, function, slope):
    values, slopes = plot(name).panels[0].curves
    for curve, expected in ((values, function), (slopes, slope)):
        (points,) = curve.stretches
        assert (points[0][0], points[-1][0]) == (-4, 4)
        assert all(y == pytest.approx(expected(x), rel=1e-12, abs=1e-12) for x, y in points)


@pytest.mark.parametrize(
    ("name", "kinks"),
    [
        ("relu", [(0, 0)]),
        ("abs", [(0, 0)]),
        ("leaky_relu", [(0, 0.01)]),
        ("hardtanh", [(-1, 0), (1, 0)]),
        ("hardsigmoid", [(-3, 0), (3, 0)]),
        ("selu", [(0, 1.0507009873554805 * 1.6732632423543772)]),
        ("gelu", []),
        ("elu", []),
        ("softsign", []),
        ("exp", []),
    ],
)
def test_kinks_are_found_with_the_slope_that_is_declared(name, kinks):
    found = [mark.point for mark in plot(name).panels[0].marks if mark.curve == 1]
    assert found == [pytest.approx(kink) for kink in kinks]


def test_a_kink_off_the_grid_is_found():
    found = sampled(lambda x: (max(x - 1 / 3, 0), float(x > 1 / 3)), -4, 4, 481)
    assert [kink.x for kink in found.kinks] == [pytest.approx(1 / 3, abs=1e-16)]


@pytest.mark.parametrize("name", ["floor", "round"])
def test_a_function_that_jumps_is_broken_there(name):
    values, _ = plot(name).panels[0].curves
    assert len(values.stretches) in {8, 9}
    for stretch in values.stretches:
        assert len({y for _, y in stretch}) == 1


def test_a_pole_is_no_line():
    values, _ = plot("tan").panels[0].curves
    assert len(values.stretches) == 3
    for stretch in values.stretches:
        assert [y for _, y in stretch] == sorted(y for _, y in stretch)


@given(st.integers(-3000, 3000).map(lambda n: n / 1000), st.floats(-5, 5), st.floats(-5, 5))
def test_any_kink_is_found(place, left, right):
    """Of two straight lines that meet with different slopes at a round number, with the slope that is there."""
    if abs(left - right) < 0.05:
        return

    def bent(x: float) -> tuple[float, float]:
        slope = left if x <= place else right
        return slope * (x - place), slope

    found = sampled(bent, -4, 4, 481)
    assert len(found.kinks) == 1
    assert found.kinks[0].x == place
    assert found.kinks[0].slope == left


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.integers(2, 12))
def test_ticks_are_round_and_in_the_range(low, width, most):
    found = ticks(low, low + width, most)
    assert len(found) <= most
    slack = 1e-6 * width + 1e-9 * abs(low)
    for tick in found:
        assert low - slack <= tick <= low + width + slack
        assert len(repr(tick)) <= 20
    steps = [b - a for a, b in pairwise(found)]
    assert all(step == pytest.approx(steps[0], abs=slack) for step in steps)


def test_a_range_ends_where_a_function_does():
    assert (plot("log").start, plot("log").stop) == (0, 4)
    assert (plot("asin").start, plot("asin").stop) == (-1, 1)
    assert plot("acosh").start in {0.5, 1}


def test_a_range_holds_the_point_that_is_asked_for():
    assert plot("sigmoid", at=10).stop == 12.5
    assert plot("sigmoid", start=2).stop == 10


def test_the_tangent_touches_the_curve():
    panel = plot("sigmoid", at=0).panels[0]
    (x0, y0), (x1, y1) = panel.tangent
    assert (y1 - y0) / (x1 - x0) == pytest.approx(0.25)
    assert y0 - 0.25 * x0 == pytest.approx(0.5)


def test_several_layers_have_a_panel_for_values_and_one_for_slopes():
    found = plot("relu", "gelu", "silu")
    assert [[curve.name for curve in panel.curves] for panel in found.panels] == [
        ["relu", "gelu", "silu"],
        ["relu'", "gelu'", "silu'"],
    ]


def test_an_input_of_a_scenario_against_output_and_gradient():
    found = plot_of_scenario(bp.load("scenarios/fruits.yaml"), "apple_num", Range(0, 10), Look())
    (price,), (gradient,) = (panel.curves for panel in found.panels)
    assert (price.name, gradient.name) == ("price", "dprice/dapple_num")
    assert price.stretches[0][0] == (0, pytest.approx(495))
    assert price.stretches[0][-1] == (10, pytest.approx(1595))
    assert all(y == pytest.approx(110) for _, y in gradient.stretches[0])


def test_a_line_that_crosses_the_whole_panel_is_drawn():
    """Between two points, one above and one below, there is none to be seen, and yet the line goes through."""
    steep = api.formula_scenario("x / (x * x + 1e-9)", {"x": 1})
    root = svg_of(plot_of_scenario(steep, "x", Range(-1, 1.003), Look()))
    paths = [path.get("d", "") for path in root.iter(f"{SVG}path") if path.get("class", "").endswith("curve0")]
    assert any(len({y for _, y in points_of(path)} & {58.0, 278.0}) == 2 for path in paths)


def points_of(path: str) -> list[tuple[float, float]]:
    numbers = [[float(each) for each in point.split()] for point in re.split("[ML]", path)[1:]]
    return [(point[0], point[1]) for point in numbers if len(point) == 2]


@pytest.mark.parametrize("form", ["text", "svg", "ascii"])
@pytest.mark.parametrize(
    ("name", "stop", "at"), [("log", None, 2.2e-308), ("sqrt", 5e-324, None), ("exp", None, 709.5), ("relu", 1, 1e5)]
)
def test_what_is_steep_or_far_away_is_drawn(name, stop, at, form):
    look = Look(ascii=form == "ascii")
    found = plot_of_layers([layer_spec(name)], Range(None, stop, at), look)
    assert PLOT_FORMATS["svg" if form == "svg" else "text"].render(found, look)


def test_a_function_that_is_nowhere_finite_says_so():
    found = plot_of_scenario(api.formula_scenario("log(x)", {"x": 1}), "x", Range(-2, -1), Look())
    assert found.notes == ("out has no finite value here",)


def test_what_is_no_number_cannot_be_plotted():
    with pytest.raises(DataError, match="a plot shows numbers, and out is an array"):
        plot_of_scenario(api.formula_scenario("softmax(x * t)", {"x": [1, 2], "t": 0}), "t", Range(-1, 1), Look())


def test_lines_are_told_apart_without_colour():
    dashes = {path.get("stroke-dasharray") for path in svg_of(plot("relu", "gelu", "silu")).iter(f"{SVG}path")}
    assert {None, "7 4", "2 3"} <= dashes
    legend = text_of(plot("relu", "gelu", "silu")).splitlines()[1]
    assert len(set(re.findall(r"[\u2800-\u28ff]+(?= \w)", legend))) == 3


def test_nothing_is_drawn_outside_its_panel_and_no_text_outside_the_plot():
    for names in (("tan",), ("relu", "selu"), ("reciprocal",), ("hardswish", "exp")):
        root = svg_of(plot(*names, at=1))
        width, height = float(root.get("width", 0)), float(root.get("height", 0))
        for text in root.iter(f"{SVG}text"):
            length = text_width(text.text or "", 13)
            x = float(text.get("x", 0))
            left = x - length * {"middle": 0.5, "end": 1}.get(text.get("text-anchor", ""), 0)
            assert left >= -1
            assert left + length <= width
            assert float(text.get("y", 0)) < height
        for path in root.iter(f"{SVG}path"):
            for number in path.get("d", "").replace("M", " ").replace("L", " ").replace("H", " ").split():
                if "v" not in number:
                    assert -1 <= float(number) <= max(width, height)


def test_the_dots_of_a_terminal_are_where_the_curve_is():
    """A line that falls has a dot in each column, further down in each."""
    found = plot_of_scenario(api.formula_scenario("-x", {"x": 0}), "x", Range(-4, 4), Look())
    rows = text_of(found._replace(panels=found.panels[:1]), width=60).splitlines()[2:19]
    places = [(i, k) for k, row in enumerate(rows) for i, c in enumerate(row) if 0x2800 < ord(c) <= 0x28FF]
    assert {i for i, _ in places} == set(range(3, 60))
    assert [k for _, k in sorted(places)] == sorted(k for _, k in places)


def test_a_terminal_without_braille_gets_ascii():
    look = Look(ascii=True)
    found = plot_of_layers([layer_spec("relu")], Range(at=1), look)
    assert text_of(found, ascii=True).isascii()


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_a_plot_is_as_wide_as_the_terminal(width):
    lines = text_of(plot("sigmoid", at=1), width=width).splitlines()
    assert max(map(len, lines)) <= max(width, 30) + 4
