"""A numeric derivative as a record, and what there is one of."""

from __future__ import annotations

from collections.abc import Callable
from math import isinf
from typing import NamedTuple

from backpropcli.domains import Value
from backpropcli.gradcheck.step_sizes import Number

EPSILON = 2.0**-52
SUBNORMAL = 2.0**-1074
STEEP = 1e-3  # an estimate with a larger relative error is worth nothing
FAILS = "forward fails"
TOO_LARGE = "the slope is too large for float64"
UNDEFINED = "the value is not finite on either side"


class Slope(NamedTuple):
    """The derivative of a weighted sum of the outputs, with its estimated error.

    `noise` is what rounding may do to it besides; `scale` is the sum of its terms' sizes, which tells how much cancels
    in it; `left` and `right` are the one-sided derivatives; `bend` is how much it changes from one float64 to the next.
    `is_nearby` tells of a kink that the slopes at other points show, `only_side` of one that has a slope on the right
    (1) or on the left (-1) only, and `is_jump` of a point whose value is another than those on both sides. Where
    `reason` says why there is no derivative, the numbers mean nothing.
    """

    value: float = 0.0
    error: float = 0.0
    noise: float = 0.0
    scale: float = 0.0
    left: float = 0.0
    right: float = 0.0
    bend: float = 0.0
    is_kink: bool = False
    is_nearby: bool = False
    only_side: int = 0
    is_jump: bool = False
    reason: str | None = None

    @property
    def is_known(self) -> bool:
        """Whether there is a derivative, on both sides at least: a number, or one that rounds to infinity."""
        return self.reason is None or (self.reason == TOO_LARGE and isinf(self.value))

    @property
    def has_failed(self) -> bool:
        """Whether the function cannot be computed, there or nearby."""
        return self.reason is not None and self.reason.startswith(FAILS)

    @property
    def sides(self) -> str:
        """The slopes of a kink in words: in them is dout, so that they are told as what the gradient would be."""
        if self.only_side:
            here, there = ("right", "left") if self.only_side > 0 else ("left", "right")
            return f"the gradient is {self.value:.6g} on the {here}, and there is none on the {there}"
        if self.is_nearby:
            return f"nearby the gradient is from {self.left:.6g} to {self.right:.6g}"
        sides = f"the gradient is {self.left:.6g} on the left and {self.right:.6g} on the right"
        return f"the value jumps on both sides; {sides}" if self.is_jump else sides

    @property
    def uncertainty(self) -> float:
        """How far it may be from the true derivative."""
        return self.error + self.noise


class Curve(NamedTuple):
    """A function along a line: its value at t, whether a value is finite, and the weighted sum and size of a change.

    `rounded` makes a float of a number of that sum. `position` is where the point stands, which scales the steps.
    `noise` is what is known of the rounding errors in the weighted sum, besides that of the value itself, which has
    `length` numbers.
    """

    along: Callable[[Number], Value]
    is_finite: Callable[[Value], bool]
    weigh: Callable[[Value], tuple[Value, Value]]
    rounded: Callable[[Value], float]
    position: Number
    noise: float = 0.0
    length: int = 1
