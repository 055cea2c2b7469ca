"""One input of a layer at one point: what the gradient would be for another dout, or with another value beside it.

Diagnoses compute from it what a mistake would give. The derivatives are numeric, like the right gradient itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from math import ceil, prod

from backpropcli.domains import Domain, Value
from backpropcli.domains.generic import generic_like
from backpropcli.errors import BackpropError
from backpropcli.gradcheck.isolated_layer import IsolatedLayer
from backpropcli.gradcheck.probes import is_large, probes
from backpropcli.gradcheck.setting import Setting

STEP = 2.0**-10
HALVINGS = 2
NEARLY = 1e-4
MOST_OUTPUTS = 2_000
MOST_TO_DOUBLE = 100
SPREAD = 0.5  # of numbers that are added to those of a point
MANY = 32  # numbers for one, of which a mask leaves some
AFAR = 4.0  # how many times as large are the numbers of a far point
NEARBY = 0.0625  # how far the second point is from the first, in parts of each number


class Trial:
    """A layer's inputs, the number of the one that is looked at, and the dout."""

    def __init__(self, isolated: IsolatedLayer, number: int, dout: Value) -> None:
        self.isolated = isolated
        self.number = number
        self.dout = dout
        self.numbers: Domain = isolated.domain
        self.x = isolated.inputs[number]
        self._at = Setting(partial(isolated.value_moved, number), self.x, dout, self.numbers).function

    @cached_property
    def value(self) -> Value:
        """What forward gives."""
        return self.isolated.value()

    @property
    def is_small(self) -> bool:
        """Whether the whole Jacobian can be had."""
        return not is_large(self.x, self.numbers) and self.numbers.size(self.value) <= MOST_OUTPUTS

    @property
    def keeps_shape(self) -> bool:
        """Whether the output has the shape of the input, as that of an elementwise layer."""
        return self.numbers.shape(self.value) == self.numbers.shape(self.x)

    @cached_property
    def columns(self) -> list[Value]:
        """The Jacobian: for each number of the input, the derivative of the whole output with respect to it."""
        return [
            self._derivative(probe.direction, STEP * max(1.0, abs(probe.position)))
            for probe in probes(self.x, self.numbers)
        ]

    @cached_property
    def is_elementwise(self) -> bool:
        """Whether each number of the output depends on its own number of the input alone."""
        if not self.keeps_shape:
            return False
        rows = (self.numbers.elements(column) for column in self.columns)
        return all(float(x) == 0 for j, row in enumerate(rows) for i, x in enumerate(row) if i != j)

    @property
    def others(self) -> dict[str, Value]:
        """The layer's other inputs, by name."""
        name_of = self.isolated.node.spec.input_name
        return {name_of(i): x for i, x in enumerate(self.isolated.inputs) if i != self.number}

    def gradient(self, dout: Value) -> Value:
        """The gradient for another dout."""
        return self.shaped([self.numbers.sum(dout * column) for column in self.columns])

    def may_have_gradient(self, gradient: Value) -> bool:
        """Whether a gradient agrees with the derivative along one direction, which is sooner known than all numbers."""
        numbers = self.numbers
        direction = generic_like(self.x, numbers, seed=9)
        terms = gradient * direction
        change = numbers.sum(self.dout * self._derivative(direction, STEP))
        return bool(abs(numbers.sum(terms) - change) <= NEARLY * numbers.sum(abs(terms)))

    def shaped(self, flat: Sequence[Value]) -> Value:
        """Numbers in the shape of the input."""
        if self.numbers.is_scalar:
            return flat[0]
        return self.numbers.reshape(self.numbers.convert([float(x) for x in flat]), self.numbers.shape(self.x))

    def with_input(self, number: int, value: Value) -> Trial:
        """The same with another value for an input."""
        inputs = [*self.isolated.inputs]
        inputs[number] = value
        return Trial(IsolatedLayer(self.isolated.node, inputs, self.numbers), self.number, self.dout)

    def _derivative(self, direction: Value, step: float) -> Value:
        row: list[Value] = []
        for _ in range(HALVINGS):
            ahead, behind = self._at(self.x + step * direction), self._at(self.x - step * direction)
            previous, row = row, [(ahead - behind) / (2 * step)]
            for power, before in enumerate(previous, 1):
                row.append(row[-1] + (row[-1] - before) / (4**power - 1))
            step /= 2
        return row[-1]


def another_point(isolated: IsolatedLayer, dout: Value, varying: Sequence[int]) -> tuple[IsolatedLayer, Value] | None:
    """A layer at inputs near by, with another dout if it takes one; None where its forward fails there."""
    numbers = isolated.domain
    inputs = [
        x * (1 + NEARBY * generic_like(x, numbers, seed=number + 5)) if number in varying else x
        for number, x in enumerate(isolated.inputs)
    ]
    moved = _possible(isolated, inputs)
    other = generic_like(dout, numbers, seed=4) if isolated.has_dout else dout
    return None if moved is None else (moved, other)


def far_points(isolated: IsolatedLayer, dout: Value, varying: Sequence[int]) -> list[tuple[IsolatedLayer, Value]]:
    """A layer at inputs of other sizes and signs, where a function of several parts may be another; with another dout.

    They are of their own signs where forward takes no others, and many numbers for one where it takes so many.
    """
    numbers = isolated.domain

    def scaled(inputs: Sequence[Value], by: float, *, is_signed: bool) -> IsolatedLayer | None:
        moved = [*inputs]
        for number in varying:
            factors = generic_like(inputs[number], numbers, seed=number + 11)
            moved[number] = inputs[number] * by * (factors if is_signed else abs(factors))
        return _possible(isolated, moved)

    for inputs in (*_in_long_rows(isolated, varying), isolated.inputs):
        points = [scaled(inputs, AFAR, is_signed=True), scaled(inputs, -AFAR, is_signed=True)]
        if not any(points):
            points = [scaled(inputs, AFAR, is_signed=False), scaled(inputs, 1 / AFAR, is_signed=False)]
        if any(points):
            break
    return [(point, _upstream(point, dout)) for point in points if point is not None]


def _in_long_rows(isolated: IsolatedLayer, varying: Sequence[int]) -> Iterator[list[Value]]:
    """The inputs many times in a row, where those that vary are single numbers or rows of one length."""
    numbers = isolated.domain
    shapes = {numbers.shape(isolated.inputs[number]) for number in varying}
    if numbers.is_scalar or len(shapes) != 1 or len(shape := shapes.pop()) > 1 or 0 in shape:
        return
    times = ceil(MANY / prod(shape))
    yield [
        numbers.concat([numbers.reshape(x, (prod(shape),))] * times, 0) if numbers.shape(x) == shape else x
        for x in isolated.inputs
    ]


def _upstream(isolated: IsolatedLayer, dout: Value) -> Value:
    """Another dout for a layer at other inputs; ones, or the one that there is, if it takes none."""
    numbers, value = isolated.domain, isolated.value()
    if isolated.has_dout:
        return generic_like(value, numbers, seed=6)
    return dout if numbers.shape(value) == numbers.shape(dout) else numbers.ones_like(value)


def larger_point(isolated: IsolatedLayer, number: int, varying: Sequence[int]) -> IsolatedLayer | None:
    """A layer at an input of twice as many rows, or of several numbers for one; None where forward takes none such."""
    numbers, x = isolated.domain, isolated.inputs[number]
    if not numbers.is_scalar and not numbers.shape(x):
        return next(_of_several_numbers(isolated, varying), None)
    return longer_point(isolated, number, 0, varying)


def longer_point(isolated: IsolatedLayer, number: int, axis: int, varying: Sequence[int]) -> IsolatedLayer | None:
    """A layer at an input with an axis twice as long; None where forward takes none such.

    It is so in all inputs that have the same length there, or else in this alone, or wherever another has that length.
    """
    numbers, x = isolated.domain, isolated.inputs[number]
    if numbers.is_scalar or numbers.size(x) > MOST_TO_DOUBLE:
        return None
    length = numbers.shape(x)[axis]
    ways: tuple[Callable[[int, int], bool], ...] = (
        lambda _, place: place == axis,
        lambda other, place: other == number and place == axis,
        lambda other, place: other != number or place == axis,
    )
    for is_along in ways:
        inputs = [
            _doubled(
                value,
                [at for at, found in enumerate(numbers.shape(value)) if found == length and is_along(other, at)],
                numbers,
                seed=other if other in varying else None,
            )
            for other, value in enumerate(isolated.inputs)
        ]
        if longer := _possible(isolated, inputs):
            return longer
    return None


def _doubled(x: Value, axes: Sequence[int], numbers: Domain, seed: int | None) -> Value:
    """Numbers and as many more along each of some axes; the same again where there is no seed."""
    for axis in axes:
        x = numbers.concat([x, _spread(x, numbers, seed)], axis)
    return x


def _of_several_numbers(isolated: IsolatedLayer, varying: Sequence[int]) -> Iterator[IsolatedLayer]:
    """A layer at eight numbers for each one: near it, and near another input's or its negative; or all near it."""
    numbers = isolated.domain
    single = [number for number in varying if not numbers.shape(isolated.inputs[number])]
    values = [isolated.inputs[number] for number in single]
    for is_mixed in (True, False):
        inputs = [x if numbers.shape(x) else _in_a_row([x] * 8, numbers) for x in isolated.inputs]
        for place, number in enumerate(single):
            x = values[place]
            following = values[(place + 1) % len(values)]
            near = [x, -x] * 2 if len(values) == 1 else [x, following, *values[:2]]
            inputs[number] = _spread(_in_a_row((near if is_mixed else [x] * 4) * 2, numbers), numbers, seed=number)
        if several := _possible(isolated, inputs):
            yield several


def _in_a_row(xs: Sequence[Value], numbers: Domain) -> Value:
    """Numbers as an array."""
    return numbers.concat([numbers.reshape(x, (1,)) for x in xs], 0)


def _spread(x: Value, numbers: Domain, seed: int | None) -> Value:
    """Numbers near those of x, of the same signs; the same where there is no seed."""
    return x if seed is None else x * (1 + SPREAD * generic_like(x, numbers, seed=seed + 7))


def _possible(isolated: IsolatedLayer, inputs: Sequence[Value]) -> IsolatedLayer | None:
    """A layer at other inputs; None where forward fails there."""
    other = IsolatedLayer(isolated.node, inputs, isolated.domain)
    try:
        return other if isolated.domain.is_finite(other.value()) else None
    except BackpropError:
        return None
