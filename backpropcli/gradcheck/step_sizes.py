"""How far a point is moved: windows of steps, from wide ones to narrow ones, that numbers can take on both sides of it.

A float can move by multiples of its spacing only, and x + h and x - h must both be floats, or the difference quotient
would divide by another step than the one that was taken.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from math import ulp
from typing import Any, NamedTuple

FINEST = 2.0**-60
WIDEST = (-2, -3)
Number = Any  # of the kind that the point is of: a float, or a real of many digits


class Method(NamedTuple):
    """How steps are chosen: windows that begin at 2**exponent times the scale of the point, each of so many steps.

    `epsilon` is the relative error of one value, `goal` the relative error that is good enough; where it is 0, the
    noise is known, and all windows are needed.
    """

    exponents: tuple[int, ...]
    steps: int
    epsilon: float
    goal: float

    @property
    def is_float(self) -> bool:
        """Whether numbers have the spacing of float64; else they have digits enough for any step."""
        return self.epsilon == sys.float_info.epsilon


def windows(position: Number, method: Method, *, is_thorough: bool = False) -> Iterator[list[Number]]:
    """The steps of each window for a point at `position`, which scales them; from wide windows to narrow ones.

    A thorough look begins with few and very wide ones, where the noise of float32 does the least harm.
    """
    size = abs(position)
    if is_thorough and method.is_float:
        yield from _of_scale(max(size, 1.0), size, WIDEST, method._replace(steps=3))
    yield from _of_scale(max(size, 1.0), size, method.exponents, method)
    # Near a break at 0 the point's own size counts; far out, the length of a wave.
    scale, exponents = (size, method.exponents[:2]) if size < 1 else (1.0, method.exponents[:3])
    if scale != 0 and size != 1:
        yield from _of_scale(scale, size, exponents, method)


def _of_scale(scale: Number, size: Number, exponents: tuple[int, ...], method: Method) -> Iterator[list[Number]]:
    for exponent in exponents:
        if len(steps := halved(scale * 2.0**exponent, size, method)) > 1:
            yield steps


def halved(first: Number, size: Number, method: Method) -> list[Number]:
    """Steps, each half as long as the one before: all of the method's, or those that a float of this size can take."""
    if not method.is_float:
        return [first / 2**count for count in range(method.steps)]
    if first < (unit := ulp(size + 2 * first)):  # that of infinity is infinite
        return []
    last = max(round(first / 2 ** (method.steps - 1) / unit), 1) * unit
    steps = [last * 2.0**count for count in range(method.steps)]
    return [step for step in reversed(steps) if step <= 2 * first]


def nearest(step: Number, size: Number, method: Method) -> Number:
    """The step nearest to a given one that a point of this size can take; never 0. For reals it is no whole number."""
    if not method.is_float:
        is_visible = size * method.epsilon * 1e10 < FINEST < step
        return FINEST if is_visible else step
    unit = ulp(size + step)
    return max(round(step / unit), 1) * unit
