"""What holds for every graph: its value and its gradients are the same, computed one way or another."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import Any, NamedTuple

import numpy as np
from graph_builder import Kind
from random_graph import RandomGraph
from sizes import sizes_in
from steadiness import is_off_kinks, run_alone
from trial import Check

from backpropcli.binding import BoundGraph
from backpropcli.differentiation import differentiate
from backpropcli.domains import Domain, Value, domain
from backpropcli.domains.dual import Dual
from backpropcli.errors import DomainError
from backpropcli.executor import Run, execute, execute_along_paths
from backpropcli.program.numpy import numpy_code
from backpropcli.result import Asked
from backpropcli.trace import trace

EXAMPLES = 4
"""For each layer: the smallest graph, and three others."""
ROUNDING = 1e-9
"""The error of a result, relative to the size of the numbers that it is made of."""
SHORT = 1e-3
"""By how much a short step may miss the order of what it leaves."""
LEAST = 1e-40
"""What rounding leaves of 50 digits."""
RESIDUE = 1e-3
"""Of the value: what a layer's gradient may have been made of where all of it cancels, there and nearby."""


def check_forward_mode(example: RandomGraph, numbers: Domain | None = None) -> None:
    """The derivative along a direction is <gradient, direction>, and <dout, tangent> of a forward pass on duals."""
    bound = example.bound(numbers)
    run = execute(bound)
    directions = random_directions(run)
    dual = Dual(bound.domain)
    pairs = [dual.pair(x, direction) for x, direction in zip(bound.inputs, directions, strict=True)]
    tangent = dual.tangent(execute(BoundGraph(bound.graph, dual, pairs)).values[bound.graph.output_slot])
    by_tangent = sum(terms(bound.domain, [bound.dout], [tangent]))
    by_gradients = sum(terms(bound.domain, gradients_of(run), directions))
    if bound.domain.is_exact:
        assert by_gradients == by_tangent
    else:
        sizes = [None if x is None else abs(x) for x in directions]
        size = sum(terms(bound.domain, sizes_in(run).gradients, sizes))
        value = sum(map(abs, terms(bound.domain, [bound.dout], [run.values[run.graph.output_slot]])))
        assert abs(by_gradients - by_tangent) <= ROUNDING * (size + RESIDUE * value)


def check_domains(example: RandomGraph) -> None:
    """A graph of numbers is the same on floats, on arrays of one number, and on reals of 50 digits."""
    run = execute(example.bound())
    pairs = list(zip(example.inputs.values(), run.gradients, strict=False))
    has_broadcast = any(step.layer == "broadcast" for step in example.steps)
    for shape in [()] if has_broadcast else [(), (1,)]:  # (1,) cannot be broadcast to ()
        inputs = [np.full(() if gradient is None else shape, x) for x, gradient in pairs]  # masks fit every shape
        assert_agree(run, execute(BoundGraph(run.graph, domain("arrays"), inputs, np.asarray(example.dout))))
    assert_agree(run, execute(example.bound(domain("reals"))))


def check_fractions(example: RandomGraph) -> None:
    """Fractions differentiate forward as backward, to the last digit; and floats are near them."""
    check_forward_mode(example, domain("exact"))
    assert_agree(execute(example.bound()), execute(example.bound(domain("exact"))))


def check_program(example: RandomGraph) -> None:
    """The printed program gives what a run gives, also at other inputs, ever farther from those of the recording."""
    bound = example.bound()
    program = trace(bound)
    code: dict[str, Any] = {}
    exec(numpy_code(program), code)
    rng = Random(0)
    for distance in (2.0**-6, 0.25, 2.0):
        inputs = [
            x if name in program.fixed else x + distance * random_values(rng, bound.domain, x)
            for name, x in zip(bound.graph.inputs, bound.inputs, strict=True)
        ]
        run = execute(bound._replace(inputs=inputs))
        if is_steady(run):
            found = code["run"](*inputs)
            assert_within(run, found["value"], [found.get(f"d_{name}") for name in bound.graph.inputs])


def check_paths(example: RandomGraph) -> None:
    """Gradients that know where no path leads are those that do not, to the bit, where all is finite."""
    run, along_paths = execute(example.bound()), execute_along_paths(example.bound())
    for found, wanted in zip(along_paths.gradients, run.gradients, strict=True):
        np.testing.assert_array_equal(found, wanted)


def check_second_derivatives(example: RandomGraph, numbers: Domain | None = None) -> None:
    """The Hessian, by duals over reverse mode, is symmetric, and along a direction what duals over duals have."""
    bound = example.bound(numbers)
    u, v = (random_directions(execute(bound), seed) for seed in (1, 2))
    of_u, of_v = hessian_product(bound, u), hessian_product(bound, v)
    assert_equal(bound.domain, terms(bound.domain, of_u, v), terms(bound.domain, of_v, u))
    assert_equal(bound.domain, terms(bound.domain, of_u, u), [second_derivative(bound, u)])


def assert_agree(run: Run, other: Run) -> None:
    """A run on floats agrees with one of the same graph on other numbers."""
    floats = [None if x is None else as_floats(other.domain, x) for x in gradients_of(other)]
    assert_within(run, as_floats(other.domain, other.values[run.graph.output_slot]), floats)


def assert_within(run: Run, value: Any, gradients: Sequence[Any]) -> None:
    """A value, and the gradients of the inputs, are those of a run on floats, but for rounding."""
    found, wanted = [value, *gradients], [run.values[run.graph.output_slot], *gradients_of(run)]
    assert [x is None for x in found] == [x is None for x in wanted]
    pairs = [(np.ravel(x), np.ravel(y)) for x, y in zip(found, wanted, strict=True) if y is not None]
    if all(np.array_equal(x, y) for x, y in pairs):
        return  # there is nothing to measure
    sizes = sizes_in(run)
    bounds = [sizes.values[run.graph.output_slot], *sizes.gradients]
    bounds = [ROUNDING * np.ravel(size) for size, y in zip(bounds, wanted, strict=False) if y is not None]
    assert all(np.all(np.abs(x - y) <= bound) for (x, y), bound in zip(pairs, bounds, strict=True))


def as_floats(numbers: Domain, x: Value) -> list[float]:
    """The numbers of a value, row by row, each as the nearest float64."""
    return [numbers.rounded(element) for element in numbers.elements(x)]


def is_steady(run: Run) -> bool:
    """Whether no layer of a run is near a kink, so that rounding cannot bring it to the other side."""
    graph = run.graph
    for node, sources in zip(graph.nodes, graph.sources, strict=True):
        names = [slot for slot in sources if not len(graph.inputs) <= slot < graph.first_node]
        values = [run.values[slot] for slot in names]
        alone = run_alone(node, run.domain, values)
        if alone.first_non_finite() is not None or not is_off_kinks(node, run.domain, values, alone):
            return False
    return True


def assert_equal(numbers: Domain, found: Sequence[Any], wanted: Sequence[Any]) -> None:
    """Two sums are the same, but for rounding where their domain rounds."""
    tolerance = 0 if numbers.is_exact else ROUNDING * (1 + sum(map(abs, found)) + sum(map(abs, wanted)))
    assert abs(sum(found) - sum(wanted)) <= tolerance


def check_taylor(example: RandomGraph, numbers: Domain) -> None:
    """Of a step along a direction the gradient leaves a remainder of order 2, and the Hessian one of order 3.

    A step from a jump, or from a number with a rational root, leads nowhere.
    """
    bound = example.bound(numbers)
    run = execute(bound)
    direction = [d if run.graph.used[slot] else None for slot, d in enumerate(random_directions(run))]
    slope = sum(terms(bound.domain, gradients_of(run), direction))
    curvature = sum(terms(bound.domain, hessian_product(bound, direction), direction))
    second, third = [], []
    try:
        start = along(bound, direction, number_like(bound.domain, 0))
        for size in (number_like(bound.domain, Fraction(1, 2**n)) for n in (21, 20)):
            change = along(bound, direction, size) - start - size * slope
            second.append(abs(change))
            third.append(abs(change - size * size * curvature / 2))
    except DomainError:
        return
    if not any(node.spec.cls.is_flat for node in run.graph.nodes):
        noise = 0 if bound.domain.is_exact else LEAST * (1 + abs(start) + abs(slope) + abs(curvature))
        assert second[0] * 4 <= second[1] * (1 + SHORT) + noise
        assert third[0] * 8 <= third[1] * (1 + SHORT) + noise


def number_like(numbers: Domain, number: Any) -> Any:
    """A single number of a domain, or of the elements of its arrays."""
    return (numbers if numbers.is_scalar else numbers.inner).convert(number)


def along(bound: BoundGraph, direction: Sequence[Value | None], size: Any) -> Any:
    """The output, weighted by dout, at a step along a direction."""
    inputs = [x if d is None else x + size * d for x, d in zip(bound.inputs, direction, strict=True)]
    run = execute(bound._replace(inputs=inputs))
    return sum(terms(bound.domain, [bound.dout], [run.values[run.graph.output_slot]]))


def hessian_product(bound: BoundGraph, direction: Sequence[Value | None]) -> list[Value | None]:
    """The derivatives of the inputs' gradients along a direction."""
    given = {name: x for name, x in zip(bound.graph.inputs, direction, strict=True) if x is not None}
    if not given:
        return [None] * len(direction)
    found, _ = differentiate(bound, execute(bound), list(given), Asked(hvp=given))
    return [(found.hvp or {}).get(name) for name in bound.graph.inputs]


def second_derivative(bound: BoundGraph, direction: Sequence[Value | None]) -> Any:
    """The second derivative of <dout, output> along a direction, by forward passes alone."""
    inner = Dual(bound.domain)
    outer = Dual(inner)
    pairs = [
        outer.pair(inner.pair(x, tangent), None if tangent is None else inner.pair(tangent))
        for x, tangent in zip(bound.inputs, direction, strict=True)
    ]
    run = execute(BoundGraph(bound.graph, outer, pairs, outer.pair(inner.pair(bound.dout))))
    tangent = inner.tangent(outer.tangent(run.values[run.graph.output_slot]))
    return sum(terms(bound.domain, [bound.dout], [tangent]))


def random_directions(run: Run, seed: int = 0) -> list[Value | None]:
    """One for each input that has a gradient."""
    rng = Random(seed)
    pairs = zip(run.values, gradients_of(run), strict=False)
    return [None if gradient is None else random_values(rng, run.domain, x) for x, gradient in pairs]


def gradients_of(run: Run) -> list[Value | None]:
    """The gradients of the inputs: zeros for what is not used, None for labels and the like."""
    return [run.gradient(slot) for slot in range(len(run.graph.inputs))]


def random_values(rng: Random, numbers: Domain, like: Value) -> Value:
    """Numbers in the shape of a value, which are not 0 and which every domain has exactly."""
    found = [rng.choice((-1, 1)) * rng.randint(1, 16) / 8 for _ in range(numbers.size(like))]
    shape = numbers.shape(like)
    return numbers.convert(np.reshape(found, shape).tolist())


def terms(numbers: Domain, xs: Sequence[Value | None], ys: Sequence[Value | None]) -> list[Any]:
    """The products whose sum is the inner product of two lists of values, as far as there are values in both."""
    pairs = [(x, y) for x, y in zip(xs, ys, strict=False) if x is not None and y is not None]
    return [a * b for x, y in pairs for a, b in zip(numbers.elements(x), numbers.elements(y), strict=True)]


class Property(NamedTuple):
    """A check, and the kind of graphs that it holds for."""

    check: Check
    kind: Kind


PROPERTIES = {
    "forward_mode": Property(check_forward_mode, Kind()),
    "forward_mode_of_numbers": Property(check_forward_mode, Kind(is_scalar=True)),
    "domains": Property(check_domains, Kind(is_scalar=True, has_kinks=True)),
    "fractions": Property(check_fractions, Kind(is_scalar=True, is_rational=True)),
    "arrays_of_fractions": Property(check_fractions, Kind(is_rational=True)),
    "paths": Property(check_paths, Kind(has_kinks=True)),
    "program": Property(check_program, Kind()),
    "program_of_numbers": Property(check_program, Kind(is_scalar=True)),
    "second_derivatives": Property(check_second_derivatives, Kind(is_smooth=True)),
    "second_derivatives_of_reals": Property(
        lambda example: check_second_derivatives(example, domain("reals")), Kind(is_scalar=True, is_smooth=True)
    ),
    "taylor": Property(lambda example: check_taylor(example, domain("reals")), Kind(is_scalar=True, is_smooth=True)),
    "taylor_of_fractions": Property(
        lambda example: check_taylor(example, domain("exact")), Kind(is_rational=True, is_smooth=True)
    ),
    "second_derivatives_of_fractions": Property(
        lambda example: check_second_derivatives(example, domain("exact")), Kind(is_rational=True, is_smooth=True)
    ),
}
