"""What an explanation says: the backward pass layer by layer, or the paths from one value to the output."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from backpropcli.domains import Domain, Value
from backpropcli.symbolic.expressions import Call
from backpropcli.symbolic.graph_formulas import Worked


class Local(NamedTuple):
    """A local derivative: of a layer on numbers, with respect to the input that is called `name`.

    The formula is None where the layer's textbook lines do not say it.
    """

    name: str
    formula: Worked | None
    value: Value


class Edge(NamedTuple):
    """What comes back through one input of a layer.

    Between numbers it is the upstream gradient times the local derivative. Of arrays there is a formula in place of
    it, None where it is in words; what it gives is summed over the axes along which the input was broadcast, and
    repeated where the input has more numbers.
    """

    name: str
    contribution: Value
    local: Local | None = None
    formula: Worked | None = None
    summed_over: tuple[int, ...] = ()
    is_repeated: bool = False

    @property
    def what_happens_then(self) -> str:
        """What is done with what the formula gives, in words behind it; nothing if it has the input's shape."""
        if self.summed_over:
            word = "axis" if len(self.summed_over) == 1 else "axes"
            return f"summed over {word} {', '.join(map(str, self.summed_over))}"
        return "for each element" if self.is_repeated else ""


class Layer(NamedTuple):
    """One layer of a run: `output = call`, and what that is by its textbook line if that says more.

    `upstream` is the gradient of the value; None where the output does not depend on it.
    """

    number: int
    name: str
    output: str
    call: Call
    math: Worked | None
    values: Mapping[str, Value]
    value: Value
    upstream: Value | None
    edges: tuple[Edge, ...]

    @property
    def is_upstream_named(self) -> bool:
        """Whether what comes back is told by formulas of the upstream gradient, which need a name for it."""
        return any(edge.local is None for edge in self.edges)


class Total(NamedTuple):
    """A gradient as the sum of what comes back: from the layers of these numbers, if from any.

    The gradient is None where a value has none.
    """

    name: str
    contributions: tuple[tuple[int, Value], ...]
    gradient: Value | None
    is_used: bool


class Pass(NamedTuple):
    """The forward and the backward pass, and why gradients are zero."""

    title: str | None
    output: str
    dout: Value
    layers: tuple[Layer, ...]
    totals: tuple[Total, ...]
    zeros: tuple[str, ...]
    numbers: Domain


class Path(NamedTuple):
    """One way from a value to the output: the layers in order with their local derivatives, and the product with dout.

    Where an infinite factor meets a branch that was not taken, `blocked_at` is the number of the layer with the branch.
    """

    steps: tuple[tuple[Layer, Local], ...]
    product: Value
    blocked_at: int | None = None

    @property
    def remark(self) -> str:
        """Why the product is zero though a factor is infinite; nothing where there is nothing to be said."""
        return "" if self.blocked_at is None else f"as ({self.blocked_at}) lets nothing through"


class Paths(NamedTuple):
    """All ways from a value to the output, through numbers: the gradient is the sum of their products.

    If there are more than can be read, `paths` are those that contribute most, and `rest` is what the others add.
    `zeros` says why the gradient is zero, if it is.
    """

    title: str | None
    output: str
    output_value: Value
    dout: Value
    name: str
    value: Value
    paths: tuple[Path, ...]
    number_of_paths: int
    rest: Value | None
    gradient: Value
    zeros: tuple[str, ...]
    numbers: Domain


Explanation = Pass | Paths
