"""The picture of a result: a box for each leaf and each layer, and the numbers of the run on the wires between them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator

from backpropcli.domains import Value
from backpropcli.errors import DataError, Problem
from backpropcli.picture import Look
from backpropcli.picture.labels import rows
from backpropcli.picture.model import Box, Kind, Label, Picture, Wire
from backpropcli.picture.operations import Port, operations, steps_of_several
from backpropcli.readings import Reading, Sentence, contribution_in, gradient_in, nothing, value_in
from backpropcli.result import Result

MOST_SHOWN = 2_000
ELSEWHERE = "…"


def picture_of(result: Result, look: Look, shown: Collection[int] | None = None, *, by_step: bool = False) -> Picture:
    """The boxes and the wires of a run, with the gradients that were asked for.

    `shown` are the slots that are drawn, all by default; what leads to them from others begins with the name of its
    value, and what leads from them to others ends in an ellipsis. With `by_step` all layers of a step are one box, and
    stand below in a piece of their own. Raises DataError for more than can be looked at.
    """
    with result.run.domain.quiet():  # the parts of a gradient may overflow in sum
        drawing = _Drawing(result, look, shown, by_step=by_step)
        whole = drawing.picture()
        steps = (
            [slots for slot, slots in steps_of_several(result.run.graph) if slot in drawing.shown] if by_step else []
        )
        if not steps:
            return whole
        pieces = [whole]
        for number, slots in enumerate(steps, 1):
            piece = _Drawing(result, look, slots, by_step=False, end=slots[-1]).picture()
            pieces.append(_renamed(piece, f"s{number}"))
        return whole._replace(
            boxes=tuple(box for piece in pieces for box in piece.boxes),
            wires=tuple(wire for piece in pieces for wire in piece.wires),
            labels={name: label for piece in pieces for name, label in piece.labels.items()},
            pieces=tuple(pieces),
        )


def _renamed(picture: Picture, prefix: str) -> Picture:
    """The picture with other ids."""
    boxes = (box._replace(id=prefix + box.id) for box in picture.boxes)
    wires = (
        wire._replace(id=prefix + wire.id, tail=prefix + wire.tail, head=prefix + wire.head) for wire in picture.wires
    )
    labels = {prefix + name: label for name, label in picture.labels.items()}
    return picture._replace(boxes=tuple(boxes), wires=tuple(wires), labels=labels)


class _Drawing:
    """A result on its way to a picture; the boxes of slots and the forks behind them are named after the slots.

    `end` is the slot of a value whose way to others ends in its name.
    """

    def __init__(
        self, result: Result, look: Look, shown: Collection[int] | None, *, by_step: bool, end: int | None = None
    ) -> None:
        self.result = result
        self.end = end
        self.look = look
        self.run = result.run
        self.graph = result.run.graph
        made = {operation.slot: operation for operation in operations(self.graph, by_step=by_step)}
        whole = {*range(len(self.graph.inputs)), *made} if shown is None else shown
        self.operations = {slot: operation for slot, operation in made.items() if slot in whole}
        self.shown = frozenset((*self.operations, *(slot for slot in whole if slot < self.graph.first_node)))
        if len(self.shown) > MOST_SHOWN:
            message = (
                f"a picture of {len(self.shown):,} values is too large to be read; at most {MOST_SHOWN:,} are drawn"
            )
            raise DataError(Problem(message, hint="--around NAME --depth 3 draws a part of it"))
        self.uses: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self.uses_elsewhere: Counter[int] = Counter()
        for slot, operation in made.items():
            for number, port in enumerate(operation.ports):
                if slot in self.shown:
                    self.uses[port.source].append((slot, number))
                elif port.source in self.shown:
                    self.uses_elsewhere[port.source] += 1

    def picture(self) -> Picture:
        """The whole of it."""
        boxes: list[Box] = []
        wires: list[Wire] = []
        labels: dict[str, Label] = {}
        for slot in sorted({*self.shown, *self.uses}):
            boxes.append(self._box(slot))
            is_output, elsewhere = slot == self.graph.output_slot and slot in self.shown, self.uses_elsewhere[slot]
            fan = len(self.uses[slot]) + is_output + (elsewhere > 0)
            if fan > 1:
                boxes.append(self._fork(slot))
                labels[f"w{slot}"] = self._whole(slot)
                wires.append(self._stem(slot, labels[f"w{slot}"]))
            if elsewhere:
                told = "used once more" if elsewhere == 1 else f"used {elsewhere:,} times more"
                text = self.graph.name_of(slot) if slot == self.end else ELSEWHERE
                boxes.append(Box(f"e{slot}", Kind.OUTPUT, text, (told,), self.graph.used[slot]))
            if is_output:
                boxes.append(Box("output", Kind.OUTPUT, self.result.output, self._described(slot)))
            for wire, label in self._branches(slot, is_fork=fan > 1):
                wires.append(wire)
                labels[wire.id] = label
        title = self.result.title or f"{self.result.output} and its gradients"
        return Picture(title, tuple(boxes), tuple(wires), labels, self.result)

    def _box(self, slot: int) -> Box:
        graph = self.graph
        name, is_used = graph.name_of(slot), graph.used[slot]
        if self._is_constant(slot):
            return Box(f"v{slot}", Kind.CONSTANT, name, (f"the constant {name}",), is_used)
        if slot not in self.operations:
            return Box(f"v{slot}", Kind.INPUT, name, self._described(slot), is_used)
        operation = self.operations[slot]
        described = f"{operation.label}: ", *self._described(slot)
        return Box(f"v{slot}", Kind.OPERATION, operation.text, described, is_used)

    def _fork(self, slot: int) -> Box:
        count = len(self.uses[slot]) + self.uses_elsewhere[slot] + (slot == self.graph.output_slot)
        told: Sentence = (f"{self.graph.name_of(slot)} is used {count} times",)
        if self._gradient(slot) is not None:
            told += "; its gradient is the sum, ", gradient_in(slot)
        return Box(f"f{slot}", Kind.FORK, "", told, self.graph.used[slot])

    def _whole(self, slot: int) -> Label:
        """A value, and its gradient if that is asked for; of a value from elsewhere, what comes back to it here."""
        if not self._is_asked(slot):
            return Label(value_in(slot), nothing)
        if slot in self.shown:
            return Label(value_in(slot), gradient_in(slot))
        ports = (self.operations[head].ports[port] for head, port in self.uses[slot])
        return Label(value_in(slot), contribution_in([use for port in ports for use in port.uses]))

    def _stem(self, slot: int, label: Label) -> Wire:
        """The wire from a value to its fork."""
        above, below = self._rows(label)
        return Wire(f"w{slot}", f"v{slot}", f"f{slot}", 0, above, below, self._described(slot), self.graph.used[slot])

    def _branches(self, slot: int, *, is_fork: bool) -> Iterator[tuple[Wire, Label]]:
        """The wires to where a value is used; behind a fork each has its part of the gradient only."""
        tail = f"f{slot}" if is_fork else f"v{slot}"
        value: Reading = nothing if is_fork or self._is_constant(slot) else value_in(slot)
        for head, port in self.uses[slot]:
            label = Label(value, self._contribution(slot, self.operations[head].ports[port]))
            described = self._part(slot, label.below) if is_fork else self._described(slot)
            is_used = self.graph.used[head]
            yield Wire(f"w{head}-{port}", tail, f"v{head}", port, *self._rows(label), described, is_used), label
        if self.uses_elsewhere[slot]:
            described = self._described(slot)
            label = self._whole(slot) if slot == self.end else Label(value, nothing)
            yield Wire(f"e-{slot}", tail, f"e{slot}", 0, *self._rows(label), described, self.graph.used[slot]), label
        if slot == self.graph.output_slot and slot in self.shown:
            label = Label(value, gradient_in(slot))
            yield Wire("w", tail, "output", 0, *self._rows(label), self._described(slot)), label

    def _is_constant(self, slot: int) -> bool:
        return len(self.graph.inputs) <= slot < self.graph.first_node

    def _is_asked(self, slot: int) -> bool:
        """Whether the gradient of a value is asked for."""
        return slot >= self.graph.first_node or (
            not self._is_constant(slot) and self.graph.name_of(slot) in self.result.gradients
        )

    def _gradient(self, slot: int) -> Value | None:
        """The gradient of a value, if it is asked for and the output depends on it."""
        return self.run.gradients[slot] if self._is_asked(slot) else None

    def _contribution(self, slot: int, port: Port) -> Reading:
        """What comes back through an input: of a step, the sum of what its layers give."""
        return nothing if self._gradient(slot) is None else contribution_in(port.uses)

    def _rows(self, label: Label) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The rows above and below a wire."""
        digits = self.look.precision, self.look.element_precision
        above, below = label.above(self.run), label.below(self.run)
        return rows(above, self.run.domain, *digits), rows(below, self.run.domain, *digits)

    def _described(self, slot: int) -> Sentence:
        told: Sentence = (f"{self.graph.name_of(slot)} = ", value_in(slot))
        return told if self._gradient(slot) is None else (*told, ", gradient ", gradient_in(slot))

    def _part(self, slot: int, part: Reading) -> Sentence:
        name = self.graph.name_of(slot)
        return (name,) if part(self.run) is None else (f"{name}: adds ", part, " to its gradient")
