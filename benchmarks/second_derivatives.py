"""How many digits of second derivatives are right, next to PyTorch's and JAX's.

Prints a Markdown table of the fewest digits over points from -20 to 20, against mpmath's derivatives of the textbook
definition; 0 means that somewhere no digit is right.

    pip install mpmath torch jax
    python benchmarks/second_derivatives.py
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import mpmath

import backpropcli as bp

POINTS = [number / 8 for number in range(-160, 161) if number]

Functions = dict[str, Callable[[Sequence[float]], list[float]]]


def sigmoid(x: Any) -> Any:
    """The logistic function in mpmath."""
    return 1 / (1 + mpmath.exp(-x))


def gelu_tanh(x: Any) -> Any:
    """The approximation of GELU in mpmath."""
    return x * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (x + mpmath.mpf("0.044715") * x**3))) / 2


TRUTH: dict[str, Callable[[Any], Any]] = {
    "sigmoid(x)": sigmoid,
    "tanh(x)": mpmath.tanh,
    "silu(x)": lambda x: x * sigmoid(x),
    "softplus(x)": lambda x: mpmath.log1p(mpmath.exp(x)),
    "mish(x)": lambda x: x * mpmath.tanh(mpmath.log1p(mpmath.exp(x))),
    "gelu(x)": lambda x: x * mpmath.erfc(-x / mpmath.sqrt(2)) / 2,
    "gelu(x, approximate=tanh)": gelu_tanh,
}


def ours(formula: str) -> list[float]:
    """Our second derivatives at the points."""
    return list(bp.hvp(f"sum({formula})", {"x": 1}, inputs={"x": POINTS})["x"])


def on_torch(formula: str) -> list[float]:
    """PyTorch's, by its autodiff of its gradient."""
    import torch
    from torch.nn import functional

    functions = {
        "sigmoid(x)": torch.sigmoid,
        "tanh(x)": torch.tanh,
        "silu(x)": functional.silu,
        "softplus(x)": lambda x: functional.softplus(x, threshold=1000),
        "mish(x)": functional.mish,
        "gelu(x)": functional.gelu,
        "gelu(x, approximate=tanh)": lambda x: functional.gelu(x, approximate="tanh"),
    }
    x = torch.tensor(POINTS, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(functions[formula](x).sum(), x, create_graph=True)
    (found,) = torch.autograd.grad(slope.sum(), x)
    return [float(number) for number in found]


def on_jax(formula: str) -> list[float]:
    """JAX's, by its autodiff of its gradient."""
    import jax

    jax.config.update("jax_enable_x64", True)
    functions = {
        "sigmoid(x)": jax.nn.sigmoid,
        "tanh(x)": jax.numpy.tanh,
        "silu(x)": jax.nn.silu,
        "softplus(x)": jax.nn.softplus,
        "mish(x)": jax.nn.mish,
        "gelu(x)": lambda x: jax.nn.gelu(x, approximate=False),
        "gelu(x, approximate=tanh)": jax.nn.gelu,
    }
    return [float(number) for number in jax.vmap(jax.grad(jax.grad(functions[formula])))(jax.numpy.array(POINTS))]


def digits(found: Sequence[float], wanted: Sequence[Any]) -> int:
    """How many digits are right where the fewest are."""
    worst = max(abs(x - y) / abs(y) for x, y in zip(found, wanted, strict=True))
    return max(0, math.floor(-mpmath.log10(max(worst, 1e-16))))


def main() -> None:
    """Print the table."""
    print("| right digits of the second derivative | backprop | PyTorch | JAX |\n| --- | ---: | ---: | ---: |")
    for formula, function in TRUTH.items():
        with mpmath.workdps(700):
            wanted = [mpmath.diff(function, mpmath.mpf(x), 2) for x in POINTS]
            counts = [digits(of(formula), wanted) for of in (ours, on_torch, on_jax)]
        print(f"| `{formula}` | {' | '.join(map(str, counts))} |")


if __name__ == "__main__":
    main()
