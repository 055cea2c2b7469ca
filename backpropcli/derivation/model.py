"""What a derivation says: values and gradients as formulas."""

from __future__ import annotations

from typing import NamedTuple

from backpropcli.symbolic.expressions import Expression


class Equation(NamedTuple):
    """What a name stands for: a value, or the gradient of the output with respect to a value of that name."""

    name: str
    expression: Expression


class Derivation(NamedTuple):
    """The gradients of one output, in the names of a scenario.

    `values` are the named values that the gradients use, in the order of the forward pass. `shared` are gradients that
    others are made of, each before those; `gradients` are those that were asked for. `dout` is the upstream gradient
    where it is not 1: its shape and its numbers, as text.
    """

    title: str | None
    output: str
    values: tuple[Equation, ...]
    shared: tuple[Equation, ...]
    gradients: tuple[Equation, ...]
    dout: str | None
