"""How many digits of a run in float64 are right, and which layer costs most of them.

The output's are an estimate, from the numbers of the run alone: those of an array as a whole, each element times dout.
Rounding puts each value off by so many units in its last place as its layer declares, and an input by half of one, if
its decimal has no float64 of its own; the gradient says what that does to the output. It is a bound but for kinks and
for errors so large that the slope changes on the way, and often a digit too strict.

Half a unit in the last place is what any float64 may be off, however good the layer that made it: it is charged to the
layers that use the value, which may magnify it. What a layer is worse than that is charged to itself. So it is the
difference that costs most in `(1 + x) - 1`, and the cosine in `1 - cos(x)`.

Values and gradients by name are counted: beside a run whose digits are certain, from the text of the inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import floor, log10
from typing import TYPE_CHECKING

from backpropcli.domains import Domain, Value
from backpropcli.errors import BackpropError, DomainError

if TYPE_CHECKING:
    from backpropcli.executor import Run

DIGITS = 20  # of the run that values are held against
MOST = 17  # digits that a float64 has: of what is not off at all
_ENOUGH = 40  # digits to tell the difference of two numbers by
_HALF = 0.5
_UNIT = 2.0**-52  # in the last place of 1
_GRID, _BOUND = 1024, 2.0**33  # sums and products of such numbers are not rounded, nor are their decimals


@dataclass(frozen=True)
class Rounding:
    """What rounding did to a run.

    `digits` of the output are right; None, and `reason` says why, where that cannot be told. `costliest` is the label
    of the layer that costs most, if anything was rounded. `values` and `gradients` have a count for each name, or
    nothing where no run could be certain, which `remark` tells of.
    """

    output: str
    """The output, as sentences call it."""
    digits: int | None
    costliest: str | None = None
    reason: str | None = None
    values: Mapping[str, int] | None = None
    gradients: Mapping[str, int] | None = None
    remark: str | None = None

    @property
    def is_counted(self) -> bool:
        """Whether right digits could be counted."""
        return self.values is not None

    def counted(self, name: str) -> tuple[int | None, int | None]:
        """How many digits are right of the value and of the gradient that have a name."""
        return (self.values or {}).get(name), (self.gradients or {}).get(name)

    @property
    def sentences(self) -> Iterator[str]:
        """What is to be said of it."""
        if self.reason is not None:
            yield f"How many digits of {self.output} are right cannot be told: {self.reason}."
        elif self.costliest is None:
            yield f"All digits of {self.output} are right: nothing was rounded."
        else:
            noun, verb = ("digit", "is") if self.digits == 1 else ("digits", "are")
            yield f"~{self.digits} {noun} of {self.output} {verb} right, by an estimate; {self.costliest} costs most."
        if self.remark is not None:
            yield f"The digits of values and gradients are not counted: {self.remark}."


def rounding_of(run: Run, attempt: Callable[[Domain], Run]) -> Rounding:
    """What rounding did to a run, which `attempt` repeats with other numbers. Raises as `estimate` does."""
    from backpropcli.certified import certified_run

    found = estimate(run)
    try:
        truth, _ = certified_run(attempt, DIGITS)
    except BackpropError as error:
        problem = error.problems[0]
        hint = f" ({problem.hint})" if problem.hint else ""
        return replace(found, remark=f"{problem.message}{hint}")
    values, gradients = counts(run, truth)
    return replace(found, values=values, gradients=gradients)


def estimate(run: Run) -> Rounding:
    """How many digits of the output are right. Raises DomainError for other numbers than float64."""
    graph, numbers = run.graph, run.domain
    if any(numbers.type_name(value) != "float64" for value in run.values):
        raise DomainError(f"rounding is told of float64, not of {numbers.title}")
    if not run.is_finite:
        return Rounding(graph.output, None, reason="not all numbers are finite")
    used = zip(graph.nodes, graph.used[graph.first_node :], strict=True)
    detached = next((node for node, is_used in used if is_used and node.spec.cls.is_detached), None)
    if detached is not None:
        return Rounding(graph.output, None, reason=f"{detached.label} hides what depends on its input")
    output, dout = run.values[graph.output_slot], run.gradients[graph.output_slot]
    with numbers.quiet():
        costs, total = _costs(run)
        whole, seed = (_effect(numbers, value, dout) for value in (output, numbers.ones_like(output)))
    if seed == 0 or (whole == 0 and total != 0):
        return Rounding(graph.output, None, reason="dout is 0" if seed == 0 else "it is 0")
    if total == 0:
        return Rounding(graph.output, MOST)
    costliest = graph.nodes[max(range(len(costs)), key=costs.__getitem__)]
    name = f"{graph.output} as a whole" if numbers.size(output) > 1 else graph.output
    return Rounding(name, _digits(total * _UNIT / whole), costliest.label)


def _costs(run: Run) -> tuple[list[float], float]:
    """What is charged to each node, and the sum of all that rounding may do to the output, in units of `_UNIT`."""
    graph, numbers, first = run.graph, run.domain, run.graph.first_node
    costs, total = [0.0] * len(graph.nodes), 0.0
    is_exact = [_is_on_grid(numbers, value) for value in run.values]
    off_by = [0.0 if exact else _HALF for exact in is_exact[:first]]
    for number, (node, sources) in enumerate(zip(graph.nodes, graph.sources, strict=True)):
        slot, layer = first + number, node.spec.cls
        has_exact_inputs = all(is_exact[source] for source in sources)
        is_exact[slot] = is_exact[slot] and layer.ulps <= _HALF and has_exact_inputs
        least = _HALF if has_exact_inputs else 0.0  # then a parameter is no float64
        bound = 0.0 if is_exact[slot] else max(layer.ulps, least)
        off_by.append(bound)
        effect = _effect(numbers, run.values[slot], run.gradients[slot])
        edges = zip(sources, run.contributions[number], strict=False)
        effects = [(source, _effect(numbers, run.values[source], contribution)) for source, contribution in edges]
        own = bound * max(effect, sum(size for _, size in effects) if layer.adds_up else 0.0)
        total += own
        costs[number] += own - min(bound, _HALF) * (effect if slot != graph.output_slot else 0.0)
        costs[number] += sum(min(off_by[source], _HALF) * size for source, size in effects)
    total += sum(
        off_by[slot] * _effect(numbers, run.values[slot], run.gradients[slot]) for slot in range(first) if off_by[slot]
    )
    return costs, total


def _effect(numbers: Domain, value: Value, gradient: Value | None) -> float:
    """What a relative change of each number of a value does to the output, at most."""
    return 0.0 if gradient is None else numbers.rounded(numbers.sum(abs(value * gradient)))


def _is_on_grid(numbers: Domain, value: Value) -> bool:
    scaled = value * _GRID
    is_off = numbers.where(numbers.equal(numbers.floor(scaled), scaled) & (abs(value) < _BOUND), 0.0, 1.0)
    return numbers.rounded(numbers.sum(is_off)) == 0


def _digits(relative_error: float) -> int:
    if not relative_error < 1:  # nan, too, where sizes are past float64
        return 0
    return min(MOST, floor(-log10(relative_error))) if relative_error else MOST


def counts(run: Run, truth: Run) -> tuple[dict[str, int], dict[str, int]]:
    """For each name how many digits are right of its value and of its gradient: the fewest of any element."""
    values, gradients = {}, {}
    for name, slot in run.graph.slots.items():
        values[name] = _right(run.domain, run.values[slot], truth.domain, truth.values[slot])
        gradient, true_gradient = run.gradient(slot), truth.gradient(slot)
        if gradient is not None and true_gradient is not None:
            gradients[name] = _right(run.domain, gradient, truth.domain, true_gradient)
    return values, gradients


def _right(numbers: Domain, found: Value, certain: Domain, truth: Value) -> int:
    pairs = zip(numbers.flat(found), certain.flat(truth), strict=True)
    return min((_digits_of(number, true.text) for number, true in pairs), default=MOST)


def _digits_of(found: float, truth: str) -> int:
    """How many digits of a float are those of a number, as which `0e-60` counts as 0."""
    from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal

    number, true = Decimal(found), Decimal(truth)
    if not (number.is_finite() and true.is_finite()):
        return MOST if str(number) == str(true) else 0
    if true in {number, 0}:
        return MOST if number == true else 0
    context = Context(_ENOUGH, Emin=MIN_EMIN, Emax=MAX_EMAX)
    relative = context.divide(context.subtract(number, true).copy_abs(), true.copy_abs())
    is_power = relative == Decimal((0, (1,), relative.adjusted()))
    return max(0, min(MOST, is_power - 1 - relative.adjusted()))
