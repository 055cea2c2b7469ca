"""Gelu, exact and by tanh."""

from __future__ import annotations

from typing import Literal

from backpropcli.domains import Domain, Value
from backpropcli.domains.gates import Tail, normal_tail, tanh_tail
from backpropcli.layers.base import check_choice, sample
from backpropcli.layers.silu import SymmetricGate

Approximation = Literal["none", "tanh"]


class Gelu(SymmetricGate):
    """Gaussian error linear unit, elementwise: x times the standard normal distribution function.

    Math:      when approximate is tanh: t = tanh(sqrt(2 / pi) * (x + 0.044715 * x ** 3)); out = x * (1 + t) / 2
               otherwise: p = (1 + erf(x / sqrt(2))) / 2; out = x * p
    Gradient:  when approximate is tanh: slope = sqrt(2 / pi) * (1 + 3 * 0.044715 * x * x);
                 dx = dout * (1 + t + x * (1 - t * t) * slope) / 2
               otherwise: dx = dout * (p + x * exp(-x * x / 2) / sqrt(2 * pi))
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     none
    Numerics:  value and slope within 4 ulp, also at the slope's zero, -0.752, and in both tails; 0 at -inf; on reals of
               50 digits 16 are right, as the normal distribution comes from polynomials made for float64
    Errors:    DomainError on exact fractions (exp is irrational)
    Source:    Hendrycks and Gimpel, Gaussian error linear units (2016)

    >>> layer = Gelu()
    >>> layer.forward(-9.0), layer.backward(1.0)
    (-1.0157295653584566e-18, -9.13893737390664e-18)
    """

    samples = (
        sample(0.5),
        sample(-0.5),
        sample([[1.0, -0.5], [-2.0, 3.0]]),
        sample([[1.0, -0.5], [-2.0, 3.0]], approximate="tanh"),
    )

    def __init__(self, *, approximate: Approximation = "none") -> None:
        check_choice("approximate", approximate, Approximation)
        self.approximate = approximate

    def tail(self, xp: Domain, a: Value) -> Tail:
        """The value and the slope at x = -a."""
        return tanh_tail(xp, a) if self.approximate == "tanh" else normal_tail(xp, a)
