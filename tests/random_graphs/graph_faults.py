"""Mistakes that programs of this sort are known for, each to be planted into the product."""

from __future__ import annotations

import ast
import operator
from typing import Any

import pytest
import random_graph

from backpropcli import executor
from backpropcli.binding import BoundGraph, bind
from backpropcli.domains import floats, unbroadcast
from backpropcli.domains.cells import Cells
from backpropcli.domains.derivatives import RULES
from backpropcli.domains.floats import Floats
from backpropcli.domains.paths import Paths
from backpropcli.domains.reals import Reals
from backpropcli.domains.traced import Tape
from backpropcli.formula import compiler
from backpropcli.graph import Graph
from backpropcli.layers.arithmetic import Add, Mul
from backpropcli.layers.sigmoid import Sigmoid
from backpropcli.program import numpy as printer
from backpropcli.sources.literals import to_float


def doubled_slope(patch: pytest.MonkeyPatch) -> None:
    """The sigmoid's backward is twice too large."""
    patch.setattr(Sigmoid, "backward", lambda self, dout: 2 * dout * self.slope[0])


def swapped_gradients(patch: pytest.MonkeyPatch) -> None:
    """A product gives each factor the other's gradient."""

    def backward(self: Any, dout: Any) -> Any:
        return unbroadcast(dout * self.x, self.x), unbroadcast(dout * self.y, self.y)

    patch.setattr(Mul, "backward", backward)


def half_a_product_rule(patch: pytest.MonkeyPatch) -> None:
    """Dual numbers forget the second factor's tangent."""
    patch.setitem(RULES, operator.mul, lambda _xp, _x, dx, y, _dy, _out: (None if dx is None else dx * y, None))


def overwritten_gradient(patch: pytest.MonkeyPatch) -> None:
    """Of a value that is used twice, one contribution is lost."""

    def backward(graph: Graph, _domain: Any, layers: Any, seed: Any, _asked: Any = None) -> Any:
        gradients: list[Any] = [None] * (graph.first_node + len(layers))
        gradients[graph.output_slot] = seed
        for number in reversed(range(len(layers))):
            dout = gradients[graph.first_node + number]
            found = None if dout is None else layers[number].backward(dout)
            contributions = found if isinstance(found, tuple) else (found,)
            for source, contribution in zip(graph.sources[number], contributions, strict=False):
                gradients[source] = gradients[source] if contribution is None else contribution
        return gradients, [()] * len(layers), True

    patch.setattr(executor, "backward", backward)


def lost_digits(patch: pytest.MonkeyPatch) -> None:
    """One domain's exponential has eight digits."""
    patch.setattr(Reals, "exp", lambda self, x: self.convert(round(Floats.exp(floats.DOMAIN, self.rounded(x)), 8)))


def smallest_for_largest(patch: pytest.MonkeyPatch) -> None:
    """Arrays of fractions confuse the largest element with the smallest."""
    patch.setattr(Cells, "amax", Cells.amin)


def frozen_branch(patch: pytest.MonkeyPatch) -> None:
    """A program has only the branches that the recording took."""
    patch.setattr(Tape, "where", lambda self, condition, x, y: self.convert(x if self._value(condition) else y))


def wrong_operator(patch: pytest.MonkeyPatch) -> None:
    """A program prints a sum for a difference."""
    patch.setitem(printer._EXPRESSIONS, "sub", "{} + {}")  # noqa: SLF001 - a fault is planted inside, where people make it


def sums_of_two_paths_only(patch: pytest.MonkeyPatch) -> None:
    """A sum is taken for a path only where a path leads through all of its terms."""
    patch.setattr(Paths, "_once", lambda self, mark: self.inner.where(mark > 1, 1, 0))


def constant_slope(patch: pytest.MonkeyPatch) -> None:
    """A product's backward takes its factors for constants, as after a detach."""

    def backward(self: Any, dout: Any) -> Any:
        x, y = (getattr(factor, "value", factor) for factor in (self.x, self.y))
        return unbroadcast(dout * y, self.x), unbroadcast(dout * x, self.y)

    patch.setattr(Mul, "backward", backward)


def inputs_by_the_alphabet(patch: pytest.MonkeyPatch) -> None:
    """The values of the inputs are taken in the order of their names, not of the graph's inputs."""

    def bound(graph: Graph, inputs: Any, dout: Any = None, **options: Any) -> BoundGraph:
        values = [inputs[name] for name in sorted(inputs)]
        return bind(graph, dict(zip(graph.inputs, values, strict=True)), dout, **options)

    patch.setattr(random_graph, "bind", bound)


def no_gradient_beside_a_constant(patch: pytest.MonkeyPatch) -> None:
    """A sum with a constant passes nothing on."""

    def backward(self: Any, dout: Any) -> Any:
        found = dout if self.needs_gradient is None else 0 * dout
        return unbroadcast(found, self.x), unbroadcast(found, self.y)

    patch.setattr(Add, "backward", backward)


def inexact_product(patch: pytest.MonkeyPatch) -> None:
    """A product is wrong in the last bit."""

    def backward(self: Any, dout: Any) -> Any:
        return unbroadcast(dout * self.y * (1 + 2.0**-52), self.x), unbroadcast(dout * self.x, self.y)

    patch.setattr(Mul, "backward", backward)


def rounded_literals(patch: pytest.MonkeyPatch) -> None:
    """Numbers in text lose all digits but one."""
    patch.setattr(floats, "to_float", lambda text: float(f"{to_float(text):.0e}"))


def wrong_layer_of_an_operator(patch: pytest.MonkeyPatch) -> None:
    """The + of formulas means -."""
    patch.setitem(compiler._OPERATORS, ast.Add, "sub")  # noqa: SLF001 - a fault is planted inside, where people make it
