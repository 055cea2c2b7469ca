"""`--vary NAME=FROM:TO:COUNT`: a scenario again and again, with one input at values between two numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from backpropcli import api
from backpropcli.domains.spacing import evenly_spaced
from backpropcli.errors import BackpropError, Problem, UsageError
from backpropcli.graph import canonical_name
from backpropcli.result import Result
from backpropcli.sources.literals import Literal, is_number

if TYPE_CHECKING:
    from backpropcli.scenario import Scenario

COUNT = 11  # of the values, where it is not said
MOST_VALUES = 100_000


class Varied(NamedTuple):
    """An input, and the values that it takes one after the other, as texts."""

    name: str
    values: Sequence[Literal]


def read_vary(given: Sequence[str], count: int) -> Varied:
    """What the option says; `count` is how many values there are if it does not say it.

    Raises UsageError for another form, and if it was given twice.
    """
    if len(given) > 1:
        raise UsageError("--vary is given twice, and varies one input")
    [text] = given
    name, _, numbers = text.partition("=")
    first, _, others = numbers.partition(":")
    last, colon, said = others.partition(":")
    if said.isascii() and said.isdecimal() and len(said) < len(str(MOST_VALUES * 10)):
        count = int(said)
    elif colon:
        count = 0
    name = canonical_name(name.strip())
    is_right = name.isidentifier() and is_number(first.strip()) and is_number(last.strip())
    if not is_right or not 1 < count <= MOST_VALUES:
        hint = f"write --vary x=0:1, or with the number of values, from 2 to {MOST_VALUES:,}, --vary x=0:1:11"
        raise UsageError(Problem(f"--vary must be NAME=FROM:TO:COUNT, not '{text}'", hint=hint))
    try:
        return Varied(name, evenly_spaced(first.strip(), last.strip(), count))
    except BackpropError:
        raise UsageError("--vary needs finite numbers") from None


def run_varied(scenario: Scenario, varied: Varied, run: Callable[[Scenario], Result]) -> list[Result]:
    """The results of a scenario, one for each value. Raises GraphError for an unknown input."""
    return [run(api.with_inputs(scenario, {varied.name: value})) for value in varied.values]
