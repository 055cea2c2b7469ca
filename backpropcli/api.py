"""What Python code calls: read a scenario, run it, or run a formula."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backpropcli.domains import Value, domain, namespace
from backpropcli.errors import DataError, DomainError, GraphError, Place, Problem, did_you_mean
from backpropcli.executor import execute
from backpropcli.graph import Graph
from backpropcli.result import Result
from backpropcli.sources.literals import ArrayFile, read

if TYPE_CHECKING:
    from backpropcli.domains import Domain
    from backpropcli.scenario import Scenario


def load(path: str | Path) -> Scenario:
    """Read and check a scenario file. Raises ScenarioError with everything that is wrong with it."""
    from backpropcli.scenario import load_scenario  # YAML is read only where a scenario is

    return load_scenario(Path(path))


def run(
    scenario: Scenario,
    *,
    inputs: Mapping[str, Any] | None = None,
    dout: Any = None,
    gradients: Sequence[str] | None = None,
    exact: bool | None = None,
) -> Result:
    """Run a scenario forward and backward.

    `inputs` replaces values of the scenario's inputs: numbers, lists, arrays, or text as on the command line. `dout`,
    `gradients` and `exact` take the place of what the scenario says.

    Raises GraphError for unknown names, DataError, DomainError or ShapeError for values that do not fit.
    """
    given = {name: _read_text(name, value) for name, value in (inputs or {}).items()}
    for name in given:
        if name not in scenario.inputs:
            raise GraphError(Problem(f"no input is named '{name}'", hint=did_you_mean(name, scenario.inputs)))
    return run_graph(
        scenario.graph,
        {**scenario.inputs, **given},
        dout=scenario.dout if dout is None else _read_text("dout", dout),
        gradients=scenario.gradients if gradients is None else gradients,
        exact=scenario.exact if exact is None else exact,
        dtype=scenario.dtype,
        title=scenario.title,
        source=scenario.source,
        warnings=scenario.warnings,
    )


def eval_formula(
    formula: str, /, *, dout: Any = None, gradients: Sequence[str] | None = None, exact: bool = False, **inputs: Any
) -> Result:
    """Run a formula forward and backward on the inputs that it names.

    >>> eval_formula("x * y + 1", x=2, y=3).gradients
    {'x': 3.0, 'y': 2.0}

    Raises FormulaError for what is not a formula, and what `run` raises.
    """
    return run_formula(formula, inputs, dout=dout, gradients=gradients, exact=exact)


def run_formula(
    formula: str,
    inputs: Mapping[str, Any],
    *,
    dout: Any = None,
    gradients: Sequence[str] | None = None,
    exact: bool = False,
) -> Result:
    """`eval_formula` with the inputs in a mapping, for names that Python would not take as keywords."""
    from backpropcli.formula import compile_formula  # costs a scenario without formulas nothing

    graph = Graph(tuple(inputs), compile_formula(formula, partial(_place_in_formula, formula)))
    given = {name: _read_text(name, value) for name, value in inputs.items()}
    unused = tuple(Problem(f"the formula does not use '{name}'") for name in graph.unused_inputs())
    upstream = _read_text("dout", dout)
    return run_graph(graph, given, dout=upstream, gradients=gradients, exact=exact, title=formula, warnings=unused)


def run_graph(
    graph: Graph,
    inputs: Mapping[str, Any],
    *,
    dout: Any = None,
    gradients: Sequence[str] | None = None,
    exact: bool = False,
    dtype: str = "float64",
    title: str | None = None,
    source: str | None = None,
    warnings: tuple[Problem, ...] = (),
) -> Result:
    """Run a graph on `inputs`, which has a value for each of the graph's inputs.

    The numbers are exact fractions if `exact`, arrays if any value is a list, an array or a file or a layer needs them,
    and floats otherwise.
    """
    wanted = tuple(graph.inputs if gradients is None else gradients)
    asked = [(name, graph.slot(name)) for name in wanted]
    given = [inputs[name] for name in graph.inputs]
    numbers = _domain_for(graph, [*given, dout], exact=exact, dtype=dtype)
    values = [_value(name, item, numbers, dtype) for name, item in zip(graph.inputs, given, strict=True)]
    seed = None if dout is None else _value("dout", dout, numbers, dtype)
    found = execute(graph, numbers, values, dout=seed, wanted=wanted)
    non_finite = found.first_non_finite()
    return Result(
        run=found,
        gradients={name: found.gradient(slot) for name, slot in asked},
        title=title,
        source=source,
        warnings=warnings if non_finite is None else (*warnings, non_finite),
    )


def _place_in_formula(formula: str, start: int, end: int) -> Place:
    from backpropcli.formula import on_one_line  # a place is asked for only where one is shown

    return Place("formula", 1, start + 1, max(end - start, 1), on_one_line(formula))


def _read_text(name: str, value: Any) -> Any:
    """The literal that a value is if it is text, as on the command line; any other value as it is."""
    if not isinstance(value, str):
        return value
    from backpropcli.sources.value_parser import parse_value  # scenarios have been read

    return parse_value(value, name)


def _domain_for(graph: Graph, values: Sequence[Any], *, exact: bool, dtype: str) -> Domain:
    numpy_node = next((node for node in graph.foreign_nodes.values() if node.spec.needs_arrays), None)
    if exact and numpy_node:
        hint = "a class that derives from backpropcli.layers.Layer can do so"
        raise DomainError(numpy_node.problem(f"{numpy_node.label}: cannot compute with exact fractions", hint=hint))
    if exact:
        return domain("exact")
    if numpy_node or dtype != "float64" or any(isinstance(value, (list, tuple, ArrayFile)) for value in values):
        return domain("arrays")
    return namespace(0.0, *(value for value in values if value is not None and not isinstance(value, str)))


def _is_literal(value: Any) -> bool:
    """Whether a value is text, or lists of text, that a domain has yet to read."""
    while isinstance(value, list) and value:
        value = value[0]
    return isinstance(value, (str, ArrayFile))


def _value(name: str, value: Any, numbers: Domain, dtype: str) -> Value:
    try:
        return read(value, numbers, dtype) if _is_literal(value) else numbers.convert(value, dtype)
    except DataError as error:
        raise DataError(*(p._replace(message=f"{name}: {p.message}") for p in error.problems)) from error
