"""How far every elementwise layer and its slope are from the truth, next to PyTorch's and JAX's.

Prints a Markdown table of the largest errors in units in the last place (ulp) of float64, over points of all sizes
where neither an input nor the true result is subnormal: ours on floats and on arrays, the others' on arrays. `wrong`
means that somewhere no digit is right; what is not installed is `-`.

    pip install mpmath torch jax
    python benchmarks/accuracy.py
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "layers"))
from elementwise import as_text, on_arrays, on_floats, points, worst
from elementwise_cases import CASES, SMALLEST_NORMAL

Found = list[list[float]]
Rival = Callable[[str], Found]


def torch_rival() -> Rival:
    """PyTorch's values and gradients at the points of a case."""
    import torch
    from torch.nn import functional

    def prelu(x: Any, slope: Any) -> Any:  # its own has one slope for each channel
        return torch.where(x > 0, x, x * slope)

    named: dict[str, Any] = {"prelu": prelu, "log_sigmoid": functional.logsigmoid}

    def compute(case: str) -> Found:
        name, parameters = CASES[case].layer, CASES[case].parameters
        function = named.get(name) or getattr(torch, name, None) or getattr(functional, name)
        inputs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in zip(*points(case), strict=True)]
        value = function(*inputs, **parameters)
        value.backward(torch.ones_like(value))
        found: Found = torch.stack([value, *(x.grad for x in inputs)]).T.tolist()
        return found

    return compute


def jax_rival() -> Rival:
    """JAX's values and gradients at the points of a case."""
    import jax
    from jax import nn, numpy
    from jax.scipy import special

    jax.config.update("jax_enable_x64", True)

    def gelu(x: Any, approximate: str = "none") -> Any:
        return nn.gelu(x, approximate=approximate == "tanh")

    def prelu(x: Any, slope: Any) -> Any:
        return numpy.where(x > 0, x, x * slope)

    named: dict[str, Any] = {
        "sub": numpy.subtract,
        "mul": numpy.multiply,
        "div": numpy.divide,
        "neg": numpy.negative,
        "erf": special.erf,
        "xlogy": special.xlogy,
        "prelu": prelu,
        "gelu": gelu,
        "softsign": nn.soft_sign,
        "hardtanh": nn.hard_tanh,
        "hardsigmoid": nn.hard_sigmoid,
        "hardswish": nn.hard_swish,
    }

    def compute(case: str) -> Found:
        name, parameters = CASES[case].layer, CASES[case].parameters
        function = named.get(name) or getattr(numpy, name, None) or getattr(nn, name)
        inputs = [numpy.array(x) for x in zip(*points(case), strict=True)]
        value, pull_back = jax.vjp(lambda *xs: function(*xs, **parameters), *inputs)
        found: Found = np.array([value, *pull_back(numpy.ones_like(value))]).T.tolist()
        return found

    return compute


def errors(case: str, *found: Found) -> str:
    """The cells of the largest errors of value and slope, in all that was found."""
    values, slopes = zip(*(worst(case, numbers, smallest=SMALLEST_NORMAL) for numbers in found), strict=True)
    return f"{as_text(max(values))} | {as_text(max(slopes))}"


def main() -> None:
    """Measure, and print the table."""
    rivals: dict[str, Rival | None] = {}
    for package, make in {"torch": torch_rival, "jax": jax_rival}.items():
        try:
            rivals[f"{package} {import_module(package).__version__}"] = make()
        except ImportError:
            rivals[package] = None
    names = ["ours", *rivals]
    print(f"| worst error in ulp | {' | '.join(f'{name}: value | slope' for name in names)} |")
    print(f"|---|{'--:|' * 2 * len(names)}")
    for case in CASES:
        cells = [errors(case, on_floats(case), on_arrays(case))]
        cells += ["- | -" if rival is None else errors(case, rival(case)) for rival in rivals.values()]
        print(f"| `{case}` | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
