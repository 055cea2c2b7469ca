"""How far sigmoid, tanh and their slopes are from the truth, in units in the last place (ulp), next to autograd's.

Prints a Markdown table. Needs the `benchmark` extra: python benchmarks/accuracy.py
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable

import autograd.numpy as anp
import numpy as np
from autograd import elementwise_grad
from mpmath import mp, mpf

from backpropcli.layers import Layer, Sigmoid, Tanh

CENTRES = (0.0, 19.0, 37.0, 372.0, 709.0, 745.0)
Function = Callable[[list[float]], Iterable[float]]


def points() -> list[float]:
    """Points in [-745, 745]: dense where formulas break, tiny ones, and random ones."""
    rng = random.Random(1)  # noqa: S311 - not for secrets
    found = [rng.uniform(-745, 745) for _ in range(4000)]
    found += [centre + rng.uniform(-1.5, 1.5) for centre in CENTRES for _ in range(500)]
    found += [10 ** rng.uniform(-320, 0) for _ in range(500)]
    signed = found + [-x for x in found]
    return [x for x in signed if abs(x) <= max(CENTRES)]


def true_sigmoid(x: mpf) -> tuple[mpf, mpf]:
    """Value and slope."""
    e = mp.exp(-x)
    return 1 / (1 + e), e / (1 + e) ** 2


def true_tanh(x: mpf) -> tuple[mpf, mpf]:
    """Value and slope."""
    return mp.tanh(x), mp.sech(x) ** 2


def worst_ulps(found: Iterable[float], true: list[mpf]) -> float:
    """The largest error, in units of the last place that a float64 near the truth has."""
    return max(float(abs(mpf(float(f)) - t) / mpf(math.ulp(float(t)))) for f, t in zip(found, true, strict=True))


def on_floats(layer: type[Layer]) -> tuple[Function, Function]:
    """A layer's value and slope as functions of many numbers, on Python floats."""

    def slope(x: float) -> float:
        made = layer()
        made.forward(x)
        return made.backward(1.0)

    return lambda xs: [layer().forward(x) for x in xs], lambda xs: [slope(x) for x in xs]


def on_arrays(layer: type[Layer]) -> tuple[Function, Function]:
    """A layer's value and slope as functions of many numbers, on one NumPy array."""

    def slope(xs: list[float]) -> Iterable[float]:
        made = layer()
        made.forward(np.array(xs))
        return made.backward(np.ones(len(xs)))

    return lambda xs: layer().forward(np.array(xs)), slope


def of_autograd(function: Callable[..., object]) -> tuple[Function, Function]:
    """The same with autograd, as its documentation would write it."""
    slope = elementwise_grad(function)
    return lambda xs: function(np.array(xs)), lambda xs: slope(np.array(xs))


def text(ulps: float) -> str:
    """An error for the table."""
    return f"{ulps:.3g}"


def main() -> None:
    """Measure, and print the table."""
    mp.prec = 200
    xs = points()
    rivals = {
        "sigmoid": (Sigmoid, true_sigmoid, lambda x: 1 / (1 + anp.exp(-x))),
        "tanh": (Tanh, true_tanh, anp.tanh),
    }
    print(f"| worst error over {len(xs):,} points | value (ulp) | slope (ulp) |")
    print("|---|--:|--:|")
    for name, (layer, true, formula) in rivals.items():
        values, slopes = zip(*(true(mpf(x)) for x in xs), strict=True)
        ways = {"floats": on_floats(layer), "arrays": on_arrays(layer), "autograd": of_autograd(formula)}
        for way, (value, slope) in ways.items():
            with np.errstate(all="ignore"):
                errors = worst_ulps(value(xs), values), worst_ulps(slope(xs), slopes)
            print(f"| `{name}`, {way} | {text(errors[0])} | {text(errors[1])} |")


if __name__ == "__main__":
    main()
