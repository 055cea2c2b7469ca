"""Plots of layers of one input, and of an input of a scenario against its output and its gradient."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import ceil, floor, isfinite
from typing import TYPE_CHECKING, NamedTuple

from backpropcli import api
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.errors import DataError, GraphError, Problem
from backpropcli.graph import Graph, Node
from backpropcli.picture.plots import KINK, POINT, Look
from backpropcli.picture.plots.model import Curve, Mark, Panel, Plot, Point
from backpropcli.picture.plots.sampling import Function, Sample, Sampled, sampled
from backpropcli.picture.plots.ticks import rounded_out
from backpropcli.result import Result
from backpropcli.text.numbers import number_text

if TYPE_CHECKING:
    from backpropcli.scenario import Scenario

START, STOP = -4.0, 4.0
POINTS = 481  # odd, so that the middle is one
MOST_LAYERS = 6
LARGEST = 1e300  # a number in a plot, whose differences must not overflow
_EDGE = 0.5  # to a multiple of which a range is widened that ends where a function does
_MOST_SHOWN, _TALLEST = 0.9, 4.0  # what most points do is seen: more than so many times their range is not
_FAR = 100.0  # heights of a panel
_TANGENT = 0.2  # of the range of x, to both sides
_MOST_NOTED = 4  # kinks of one curve


class Range(NamedTuple):
    """From where to where, and the point of the tangent, if there is one; None for what is not asked for."""

    start: float | None = None
    stop: float | None = None
    at: float | None = None


class _Drawn(NamedTuple):
    """A function that has been looked at: its name, that of its slope, and what is known of its kinks."""

    name: str
    slope_name: str
    sampled: Sampled
    at: Sample | None
    declared: str | None


def plot_of_layers(specs: Sequence[LayerSpec], asked: Range, look: Look) -> Plot:
    """Layers of one input, and their slopes: of one layer in one panel, of several in a panel each.

    Raises DataError for a layer that has another number of inputs, or makes no number of a number.
    """
    functions = {spec.name: _function_of_layer(spec) for spec in specs}
    start, stop = _range(functions.values(), asked)
    drawn = [
        _Drawn(
            spec.name,
            f"{spec.name}'",
            sampled(functions[spec.name], start, stop, POINTS),
            _at(functions[spec.name], asked.at),
            spec.sections.get("Kinks"),
        )
        for spec in specs
    ]
    parts = [(0, 1)] if len(drawn) == 1 else [(0,), (1,)]
    panels = tuple(_panel(drawn, shown, start, stop) for shown in parts)
    title = ", ".join(spec.name for spec in specs)
    return Plot(title, "x", start, stop, panels, tuple(_notes(drawn, "x", look)))


def plot_of_scenario(scenario: Scenario, name: str, asked: Range, look: Look) -> Plot:
    """An input of a scenario against the output, and against its gradient.

    Raises GraphError for an unknown input, DataError where one of the three is no number.
    """
    if name not in scenario.inputs:
        api.with_inputs(scenario, {name: 0})  # says which name was meant
    output = scenario.graph.output

    def function(x: float) -> tuple[float, float]:
        return _number_and_slope(api.run(scenario, inputs={name: x}, gradients=[name]), name)

    start, stop = _range([function], asked)
    found = _Drawn(output, f"d{output}/d{name}", sampled(function, start, stop, POINTS), _at(function, asked.at), None)
    panels = tuple(_panel([found], (part,), start, stop) for part in (0, 1))
    return Plot(scenario.title or output, name, start, stop, panels, tuple(_notes([found], name, look)))


def _function_of_layer(spec: LayerSpec) -> Function:
    if not spec.accepts(1):
        inputs = ", ".join(spec.inputs)
        message = f"{spec.name} takes {len(spec.inputs)} inputs ({inputs}); plot draws layers of one"
        given = " ".join(f"{other}=1" for other in spec.inputs[1:])
        hint = f"backprop plot -e '{spec.name}({inputs})' {given} --vary {spec.inputs[0]}=-1:1"
        raise DataError(Problem(message, hint=hint))
    graph = Graph(["x"], [Node(spec, ["x"], spec.name if spec.name != "x" else "out")])

    def function(x: float) -> tuple[float, float]:
        return _number_and_slope(api.run_graph(graph, {"x": x}), "x")

    return function


def _number_and_slope(result: Result, name: str) -> tuple[float, float]:
    """The output and the gradient of an input, as numbers."""
    numbers = result.run.domain
    gradient = result.gradient_of(name)
    if gradient is None:
        raise GraphError(f"the output has no gradient with respect to '{name}'")
    for called, value in ((name, gradient), (result.output, result.value)):
        if numbers.shape(value):
            raise DataError(f"a plot shows numbers, and {called} is an array of shape {numbers.shape(value)}")
    return numbers.rounded(result.value), numbers.rounded(gradient)


def _at(function: Function, at: float | None) -> Sample | None:
    return None if at is None else Sample(at, *function(at))


def _range(functions: Iterable[Function], asked: Range) -> tuple[float, float]:
    """From where to where: as asked, else around 0 as far as there is anything to see, and so that `at` is in it."""
    if asked.start is not None and asked.stop is not None:
        return asked.start, asked.stop
    start = START if asked.start is None else asked.start
    stop = max(STOP, start + max(STOP - START, abs(start) / 2)) if asked.stop is None else asked.stop
    if asked.start is None:
        start = min(start, stop - max(STOP - START, abs(stop) / 2))
    if asked.at is not None:
        beside = max(1.0, abs(asked.at) / 4)
        start, stop = min(start, asked.at - beside), max(stop, asked.at + beside)
    seen = [x for function in functions for x in _finite_places(function, start, stop)]
    if not seen:
        return start, stop
    low = start if asked.start is not None else max(start, floor(min(seen) / _EDGE) * _EDGE)
    high = stop if asked.stop is not None else min(stop, ceil(max(seen) / _EDGE) * _EDGE)
    return (low, high) if low < high else (start, stop)


def _finite_places(function: Function, start: float, stop: float) -> Iterator[float]:
    for k in range(POINTS // 4):
        x = start + (stop - start) * k / (POINTS // 4 - 1)
        if isfinite(function(x)[0]):
            yield x


def _panel(drawn: Sequence[_Drawn], parts: Sequence[int], start: float, stop: float) -> Panel:
    """A panel of the values (part 0), the slopes (part 1), or both, of functions."""
    curves: list[Curve] = []
    marks: list[Mark] = []
    for each in drawn:
        for part in parts:
            number = len(curves)
            stretches = each.sampled.values if part == 0 else each.sampled.slopes
            curves.append(Curve((each.name, each.slope_name)[part], stretches))
            found = [(sample, True) for sample in each.sampled.kinks]
            if each.at is not None:
                found.append((each.at, False))
            for sample, is_kink in found:
                if isfinite(sample[part + 1]):
                    marks.append(Mark((sample.x, sample[part + 1]), number, is_kink))
    low, high = _height([y for curve in curves for stretch in curve.stretches for _, y in stretch])
    curves = [curve._replace(stretches=tuple(_near(each, low, high) for each in curve.stretches)) for curve in curves]
    at = drawn[0].at if len(drawn) == 1 and parts[0] == 0 else None
    return Panel(
        tuple(curves), low, high, tuple(marks), None if at is None else _tangent(at, (start, stop), (low, high))
    )


def _height(ys: list[float]) -> tuple[float, float]:
    """The range of y in which most points are, or all if it is not much larger."""
    if not ys:
        return -1.0, 1.0
    ys = sorted(max(min(y, LARGEST), -LARGEST) for y in ys)
    aside = round(len(ys) * (1 - _MOST_SHOWN) / 2)
    low, high = ys[aside], ys[-1 - aside]
    if ys[-1] - ys[0] > _TALLEST * (high - low) > 0:
        return rounded_out(max(ys[0], low - (high - low) / 2), min(ys[-1], high + (high - low) / 2))
    return rounded_out(ys[0], ys[-1])


def _near(stretch: tuple[Point, ...], low: float, high: float) -> tuple[Point, ...]:
    """The points of a curve, those that are far outside the panel not quite so far."""
    far = _FAR * (high - low)
    return tuple((x, max(min(y, high + far), low - far)) for x, y in stretch)


def _tangent(at: Sample, across: Point, height: Point) -> tuple[Point, Point] | None:
    """A line on both sides of a point of the panel, shorter if it is so steep that it would go far outside."""
    (start, stop), (low, high) = across, height
    if not (isfinite(at.slope) and low <= at.value <= high):
        return None
    reach, far = _TANGENT * (stop - start), _FAR * (high - low)
    if abs(at.slope) * reach > far:
        reach = far / abs(at.slope)
    left, right = (max(min(at.x + side * reach, stop), start) for side in (-1, 1))
    return (left, at.value + at.slope * (left - at.x)), (right, at.value + at.slope * (right - at.x))


def _notes(drawn: Sequence[_Drawn], x_name: str, look: Look) -> Iterator[str]:
    """What the marks are: the slope that is declared for each kink, and the numbers at the point asked for."""

    def number(value: float) -> str:
        return number_text(value, look.precision)

    for each in drawn:
        kinks = each.sampled.kinks
        if not each.sampled.values:
            yield f"{each.name} has no finite value here"
        if kinks:
            slopes = ", ".join(f"{number(k.slope)} at {x_name} = {number(k.x)}" for k in kinks[:_MOST_NOTED])
            more = f" and {len(kinks) - _MOST_NOTED} more" if len(kinks) > _MOST_NOTED else ""
            yield f"{KINK[look.ascii]} kinks of {each.name}: the slope is {slopes}{more}"
            if each.declared:
                yield f"  {each.name}: {each.declared}"
        if each.at is not None:
            pairs = ((each.name, each.at.value), (each.slope_name, each.at.slope))
            told = ", ".join(f"{name} = {number(value)}" for name, value in pairs)
            yield f"{POINT[look.ascii]} at {x_name} = {number(each.at.x)}: {told}"
