"""The entries of `layers:`, each a mapping, an assignment or a layer's bare name, as nodes of a graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from backpropcli.catalogue.registry import is_layer, layer_names, layer_spec
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.errors import BackpropError, Place, Problem, did_you_mean
from backpropcli.graph import Node, canonical_name, unnamed
from backpropcli.scenario import tree
from backpropcli.scenario.document import Document
from backpropcli.scenario.names import is_name, read_name, what_is_wrong
from backpropcli.scenario.parameters import check_required, read_parameters
from backpropcli.scenario.report import Report, describe
from backpropcli.scenario.scalars import is_number, is_text
from backpropcli.sources.literals import Constant

if TYPE_CHECKING:
    from backpropcli.formula.text import Locate

KEYS = frozenset(("name", "type", "inputs", "output"))
_FORMS = "a step is {type: mul, inputs: [a, b], output: c}, or c = a * b, or a layer's name"
_SPLIT = "a comma ends an entry of [...]: put the formula into quotes"


class StepReader:
    """Reads steps one after the other.

    `nodes` are those read so far, `ends` the values that end a step. `unread` names the outputs of steps with problems,
    so that the steps that use them are not blamed as well.
    """

    def __init__(self, inputs: Iterable[str], constants: Iterable[str], report: Report) -> None:
        self.report = report
        self.nodes: list[Node] = []
        self.ends: set[str] = set()
        self.unread: list[str] = []
        self.inputs = list(inputs)
        self.defined = {*self.inputs, *constants}
        self.previous = self.inputs[0] if len(self.inputs) == 1 else None

    def read(self, steps: tree.Sequence) -> None:
        """Turn every step into nodes, or into notes of what is wrong."""
        is_in_brackets = self.report.document.text.startswith("[", steps.start)
        open_brackets = 0  # of a formula that commas of a list in brackets have cut
        for step in steps.items:
            if is_in_brackets and type(step) is tree.Scalar and step.plain:
                balance = step.value.count("(") - step.value.count(")")
                if open_brackets == 0 < balance:
                    self.report.add(step, "this formula ends at a comma", _SPLIT)
                    self._leave_out(canonical_name(step.value.partition("=")[0].strip()))
                if open_brackets > 0 or balance > 0:
                    open_brackets = max(open_brackets + balance, 0)
                    continue
            self._read_step(step)
            if self.nodes:
                self.ends.add(self.nodes[-1].output)

    def _read_step(self, step: tree.Node) -> None:
        if type(step) is tree.Mapping:
            self._read_mapping(step)
        elif type(step) is tree.Scalar and "=" in step.value:
            from backpropcli.formula import is_meant_as_assignment  # costs a scenario without formulas nothing

            if is_meant_as_assignment(step.value):
                self._read_assignment(step)
            else:
                self._read_formula(step)
        elif type(step) is tree.Scalar and is_text(step):
            self._read_word(step)
        else:
            self.report.add(step, f"expected a step, not {describe(step)}", _FORMS)

    def _read_mapping(self, step: tree.Mapping) -> None:
        report, values = self.report, step.values
        problem_count = len(report.problems)
        spec = self._type(step)
        name = read_name(values["name"], report) if "name" in values else None
        inputs = self._inputs(step) if spec else []
        parameters = None
        if spec and (spec.parameters or not values.keys() <= KEYS):
            parameters = read_parameters(spec, step, KEYS, report)
        output = self._output(values.get("output"))
        if spec is None or len(report.problems) > problem_count:
            self._leave_out(output)
            return
        origin = StepOrigin(report.document, step)
        self.nodes.append(Node(spec, inputs, output, name=name, parameters=parameters, origin=origin))
        self.previous = output

    def _type(self, step: tree.Mapping) -> LayerSpec | None:
        node = step.values.get("type")
        if node is not None:
            return self._layer(node)
        hint = None
        match list(step.values.items()):
            case [(key, tree.Scalar(value=formula))] if is_name(key):
                meant = f"{key}({formula})" if is_layer(key) else f"{key} = {formula}"
                hint = f"did you mean '{meant}'?"
        self.report.add(step, "this step has no type", hint)
        return None

    def _layer(self, node: tree.Node) -> LayerSpec | None:
        if type(node) is tree.Scalar and is_layer(node.value):
            return layer_spec(node.value)
        hint = did_you_mean(node.value, layer_names()) if isinstance(node, tree.Scalar) else None
        self.report.add(node, f"unknown layer type {describe(node)}", hint)
        return None

    def _inputs(self, step: tree.Mapping) -> list[str | Constant]:
        node = step.values.get("inputs")
        if node is None:
            return self._default_inputs(step)
        if type(node) is not tree.Sequence:
            self.report.add(node, f"inputs must be a list, not {describe(node)}", "write [a, b]")
            return []
        return [self._operand(item) for item in node.items]

    def _operand(self, node: tree.Node) -> str | Constant:
        if is_number(node):
            return Constant(node.value)
        return read_name(node, self.report) or ""

    def _default_inputs(self, step: tree.Node) -> list[str | Constant]:
        """What a step without inputs is applied to."""
        if self.previous is not None:
            return [self.previous]
        count = len(self.inputs) or "no"
        message = f"the first step must name its inputs, as the scenario has {count} inputs"
        self.report.add(step, message, "write {type: ..., inputs: [...]}")
        return []

    def _output(self, node: tree.Node | None) -> str:
        """The name of a step's value."""
        name = None if node is None else read_name(node, self.report)
        if name is None or node is None:
            return self._next_unnamed()
        self._define(name, node.start, node.end)
        return name

    def _next_unnamed(self) -> str:
        return unnamed(len(self.nodes) + len(self.unread) + 1)

    def _define(self, name: str, start: int, end: int) -> bool:
        """Whether a name is new; a note if it is not."""
        if name in self.defined:
            place = self.report.document.place(start, end)
            hint = f"give this value another name, such as {name}2"
            self.report.extend([Problem(f"the name '{name}' is defined twice", place, hint)])
            return False
        self.defined.add(name)
        return True

    def _read_word(self, step: tree.Scalar) -> None:
        if is_layer(step.value):
            self._read_bare_name(step)
        elif step.value.isidentifier():
            self._layer(step)
            self._leave_out(self._next_unnamed())
        else:
            self._read_formula(step)

    def _read_formula(self, step: tree.Scalar) -> None:
        """A formula whose value has no name."""
        from backpropcli.formula import compile_unnamed  # costs a scenario without formulas nothing

        self._add_nodes(step, compile_unnamed, None)

    def _read_bare_name(self, step: tree.Scalar) -> None:
        spec, output = layer_spec(step.value), self._next_unnamed()
        problem_count = len(self.report.problems)
        inputs = self._default_inputs(step)
        check_required(spec, (), step, self.report)
        if len(self.report.problems) > problem_count:
            self._leave_out(output)
            return
        self.nodes.append(Node(spec, inputs, output, origin=StepOrigin(self.report.document, step)))
        self.previous = output

    def _read_assignment(self, step: tree.Scalar) -> None:
        from backpropcli.formula import compile_assignment  # costs a scenario without formulas nothing

        name = canonical_name(step.value.partition("=")[0].strip())
        if not is_name(name):
            self.report.add(step, *what_is_wrong(tree.Scalar(name, step.start, step.end, plain=True)))
            return
        self._add_nodes(step, compile_assignment, name)

    def _add_nodes(
        self, step: tree.Scalar, compile_step: Callable[[str, int, Locate], list[Node]], name: str | None
    ) -> None:
        """Add the nodes of a formula, whose value may have a name."""
        locate = partial(_place_in_scalar, self.report.document, step)
        try:
            nodes = compile_step(step.value, len(self.nodes) + len(self.unread) + 1, locate)
        except BackpropError as error:
            self.report.extend(p if p.place else p._replace(place=locate(0, len(step.value))) for p in error.problems)
            self._leave_out(name or self._next_unnamed())
            return
        if name is not None and not self._define(name, step.start, step.start + len(name)):
            self._leave_out(name)
            return
        self.nodes += nodes
        self.previous = nodes[-1].output

    def _leave_out(self, output: str) -> None:
        """Go on as if the step with the problem had defined its output."""
        if output not in self.unread:
            self.unread.append(output)
        self.defined.add(output)
        self.previous = output


class StepOrigin:
    """The places of a step that is a mapping or a bare name: its layer's, and its inputs'."""

    __slots__ = ("document", "step")

    def __init__(self, document: Document, step: tree.Mapping | tree.Scalar) -> None:
        self.document = document
        self.step = step

    def place(self, input_number: int | None = None, /) -> Place:
        """The place of the layer's name, or of an input."""
        node: tree.Node = self.step
        if isinstance(node, tree.Mapping):
            inputs = node.values.get("inputs")
            if input_number is not None and isinstance(inputs, tree.Sequence):
                node = inputs.items[input_number]
            else:
                node = node.values["type"]
        return self.document.place(node.start, node.end)


def _place_in_scalar(document: Document, scalar: tree.Scalar, start: int, end: int) -> Place:
    """The place of a stretch of a scalar's value; of the whole scalar where the value is not written as it is."""
    length, quote = len(scalar.value), 0 if scalar.plain else 1
    first = scalar.end - quote - length  # an anchor may stand before the value
    if document.text[first : first + length] == scalar.value and first >= scalar.start:
        return document.place(first + start, first + end)
    return document.place(scalar.start, scalar.end)
