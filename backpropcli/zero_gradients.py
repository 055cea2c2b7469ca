"""Why a gradient is zero: the layers on the backward pass that were given a dout and passed nothing of it on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from backpropcli.domains import Domain, Value
from backpropcli.executor import Run
from backpropcli.graph import Node

MOST_NAMED = 3
_LISTED = 5  # values with the same to be said
ROUNDING = 2.0**-44  # what may be left, in parts of the terms that cancel


class ZeroGradient(NamedTuple):
    """A value whose gradient is zero, exactly or but for rounding, and the reason: `relu y is off`."""

    name: str
    is_exact: bool
    reason: str


def zero_gradients(run: Run, names: Iterable[str]) -> Iterator[ZeroGradient]:
    """Those of the named values whose gradient is zero."""
    graph, numbers = run.graph, run.domain
    with numbers.quiet():
        reasons = _reasons(run)
        for name in names:
            slot = graph.slot(name)
            gradient, found = run.gradient(slot), reasons[slot]
            if gradient is None or not numbers.size(gradient) or not numbers.is_finite(gradient):
                continue
            is_exact = _largest(gradient, numbers) == 0
            if found:
                yield ZeroGradient(name, is_exact, _joined(found))
            elif is_exact:
                how = "what its paths contribute cancels" if graph.used[slot] else "the output does not depend on it"
                yield ZeroGradient(name, is_exact, how)


def zero_sentences(zeros: Iterable[ZeroGradient]) -> Iterator[str]:
    """Why gradients are zero; those of one reason in one sentence."""
    alike: dict[tuple[str, bool], list[str]] = {}
    for zero in zeros:
        alike.setdefault((zero.reason, zero.is_exact), []).append(zero.name)
    for (reason, is_exact), names in alike.items():
        shown = [*names[:_LISTED], f"{len(names) - _LISTED:,} more"] if len(names) > _LISTED + 1 else names
        listed = " and ".join(part for part in (", ".join(shown[:-1]), shown[-1]) if part)
        but = "" if is_exact else " but for rounding"
        verb = f"gradient of {listed} is" if len(names) == 1 else f"gradients of {listed} are"
        yield f"The {verb} 0{but}: {reason}."


def summed_away(run: Run, gradients: Iterable[Value | None]) -> str | None:
    """Why all gradients are 0, where that is because dout is the same for all elements of the output."""
    graph, numbers = run.graph, run.domain
    node, dout = graph.nodes[graph.output_slot - graph.first_node], run.gradient(graph.output_slot)
    found = [gradient for gradient in gradients if gradient is not None]
    if node.spec.cls.when_even is None or not found or not _is_even(dout, numbers):
        return None
    with numbers.quiet():
        stops = {_stop(node, run.values[graph.output_slot], dout, gradient, numbers) for gradient in found}
    return stops.pop() if len(stops) == 1 else None


def _reasons(run: Run) -> list[tuple[str, ...]]:
    """For each slot, what keeps dout from it; nothing where some of it arrives, or where none was sent."""
    graph, numbers = run.graph, run.domain
    stopped: list[dict[str, None]] = [{} for _ in run.values]  # a set that keeps its order
    is_reached = [False] * len(run.values)
    output = graph.output_slot
    is_reached[output] = _largest(run.gradients[output], numbers) > 0
    if not is_reached[output]:
        stopped[output]["dout is 0"] = None
    for number in range(output - graph.first_node, -1, -1):
        slot, node = graph.first_node + number, graph.nodes[number]
        dout = run.gradients[slot]
        if dout is None:
            continue
        cancels = is_reached[slot] and _largest(dout, numbers) == 0
        why = {f"what the paths of {node.output} contribute cancels": None} if cancels else stopped[slot]
        for source, contribution in zip(graph.sources[number], run.contributions[number], strict=True):
            if cancels or not is_reached[slot]:
                stopped[source].update(why)
            elif stop := _stop(node, run.values[slot], dout, contribution, numbers):
                stopped[source][stop] = None
            else:
                is_reached[source] = True
    return [() if reached else tuple(reversed(found)) for reached, found in zip(is_reached, stopped, strict=True)]


def _stop(node: Node, value: Value, dout: Value, contribution: Value | None, numbers: Domain) -> str | None:
    """Why a layer passes nothing on; None if it does."""
    left = 0.0 if contribution is None else _largest(contribution, numbers)
    cls = node.spec.cls
    if cls.when_even is not None and numbers.size(dout) > 1 and _is_even(dout, numbers):
        terms = _largest(dout, numbers) * _largest(value, numbers)
        return f"{node.label} {cls.when_even}" if left <= ROUNDING * terms else None
    return f"{node.label} {cls.when_zero}" if left == 0 else None


def _is_even(x: Value, numbers: Domain) -> bool:
    return numbers.rounded(numbers.amin(x)) == numbers.rounded(numbers.amax(x))


def _largest(x: Value, numbers: Domain) -> float:
    """The largest size of a number; 0 if there is none."""
    return numbers.rounded(numbers.amax(abs(x))) if numbers.size(x) else 0.0


def _joined(reasons: tuple[str, ...]) -> str:
    more = f", and {len(reasons) - MOST_NAMED} more" if len(reasons) > MOST_NAMED else ""
    return "; ".join(reasons[:MOST_NAMED]) + more
