"""The program of an export, for languages that have numbers but no arrays of them to compute with."""

from __future__ import annotations

from typing import Any

from backpropcli.export.model import Export, Wanted
from backpropcli.program import Program
from backpropcli.trace import VALUE, trace


def program_of(export: Export) -> Program:
    """The program of the value and of the gradients that are wanted, of the inputs that they depend on.

    Raises DomainError for a run of more operations than are recorded.
    """
    program = trace(export.bound, [wanted.name for wanted in export.gradients])
    names = {export.bound.graph.inputs[slot] for slot in export.inputs}
    return program._replace(parameters=tuple(each for each in program.parameters if each.name in names))


def flat(numbers: Any) -> list[float]:
    """The floats of nested lists, row by row."""
    while isinstance(numbers, list) and numbers and isinstance(numbers[0], list):
        numbers = [number for row in numbers for number in row]
    return numbers if isinstance(numbers, list) else [numbers]


def wanted_of(export: Export) -> list[tuple[str, str, Wanted]]:
    """What is wanted, in the order of a program's results: what it is, its name there, and the numbers."""
    gradients = [(f"gradient of {wanted.name}", f"d_{wanted.name}", wanted) for wanted in export.gradients]
    return [(export.value.name, VALUE, export.value), *gradients]
