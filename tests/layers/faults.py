"""Layers with one mistake each, as students and libraries make them, and who finds it."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import numpy as np

from backpropcli.domains import namespace, unbroadcast
from backpropcli.layers import Layer, Sample, sample
from backpropcli.layers.affine import Affine
from backpropcli.layers.arithmetic import Abs, Add, Div, Mul, Neg, Sub
from backpropcli.layers.exponentials import Exp, Log
from backpropcli.layers.extrema import Maximum, Minimum
from backpropcli.layers.label_losses import CrossEntropy
from backpropcli.layers.losses import Mse
from backpropcli.layers.matrix_products import Dot, Matmul
from backpropcli.layers.powers import Pow, Reciprocal, Sqrt, Square
from backpropcli.layers.reductions import Max, Mean, Sum
from backpropcli.layers.relu import Relu
from backpropcli.layers.shapes import Transpose
from backpropcli.layers.sigmoid import Sigmoid, Softplus, Tanh
from backpropcli.layers.softmax import Softmax

PAIR = sample([[1.0, -2.0, 3.0], [0.5, 2.0, -1.5]], [[0.5, 1.5, -2.5], [-1.5, 0.25, 2.0]])
ROW_AND_COLUMN = sample([[1.0, -2.0, 3.0]], [[0.5], [-1.5]])
GRID = sample([[1.0, -0.5], [-2.0, 3.0]])
SQUARES = sample([[1.0, -2.0], [0.5, 1.5]], [[2.0, 0.25], [-1.0, 3.0]])
POSITIVE = sample([[1.5, 0.5], [2.0, 3.0]])


class Fault(NamedTuple):
    """A faulty class, and the sample that shows it.

    `says` is a part of the diagnosis of `backprop check`, if the mistake has a name; `finders` are conformance checks
    that must object, if it matters which.
    """

    cls: type[Layer]
    sample: Sample
    says: str | None = None
    finders: tuple[str, ...] = ()


def changed(base: type[Layer], backward: Any) -> type[Layer]:
    """The layer with another backward, which gets the layer and dout."""
    return type(f"Wrong{base.__name__}", (base,), {"backward": backward})


def altered(base: type[Layer], change: Any) -> type[Layer]:
    """The layer with its gradient, or its tuple of gradients, changed."""
    return changed(base, lambda self, dout: change(base.backward(self, dout)))


class InPlaceRelu(Relu):
    """Writes zeros into the caller's dout, as the slides' Relu."""

    def backward(self, dout: Any) -> Any:
        dout[self.mask] = 0
        return dout


class InPlaceForward(Relu):
    """Writes zeros into the input."""

    def forward(self, x: Any) -> Any:
        out = super().forward(x)
        x[self.mask] = 0
        return out


class OverwrittenSquare(Square):
    """Squares its input in place, and multiplies by what is left of it."""

    def forward(self, x: Any) -> Any:
        self.x = x
        x *= x
        return x

    def backward(self, dout: Any) -> Any:
        return 2 * dout * self.x


class SharedMask(Relu):
    """Keeps its mask on the class."""

    def forward(self, x: Any) -> Any:
        out = super().forward(x)
        SharedMask.shared = self.mask
        return out

    def backward(self, dout: Any) -> Any:
        return self.xp.where(self.shared, 0, dout)


class FirstMask(Layer):
    """Keeps the first mask that any object saw, in a dictionary of the class."""

    masks: ClassVar[dict[str, Any]] = {}

    def forward(self, x: Any) -> Any:
        self.xp = namespace(x)
        self.masks.setdefault("first", x > 1)
        return self.xp.where(x > 0, x, 0)

    def backward(self, dout: Any) -> Any:
        return self.xp.where(self.masks["first"], dout, 0)


class StaleRelu(Relu):
    """Keeps the first mask that it saw."""

    def forward(self, x: Any) -> Any:
        first = getattr(self, "mask", None)
        out = super().forward(x)
        self.mask = self.mask if first is None else first
        return out


class GrowingSigmoid(Sigmoid):
    """Adds to its slope each time."""

    def backward(self, dout: Any) -> Any:
        self.slope = (self.slope[0] + 0.25,)
        return dout * (self.slope[0] - 0.25)


class CountingExp(Exp):
    """Counts its uses on the class, and scales by the count."""

    uses = 0

    def forward(self, x: Any) -> Any:
        CountingExp.uses += 1
        return super().forward(x) * CountingExp.uses


class AffineSigmoid(Sigmoid):
    """Adds a constant that does not come from dout."""

    def backward(self, dout: Any) -> Any:
        return dout * self.slope[0] + 1


class Float64Sigmoid(Sigmoid):
    """Multiplies by an array of float64."""

    def backward(self, dout: Any) -> Any:
        return dout * self.slope[0] * np.ones(())


class ShortcutPow(Pow):
    """Gives another dx when dy is not asked for."""

    def backward(self, dout: Any) -> Any:
        dx, dy = super().backward(dout)
        return (dx, dy) if dy is not None else (2 * dx, None)


class FloatingRelu(Relu):
    """Looks at the type of a value."""

    def forward(self, x: Any) -> Any:
        return super().forward(float(x) if not hasattr(x, "shape") else x)


def _unsummed(self: Any, dout: Any) -> Any:
    return dout * self.y, dout * self.x


def _first_row(self: Any, dout: Any) -> Any:
    return dout[:1] * self.y[:1], unbroadcast(dout * self.x, self.y)


_ALONG_AND_BY_ENTRY = ("dot_product", "jacobian")

# `backprop check` calls them wrong, and the conformance checks object.
FAULTS: dict[str, Fault] = {
    "mul: swapped": Fault(
        changed(Mul, lambda s, d: (d * s.x, d * s.y)), PAIR, "the gradients of x and y are swapped", _ALONG_AND_BY_ENTRY
    ),
    "mul: swapped numbers": Fault(
        changed(Mul, lambda s, d: (d * s.x, d * s.y)), sample(100.0, 2.0), "swapped", _ALONG_AND_BY_ENTRY
    ),
    "pow: swapped": Fault(altered(Pow, lambda g: (g[1], g[0])), sample(1.5, 3.0), "swapped"),
    "matmul: swapped": Fault(altered(Matmul, lambda g: (g[1], g[0])), SQUARES, "swapped"),
    "mul: unsummed": Fault(changed(Mul, _unsummed), ROW_AND_COLUMN, "not summed over the axes", ("shapes",)),
    "add: unsummed": Fault(changed(Add, lambda _, d: (d, d)), ROW_AND_COLUMN, "not summed over the axes"),
    "mul: one row of the sum": Fault(changed(Mul, _first_row), ROW_AND_COLUMN),
    "sub: sign": Fault(altered(Sub, lambda g: (g[0], -g[1])), PAIR, "the sign is wrong", _ALONG_AND_BY_ENTRY),
    "neg: sign": Fault(altered(Neg, lambda g: -g), GRID, "the sign is wrong"),
    "div: sign": Fault(altered(Div, lambda g: (g[0], -g[1])), sample(6.0, 4.0), "the sign is wrong"),
    "reciprocal: sign": Fault(altered(Reciprocal, lambda g: -g), POSITIVE, "the sign is wrong"),
    "mean: no 1/N": Fault(
        altered(Mean, lambda g: g.size * g),
        GRID,
        "a factor of 1/4 (4 is the number of elements of x) is",
        _ALONG_AND_BY_ENTRY,
    ),
    "mean: 1/N twice": Fault(
        altered(Mean, lambda g: g / g.size), GRID, "an extra factor of 1/4 (4 is the number of elements of x)"
    ),
    "mse: no 1/N": Fault(
        altered(Mse, lambda g: (len(g[0]) * g[0], len(g[1]) * g[1])), PAIR, "a factor of 1/2 (2 is the length of axis 0"
    ),
    "mse: no 2": Fault(altered(Mse, lambda g: (g[0] / 2, g[1] / 2)), sample(2.5, 1.0), "a factor of 2 is missing"),
    "square: no 2": Fault(altered(Square, lambda g: g / 2), sample(3.0), "it is half the correct value"),
    "square: 2 twice": Fault(altered(Square, lambda g: g * 2), sample(3.0), "it is twice the correct value"),
    "matmul: transposed": Fault(altered(Matmul, lambda g: (g[0].T, g[1])), SQUARES, "it is transposed"),
    "transpose: not back": Fault(
        changed(Transpose, lambda _, d: d), sample([[1.0, 2.0], [3.0, 4.0]]), "it is transposed"
    ),
    "affine: transposed": Fault(
        altered(Affine, lambda g: (g[0], g[1].T, g[2])), sample(*SQUARES.inputs, [0.5, -1.0]), "it is transposed"
    ),
    "exp: no dout": Fault(changed(Exp, lambda s, d: s.out + 0 * d), GRID, "dout is ignored"),
    "softmax: no dout": Fault(
        changed(CrossEntropy, lambda s, _: _ignoring_dout(s)), sample([0.5, -1.5, 2.0], 1), "dout is ig"
    ),
    "sigmoid: no dout": Fault(changed(Sigmoid, lambda s, d: s.slope[0] + 0 * d), GRID, "dout is ignored"),
    "relu: dout in place": Fault(InPlaceRelu, GRID, "changes dout in place", ("nothing_changed",)),
    "relu: input in place": Fault(InPlaceForward, GRID, "forward changes its input x in place", ("nothing_changed",)),
    "square: overwritten": Fault(OverwrittenSquare, POSITIVE, "forward changes its input x in place"),
    "relu: shared mask": Fault(SharedMask, GRID, "state is left over from another node"),
    "relu: first mask": Fault(FirstMask, GRID),
    "relu: stale": Fault(StaleRelu, GRID, "state is left over from an earlier forward", ("repeatable",)),
    "sigmoid: growing": Fault(GrowingSigmoid, GRID, "a different gradient the second time", ("repeatable",)),
    "exp: counting": Fault(CountingExp, GRID, "a different value the second time"),
    "sigmoid: plus one": Fault(AffineSigmoid, GRID, finders=("linearity", "jacobian")),
    "sigmoid: no 1 - y": Fault(changed(Sigmoid, lambda s, d: d * s.slope[0] ** 2), GRID),
    "sigmoid: naive tail": Fault(changed(Sigmoid, lambda s, d: 0 * d * s.slope[0]), sample(40.0)),
    "tanh: 1 - x": Fault(changed(Tanh, lambda s, d: d * (1 - s.x)), GRID),
    "tanh: cancelled tail": Fault(changed(Tanh, lambda s, d: d * (1 - s.x / s.x)), sample(20.0)),
    "relu: everywhere": Fault(changed(Relu, lambda _, d: d), GRID),
    "relu: the other side": Fault(changed(Relu, lambda s, d: s.xp.where(s.mask, d, 0)), GRID),
    "relu: beyond the kink": Fault(changed(Relu, lambda _, d: 2 * d), sample([0.0, 1.0])),
    "abs: no sign": Fault(changed(Abs, lambda _, d: d), GRID),
    "log: times": Fault(changed(Log, lambda s, d: d * s.x), POSITIVE),
    "sqrt: no half": Fault(altered(Sqrt, lambda g: 2 * g), sample(2.0), "a factor of 1/2 is missing"),
    "pow: exponent": Fault(altered(Pow, lambda g: (g[0] * 1.01, g[1])), sample(1.5, 3.0)),
    "softplus: slope of relu": Fault(changed(Softplus, lambda _, d: d), GRID),
    "maximum: both": Fault(changed(Maximum, lambda _, d: (d, d)), PAIR),
    "minimum: of maximum": Fault(altered(Minimum, lambda g: (g[1], g[0])), PAIR, "swapped"),
    "max: to all": Fault(changed(Max, lambda s, d: d * s.xp.ones_like(s.x)), GRID),
    "sum: scalar": Fault(changed(Sum, lambda _, d: d), GRID),
    "softmax: no Jacobian": Fault(changed(Softmax, lambda _, d: d), GRID),
    "dot: swapped": Fault(altered(Dot, lambda g: (g[1], g[0])), sample([1.0, -2.0], [0.5, 3.0]), "swapped"),
    "mul: plus one": Fault(altered(Mul, lambda g: (g[0] + 1, g[1])), PAIR),
    "mul: too few": Fault(altered(Mul, lambda g: g[0]), PAIR, "1 gradient for 2 inputs"),
    "mul: none": Fault(altered(Mul, lambda g: (g[0], None)), PAIR, "no gradient"),
    "mul: nan": Fault(altered(Mul, lambda g: (g[0] * float("nan"), g[1])), PAIR),
}

# `backprop check` lets a user's own layer do this; the contract of ours forbids it.
BREACHES: dict[str, Fault] = {
    "sigmoid: float64": Fault(Float64Sigmoid, GRID, finders=("float32",)),
    "pow: shortcut": Fault(ShortcutPow, sample([1.5, 0.5], [3.0, 2.0]), finders=("unasked",)),
    "relu: float": Fault(FloatingRelu, sample(2.5), finders=("number_systems",)),
}


def _ignoring_dout(layer: Any) -> Any:
    return CrossEntropy.backward(layer, 1.0 + 0 * layer.xp.sum(layer.x))
