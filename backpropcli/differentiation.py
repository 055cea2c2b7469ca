"""Derivatives beside the gradients of a bound graph: Jacobian and Hessian, and their products with a direction.

Glossary: a *direction* says for each input how fast it moves. The *Jacobian* has the derivative of every element of the
output by every element of a value; `jvp` is its product with a direction, how fast the output moves. The *Hessian* has
the second derivatives of the output, a number, by every two elements of inputs; `hvp` is its product with a direction,
how fast the gradients move.

The Jacobian is one forward pass and a backward pass for each element of the output. The others are runs on dual
numbers: forward gives jvp, and backward hvp, at a few times the cost of a gradient, however many inputs there are; the
Hessian is an hvp for each of its rows. Of an output that is an array they are second derivatives of its elements,
weighted by dout, in sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

from backpropcli.binding import FLOAT64, BoundGraph, fitted, read_named, refuse_numpy_code
from backpropcli.collector import collector_paused
from backpropcli.domains import Domain, Value
from backpropcli.domains.dual import Dual
from backpropcli.domains.paths import Paths
from backpropcli.errors import DataError, GraphError, Problem, did_you_mean
from backpropcli.executor import Run, backward, execute, forward, unasked_slots
from backpropcli.graph import Graph
from backpropcli.kinks import kink_problems
from backpropcli.result import Asked, Derivatives

MOST_NUMBERS = 10_000_000
"""Of a matrix: one that is larger takes too long, and nobody reads it."""


def differentiate(
    bound: BoundGraph, run: Run, names: Sequence[str], asked: Asked, dtype: str = FLOAT64
) -> tuple[Derivatives, list[Problem]]:
    """What is asked for with respect to the named values that have a gradient in the run, and the layers at kinks.

    Raises GraphError for names of no inputs where inputs are asked for, DataError and ShapeError for directions that do
    not fit and for second derivatives of an array, DomainError for a user's own layer that is NumPy code.
    """
    names = [name for name in names if run.gradient(run.graph.slot(name)) is not None]
    if not names and asked.jvp is None:
        raise GraphError("no value that is asked for has a gradient")
    is_second = asked.hessian or asked.hvp is not None
    has_duals = is_second or asked.jvp is not None
    if is_second:
        _check_second(bound, run, names)
    if has_duals:
        refuse_numpy_code(bound.graph, "NumPy code of your own does not run on dual numbers")
    found = Derivatives(
        jacobian=_jacobian(bound, run, names) if asked.jacobian else None,
        hessian=_hessian(bound, names) if asked.hessian else None,
        hvp=None if asked.hvp is None else _hvp(bound, names, _directions("hvp", bound, asked.hvp, dtype)),
        jvp=None if asked.jvp is None else _jvp(bound, _directions("jvp", bound, asked.jvp, dtype)),
    )
    return found, list(kink_problems(bound, is_second=is_second)) if has_duals else []


# Jacobian.


def _jacobian(bound: BoundGraph, run: Run, names: Sequence[str]) -> dict[str, Value]:
    numbers, graph = bound.domain, bound.graph
    output, values = run.values[graph.output_slot], {name: run.gradient(graph.slot(name)) for name in names}
    _check_size("Jacobian", numbers.size(output), sum(map(numbers.size, values.values())))
    rows = _by_element(bound, output, names)
    if not all(numbers.is_finite(gradient) for row in rows for gradient in row.values()):
        rows = _along_paths(bound, output, names)
    return {
        name: _stacked(numbers, [row[name] for row in rows], like, (*numbers.shape(output), *numbers.shape(like)))
        for name, like in values.items()
    }


def _by_element(bound: BoundGraph, output: Value, names: Sequence[str]) -> list[dict[str, Value]]:
    """The gradients of each element of the output."""
    graph, numbers = bound.graph, bound.domain
    units = _units(numbers, output)
    if graph.has_own_layers:  # which may have a backward that runs once
        runs = (execute(bound._replace(dout=unit), wanted=names) for unit in units)
        return [{name: run.gradient(graph.slot(name)) for name in names} for run in runs]
    return list(_rows(bound.graph, numbers, bound.leaves, units, names))


def _along_paths(bound: BoundGraph, output: Value, names: Sequence[str]) -> list[dict[str, Value]]:
    """The same where the elements that are left out of a row are no paths, so that infinite slopes stay out of it."""
    paths = Paths(bound.domain)
    units = (paths.pair(unit, unit) for unit in _units(bound.domain, output))
    rows = _rows(bound.graph, paths, [paths.pair(leaf) for leaf in bound.leaves], units, names)
    return [{name: paths.value(gradient) for name, gradient in row.items()} for row in rows]


def _rows(
    graph: Graph, numbers: Domain, values: list[Value], seeds: Iterable[Value], names: Sequence[str]
) -> Iterator[dict[str, Value]]:
    """One forward pass from the values of the leaves, and for each seed a backward pass."""
    with numbers.quiet(), collector_paused():
        layers = forward(graph, numbers, values, unasked_slots(graph, names))
        for seed in seeds:
            gradients, _, _ = backward(graph, numbers, layers.copy(), seed)
            found = {name: gradients[graph.slot(name)] for name in names}
            yield {n: numbers.zeros_like(values[graph.slot(n)]) if g is None else g for n, g in found.items()}


# Runs on dual numbers.


def _hessian(bound: BoundGraph, names: Sequence[str]) -> dict[str, dict[str, Value]]:
    numbers, graph = bound.domain, bound.graph
    inputs = {name: bound.inputs[graph.slot(name)] for name in names}
    count = sum(map(numbers.size, inputs.values()))
    _check_size("Hessian", count, count)
    found: dict[str, dict[str, Value]] = {}
    for name, x in inputs.items():
        rows = [_hvp(bound, names, {name: unit}) for unit in _units(numbers, x)]
        found[name] = {
            other: _stacked(numbers, [row[other] for row in rows], y, (*numbers.shape(x), *numbers.shape(y)))
            for other, y in inputs.items()
        }
    return found


def _hvp(bound: BoundGraph, names: Sequence[str], directions: Mapping[str, Value]) -> dict[str, Value]:
    """How fast the gradients of the named inputs move."""
    dual = Dual(bound.domain)
    run = execute(_on_duals(bound, dual, directions), wanted=names, keep="results")
    if not run.is_finite:
        return _hvp_along_paths(bound, names, directions)
    return _tangents(run, dual, names)


def _hvp_along_paths(bound: BoundGraph, names: Sequence[str], directions: Mapping[str, Value]) -> dict[str, Value]:
    """The same where a direction that is 0 is no path, so that an infinite derivative along it stays out of it."""
    numbers, paths = bound.domain, Paths(bound.domain)
    dual = Dual(paths)
    dout = None if bound.dout is None else paths.pair(bound.dout)
    along_paths = bound._replace(domain=paths, inputs=[paths.pair(x) for x in bound.inputs], dout=dout)
    marked = {
        name: paths.pair(x, numbers.where(numbers.equal(x, 0), 0, numbers.ones_like(x)))
        for name, x in directions.items()
    }
    run = execute(_on_duals(along_paths, dual, marked), wanted=names, keep="results")
    return {name: paths.value(tangent) for name, tangent in _tangents(run, dual, names).items()}


def _jvp(bound: BoundGraph, directions: Mapping[str, Value]) -> Value:
    """How fast the output moves."""
    graph, dual = bound.graph, Dual(bound.domain)
    values = _on_duals(bound, dual, directions).leaves
    with dual.quiet(), collector_paused():
        forward(graph, dual, values, unasked_slots(graph, ()))
    return dual.tangent(values[graph.output_slot])


def _on_duals(bound: BoundGraph, dual: Dual, directions: Mapping[str, Value]) -> BoundGraph:
    """The inputs as dual numbers, whose tangents are the directions."""
    named = zip(bound.graph.inputs, bound.inputs, strict=True)
    dout = None if bound.dout is None else dual.pair(bound.dout)
    return BoundGraph(bound.graph, dual, [dual.pair(x, directions.get(name)) for name, x in named], dout)


def _tangents(run: Run, dual: Dual, names: Iterable[str]) -> dict[str, Value]:
    """The tangents of gradients."""
    return {name: dual.tangent(run.gradient(run.graph.slot(name))) for name in names}


# What is asked for, and what is found, as values.


def _directions(option: str, bound: BoundGraph, given: Mapping[str, Any], dtype: str) -> dict[str, Value]:
    """The directions of a product, in the shapes of their inputs."""
    graph, numbers = bound.graph, bound.domain
    found: dict[str, Value] = {}
    for name, value in given.items():
        if name not in graph.inputs:
            raise GraphError(Problem(f"{option}: no input is named '{name}'", hint=did_you_mean(name, graph.inputs)))
        label, shape = f"{option} {name}", numbers.shape(bound.inputs[graph.slot(name)])
        found[name] = fitted(numbers, read_named(label, value, numbers, dtype), shape, label, name)
    return found


def _check_second(bound: BoundGraph, run: Run, names: Iterable[str]) -> None:
    """Raise an error where there are no second derivatives by the named values."""
    graph = bound.graph
    for name in names:
        if name not in graph.inputs:
            message = f"'{name}' is the value of a step; second derivatives are with respect to inputs"
            raise GraphError(Problem(message, hint="name inputs with --gradients"))
    shape = bound.domain.shape(run.values[graph.output_slot])
    if bound.dout is None and prod(shape) != 1:
        hint = "weigh its elements with --dout, end with sum or mean, or ask for --jacobian"
        raise DataError(Problem(f"second derivatives are of a number; the output is {shape}", hint=hint))


def _check_size(what: str, rows: int, columns: int) -> None:
    if rows * columns > MOST_NUMBERS:
        message = f"the {what} has {rows:,} rows and {columns:,} columns: more than {MOST_NUMBERS:,} numbers"
        product = "--jvp" if what == "Jacobian" else "--hvp"
        hint = f"name fewer inputs with --gradients, or ask for a product with it: {product} NAME=DIRECTION"
        raise DataError(Problem(message, hint=hint))


def _units(numbers: Domain, x: Value) -> Iterator[Value]:
    """For each element of x, zeros with a 1 in its place."""
    zeros = numbers.zeros_like(x)
    for place in product(*map(range, numbers.shape(x))):
        yield numbers.add_at(zeros, place, 1)


def _stacked(numbers: Domain, rows: Sequence[Value], like: Value, shape: tuple[int, ...]) -> Value:
    """Rows in the shape of `like` as one value; they are none where nothing has an element."""
    if not shape:
        return rows[0]
    size = numbers.size(like)
    if rows:
        found = numbers.concat([numbers.reshape(row, (1, size)) for row in rows], 0)
    else:
        found = numbers.broadcast_to(numbers.reshape(numbers.zeros_like(like), (1, size)), (0, size))
    return numbers.reshape(found, shape)
