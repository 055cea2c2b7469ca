"""Python floats: IEEE 754 float64 through the `math` module, with inf and nan where `math` would raise."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import NoReturn

from backpropcli.domains.base import Axis, Shape, Value
from backpropcli.errors import DataError, ShapeError

name = "floats"
guard = None
is_finite = math.isfinite
rounded = float
tanh = math.tanh
erf = math.erf
_LONGEST_SHOWN = 40
_NAMED = {"pi": math.pi, "e": math.e}


def number(text: str, /) -> float:
    """The float64 nearest to a number as text.

    >>> number("1e-3"), number("0x10"), number("-.inf")
    (0.001, 16.0, -inf)
    """
    if text in _NAMED:
        return _NAMED[text]
    lower = text.lower()
    try:
        if lower.startswith(("0x", "0o")):
            return convert(int(text, 0))
        if lower.endswith(("inf", "nan")):
            return float(text.replace(".", ""))
        value = float(text)
    except ValueError:
        raise DataError(f"'{text}' is not a number") from None
    if math.isinf(value):
        raise DataError(f"{text if len(text) <= _LONGEST_SHOWN else 'the number'} is too large for a float64")
    return value


def constants(texts: Iterable[str], _inputs: Iterable[Value], /) -> list[float]:
    """The value of each number."""
    return [number(text) for text in texts]


def convert(value: Value, /, _dtype: str = "float64") -> float:
    """An int or a float as a float."""
    try:
        return float(value)
    except OverflowError:
        raise DataError("an integer is too large for a float64") from None
    except (TypeError, ValueError):
        raise DataError(f"a value of type {type(value).__qualname__} is not a number") from None


def quiet() -> AbstractContextManager[object]:
    """Nothing to silence: Python floats never warn."""
    return nullcontext()


def shape(_x: Value, /) -> Shape:
    """A number has no axes."""
    return ()


def size(_x: Value, /) -> int:
    """A number is one number."""
    return 1


def exp(x: float, /) -> float:
    """The base e to the power of x; inf past 709.78."""
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def expm1(x: float, /) -> float:
    """The exponential minus 1; inf past 709.78."""
    try:
        return math.expm1(x)
    except OverflowError:
        return math.inf


def log(x: float, /) -> float:
    """The natural logarithm: -inf at 0, nan below."""
    if x > 0:
        return math.log(x)
    return -math.inf if x == 0 else math.nan


def log1p(x: float, /) -> float:
    """The natural logarithm of 1 + x: -inf at -1, nan below."""
    if x > -1:
        return math.log1p(x)
    return -math.inf if x == -1 else math.nan


def sqrt(x: float, /) -> float:
    """The square root: nan below 0."""
    return math.nan if x < 0 else math.sqrt(x)


def power_of_two(x: float, /) -> float:
    """A power of two near |x|.

    >>> power_of_two(7.0), power_of_two(-8.0), power_of_two(0.0)
    (4.0, 8.0, 0.5)
    """
    _, exponent = math.frexp(x)
    return math.ldexp(0.5, exponent)


def sin(x: float, /) -> float:
    """The sine: nan at infinity."""
    return math.nan if math.isinf(x) else math.sin(x)


def cos(x: float, /) -> float:
    """The cosine: nan at infinity."""
    return math.nan if math.isinf(x) else math.cos(x)


def divide(x: float, y: float, /) -> float:
    """The quotient x / y, signed infinity at y = 0, nan for 0 / 0."""
    try:
        return x / y
    except ZeroDivisionError:
        return math.nan if x == 0 or math.isnan(x) else math.copysign(math.inf, x) * math.copysign(1.0, y)


def power(x: float, y: float, /) -> float:
    """The power x ** y: 0**0 is 1, 0**-1 is inf, a negative x with a fractional y is nan, past float64 is inf."""
    try:
        return math.pow(x, y)
    except ValueError:
        if x < 0:
            return math.nan
    except OverflowError:
        pass
    return math.copysign(math.inf, x) if y % 2 == 1 else math.inf


def maximum(x: float, y: float, /) -> float:
    """The larger of x and y; nan if either is nan."""
    return float(x if x >= y or math.isnan(x) else y)


def minimum(x: float, y: float, /) -> float:
    """The smaller of x and y; nan if either is nan."""
    return float(x if x <= y or math.isnan(x) else y)


def equal(x: float, y: float, /) -> bool:
    """Whether x and y are the same number."""
    return x == y


def where(condition: bool, x: float, y: float, /) -> float:
    """Either x if the condition holds or else y."""
    return float(x if condition else y)


def ones_like(_x: float, /) -> float:
    """One."""
    return 1.0


def zeros_like(_x: float, /) -> float:
    """Zero."""
    return 0.0


def matmul(_x: float, _y: float, /) -> float:
    """Numbers have no axes to multiply along."""
    raise ShapeError("a matrix product needs arrays, not numbers")


def transpose(x: float, /) -> float:
    """A number as it is."""
    return x


def permute_dims(x: float, axes: tuple[int, ...], /) -> float:
    """A number as it is; it has no axes to order."""
    if axes:
        raise ShapeError(f"a number has no axes {axes}")
    return x


def reshape(x: float, shape: Shape, /) -> float:
    """A number as it is; it cannot become an array."""
    if shape:
        raise ShapeError(f"a number cannot have the shape {shape}; an array of one number, as [3], can")
    return x


def concat(_xs: Sequence[float], axis: int, /) -> float:
    """Numbers have no axis to follow one another along."""
    raise ShapeError(f"axis {axis} is out of range for a number")


def add_at(_x: float, _key: object, _values: float, /) -> float:
    """A number has no places."""
    raise ShapeError("places need arrays, not numbers")


def expand_dims(x: float, _axis: int | tuple[int, ...], /) -> float:
    """A number as it is: numbers of this domain have no axes."""
    return x


squeeze = expand_dims


def sum(x: float, axis: Axis = None, _keepdims: bool = False, /) -> float:
    """A number is its own sum, as it is its own maximum and minimum."""
    if axis is not None:
        raise ShapeError(f"axis {axis} is out of range for a number")
    return float(x)


amax = sum
amin = sum


def _needs_axes(*_: Value) -> NoReturn:
    raise ShapeError("this takes arrays, not numbers")


cumsum = pad = tril = unfold = fold = as_indices = one_hot = _needs_axes


def as_mask(x: float, name: str, /) -> bool:
    """Zero or one as a condition."""
    if x not in {0, 1}:
        raise DataError(f"{name} must be 0 or 1, not {x}")
    return x == 1


def random_like(_x: Value, seed: int, /) -> float:
    """A number from [0, 1)."""
    from random import Random

    return Random(seed).random()  # noqa: S311 - repeatable, not secret


def broadcast_to(x: float, shape: Shape, /) -> float:
    """A number as it is; it cannot become an array."""
    if shape:
        raise ValueError(f"a number cannot be broadcast to the shape {shape}")
    return x


def unbroadcast(gradient: float, _like: float, /) -> float:
    """A number was never broadcast."""
    return gradient
