"""A layer as a node uses it, and what calls it in a framework with functions of its own for layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple

from backpropcli.domains import Domain, Value
from backpropcli.domains.base import Shape
from backpropcli.errors import LayerError, Problem
from backpropcli.executor import Run
from backpropcli.export.model import Export
from backpropcli.graph import Node
from backpropcli.sources.literals import Constant

OPERATORS = {"add": "{0} + {1}", "sub": "{0} - {1}", "mul": "{0} * {1}", "div": "{0} / {1}", "pow": "{0} ** {1}"}
COMPARISONS = {"less": "<", "less_equal": "<=", "greater": ">", "greater_equal": ">=", "equal": "==", "not_equal": "!="}
_EPS = {"book": 1e-6, "torch": 1e-5}  # of batch_norm


class Call(NamedTuple):
    """A layer on named values: what stands for each of them, the values, all parameters, and what comes out.

    The values are of the domain `numbers`.
    """

    arguments: tuple[str, ...]
    inputs: tuple[Value, ...]
    parameters: Mapping[str, Any]
    value: Value
    numbers: Domain

    @property
    def x(self) -> str:
        """What stands for the first input."""
        return self.arguments[0]

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The shapes of the inputs."""
        return tuple(map(self.numbers.shape, self.inputs))

    @property
    def shape(self) -> Shape:
        """The shape of the value."""
        return self.numbers.shape(self.value)

    @property
    def rank(self) -> int:
        """How many axes the first input has."""
        return len(self.shapes[0])

    @property
    def is_of_book(self) -> bool:
        """Whether the layer follows the book's convention."""
        return bool(self.parameters["convention"] == "book")

    @property
    def axis(self) -> int:
        """The parameter of this name, counted from 0."""
        found: int = self.parameters["axis"] % max(self.rank, 1)
        return found

    @property
    def eps(self) -> str:
        """The parameter of this name of batch_norm, whose default is its convention's."""
        eps = self.parameters["eps"]
        return literal(_EPS[self.parameters["convention"]] if eps is None else eps)

    @property
    def stride(self) -> int | tuple[int, int]:
        """The parameter of this name of a pooling, whose default is its convention's."""
        if (found := self.parameters["stride"]) is None:
            found = 1 if self.is_of_book else self.parameters["kernel"]
        stride: int | tuple[int, int] = found
        return stride

    def given(self, number: int) -> str | None:
        """What stands for an input that may be left out."""
        return self.arguments[number] if number < len(self.arguments) else None

    def kept_by_seed(self) -> Any:
        """Which numbers a dropout without a mask keeps, as nested lists of true and false."""
        drawn = self.numbers.random_like(self.inputs[0], self.parameters["seed"])
        return self.numbers.numbers(drawn >= self.parameters["ratio"])


Writing = str | Callable[[Call], str]
"""How a layer is called: a text with {0} for its first input and {slope} for a parameter, or a function.

A function raises LayerError for a call that the framework does not take.
"""


def written(writing: Writing, call: Call) -> str:
    """The text of a call."""
    if isinstance(writing, str):
        return writing.format(*call.arguments, **{name: literal(value) for name, value in call.parameters.items()})
    return writing(call)


def literal(value: Any) -> str:
    """A number or a parameter as Python has it."""
    if isinstance(value, float) and not isfinite(value):
        return f'float("{value}")'
    return f'"{value}"' if isinstance(value, str) else repr(value)


def lines_of_calls(
    export: Export, writings: Mapping[str, Writing], names: Mapping[int, str], constant: str
) -> dict[int, str]:
    """What computes the value in each node's slot; `constant` wraps a number that a function is to take.

    Raises LayerError for a layer that is not among the writings, as a user's own is not, and for a call that cannot be.
    """
    found: dict[int, str] = {}
    for slot, node, sources in export.nodes:
        try:
            if node.spec.origin is not None or node.spec.name not in writings:
                whose = " of your own" if node.spec.origin is not None else ""
                message = f"a layer{whose}, for which the framework has no function"
                raise LayerError(Problem(message, hint="--to numpy, c or js needs none"))
            shown = {**_constants(export, node, sources, names, constant), **names}
            arguments = tuple(shown[source] for source in sources)
            found[slot] = written(writings[node.spec.name], _call(export.run, slot, node, sources, arguments))
        except LayerError as error:
            problems = (node.problem(f"{node.label}: {p.message}", hint=p.hint) for p in error.problems)
            raise LayerError(*problems) from error
    return found


def _constants(
    export: Export, node: Node, sources: Sequence[int], names: Mapping[int, str], constant: str
) -> dict[int, str]:
    """What stands for the numbers among the operands; beside an array, an operator takes them as they are."""
    graph, numbers = export.bound.graph, export.run.domain
    found = {s: literal(float(numbers.number(graph.name_of(s)))) for s in sources if s not in names}
    if node.spec.name not in OPERATORS or len(found) == len(sources):
        return {source: constant.format(number) for source, number in found.items()}
    if node.spec.name == "pow":  # which binds more than a minus
        return {source: f"({number})" if number.startswith("-") else number for source, number in found.items()}
    return found


def _call(run: Run, slot: int, node: Node, sources: Sequence[int], arguments: tuple[str, ...]) -> Call:
    given = {**{name: p.default for name, p in node.spec.parameters.items()}, **node.parameters}
    parameters = {name: run.domain.number(v.text) if isinstance(v, Constant) else v for name, v in given.items()}
    return Call(arguments, tuple(run.values[source] for source in sources), parameters, run.values[slot], run.domain)


def reduction(text: str, along: Callable[[Call], str]) -> Writing:
    """The call of a reduction, whose text has {along} for what says along which axis."""

    def write(call: Call) -> str:
        given = {name: literal(value) for name, value in call.parameters.items()}
        return text.format(call.x, along=along(call), **given)

    return write


def sliced(axis: int, rows: str) -> str:
    """The subscript of rows along an axis.

    >>> sliced(2, "1:4")
    '[:, :, 1:4]'
    """
    return f"[{':, ' * axis}{rows}]"


def slice_text(start: int | None, stop: int | None, step: int | None) -> str:
    """A slice as Python writes it."""
    shown = ["" if part is None else str(part) for part in (start, stop, step)]
    return ":".join(shown if step is not None else shown[:2])
