"""What is drawn of a run: boxes, and wires between them with their values above and their gradients below."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from backpropcli.picture.labels import in_full
from backpropcli.readings import Reading, Sentence
from backpropcli.result import Result


class Kind(StrEnum):
    """What a box stands for; a fork is a value used several times, whose gradient is the sum of what comes back."""

    INPUT = "input"
    CONSTANT = "constant"
    OPERATION = "operation"
    FORK = "fork"
    OUTPUT = "output"


class Box(NamedTuple):
    """One box: the text in it, and what is said of it where there is room for more; dim unless it is used."""

    id: str
    kind: Kind
    text: str
    described: Sentence
    is_used: bool = True


class Wire(NamedTuple):
    """A wire from the box `tail` to the input number `port` of the box `head`.

    `above` are the rows of the value that flows forward, `below` those of the gradient that flows back.
    """

    id: str
    tail: str
    head: str
    port: int
    above: tuple[str, ...]
    below: tuple[str, ...]
    described: Sentence
    is_used: bool = True


class Label(NamedTuple):
    """What the rows above and below a wire are the numbers of, in any run of the graph."""

    above: Reading
    below: Reading


class Picture(NamedTuple):
    """A computational graph, and what flows through it in a run.

    `labels` are those of the wires, by their ids. A picture that moves runs the graph again. Where there are `pieces`,
    they stand one below the other, and have all of the boxes and wires among them.
    """

    title: str
    boxes: tuple[Box, ...]
    wires: tuple[Wire, ...]
    labels: Mapping[str, Label]
    result: Result
    pieces: tuple[Picture, ...] = ()

    @property
    def drawn(self) -> tuple[Wire | Box, ...]:
        """All that is drawn, in this order: the wires, and the boxes on top."""
        return *self.wires, *self.boxes

    def told(self, described: Sentence) -> str:
        """What is said of a box or of a wire, with all digits of this run."""
        run = self.result.run
        return "".join(part if isinstance(part, str) else in_full(part(run), run.domain) for part in described)

    @property
    def stacked(self) -> tuple[Picture, ...]:
        """What stands one below the other: the pieces, or the picture itself."""
        return self.pieces or (self,)
