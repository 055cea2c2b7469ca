"""A scenario: what a file says, checked and wired, ready to run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal as OneOf
from typing import NamedTuple

from backpropcli.errors import Place, Problem, nowhere
from backpropcli.graph import Graph
from backpropcli.sources.literals import Literal

NOT_ANSWERED = "null"
"""What stands in an answer for a number that is asked for and not given."""


class Expectation(NamedTuple):
    """The answers that a scenario's author gives, by name, and their places.

    `tolerance`, which is relative, or `digits` says how close they must be to the computed numbers where they are not
    these as rounded.
    """

    values: dict[str, Literal]
    gradients: dict[str, Literal]
    value_places: dict[str, Place]
    gradient_places: dict[str, Place]
    tolerance: float | None = None
    digits: int | None = None


class Scenario(NamedTuple):
    """One scenario file.

    `source` is what messages call the file; `gradients` are the names whose gradients are asked for, in order;
    `warnings` are what its author should know although it runs. `place_of` tells where the value of a name is given, of
    an input, a constant or `dout`; None if that is not in the file.
    """

    source: str
    graph: Graph
    inputs: dict[str, Literal]
    gradients: tuple[str, ...]
    title: str | None = None
    dout: Literal | None = None
    exact: bool = False
    dtype: OneOf["float64", "float32"] = "float64"
    expect: Expectation = Expectation({}, {}, {}, {})
    warnings: tuple[Problem, ...] = ()
    place_of: Callable[[str], Place | None] = nowhere
