"""Products, and sums and products that run along an axis: prod, cumsum and cumprod.

No gradient of a product divides by one of its numbers, which may be 0: it multiplies the numbers before and behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backpropcli.domains import Domain, Value, namespace
from backpropcli.domains.axes import rows_along
from backpropcli.layers.base import Layer, sample
from backpropcli.layers.reductions import Reduction

_ROWS = [[1.0, -0.5, 2.0], [-2.0, 3.0, 0.5]]
_BACKWARDS = slice(None, None, -1)
_MOST = 4000  # the exponent of a product that is infinite, or 0, whatever it is multiplied by


class Prod(Reduction):
    """Product over one axis or over all.

    Math:      out = prod(x, axis=axis, keepdims=true)
    Gradient:  zeros = sum(where(x == 0, 1, 0), axis=axis, keepdims=true);
               others = prod(where(x == 0, 1, x), axis=axis, keepdims=true);
               dx = where(x == 0, where(zeros == 1, dout * others, 0), where(zeros == 0, dout * others / x, 0))
    Units:     out in the product of the units of x; dx in units of dout times out / x
    Kinks:     none
    Numerics:  dx is dout times the product of the numbers before x[i] and of those behind it, without a division, so
               that it is right beside zeros; parts of a product of up to 1,000 numbers may leave the range of
               float64; the product of no numbers is 1
    Source:    NumPy, numpy.prod

    >>> layer = Prod()
    >>> layer.forward(3.0), layer.backward(1.5)
    (3.0, 1.5)
    """

    when_zero = "multiplies by 0"

    def forward(self, x: Value) -> Value:
        xp = self.xp = namespace(x)
        self.x_shape = xp.shape(x)
        if not self.x_shape:
            self.before = None
            return xp.sum(x, self.axis)
        self.rows, self.along = rows_along(self.xp, x, self.axis)
        self.before = _running_products(xp, _behind_one(xp, self.rows, self.along), self.along)
        out = xp.narrow(xp.times(*_taken(self.before, _key(self.along, slice(-1, None)))), x)
        return self.reduced(xp.reshape(out, (1,) * len(self.x_shape)) if self.axis is None else out)

    def backward(self, dout: Value) -> Value:
        xp = self.xp
        if self.before is None:
            return dout
        backwards, but_last = _key(self.along, _BACKWARDS), _key(self.along, slice(-1))
        behind = _running_products(xp, _behind_one(xp, self.rows[backwards], self.along), self.along)
        dout = xp.reshape(dout, (1,)) if self.axis is None else self.expanded(dout)
        dx = xp.times(dout, *_taken(self.before, but_last), *_taken(_taken(behind, but_last), backwards))
        return xp.reshape(xp.narrow(dx, self.rows), self.x_shape)


class Accumulation(Layer):
    """A kind of layer: the result so far at each place along an axis, or among all numbers, row by row.

    Shapes:    x, dx: (...); out, dout: x's shape, or (n) for its n numbers when axis is null
    Errors:    ShapeError when x has no such axis
    """

    makes_axes = True
    samples = (sample([1.0, -0.5, 2.0]), sample(_ROWS), sample(_ROWS, axis=0), sample(_ROWS, axis=-1))

    def __init__(self, *, axis: int | None = None) -> None:
        self.axis = axis

    def taken(self, x: Value) -> Value:
        """The numbers of x, flat when there is no axis."""
        self.xp = namespace(x)
        self.x_shape = self.xp.shape(x)
        self.rows, self.along = rows_along(self.xp, x, self.axis)
        self.backwards = _key(self.along, _BACKWARDS)
        return self.rows


class Cumsum(Accumulation):
    """Running sum along an axis, or of all numbers, row by row.

    Math:      out = cumsum(x, axis=axis)
    Gradient:  dx = sum(dout, axis=axis, keepdims=true) - cumsum(dout, axis=axis) + dout
    Units:     out in units of x; dx in units of dout
    Kinks:     none
    Numerics:  sums from the first number to the last; dx is the running sum of dout from its end
    Source:    NumPy, numpy.cumsum; in PyTorch the axis must be given

    >>> import numpy as np
    >>> Cumsum().forward(np.array([1.0, 2.0, 3.0]))
    array([1., 3., 6.])
    """

    adds_up = True

    def forward(self, x: Value) -> Value:
        rows = self.taken(x)
        return self.xp.cumsum(rows, self.along)

    def backward(self, dout: Value) -> Value:
        found = self.xp.cumsum(dout[self.backwards], self.along)[self.backwards]
        return self.xp.reshape(found, self.x_shape)


class Cumprod(Accumulation):
    """Running product along an axis, or of all numbers, row by row.

    Math:      (in words) out[i] is the product of x[0], x[1], ..., x[i] along the axis
    Gradient:  (in words) dx[i] is the sum of dout[k] times the product of x[0], ..., x[k] but x[i], for all k from i on
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     none
    Numerics:  dx is (x[0] * ... * x[i - 1]) * s[i] with s[i] = dout[i] + x[i + 1] * s[i + 1], without a division, so
               that it is right beside zeros; all in log2(n) steps; parts of a product of up to 1,000 numbers may leave
               the range of float64, but dx is inf, nan or 0 where s[i] does
    Source:    NumPy, numpy.cumprod; in PyTorch the axis must be given

    >>> import numpy as np
    >>> Cumprod().forward(np.array([1.0, 2.0, 3.0]))
    array([1., 2., 6.])
    """

    computes_as_written = True

    def forward(self, x: Value) -> Value:
        rows = self.taken(x)
        self.before = _running_products(self.xp, _behind_one(self.xp, rows, self.along), self.along)
        return self.xp.narrow(self.xp.times(*_taken(self.before, _key(self.along, slice(1, None)))), x)

    def backward(self, dout: Value) -> Value:
        xp, along, but_last = self.xp, self.along, _key(self.along, slice(-1))
        factors = _behind_one(xp, self.rows[self.backwards], along)[but_last]
        sums = _running_sums(xp, factors, dout[self.backwards], along)[self.backwards]
        dx = xp.times(sums, *_taken(self.before, but_last))
        return xp.reshape(xp.narrow(dx, self.rows), self.x_shape)


def _behind_one(xp: Domain, x: Value, axis: int) -> Value:
    """The numbers along an axis behind a 1."""
    return xp.concat([xp.ones_like(xp.sum(x, axis, True)), x], axis)


def _running_products(xp: Domain, x: Value, axis: int) -> list[Value]:
    """Factors of the product of each number along an axis and all before it: powers of two apart, if it goes so far."""
    found = _multiplied_up(xp, x, axis)
    if not xp.nears_limits(found):
        return [found]
    x = xp.wide(x)
    power = xp.power_of_two(x)
    exponents = xp.cumsum(xp.floor(xp.log2(power) + xp.number("0.5")), axis)
    exponents = xp.minimum(xp.maximum(exponents, -_MOST), _MOST)
    quarter = xp.floor(exponents / 4)
    powers = [xp.power(xp.number("2"), part) for part in (quarter, exponents - 3 * quarter)]
    return [_multiplied_up(xp, x / power, axis), *[powers[0]] * 3, powers[1]]


def _taken(factors: Sequence[Value], key: tuple[Any, ...]) -> list[Value]:
    """The same places of each factor."""
    return [factor[key] for factor in factors]


def _multiplied_up(xp: Domain, x: Value, axis: int) -> Value:
    """The product of each number along an axis and all before it, in steps that double (Hillis and Steele, 1986)."""
    step, count = 1, xp.shape(x)[axis]
    while step < count:
        head, tail, earlier = _parts(x, axis, step)
        x = xp.concat([head, tail * earlier], axis)
        step *= 2
    return x


def _running_sums(xp: Domain, factors: Value, terms: Value, axis: int) -> Value:
    """The sums s[k] = terms[k] + factors[k] * s[k - 1] along an axis, in the same steps."""
    step, count = 1, xp.shape(terms)[axis]
    while step < count:
        head, tail, earlier = _parts(terms, axis, step)
        first, later, factors_before = _parts(factors, axis, step)
        terms = xp.concat([head, tail + later * earlier], axis)
        factors = xp.concat([first, later * factors_before], axis)
        step *= 2
    return terms


def _parts(x: Value, axis: int, step: int) -> Sequence[Value]:
    """The first numbers along an axis, those from `step` on, and the ones that stand so many places before these."""
    return [x[_key(axis, rows)] for rows in (slice(step), slice(step, None), slice(-step))]


def _key(axis: int, rows: slice) -> tuple[Any, ...]:
    return (slice(None),) * axis + (rows,)
