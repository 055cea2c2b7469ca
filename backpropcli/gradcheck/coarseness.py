"""What computes in float32: its values have few digits, wherever it is tried."""

from __future__ import annotations

import struct
from collections.abc import Callable
from math import frexp

from backpropcli.domains import Domain, Value
from backpropcli.domains.generic import generic_like
from backpropcli.errors import BackpropError
from backpropcli.gradcheck.closeness import identical
from backpropcli.gradcheck.numeric import differentiate
from backpropcli.gradcheck.probes import Probe
from backpropcli.gradcheck.setting import Setting
from backpropcli.gradcheck.slope import EPSILON, Slope
from backpropcli.gradcheck.step_sizes import Method

COARSE = Method((-2, -3, -4, -6, -9), 3, EPSILON, 0.0)  # none of the windows settles: all are weighed
FLOAT32_EPSILON = 2.0**-23
SMALLEST_FLOAT32 = 2.0**-149
_DIGITS = 24  # binary digits of a float32
_FEW = 12  # numbers of so few digits tell nothing
_NEARBY = 0.05
_TRIES = 3


def coarse_slope(setting: Setting, probe: Probe) -> Slope:
    """The derivative of what computes in float32, by wide steps."""
    slope = differentiate(setting.curve(probe, _noise(setting, probe)), COARSE)
    return slope._replace(bend=slope.bend * FLOAT32_EPSILON / EPSILON)  # the point itself is rounded, too


def _noise(setting: Setting, probe: Probe) -> float:
    """What rounding to float32 does to the weighted sum of the values that change along a probe."""
    numbers = setting.numbers
    here = setting.function(setting.x)
    try:
        ahead = setting.function(setting.x + _NEARBY * max(1.0, abs(probe.position)) * probe.direction)
    except BackpropError:
        ahead = here
    terms = abs(setting.dout * here)
    changed = numbers.where(numbers.equal(ahead, here), numbers.zeros_like(terms), terms)
    size = numbers.rounded(numbers.sum(changed)) or numbers.rounded(numbers.sum(terms))
    return FLOAT32_EPSILON * size + SMALLEST_FLOAT32


def is_coarse(setting: Setting) -> bool:
    """Whether a function computes in float32: by its values, or as it does not see what float32 cannot hold."""
    return _has_few_digits(setting) or rounds_its_input(setting.function, setting.x, setting.numbers)


def rounds_its_input(function: Callable[[Value], Value], x: Value, numbers: Domain) -> bool:
    """Whether the value near x is the same, to the last bit, for an input that has been rounded to float32."""
    near = x + _NEARBY * generic_like(x, numbers)
    rounded = [_rounded(float(number)) for number in numbers.flat(near)]
    there = rounded[0] if numbers.is_scalar else numbers.reshape(numbers.convert(rounded), numbers.shape(x))
    try:
        value = function(near)
        return identical(value, function(there), numbers) and not identical(value, function(x), numbers)
    except (BackpropError, OverflowError):
        return False


def _rounded(number: float) -> float:
    held: float = struct.unpack("f", struct.pack("f", number))[0]
    return held


def _has_few_digits(setting: Setting) -> bool:
    """Whether all values at points of the same size have the digits of a float32, and some of them all of these."""
    numbers = setting.numbers
    sizes = numbers.where(numbers.equal(setting.x, 0.0), numbers.ones_like(setting.x), abs(setting.x))
    found: list[float] = []
    for seed in range(_TRIES):
        try:
            value = setting.function(sizes * generic_like(setting.x, numbers, seed))
        except BackpropError:
            return False
        found += map(float, _finite(value, setting))
    return all(_has_digits(number, _DIGITS) for number in found) and not all(
        _has_digits(number, _FEW) for number in found
    )


def _finite(value: Value, setting: Setting) -> list[Value]:
    return [element for element in setting.numbers.elements(value) if setting.numbers.is_finite(element)]


def _has_digits(number: float, most: int) -> bool:
    """Whether a number has so many binary digits at most."""
    mantissa, _ = frexp(number)
    return (mantissa * 2.0**most).is_integer()
