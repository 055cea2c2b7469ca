"""The tails of a user's layer: whether it keeps its digits where a curve runs flat, and survives where exp overflows.

In the tail of tanh the value is 1 to the last digit, so that its own differences say nothing of the slope. What it is
there is known from the layer of the catalogue that is the same function: the layer's *twin*. Without a twin only nan is
told, and that only where the numbers nearer to 0 have none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from math import isfinite, isinf, isnan
from typing import Any, NamedTuple

from backpropcli.catalogue import LAYERS
from backpropcli.catalogue.registry import catalogue_spec
from backpropcli.catalogue.user_code import definition
from backpropcli.domains import floats
from backpropcli.errors import BackpropError, ShapeError
from backpropcli.gradcheck.isolated_layer import IsolatedLayer
from backpropcli.gradcheck.report import Finding, Kind, Verdict
from backpropcli.graph import Node
from backpropcli.layers.base import BinaryElementwise, Elementwise

NEAR = (5.3, 20.3)  # no round numbers, at which people cut curves off
FAR = (41.7, 101.3, 690.7, 799.1)
COMMON = (-5.0, -1.7, -0.3, 0.3, 1.7, 5.0)  # where twins must agree
SAME = 1e-9
SAME_TAIL = 1e-14  # of the values in a tail, so that a layer that is cut off there has no twin
ALL_DIGITS = 0.5
SMALLEST = 1e-290  # slopes below have too few digits in float64 themselves
HALVINGS = 40
APART = 0.25  # the numbers of an array are not all the same, for which a standard deviation has no slope


class Lapse(NamedTuple):
    """What a method of a layer does at a point in the tail; the slope that it should give, if that is known."""

    words: str
    at: float
    found: float | None = None
    slope: float | None = None


class Tail(NamedTuple):
    """A lapse, and where it begins."""

    lapse: Lapse
    border: float


def tail_findings(isolated: IsolatedLayer, label: str) -> Iterator[Finding]:
    """A finding for each method of a user's layer of one input that loses its digits, or gives nan, in a tail."""
    if len(isolated.inputs) != 1 or isolated.node.spec.file is None:
        return
    with isolated.domain.quiet():
        twins = _twins(isolated)
        for method, lapse in (("forward", _lapse_of_forward), ("backward", _lapse_of_backward)):
            at = partial(lapse, isolated, twins)
            if tails := [tail for side in (1.0, -1.0) if (tail := _tail(at, side))]:
                yield _finding(isolated, label, method, tails)


def _finding(isolated: IsolatedLayer, label: str, method: str, tails: Sequence[Tail]) -> Finding:
    lapse = tails[0].lapse
    name, spec = isolated.node.spec.input_name(0), isolated.node.spec
    borders = " and ".join(
        f"{'beyond' if tail.border > 0 else 'below'} {name} = {_short(tail.border)}" for tail in tails
    )
    note = f"{method} {lapse.words} {borders}"
    if lapse.slope is not None:
        note += f": at {name} = {lapse.at:g} the slope is {lapse.slope:.2g}, not {lapse.found:.2g}"
    place = definition(getattr(spec.cls, method))
    subject = f"{label}, input {name}"
    return Finding(Kind.TAIL, Verdict.IMPRECISE, subject, lapse.found, lapse.slope, note=note, place=place)


def _tail(lapse_at: Callable[[float], Lapse | None], side: float) -> Tail | None:
    """What goes wrong on one side, if nothing does near 0."""
    good = side * NEAR[0]
    if lapse_at(good) is not None:
        return None
    for size in (*NEAR[1:], *FAR):
        bad = side * size
        lapse = lapse_at(bad)
        if lapse is not None:
            return Tail(lapse, _border(lapse_at, good, bad))
        good = bad
    return None


def _border(lapse_at: Callable[[float], Lapse | None], good: float, bad: float) -> float:
    """Where a lapse begins between two points."""
    for _ in range(HALVINGS):
        middle = (good + bad) / 2
        good, bad = (middle, bad) if lapse_at(middle) is None else (good, middle)
    return bad


def _lapse_of_forward(isolated: IsolatedLayer, twins: Sequence[IsolatedLayer], at: float) -> Lapse | None:
    try:
        value = _value(isolated, at)
    except BackpropError as error:
        return Lapse("overflows", at) if _is_overflow(error) else None
    expected = [_value(twin, at) for twin in twins] if isinf(value) else []
    is_lapse = isnan(value) or (bool(expected) and all(map(isfinite, expected)))
    return Lapse(f"gives {value:g}", at) if is_lapse else None


def _is_overflow(error: BaseException | None) -> bool:
    """Whether an error comes from arithmetic, as that of Python's `math.exp`."""
    while error is not None and not isinstance(error, ArithmeticError):
        error = error.__context__
    return error is not None


def _lapse_of_backward(isolated: IsolatedLayer, twins: Sequence[IsolatedLayer], at: float) -> Lapse | None:
    try:
        value, slope = _value(isolated, at), _slope(isolated, at)
    except BackpropError:
        return None
    if not isfinite(value):
        return None
    slopes = {_slope(twin, at) for twin in twins if abs(_value(twin, at) - value) <= SAME_TAIL * abs(value)}
    right = slopes.pop() if len(slopes) == 1 else 0.0
    is_known = isfinite(right) and abs(right) > SMALLEST
    if is_known and not abs(slope - right) < ALL_DIGITS * abs(right):
        return Lapse("loses all digits" if isfinite(slope) else f"gives {slope:g}", at, slope, right)
    return Lapse("gives nan", at) if isnan(slope) else None


def _value(isolated: IsolatedLayer, at: float) -> float:
    """The first number of the value, where the first number of the input is there. Raises ShapeError if it has none."""
    elements = isolated.domain.elements(_there(isolated, at).value())
    if not len(elements):
        raise ShapeError("the value has no numbers there")
    return float(elements[0])


def _slope(isolated: IsolatedLayer, at: float) -> float:
    """The first number of the gradient for a dout of ones."""
    there, numbers = _there(isolated, at), isolated.domain
    (slope,) = there.gradients(numbers.ones_like(there.value()))
    return 0.0 if slope is None else float(numbers.elements(slope)[0])


def _there(isolated: IsolatedLayer, at: float) -> IsolatedLayer:
    numbers, x = isolated.domain, isolated.inputs[0]
    flat = [at + APART * place for place in range(numbers.size(x))]
    there = at if numbers.is_scalar else numbers.reshape(numbers.convert(flat), numbers.shape(x))
    return IsolatedLayer(isolated.node, [there], numbers)


def _twins(isolated: IsolatedLayer) -> list[IsolatedLayer]:
    """The layers of the catalogue, with the parameters of their samples, that are the same function near 0."""
    try:
        own = [_value(isolated, at) for at in COMMON]
    except BackpropError:
        return []
    return [twin for twin in _candidates() if _agrees(twin, own)]


def _agrees(twin: IsolatedLayer, own: Sequence[float]) -> bool:
    try:
        return all(abs(_value(twin, at) - value) <= SAME * abs(value) for at, value in zip(COMMON, own, strict=True))
    except BackpropError:
        return False


def _candidates() -> Iterator[IsolatedLayer]:
    """Every elementwise layer of one input that has a gradient, on floats."""
    for name in LAYERS:
        spec = catalogue_spec(name)
        is_of_one = issubclass(spec.cls, Elementwise) and len(spec.inputs) == 1
        if not is_of_one or issubclass(spec.cls, BinaryElementwise) or spec.cls.constant_inputs:
            continue
        seen: list[Mapping[str, Any]] = []
        for parameters in [{}, *(sample.parameters for sample in spec.cls.samples)]:
            if parameters not in seen and spec.required_parameters <= parameters.keys():
                seen.append(parameters)
                node = Node(spec, ["x"], "out", parameters=parameters)
                yield IsolatedLayer(node, [1.0], floats.DOMAIN)


def _short(number: float) -> str:
    return f"{float(f'{number:.2g}'):g}"
