"""Reads a whole scenario: every key of the file, checked, and its steps wired into a graph."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Literal as OneOf

from backpropcli.collector import collector_paused
from backpropcli.errors import GraphError, Place, Problem, did_you_mean
from backpropcli.graph import Graph, canonical_name
from backpropcli.graph import Node as GraphNode
from backpropcli.scenario.document import Document, read_content
from backpropcli.scenario.expectation import read_expectation
from backpropcli.scenario.inputs import read_inputs
from backpropcli.scenario.model import Scenario
from backpropcli.scenario.report import Report, describe, read_root
from backpropcli.scenario.scalars import TRUE, is_boolean, is_text
from backpropcli.scenario.steps import StepReader
from backpropcli.scenario.tree import Mapping, Node, Scalar
from backpropcli.scenario.values import read_value
from backpropcli.sources.literals import Literal

KEYS = ("title", "inputs", "constants", "layers", "output", "dout", "gradients", "expect", "exact", "dtype")
DTYPES: tuple[OneOf["float64"], OneOf["float32"]] = ("float64", "float32")


def load_scenario(path: Path) -> Scenario:
    """The scenario in a file. Raises ScenarioError with everything that is wrong with it."""
    return parse_scenario(read_content(path), str(path), path.parent)


def parse_scenario(text: bytes | str, source: str, directory: Path) -> Scenario:
    """The scenario that `text` is; messages call it `source`, and its array files are looked for in `directory`.

    Raises ScenarioError with everything that is wrong with it.
    """
    with collector_paused():
        root, report = read_root(text, source, "a scenario", "with the keys inputs: and layers:")
        return _Reader(root, report, directory).scenario()


class _Reader:
    """One file on its way from tree to scenario."""

    def __init__(self, root: Mapping, report: Report, directory: Path) -> None:
        self.root = root
        self.report = report
        self.directory = directory

    def scenario(self) -> Scenario:
        """The scenario, once everything in the file has been looked at."""
        report, values = self.report, self.root.values
        report.check_keys(self.root, KEYS, "a scenario")
        inputs = read_inputs(values.get("inputs"), report, self.directory)
        constants = read_inputs(values.get("constants"), report, self.directory, "constant", inputs)
        if any(key in values and type(values[key]) is not Mapping for key in ("inputs", "constants")):
            raise report.error()  # what comes after would be called unknown
        given = {**inputs, **constants}
        steps = self._steps(inputs, constants)
        made = {node.output for node in steps.nodes}
        leaves = [*given, *(name for name in steps.unread if name not in made and name not in given)]
        self.known = {*leaves, *made}
        output = self._output(given)
        gradients = self._gradients()
        expect = read_expectation(values.get("expect"), report, self._known_name)
        title = self._title()
        dout = read_value(values["dout"], "dout", report, self.directory) if "dout" in values else None
        exact, dtype = self._exact(), self._dtype()
        graph = self._graph(leaves, steps.nodes, output)
        return Scenario(
            source=report.document.source,
            graph=graph,
            inputs=given,
            gradients=tuple(inputs) if gradients is None else gradients,
            title=title,
            dout=dout,
            exact=exact,
            dtype=dtype,
            expect=expect,
            warnings=tuple(self._warnings(graph, steps.ends)),
            place_of=partial(_place_of_value, report.document, self._spans()),
        )

    def _steps(self, inputs: dict[str, Literal], constants: dict[str, Literal]) -> StepReader:
        reader = StepReader(inputs, constants, self.report)
        layers = self.root.values.get("layers")
        if layers is None:
            self.report.add(self.root, "a scenario needs layers:", "a list of at least one step")
        elif steps := self.report.sequence(layers, "layers"):
            if not steps.items:
                self.report.add(steps, "layers needs at least one step")
            reader.read(steps)
        return reader

    def _graph(self, inputs: Sequence[str], nodes: Sequence[GraphNode], output: str | None) -> Graph:
        """The graph of the steps that could be read. Raises ScenarioError if anything in the file is wrong."""
        problems = self.report.problems
        if not nodes:
            raise self.report.error()
        try:
            graph = Graph(inputs, nodes, None if problems else output)
        except GraphError as error:
            self.report.extend(error.problems)
        if problems:
            raise self.report.error()
        return graph

    def _output(self, inputs: dict[str, Literal]) -> str | None:
        node = self.root.values.get("output")
        name = None if node is None else self._known_name(node)
        if node is not None and name in inputs:
            message = f"the output '{name}' is an input; it must be the value of a layer"
            self.report.add(node, message)
        return name

    def _gradients(self) -> tuple[str, ...] | None:
        names = self.report.sequence(self.root.values.get("gradients"), "gradients")
        if names is None:
            return None
        found: dict[str, None] = {}
        for node in names.items:
            name = self._known_name(node)
            if name in found:
                self.report.add(node, f"the gradient of '{name}' is listed twice")
            elif name is not None:
                found[name] = None
        return tuple(found)

    def _known_name(self, node: Node) -> str | None:
        """The name of an input or of a step's value that a node is; None, and a note, if it is neither."""
        if not isinstance(node, Scalar):
            self.report.add(node, f"expected a name, not {describe(node)}")
            return None
        name = canonical_name(node.value)
        if name in self.known:
            return name
        self.report.add(node, f"unknown name {describe(node)}", did_you_mean(name, self.known))
        return None

    def _title(self) -> str | None:
        node = self.root.values.get("title")
        if node is None:
            return None
        if is_text(node):
            return node.value
        self.report.add(node, f"the title must be text, not {describe(node)}", "put it in quotes")
        return None

    def _exact(self) -> bool:
        node = self.root.values.get("exact")
        if node is not None and not is_boolean(node):
            self.report.add(node, f"exact must be true or false, not {describe(node)}")
        return isinstance(node, Scalar) and node.value in TRUE

    def _dtype(self) -> OneOf["float64", "float32"]:
        node = self.root.values.get("dtype")
        if node is None:
            return DTYPES[0]
        for dtype in DTYPES:
            if isinstance(node, Scalar) and node.value == dtype:
                return dtype
        self.report.add(node, f"dtype must be {' or '.join(DTYPES)}, not {describe(node)}")
        return DTYPES[0]

    def _spans(self) -> dict[str, tuple[int, int]]:
        """The first and the last offset of each value that has a name."""
        named = [(key, node) for key, node in self.root.values.items() if key == "dout"]
        for mapping in (self.root.values.get("inputs"), self.root.values.get("constants")):
            if isinstance(mapping, Mapping):
                named += mapping.values.items()
        return {name: (node.start, node.end) for name, node in named}

    def _warnings(self, graph: Graph, ends: Collection[str]) -> Iterator[Problem]:
        """What the output does not depend on: inputs, constants, and steps, which end with the values `ends`."""
        place = self.report.document.place
        if unused := set(graph.unused_inputs()):
            for what in ("input", "constant"):
                mapping = self.root.values.get(f"{what}s")
                for key in mapping.keys if isinstance(mapping, Mapping) else ():
                    if canonical_name(key.value) in unused:
                        message = f"the output does not depend on the {what} '{key.value}'"
                        yield Problem(message, place(key.start, key.end))
        for node in graph.unused_nodes():
            if node.output in ends:
                yield node.problem(f"the output does not depend on {node.label}")


def _place_of_value(document: Document, spans: dict[str, tuple[int, int]], name: str) -> Place | None:
    return document.place(*spans[name]) if name in spans else None
