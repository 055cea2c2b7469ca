"""Runs whose digits are certain: again with more working digits, until those that are to be shown are certain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress

from backpropcli.domains import Domain, Value, namespace
from backpropcli.errors import GraphError, Problem
from backpropcli.executor import Run

_SPARE = 10  # digits more than are asked for, which most runs need
_PATIENCE = 16  # times the digits that are asked for: what is not certain then may never be
_LEAST_PATIENCE = 4_000  # digits, which take few milliseconds
_NAMED = 3  # values in a warning


def certified_run(attempt: Callable[[Domain], Run], digits: int) -> tuple[Run, tuple[Problem, ...]]:
    """What `attempt` finds with balls, and a warning of the values of which fewer digits are certain.

    Raises DomainError where flint is not installed, and where the balls do not decide a branch.
    """
    from backpropcli.domains.balls import Balls, UndecidedError  # imports flint

    most = max(_PATIENCE * digits, _LEAST_PATIENCE)
    working = digits + _SPARE
    while True:
        is_last = 2 * working > most
        try:
            run = attempt(Balls(digits, working))
        except UndecidedError as error:
            if is_last:
                hint = "if they are equal, no digits will do: give an input another value"
                raise UndecidedError(*(p._replace(hint=hint) for p in error.problems)) from error
        else:
            uncertain = _uncertain(_named_values(run)) or _uncertain(_contributions(run))
            if not uncertain or is_last:
                return run, tuple(_warnings(uncertain, digits))
        working *= 2


def _named_values(run: Run) -> Iterator[tuple[str, Value | None]]:
    """The values and gradients that a run kept, each with what messages call it."""
    graph = run.graph
    for slot in (*range(len(graph.inputs)), *range(graph.first_node, len(run.values))):  # no constants
        name = graph.name_of(slot)
        with suppress(GraphError):  # it was not kept
            yield name, run.values[slot]
        with suppress(GraphError):
            yield f"the gradient of {name}", run.gradients[slot]


def _contributions(run: Run) -> Iterator[tuple[str, Value | None]]:
    """What its layers passed on, each with what messages call it."""
    for number, node in enumerate(run.graph.nodes):
        with suppress(GraphError):
            yield from ((f"what {node.label} contributes", value) for value in run.contributions[number])


def _uncertain(named: Iterable[tuple[str, Value | None]]) -> list[str]:
    """The names of the values that lack digits."""
    return [name for name, value in named if value is not None and not _is_certain(value)]


def _is_certain(value: Value) -> bool:
    return all(x.domain.is_certain(x) for x in namespace(value).elements(value))


def _warnings(uncertain: Sequence[str], digits: int) -> Iterator[Problem]:
    if uncertain:
        named = ", ".join(uncertain[:_NAMED]) + (f" and {len(uncertain) - _NAMED} more" if uncertain[_NAMED:] else "")
        hint = "0e-60 is 0 or a number of at most 1e-60 in size; more --digits may tell"
        yield Problem(f"fewer than {digits:,} digits are certain of {named}", hint=hint)
