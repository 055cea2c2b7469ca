"""A function of one value and a weight for each number of its result: what there is a derivative of."""

from __future__ import annotations

from collections.abc import Callable

from backpropcli.domains import Domain, Value
from backpropcli.errors import ShapeError
from backpropcli.gradcheck.numeric import FLOAT64
from backpropcli.gradcheck.precision import REALS
from backpropcli.gradcheck.probes import Probe, is_large
from backpropcli.gradcheck.slope import Curve
from backpropcli.gradcheck.step_sizes import Method

FAST = Method(FLOAT64.exponents[1:], 3, FLOAT64.epsilon, 1e-7)  # for what would take seconds


class Setting:
    """The function <dout, function(x)> of x, in the numbers of a domain."""

    def __init__(self, function: Callable[[Value], Value], x: Value, dout: Value, numbers: Domain) -> None:
        self._function = function
        self.x = x
        self.dout = dout
        self.numbers = numbers
        self.method = REALS if numbers.epsilon < FLOAT64.epsilon else FAST if is_large(x, numbers) else FLOAT64

    def function(self, x: Value) -> Value:
        """The value at another x. Raises ShapeError where it has another shape, as of `x[x > 0]`."""
        value, shape_of = self._function(x), self.numbers.shape
        if shape_of(value) != shape_of(self.dout):
            raise ShapeError(f"the value has the shape {shape_of(value)} there, and not {shape_of(self.dout)}")
        return value

    def curve(self, probe: Probe, noise: float = 0.0) -> Curve:
        """The function along the direction of a probe."""
        numbers = self.numbers

        def weigh(change: Value) -> tuple[Value, Value]:
            terms = self.dout * change
            if numbers.is_scalar:
                return terms, abs(terms)
            (total,), (size,) = numbers.elements(numbers.sum(terms)), numbers.elements(numbers.sum(abs(terms)))
            return total, size

        direction = numbers.convert(probe.direction)
        (position,) = numbers.elements(numbers.convert(probe.position))
        return Curve(
            along=lambda t: self.function(self.x + t * direction),
            is_finite=numbers.is_finite,
            weigh=weigh,
            rounded=numbers.rounded,
            position=position,
            noise=noise,
            length=numbers.size(self.dout),
        )
