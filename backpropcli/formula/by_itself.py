"""A formula by itself as a graph, whose inputs are the names that it is given values for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from backpropcli.errors import GraphError, Place, Problem
from backpropcli.formula.compiler import compile_formula
from backpropcli.formula.text import on_one_line
from backpropcli.graph import NAMED_CONSTANTS, Graph, Node, meant_by


def names_in_formula(formula: str) -> list[str]:
    """The names that a formula needs values for, in their order. Raises FormulaError for what is not a formula."""
    nodes = compile_formula(formula, partial(_place_in_formula, formula))
    made = {node.output for node in nodes}
    used = (name for node in nodes for name in node.inputs if isinstance(name, str))
    return list(dict.fromkeys(name for name in used if name not in made))


def formula_graph(formula: str, names: Iterable[str]) -> tuple[Graph, tuple[Problem, ...]]:
    """The graph of a formula whose inputs have these names, and a warning for each that it does not use."""
    inputs = tuple(names)
    nodes = compile_formula(formula, partial(_place_in_formula, formula))
    problems = list(_problems_of_names(formula, nodes, inputs))
    if problems:
        raise GraphError(*problems)
    graph = Graph(inputs, nodes)
    return graph, tuple(Problem(f"the formula does not use '{name}'") for name in graph.unused_inputs())


def _problems_of_names(formula: str, nodes: Sequence[Node], inputs: Sequence[str]) -> Iterator[Problem]:
    """What is wrong with the names in a formula: of its value, and of values that are not given."""
    value = nodes[-1].output
    if value in inputs:
        spelled = f"{value}2 = {formula.partition('=')[2].strip()}" if "=" in formula else f"y = {formula}"
        yield nodes[-1].problem(f"'{value}' is an input, and the name of the formula's value", hint=f"write {spelled}")
    known = {*inputs, *(node.output for node in nodes), *NAMED_CONSTANTS}
    told = set()
    for node in nodes:
        for number, name in enumerate(node.inputs):
            if isinstance(name, str) and name not in known and name not in told:
                told.add(name)
                hint = meant_by(name, inputs) or f"give {name}=VALUE"
                yield node.problem(f"no value is given for '{name}'", input_number=number, hint=hint)


def _place_in_formula(formula: str, start: int, end: int) -> Place:
    return Place("formula", 1, start + 1, max(end - start, 1), on_one_line(formula))
