"""What a run found out, by name: the value, the gradients, and the steps in between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from backpropcli.domains import Value
from backpropcli.errors import Problem
from backpropcli.executor import Run
from backpropcli.graph import NAMED_CONSTANTS

if TYPE_CHECKING:
    from backpropcli.rounding import Rounding
    from backpropcli.sensitivity import Uncertainty
    from backpropcli.steps import Step
    from backpropcli.zero_gradients import ZeroGradient


class Asked(NamedTuple):
    """The derivatives that a caller asks for beside the gradients; of products, the directions of inputs by name."""

    jacobian: bool = False
    hessian: bool = False
    hvp: Mapping[str, Any] | None = None
    jvp: Mapping[str, Any] | None = None


class Derivatives(NamedTuple):
    """Derivatives beside the gradients; None for what was not asked for.

    `jacobian["x"]` has the axes of the output, then those of x; `hessian["x"]["w"]` those of x, then those of w;
    `hvp["x"]` those of x, and `jvp` those of the output.
    """

    jacobian: dict[str, Value] | None = None
    hessian: dict[str, dict[str, Value]] | None = None
    hvp: dict[str, Value] | None = None
    jvp: Value | None = None


_NOTHING_BESIDE = Derivatives()


@dataclass(frozen=True, eq=False)  # arrays have no single truth to compare by
class Result:
    """The numbers of one run.

    `gradients` holds the gradients asked for, in the order asked for; None for labels, indices and masks, which have
    none. `derivatives` are those that were asked for beside them. `warnings` are what else the user should know, and
    `rounding`, if it was asked for, how many digits are right. To ask for what the run did not keep raises GraphError.
    """

    run: Run = field(repr=False)
    gradients: dict[str, Value | None]
    title: str | None = None
    source: str | None = None
    warnings: tuple[Problem, ...] = ()
    rounding: Rounding | None = None
    derivatives: Derivatives = _NOTHING_BESIDE

    @property
    def output(self) -> str:
        """The name of the output."""
        return self.run.graph.output

    @property
    def value(self) -> Value:
        """The value of the output."""
        return self.run.values[self.run.graph.output_slot]

    @property
    def dout(self) -> Value:
        """The upstream gradient of the output, with which the backward pass began."""
        return self.gradient_of(self.output)

    def value_of(self, name: str) -> Value:
        """The value of an input or of a step's output. Raises GraphError for an unknown name."""
        return self.run.values[self.run.graph.slot(name)]

    def gradient_of(self, name: str) -> Value | None:
        """The gradient of the output with respect to a named value, None if it has none.

        Raises GraphError for an unknown name.
        """
        return self.run.gradient(self.run.graph.slot(name))

    @cached_property
    def values(self) -> dict[str, Value]:
        """Every named value: the inputs and the outputs of the steps."""
        return {name: self.run.values[slot] for name, slot in self.run.graph.slots.items()}

    @property
    def conventions(self) -> dict[str, str]:
        """Whose convention each layer followed that has one to choose, by the layer's label."""
        nodes = self.run.graph.nodes
        return {node.label: node.convention for node in nodes if node.convention is not None}

    @property
    def named_constants(self) -> dict[str, str]:
        """The constants that formulas use by name, and what each of them is."""
        return {name: NAMED_CONSTANTS[name] for name in self.run.graph.named_constants}

    @property
    def relative(self) -> dict[str, Value | None]:
        """The gradients asked for as per cent of the output per cent of the value: each times value over output.

        Raises ShapeError where the output is no single number, DataError for another dout than 1.
        """
        from backpropcli.sensitivity import relative_gradients  # rarely asked for

        return relative_gradients(self.run, self.gradients)

    def uncertainty(self, sigma: Mapping[str, Any]) -> Uncertainty:
        """The standard uncertainty of the output, and what each input contributes to it, to first order.

        `sigma` has the standard uncertainties of inputs, which are uncorrelated: numbers, or lists and arrays that fit
        the input. Raises GraphError for what is no input or has no gradient, DataError for what is negative or not
        finite, ShapeError where the output is no single number, DataError for another dout than 1.
        """
        from backpropcli.sensitivity import propagated  # rarely asked for

        return propagated(self.run, sigma)

    @property
    def zero_gradients(self) -> tuple[ZeroGradient, ...]:
        """The gradients asked for that are zero, each with the reason."""
        from backpropcli.zero_gradients import zero_gradients  # rarely asked for

        return tuple(zero_gradients(self.run, self.gradients))

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every layer with its inputs, value and gradient, in the order of the forward pass."""
        from backpropcli.steps import steps_of  # rarely asked for

        return tuple(steps_of(self.run))
