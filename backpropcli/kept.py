"""What is left of a run that was asked for its results alone; to ask for more is an error."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from backpropcli.binding import BoundGraph
from backpropcli.errors import GraphError, Problem

if TYPE_CHECKING:
    from backpropcli.executor import Run

Item = TypeVar("Item")


def results_of(run: Run, bound: BoundGraph, asked: Collection[int]) -> Run:
    """The run with no more than the values and gradients that are asked for, by slot, and inputs that are not lent.

    No value or gradient changes with what is lent.
    """
    first, slots = run.graph.first_node, sorted(asked)
    values = {slot: run.values[slot] for slot in slots if slot >= first}
    gradients = {slot: run.gradient(slot) for slot in slots}
    if bound.is_lent:
        values, gradients = (
            dict(zip(found, bound.domain.apart(list(found.values()), bound.inputs), strict=True))
            for found in (values, gradients)
        )
    else:
        values.update(enumerate(run.values[:first]))
    return run._replace(
        values=Kept(values, len(run.values)),
        gradients=Kept(gradients, len(run.gradients)),
        contributions=Kept({}, len(run.contributions)),
    )


class Kept(Sequence[Item]):
    """A list of which only what was `found` is there; to ask it for the rest raises GraphError."""

    def __init__(self, found: Mapping[int, Item], length: int) -> None:
        self._found = found
        self._length = length

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: Any) -> Any:
        place = range(self._length)[index]  # or IndexError, by which an iteration ends
        if place not in self._found:
            raise GraphError(Problem("the run kept its results alone", hint="run it with keep='all'"))
        return self._found[place]
