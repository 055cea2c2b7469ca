"""A program: the operations that some results need, each bound to a name, in the order of evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from backpropcli.domains.base import Shape, Value
from backpropcli.domains.traced import CONSTANT, INPUT, Operation, Tape

Index = tuple[int, ...]


class Parameter(NamedTuple):
    """An input that a program is a function of, and its shape."""

    name: str
    shape: Shape


class Result(NamedTuple):
    """A number or an array that a program computes: the slots of its numbers, row by row, and its shape."""

    slots: tuple[int, ...]
    shape: Shape


class Program(NamedTuple):
    """Let-bound operations.

    `operations` are those that the results need, by slot, each after its operands; an input that could not move is a
    constant among them. `parameters` are the inputs; `fixed` names, by input, the places of those numbers that keep
    the value they had when the program was recorded.
    """

    parameters: tuple[Parameter, ...]
    operations: dict[int, Operation]
    values: dict[int, Value]
    """The numbers of the constants."""
    results: dict[str, Result]
    fixed: dict[str, list[Index]]


def program_of(tape: Tape, parameters: Sequence[Parameter], results: Mapping[str, Result]) -> Program:
    """The program that computes these results; what they do not need is left out."""
    needed = _needed(tape.operations, [slot for result in results.values() for slot in result.slots])
    operations: dict[int, Operation] = {}
    values: dict[int, Value] = {}
    fixed: dict[str, list[Index]] = {}
    for slot in sorted(tape.fixed):
        name, index = tape.operations[slot].label
        fixed.setdefault(name, []).append(index)
    for slot in sorted(needed):
        operation = tape.operations[slot]
        if operation.name == CONSTANT or slot in tape.fixed:
            operation = Operation(CONSTANT, ())
            values[slot] = tape.values[slot]
        operations[slot] = operation
    return Program(tuple(parameters), operations, values, dict(results), fixed)


def _needed(operations: Sequence[Operation], roots: Sequence[int]) -> set[int]:
    """The slots that the roots are computed from, themselves included."""
    needed = set(roots)
    todo = list(needed)
    while todo:
        new = set(operations[todo.pop()].operands) - needed
        needed |= new
        todo += new
    return needed


def indices(shape: Shape) -> list[Index]:
    """The places in an array, row by row; the one of a number is ()."""
    found: list[Index] = [()]
    for length in shape:
        found = [(*index, place) for index in found for place in range(length)]
    return found


def is_computed(operation: Operation) -> bool:
    """Whether an operation computes something, rather than names a number."""
    return operation.name not in {INPUT, CONSTANT}
