"""The derivatives of operators and elementwise functions, by which dual numbers get their tangents."""

from __future__ import annotations

import operator
from collections.abc import Callable

from backpropcli.domains.base import Domain, Value
from backpropcli.domains.compensated import multiplied
from backpropcli.domains.operands import Operator
from backpropcli.domains.slopes import gaussian, lower_exponent, sum_of_squares

Slope = Callable[[Domain, Value, Value], Value]
"""The slope of a function of one value, from the value and the result."""

Tangent = Value | None
"""A tangent; None is that of what does not depend on the direction."""

Rule = Callable[[Domain, Value, Tangent, Value, Tangent, Value], tuple[Tangent, Tangent]]
"""What the tangent of each of two values adds to the result's, from each value and its tangent, and the result."""


def _tanh(xp: Domain, x: Value, _out: Value) -> Value:
    """The slope 1 - out**2, from exp(-2|x|) so that it does not cancel."""
    e = xp.exp(-2 * abs(x))
    return 4 * e / (1 + e * (2 + e))


def _erf(xp: Domain, x: Value, _out: Value) -> Value:
    return multiplied(2 / xp.sqrt(xp.number("pi")), gaussian(xp, x))


SLOPES: dict[str, Slope] = {
    "exp": lambda _xp, _x, out: out,
    "expm1": lambda xp, x, _out: xp.exp(x),
    "log": lambda xp, x, _out: xp.divide(1, x),
    "log1p": lambda xp, x, _out: xp.divide(1, 1 + x),
    "log2": lambda xp, x, _out: xp.divide(1, x * xp.log(xp.number("2"))),
    "log10": lambda xp, x, _out: xp.divide(1, x * xp.log(xp.number("10"))),
    "sqrt": lambda xp, _x, out: xp.divide(1, 2 * out),
    "sin": lambda xp, x, _out: xp.cos(x),
    "cos": lambda xp, x, _out: -xp.sin(x),
    "asin": lambda xp, x, _out: xp.divide(1, xp.sqrt((1 - x) * (1 + x))),
    "acos": lambda xp, x, _out: xp.divide(-1, xp.sqrt((1 - x) * (1 + x))),
    "atan": lambda _xp, x, _out: 1 / (1 + x * x),
    "asinh": lambda xp, x, _out: 1 / xp.sqrt(1 + x * x),
    "acosh": lambda xp, x, _out: xp.divide(1, xp.sqrt(x - 1) * xp.sqrt(x + 1)),
    "atanh": lambda xp, x, _out: xp.divide(1, (1 - x) * (1 + x)),
    "floor": lambda xp, x, _out: xp.zeros_like(x),
    "tanh": _tanh,
    "erf": _erf,
}


def _add(_xp: Domain, _x: Value, dx: Tangent, _y: Value, dy: Tangent, _out: Value) -> tuple[Tangent, Tangent]:
    return dx, dy


def _sub(_xp: Domain, _x: Value, dx: Tangent, _y: Value, dy: Tangent, _out: Value) -> tuple[Tangent, Tangent]:
    return dx, None if dy is None else -dy


def _mul(_xp: Domain, x: Value, dx: Tangent, y: Value, dy: Tangent, _out: Value) -> tuple[Tangent, Tangent]:
    return None if dx is None else dx * y, None if dy is None else x * dy


def _divide(xp: Domain, _x: Value, dx: Tangent, y: Value, dy: Tangent, out: Value) -> tuple[Tangent, Tangent]:
    return None if dx is None else xp.divide(dx, y), None if dy is None else -xp.divide(out * dy, y)


def _mod(_xp: Domain, x: Value, dx: Tangent, y: Value, dy: Tangent, out: Value) -> tuple[Tangent, Tangent]:
    """The remainder is x - y * floor(x / y), and the floor is constant."""
    return dx, None if dy is None else -dy * ((x - out) / y)


def _power(xp: Domain, x: Value, dx: Tangent, y: Value, dy: Tangent, out: Value) -> tuple[Tangent, Tangent]:
    """The slopes are y * x**(y - 1), 0 where both are 0, and x**y * log(x), 0 where 0**y is constant in y."""
    if dx is not None:
        dx = dx * (y * xp.power(x, lower_exponent(xp, x, y)))
    if dy is not None:
        is_constant = xp.equal(x, 0) & (y >= 0)
        dy = dy * out * xp.log(xp.where(is_constant, 1, x))
    return dx, dy


def _atan2(xp: Domain, y: Value, dy: Tangent, x: Value, dx: Tangent, _out: Value) -> tuple[Tangent, Tangent]:
    """The slopes are x / (x**2 + y**2) and -y / (x**2 + y**2), 0 where both are 0."""
    total, scale = sum_of_squares(xp, x, y)
    divisor = xp.where(xp.equal(total, 0), 1, total)
    x, y = x / scale / scale / divisor, y / scale / scale / divisor
    return None if dy is None else dy * x, None if dx is None else -dx * y


def _logaddexp(xp: Domain, x: Value, dx: Tangent, y: Value, dy: Tangent, out: Value) -> tuple[Tangent, Tangent]:
    """The slopes are exp(x - out) and exp(y - out), also where both are infinite."""

    def slope(value: Value) -> Value:
        return xp.exp(xp.where(xp.equal(value, out), 0, value - out))

    return None if dx is None else dx * slope(x), None if dy is None else dy * slope(y)


RULES: dict[Operator | str, Rule] = {
    operator.add: _add,
    operator.sub: _sub,
    operator.mul: _mul,
    operator.truediv: _divide,
    operator.mod: _mod,
    "divide": _divide,
    "power": _power,
    "atan2": _atan2,
    "logaddexp": _logaddexp,
}
