"""Expressions: names and numbers, and layers applied to them.

An expression may be as deep as a graph is long, so whatever looks at all of one goes by `fold`, which does not recurse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from typing import Any, TypeVar

from backpropcli.graph import Node
from backpropcli.sources.literals import Constant

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Name:
    """A name that stands for a value."""

    text: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written: `0.1`, `-2`, `1/3`, `pi`."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A layer applied to operands, with the parameters that are given, as a node has them."""

    layer: str
    operands: tuple[Expression, ...]
    parameters: tuple[tuple[str, Any], ...] = ()


Expression = Name | Number | Call


DERIVATIVE, LOCAL_DERIVATIVE, GRADIENT = "derivative", "local derivative", "gradient"
"""What is called like a layer and is none: the derivative of one name with respect to another.

The first is through all paths, `dy/dx`; the second that of one layer, `∂y/∂x`; the third the first, of the final
output and for arrays: `dx`.
"""

ONE_HOT = "one_hot"
"""What is called like a layer and is none: class numbers as vectors of zeros and a one."""


def derivative(output: str, name: str) -> Call:
    """The derivative of the value that is called `output` with respect to another, through all paths between them."""
    return Call(DERIVATIVE, (Name(output), Name(name)))


def local_derivative(output: str, name: str) -> Call:
    """The derivative of a layer's output with respect to one of its inputs, whatever else they depend on."""
    return Call(LOCAL_DERIVATIVE, (Name(output), Name(name)))


def gradient_of(name: str, output: str) -> Call:
    """The gradient of the final output with respect to a value."""
    return Call(GRADIENT, (Name(output), Name(name)))


def product(factors: Sequence[Expression]) -> Expression:
    """The product of at least one factor."""
    return reduce(lambda x, y: Call("mul", (x, y)), factors)


def total(terms: Sequence[Expression]) -> Expression:
    """The sum of at least one term."""
    return reduce(lambda x, y: Call("add", (x, y)), terms)


def expression_of(nodes: Sequence[Node]) -> Expression:
    """What the last of some nodes computes; what none of them makes stands there by its name."""
    made: dict[str, Expression] = {}
    for node in nodes:
        operands = (Number(i.text) if isinstance(i, Constant) else made.get(i, Name(i)) for i in node.inputs)
        made[node.output] = Call(node.spec.name, tuple(operands), tuple(node.parameters.items()))
    return made[nodes[-1].output]


def fold(
    expression: Expression, leaf: Callable[[Name | Number], Found], call: Callable[[Call, list[Found]], Found]
) -> Found:
    """What `call` makes of an expression and of what has been found for its operands, from the leaves up."""
    todo: list[tuple[Expression, bool]] = [(expression, False)]
    found: list[Found] = []
    while todo:
        part, has_operands = todo.pop()
        if not isinstance(part, Call):
            found.append(leaf(part))
        elif has_operands:
            start = len(found) - len(part.operands)
            operands = found[start:]
            del found[start:]
            found.append(call(part, operands))
        else:
            todo.append((part, True))
            todo += [(operand, False) for operand in reversed(part.operands)]
    return found[0]


def substituted(expression: Expression, by_name: Mapping[str, Expression]) -> Expression:
    """The expression with others in place of names."""
    return fold(
        expression,
        lambda leaf: by_name.get(leaf.text, leaf) if isinstance(leaf, Name) else leaf,
        lambda call, operands: Call(call.layer, tuple(operands), call.parameters),
    )


def parts_of(expression: Expression) -> Iterator[Expression]:
    """The expression, the operands in it, and theirs, as often as they occur."""
    todo = [expression]
    while todo:
        part = todo.pop()
        yield part
        if isinstance(part, Call):
            todo += part.operands


def names_in(expression: Expression) -> Iterator[str]:
    """The names in an expression, as often as they occur."""
    return (part.text for part in parts_of(expression) if isinstance(part, Name))


def operations(expression: Expression) -> int:
    """How many layers an expression applies."""
    return sum(isinstance(part, Call) for part in parts_of(expression))


def is_longer(expression: Expression, most: int) -> bool:
    """Whether an expression applies more layers than so many; it is looked at no further."""
    calls = (part for part in parts_of(expression) if isinstance(part, Call))
    return next(islice(calls, most, None), None) is not None
