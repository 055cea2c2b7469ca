"""A computational graph: inputs, constants, and nodes that each apply one layer to named values.

Glossary: a *leaf* is an input or a constant. Every value has a *slot*, a small integer: inputs first, then constants,
then one for each node in order. A node may use only values defined before it, so the order of the nodes is a
topological order, and no pass over a graph ever recurses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from backpropcli.catalogue.registry import is_layer, layer_spec
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.errors import GraphError, Place, Problem, did_you_mean
from backpropcli.layers import Layer
from backpropcli.sources.literals import Constant

if TYPE_CHECKING:
    from backpropcli.domains import Domain

NAMED_CONSTANTS = {"pi": "the constant 3.14159...", "e": "Euler's number, 2.71828..."}
"""The constants that a formula knows by name, and what they are; a value of the graph that has the name goes first."""

MAX_PROBLEMS = 50  # nobody reads more, and a suggestion for each unknown name takes time


class Origin(Protocol):
    """The text that a node comes from."""

    @property
    def step(self) -> object:
        """The step that the node is part of: one object for all nodes of a formula."""

    def place(self, input_number: int | None = None, /) -> Place | None:
        """The place of the node, or of its input of that number, counted from 0."""


class Node:
    """One layer in a graph: what it is applied to, and the name of its value."""

    __slots__ = ("inputs", "name", "origin", "output", "parameters", "spec")

    def __init__(
        self,
        layer: str | LayerSpec,
        inputs: Sequence[str | Constant],
        output: str,
        *,
        name: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        origin: Origin | None = None,
    ) -> None:
        self.spec = layer_spec(layer) if isinstance(layer, str) else layer
        self.inputs = inputs
        self.output = output
        self.name = name
        self.parameters = parameters or {}
        self.origin = origin

    def problem(
        self, message: str, *, input_number: int | None = None, place: Place | None = None, hint: str | None = None
    ) -> Problem:
        """A problem at `place`, or else at this node, or at its input of that number."""
        if place is None and self.origin:
            place = self.origin.place(input_number)
        return Problem(message, place, hint)

    @property
    def convention(self) -> str | None:
        """Whose convention the layer follows, where the world disagrees and its parameters let one choose."""
        parameter = self.spec.parameters.get("convention")
        return parameter and self.parameters.get("convention", parameter.default)

    @property
    def label(self) -> str:
        """What messages call the node: its layer, and its name or else the name of its value."""
        return f"{self.spec.name} {self.name or self.output}"


def canonical_name(name: str) -> str:
    """A name in the form that formulas use, so that the same letters are the same name everywhere."""
    if name.isascii():
        return name
    from unicodedata import normalize

    return normalize("NFKC", name)


def unnamed(number: int) -> str:
    """The name of the `number`-th node's value when the user gives it none: `(1)`, as on the slides."""
    return f"({number})"


class Graph:
    """Checked wiring: `sources[k]` are the slots of the inputs of `nodes[k]`, whose own slot is `first_node + k`."""

    def __init__(self, inputs: Sequence[str], nodes: Sequence[Node], output: str | None = None) -> None:
        """Wire nodes by name; `output` is the last node's by default.

        Raises GraphError with every problem: a name that is unknown, defined twice or used before its definition, a
        cycle, the wrong number of inputs, no node at all.
        """
        if not nodes:
            raise GraphError("a graph needs at least one layer")
        self.inputs = tuple(inputs)
        self.nodes = nodes
        self.constants = _constants(nodes)
        if taken := self._taken_names():
            self.nodes = [_with_names(node, taken) for node in nodes]
            self.constants = _constants(self.nodes)
        self.first_node = len(self.inputs) + len(self.constants)
        self.slots, self.sources = self._wire()
        self.output = nodes[-1].output if output is None else output
        self.output_slot = self.slot(self.output)
        if self.output_slot < self.first_node:
            raise GraphError(f"the output '{self.output}' is an input; it must be the value of a layer")

    def slot(self, name: str) -> int:
        """The slot of a named value."""
        try:
            return self.slots[name]
        except KeyError:
            raise GraphError(Problem(f"unknown name '{name}'", hint=did_you_mean(name, self.slots))) from None

    def name_of(self, slot: int) -> str:
        """What the value in a slot is called; a constant by its text."""
        if slot < len(self.inputs):
            return self.inputs[slot]
        if slot < self.first_node:
            return self.constants[slot - len(self.inputs)].text
        return self.nodes[slot - self.first_node].output

    def makers(self, domain: Domain) -> list[Callable[[], Layer]]:
        """For each node what makes its layer object, with the parameters as numbers of `domain`."""
        return [
            node.spec.bind(node.parameters, domain) if node.spec.parameters else node.spec.cls for node in self.nodes
        ]

    @property
    def named_constants(self) -> list[str]:
        """The names of the constants that nodes use by name."""
        return list(dict.fromkeys(constant.text for constant in self.constants if constant.text in NAMED_CONSTANTS))

    def unused_inputs(self) -> list[str]:
        """The inputs that the output does not depend on."""
        used = self.used
        return [name for slot, name in enumerate(self.inputs) if not used[slot]]

    def unused_nodes(self) -> list[Node]:
        """The nodes that the output does not depend on."""
        used = self.used
        return [node for slot, node in enumerate(self.nodes, self.first_node) if not used[slot]]

    @cached_property
    def used(self) -> list[bool]:
        """For each slot whether the output depends on it."""
        used = [False] * (self.first_node + len(self.nodes))
        used[self.output_slot] = True
        for number in range(self.output_slot - self.first_node, -1, -1):
            if used[self.first_node + number]:
                for source in self.sources[number]:
                    used[source] = True
        return used

    @cached_property
    def telling(self) -> list[int]:
        """The slots whose values must be looked at to know that all are finite: layers carry inf and nan of others."""
        carried = {
            source
            for node, sources in zip(self.nodes, self.sources, strict=True)
            if node.spec.cls.carries_non_finite
            for source in sources
        }
        return [slot for slot in range(self.first_node + len(self.nodes)) if slot not in carried]

    @cached_property
    def has_own_layers(self) -> bool:
        """Whether one of the layers is a user's own."""
        return any(spec.origin is not None for spec in {node.spec for node in self.nodes})

    def _taken_names(self) -> set[str]:
        """The named constants whose names the graph has for values of its own, wherever it defines them."""
        named = set(self.named_constants)
        return named and named & {*self.inputs, *(node.output for node in self.nodes)}

    def _wire(self) -> tuple[dict[str, int], list[tuple[int, ...]]]:
        slots: dict[str, int] = {}
        definers: dict[str, Node] = {}
        problems: list[Problem] = []
        for slot, name in enumerate(self.inputs):
            if slots.setdefault(name, slot) != slot:
                problems.append(Problem(f"the input '{name}' is defined twice"))
        sources: list[tuple[int, ...]] = []
        constant_slots = iter(range(len(self.inputs), self.first_node))
        for slot, node in enumerate(self.nodes, self.first_node):
            try:
                found = [next(constant_slots) if isinstance(i, Constant) else slots[i] for i in node.inputs]
            except KeyError:
                definers = definers or {n.output: n for n in self.nodes}
                problems += _unknown_names(node, slots, definers)
                found = []
            sources.append(tuple(found))
            if not node.spec.accepts(len(node.inputs)):
                problems.append(_wrong_count(node))
            if not node.spec.required_parameters <= node.parameters.keys():
                problems += _missing_parameters(node)
            if slots.setdefault(node.output, slot) != slot:
                problems.append(node.problem(f"the name '{node.output}' is defined twice"))
            if len(problems) >= MAX_PROBLEMS:
                break
        if problems:
            raise GraphError(*problems)
        return slots, sources


def _constants(nodes: Sequence[Node]) -> list[Constant]:
    return [i for node in nodes for i in node.inputs if isinstance(i, Constant)]


def _with_names(node: Node, names: set[str]) -> Node:
    """The node with names in place of the constants of these names."""
    inputs = [i.text if isinstance(i, Constant) and i.text in names else i for i in node.inputs]
    return Node(node.spec, inputs, node.output, name=node.name, parameters=node.parameters, origin=node.origin)


def _unknown_names(node: Node, known: Mapping[str, int], definers: Mapping[str, Node]) -> Iterator[Problem]:
    for number, name in enumerate(node.inputs):
        if isinstance(name, Constant) or name in known:
            continue
        if name not in definers:
            hint = meant_by(name, {**known, **definers})
            yield node.problem(f"unknown name '{name}'", input_number=number, hint=hint)
        elif cycle := _cycle(node, definers[name], definers):
            hint = f"give this value another name, such as {name}2" if name == node.output else None
            yield node.problem(f"a cycle: {' -> '.join(cycle)}", input_number=number, hint=hint)
        else:
            message = f"'{name}' is used before it is defined"
            yield node.problem(message, input_number=number, hint="move the step that defines it up")


def meant_by(name: str, known: Iterable[str]) -> str | None:
    """The hint for an unknown name: the layer of that name, the constant that it stands for, or a name like it."""
    if is_layer(name):
        return f"{name} is a layer: write {name}(...)"
    return "write pi" if name == "π" else did_you_mean(name, known)


def _cycle(node: Node, start: Node, definers: Mapping[str, Node]) -> list[str] | None:
    """The names along a cycle from `node` through its input, the value of `start`, back to `node`."""
    consumer_of = {start.output: node.output}
    stack = [start]
    while stack:
        current = stack.pop()
        if current is node:
            path = [node.output]
            while len(path) == 1 or path[-1] != node.output:
                path.append(consumer_of[path[-1]])
            return path
        for name in current.inputs:
            if isinstance(name, str) and name in definers and name not in consumer_of:
                consumer_of[name] = current.output
                stack.append(definers[name])
    return None


def _missing_parameters(node: Node) -> Iterator[Problem]:
    for name in sorted(node.spec.required_parameters - node.parameters.keys()):
        if name in node.spec.parameters:
            hint = f"{name} is {node.spec.parameters[name].expected}"
            yield node.problem(f"{node.spec.name} needs the parameter {name}", hint=hint)
        else:
            hint = f"backprop check takes it as --init {name}=VALUE; for a scenario, give it a default or a type"
            yield node.problem(f"the constructor of {node.spec.name} needs {name}", hint=hint)


def _wrong_count(node: Node) -> Problem:
    spec, given = node.spec, len(node.inputs)
    if spec.is_variadic:
        takes = f"{spec.least_inputs} or more inputs"
    elif spec.least_inputs < len(spec.inputs):
        takes = f"{spec.least_inputs} to {len(spec.inputs)} inputs"
    else:
        takes = "1 input" if len(spec.inputs) == 1 else f"{len(spec.inputs)} inputs"
    return node.problem(f"{spec.name} takes {takes} ({spec.signature}), not {given}")
