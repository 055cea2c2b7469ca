"""A scenario as a script in NumPy: forward and backward, a line for each operation of a layer on arrays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from backpropcli.binding import BoundGraph
from backpropcli.domains import arrays_of
from backpropcli.domains.recorded import CONSTANT, INPUT, Record, Recorded
from backpropcli.executor import Run, execute
from backpropcli.export import python_script
from backpropcli.export.layout import wrapped
from backpropcli.export.model import Export
from backpropcli.export.names import free_names, slot_names
from backpropcli.export.python_script import NUMPY_AGREE, agreements, nested, paragraphs
from backpropcli.program.numpy_arrays import FUNCTIONS, expression, literal

_HEAD = """import numpy as np

np.seterr(all="ignore")"""
_OWN = {"np", "math", *FUNCTIONS}
_IS_STEP = re.compile(r"_\d+")
_DOUT = "dout"


def render(export: Export) -> str:
    """The script."""
    script = _Script(export, _recorded_run(export))
    inputs, forward, backward = list(script.inputs()), list(script.forward()), list(script.backward())
    graph = export.bound.graph
    called = "\n".join((*forward, *backward))
    functions = [text for name, text in FUNCTIONS.items() if re.search(rf"(?<![\w.]){name}\(", called)]
    head = f"import math\n\n{_HEAD}" if FUNCTIONS["erf"] in functions else _HEAD
    gradients = [script.gradient_names[graph.slot(wanted.name)] for wanted in export.gradients]
    return paragraphs(
        [f"# {export.title}: forward and backward in NumPy, as backprop computes them.", head],
        functions,
        inputs,
        ["# Forward", *forward],
        ["# Backward", *backward] if backward else [],
        agreements(export, NUMPY_AGREE, script.names[graph.output_slot], gradients),
    )


def _recorded_run(export: Export) -> Run:
    bound, numbers = export.bound, export.bound.domain
    record = Record(arrays_of(numbers))
    inputs = [record.input(name, numbers.numbers(x)) for name, x in zip(bound.graph.inputs, bound.inputs, strict=True)]
    dout = None if export.dout is None else record.input(_DOUT, export.dout)
    return execute(BoundGraph(bound.graph, record, inputs, dout), wanted=[wanted.name for wanted in export.gradients])


class _Script:
    """The lines of a recorded run; each operation stands where it is first needed."""

    def __init__(self, export: Export, run: Run) -> None:
        self.export = export
        self.run = run
        self.graph = run.graph
        self.operations = run.domain.operations if isinstance(run.domain, Record) else []
        self.names = slot_names(self.graph, _is_taken)
        gradients = [f"d_{name}" for name in self.names.values()]
        taken = set(self.names.values())
        self.gradient_names = dict(zip(self.names, free_names(gradients, taken.__contains__).values(), strict=True))
        self.shown = {n: literal(float(op.arguments[0])) for n, op in enumerate(self.operations) if op.name == CONSTANT}
        self.constants = frozenset(self.shown)
        self.steps = 0
        self.own_names: dict[int, str] = {}
        """The names of the operations that make values and gradients, by number; all others are steps on the way."""
        for named, arrays in ((self.names, run.values), (self.gradient_names, run.gradients)):
            for slot, name in sorted(named.items(), reverse=arrays is run.gradients):
                if (array := arrays[slot]) is not None:
                    self.own_names.setdefault(array.number, name)

    def inputs(self) -> Iterator[str]:
        """The inputs of the graph."""
        for slot, numbers in self.export.inputs.items():
            self.shown[self.run.values[slot].number] = self.names[slot]
            yield wrapped(f"{self.names[slot]} = np.array({nested(numbers)})")

    def forward(self) -> Iterator[str]:
        """What makes the values."""
        for slot, node, sources in self.export.nodes:
            lines = list(self._lines(self.run.values[slot : slot + 1]))
            if len(lines) > 1:
                yield f"# {self.names[slot]} is {node.spec.name} of {', '.join(map(self._operand, sources))}"
            yield from lines
            yield from self._alias(self.names[slot], self.run.values[slot])

    def backward(self) -> Iterator[str]:
        """What makes the gradients that are asked for, from the output back."""
        asked = {self.graph.slot(wanted.name) for wanted in self.export.gradients}
        leading = set(asked)  # to what is asked for
        for slot, _, sources in self.export.nodes:
            if not leading.isdisjoint(sources):
                leading.add(slot)
        for slot, node, sources in reversed(self.export.nodes):
            if slot not in leading:
                continue
            yield from self._gradient(slot, is_shown=slot in asked or not node.output.startswith("("))
            found = self.run.contributions[slot - self.graph.first_node]
            lines = list(self._lines(x for x, source in zip(found, sources, strict=False) if source in leading))
            if len(lines) > len(sources):
                yield f"# Back through {self.names[slot]}, which is {node.spec.name}"
            yield from lines
        for slot in self.export.inputs:
            if slot in asked:
                yield from self._gradient(slot, is_shown=True)

    def _gradient(self, slot: int, *, is_shown: bool) -> Iterator[str]:
        """The sum of the contributions to a gradient, and its name if it is to have one."""
        gradient = self.run.gradients[slot]
        yield from self._lines([gradient])
        if is_shown:
            yield from self._alias(self.gradient_names[slot], gradient)

    def _alias(self, name: str, array: Recorded | None) -> Iterator[str]:
        """A second name for an array that has another."""
        if array is not None and self.shown[array.number] != name:
            yield f"{name} = {self.shown[array.number]}"

    def _lines(self, arrays: Iterable[Recorded | None]) -> Iterator[str]:
        """The operations that make the arrays, but for those that have a line."""
        for number in self._needed(array.number for array in arrays if array is not None):
            operation = self.operations[number]
            if number not in self.own_names:
                self.steps += 1
            name = self.shown[number] = self.own_names.get(number, f"_{self.steps}")
            if operation.name == INPUT:
                yield wrapped(f"{name} = np.array({nested(self.export.dout)})")
            else:
                yield wrapped(f"{name} = {expression(operation, self._shown_to(operation.arguments))}")

    def _shown_to(self, arguments: object) -> dict[int, str]:
        """What stands for the operands; Python would divide constants by 0 with an error."""
        operands = set(_operands(arguments))
        shown = {number: self.shown[number] for number in operands}
        if operands <= self.constants:
            shown = {number: f"np.float64({text})" for number, text in shown.items()}
        return shown

    def _needed(self, numbers: Iterable[int]) -> list[int]:
        """The operations without a line that these need, themselves included, in their order."""
        needed = {number for number in numbers if number not in self.shown}
        todo = list(needed)
        while todo:
            new = {n for n in _operands(self.operations[todo.pop()].arguments) if n not in self.shown} - needed
            needed |= new
            todo += new
        return sorted(needed)

    def _operand(self, slot: int) -> str:
        return self.names.get(slot) or self.graph.name_of(slot)


def _operands(argument: object) -> Iterator[int]:
    """The numbers of the arrays in an argument, which may be a tuple or a list of several."""
    if isinstance(argument, Recorded):
        yield argument.number
    elif isinstance(argument, (tuple, list)):
        for part in argument:
            yield from _operands(part)


def _is_taken(name: str) -> bool:
    return name in _OWN or _IS_STEP.fullmatch(name) is not None or python_script.is_taken(name)
