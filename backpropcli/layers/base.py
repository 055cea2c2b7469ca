"""The contract of a layer, and its glossary.

x, y, ...   inputs of forward, in its order
out         what forward returns: the layer's value
dout        the upstream gradient: of the final output with respect to out; read-only
dx, dy      what backward returns: the gradients of the final output with respect to x, y, each in its input's shape

A layer object serves one node of one run: forward keeps on `self` what backward needs. Hyper-parameters are keywords of
the constructor. Forward and backward use operators and the functions of `namespace(...)` only, change nothing in
place, and never look at a value's type; so one class runs on every domain.

A number that backward chooses by `where` in place of one made of dout is a structural zero: no path leads there, and an
infinite slope behind it stays out of the gradient. A slope that is 0 at a kink by convention is none: it is
`zeros_like(dout)`.

Arrays check shapes themselves: a run reports the ValueError of NumPy as a ShapeError that names the inputs.

The docstring's Math and Gradient are formulas in these names, as in a scenario file; how they are read is told in
`backpropcli.textbook`. What holds for every layer of a kind stands in the docstring of the kind.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal, NamedTuple, get_args

from backpropcli.domains import Value


class Sample(NamedTuple):
    """Inputs (numbers or nested lists, off the kinks) and parameters that the conformance tests try a layer on."""

    inputs: tuple[Any, ...]
    parameters: dict[str, Any]


def sample(*inputs: Any, **parameters: Any) -> Sample:
    """A Sample, written like a call."""
    return Sample(inputs, parameters)


class Layer:
    """One operation of a graph: `forward` computes its value, `backward` its gradients."""

    samples: ClassVar[tuple[Sample, ...]] = ()
    constant_inputs: frozenset[str] = frozenset()
    """Inputs that have no gradient (masks, indices): backward returns None for them.

    A class says so for every use; forward may say so for one, as of labels that are class numbers, not probabilities.
    """
    is_detached: ClassVar[bool] = False
    """Whether the value counts as a constant, whatever it is made of: no path leads through the layer."""
    is_flat: ClassVar[bool] = False
    """Whether the value changes in jumps only, so that the slope is 0 everywhere."""
    needs_gradient: tuple[bool, ...] | None = None
    """Which inputs' gradients the run asks for; None means all. Backward may return None for the others."""

    ulps: ClassVar[float] = 4
    """How far rounding may put out off, in units in its last place: 0 where it is exact, 0.5 where it is correctly
    rounded."""
    adds_up: ClassVar[bool] = False
    """Whether out is made of sums of many terms, which may cancel: then it may be off by so much of the terms."""

    carries_non_finite: ClassVar[bool] = False
    """Whether inf or nan in an input is inf or nan in out, and in dout so in the gradients of all inputs.

    Then numbers that such a layer made finite ones of need not be looked at.
    """

    computes_as_written: ClassVar[bool] = False
    """Whether the code does what the docstring says in words, operation by operation: no constant in it is a float64,
    nothing is cut off. Then it may stand in for textbook lines."""

    makes_axes: ClassVar[bool] = False
    """Whether out may have axes where the inputs are numbers: a graph with such a layer runs on arrays."""

    has_kinks: ClassVar[bool] = False
    """Whether the slope, or its own slope, jumps somewhere from one finite number to another."""

    when_zero: ClassVar[str] = "has a slope of 0 here"
    """What is said of the layer where it passes nothing of dout on."""
    when_even: ClassVar[str | None] = None
    """The same where dout is one number throughout, if that is a reason; all that is left may be rounding."""

    def forward(self, *inputs: Value) -> Value:
        """The layer's value."""
        raise NotImplementedError

    def backward(self, dout: Value) -> Value:
        """The gradient of the one input, or a tuple with one gradient for each."""
        raise NotImplementedError

    def as_lines_take(self, *inputs: Value) -> tuple[Value, ...]:
        """The inputs in the form that has textbook lines: class numbers as one-hot vectors."""
        return inputs


class Elementwise(Layer):
    """A kind of layer: each number of out depends on one number of each input, at its own place.

    Shapes:    x, out, dout, dx: (...)
    """


class BinaryElementwise(Elementwise):
    """A kind of layer: elementwise, of two inputs.

    Shapes:    x, y: any two that broadcast; out, dout: their broadcast shape; dx, dy: as x, y
    Errors:    ShapeError when x and y do not broadcast
    """


class Rearrangement(Layer):
    """A kind of layer: the numbers of the inputs as they are, in another shape or order.

    Units:     out in units of x; dx in units of dout
    Kinks:     none
    Numerics:  exact
    """

    when_zero = "is used in other elements only"
    ulps = 0
    computes_as_written = True


Convention = Literal["book", "torch"]


def check_choice(parameter: str, word: str, choices: Any) -> None:
    """Raise ValueError for a word that is none of the `choices`, a `Literal[...]`."""
    words = get_args(choices)
    if word not in words:
        raise ValueError(f"{parameter} must be {' or '.join(words)}, not {word!r}")


def check_finite(parameter: str, value: float) -> None:
    """Raise ValueError for a parameter that is infinite or nan."""
    if not abs(value) < math.inf:
        raise ValueError(f"{parameter} must be finite, not {value}")
