"""Numbers that move: what stands in a page, as places in what its program returns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

from backpropcli.binding import bind
from backpropcli.domains import Value
from backpropcli.errors import DataError
from backpropcli.executor import Run
from backpropcli.explain.layers import Layers
from backpropcli.explain.sentences import backward_sentences, forward_sentence
from backpropcli.graph import Graph
from backpropcli.picture.labels import MOST_DESCRIBED, in_full, is_small, shape_text
from backpropcli.picture.model import Kind, Picture, Wire
from backpropcli.program import program_of
from backpropcli.program.javascript import input_places, javascript_code
from backpropcli.program.program import Index
from backpropcli.program.program import Result as Numbers
from backpropcli.readings import Reading, Sentence, gradient_in, value_in
from backpropcli.text.json_numbers import json_numbers
from backpropcli.trace import record

ROOM, ELEMENT_ROOM = 9, 7  # characters of a number in the picture, and of an element of an array
_MOST_IN_A_SENTENCE, _MOST_IN_A_CELL = 16, 64
_MOST_CONTROLS = 64  # of one input: one of more numbers has one control, and a choice
_MOST_DIGITS = 17  # of a number of the picture, where there is room

Parts = list[str | int]
"""A text: strings, and places of numbers in what the program returns."""


class Input(NamedTuple):
    """An input: its name, and the places of its numbers among those of all inputs.

    One that cannot move, as labels, indices and masks, is shown as the `fixed` text.
    """

    name: str
    places: range
    fixed: str | None


class Live(NamedTuple):
    """The program of a page as JavaScript, the data that it works on, and the inputs."""

    code: str
    data: dict[str, Any]
    inputs: tuple[Input, ...]


class Digits(NamedTuple):
    """Significant digits, None for all of them: of numbers, and of the elements of arrays."""

    of_numbers: int | None
    of_elements: int | None

    def of(self, *, is_array: bool) -> int:
        """As many as a number has, or an element; 0 for all."""
        return (self.of_elements if is_array else self.of_numbers) or 0


class _Texts:
    """Texts of a run, whose numbers are collected on the way."""

    def __init__(self, traced: Run) -> None:
        self.traced = traced
        self.numbers = traced.domain
        self.places: dict[int, int] = {}

    def rows(self, reading: Reading) -> Iterator[Parts]:
        """The rows of a label."""
        value = reading(self.traced)
        if value is None:
            return
        shape = self.numbers.shape(value)
        if not shape:
            yield self._places(value)
        elif is_small(shape):
            places = self._places(value)
            width = shape[-1]
            for start in range(0, len(places), width):
                yield list(_nested(places[start : start + width], (width,), " "))
        else:
            yield [shape_text(shape)]

    def is_array(self, reading: Reading) -> bool:
        """Whether it reads an array."""
        value = reading(self.traced)
        return value is not None and bool(self.numbers.shape(value))

    def whole(self, reading: Reading, most: int) -> Parts:
        """A value as nested lists, or by its shape if it has more numbers than can be shown."""
        value = reading(self.traced)
        if value is None:
            return ["-"]
        shape = self.numbers.shape(value)
        if self.numbers.size(value) > most:
            return [shape_text(shape)]
        return list(_nested(self._places(value), shape, ", "))

    def sentence(self, parts: Sentence) -> Parts:
        """A sentence."""
        return self._filled(parts, _MOST_IN_A_SENTENCE)

    def tooltip(self, parts: Sentence) -> Parts:
        """What is said of a box or a wire."""
        return self._filled(parts, MOST_DESCRIBED)

    def _filled(self, parts: Sentence, most: int) -> Parts:
        pieces = ([part] if isinstance(part, str) else self.whole(part, most) for part in parts)
        return list(chain.from_iterable(pieces))

    def _places(self, value: Value) -> list[str | int]:
        """The places of the numbers of a value, row by row."""
        slots = (number.slot for number in self.numbers.elements(value))
        return [self.places.setdefault(slot, len(self.places)) for slot in slots]


def live(picture: Picture, digits: Digits, table: Digits) -> Live:
    """What moves in a page with this picture: its labels, a table of the output and the gradients, and the sentences.

    `digits` are those of the picture, `table` those of the table. Raises DomainError for what cannot be traced.
    """
    result = picture.result
    run, graph = result.run, result.run.graph
    values = {name: _floats(name, run.domain.numbers(run.values[slot])) for slot, name in enumerate(graph.inputs)}
    bound = bind(graph, values, _floats("dout", run.domain.numbers(result.dout)))
    found = record(bound)
    texts = _Texts(found.run)
    data: dict[str, Any] = {"output": result.output, "rows": list(_rows(picture, texts, digits))}
    slots = [graph.slot(name) for name in dict.fromkeys((result.output, *result.gradients))]
    data["cells"] = [
        [table.of(is_array=texts.is_array(reading)), texts.whole(reading, _MOST_IN_A_CELL)]
        for slot in slots
        for reading in (value_in(slot), gradient_in(slot))
    ]
    data |= {"digits": digits.of_numbers or 0, **_steps(picture, texts)}
    data["tooltips"] = [texts.tooltip(drawn.described) for drawn in picture.drawn]
    numbers = Numbers(tuple(texts.places), (len(texts.places),))
    program = program_of(found.tape, found.parameters, {"numbers": numbers})
    places = input_places(program)
    inputs = tuple(_inputs(picture, program.fixed))
    data |= {
        "names": [_called(*place) for place in places],
        "start": json_numbers([number for value in bound.inputs for number in bound.domain.flat(value)]),
        "controls": [control for given in inputs if given.fixed is None for control in _controls(given.places)],
        "relation": _relation_to(run.domain.type_name(result.value)),
        "python": json_numbers([float(found.tape.values[slot]) for slot in texts.places]),
    }
    return Live(javascript_code(program), data, inputs)


def _rows(picture: Picture, texts: _Texts, digits: Digits) -> Iterator[list[Any]]:
    """The rows of all labels, as the picture has them one after the other: digits, room, and parts."""
    for wire in picture.wires:
        label = picture.labels[wire.id]
        for reading in (label.above, label.below):
            of_array = texts.is_array(reading)
            for parts in texts.rows(reading):
                yield [digits.of(is_array=of_array) or _MOST_DIGITS, ELEMENT_ROOM if of_array else ROOM, parts]


def _steps(picture: Picture, texts: _Texts) -> dict[str, Any]:
    """The walk: for each layer that is drawn and used the parts of the picture that light up, and its sentence.

    First forward, then back.
    """
    graph = picture.result.run.graph
    layers = Layers(picture.result.run)
    asked = {*range(graph.first_node, len(graph.used)), *map(graph.slot, picture.result.gradients)}
    groups = {drawn.id: number for number, drawn in enumerate(picture.drawn)}
    operations = {box.id for box in picture.boxes if box.kind is Kind.OPERATION}
    forward: list[list[Any]] = []
    back: list[list[Any]] = []
    boxes: dict[int, set[str]] = defaultdict(set)
    for box in operations:
        boxes[int(box.rpartition("v")[2])].add(box)  # a box is named after its slot
    wires_at: dict[str, list[Wire]] = defaultdict(list)
    for wire in picture.wires:
        for end in {wire.tail, wire.head}:
            wires_at[end].append(wire)
    for number in range(len(graph.nodes)):
        own = boxes[graph.first_node + number]
        if not own or not graph.used[graph.first_node + number]:
            continue
        wires = [wire for box in sorted(own) for wire in wires_at[box]]
        ends = own | {end for wire in wires for end in (wire.tail, wire.head) if end not in operations}
        marked = [*(groups[wire.id] for wire in wires), *(groups[end] for end in sorted(ends))]
        forward.append([marked, texts.sentence(forward_sentence(layers, number))])
        told = backward_sentences(layers, number, asked)
        back[:0] = ([marked, texts.sentence(sentence)] for sentence in told)
    return {"steps": [*forward, *back], "forward": len(forward)}


def _inputs(picture: Picture, fixed: Collection[str]) -> Iterator[Input]:
    run = picture.result.run
    choosing = _only_choosing(run.graph)
    start = 0
    for slot, name in enumerate(run.graph.inputs):
        value = run.values[slot]
        end = start + run.domain.size(value)
        is_fixed = name in fixed or slot in choosing
        yield Input(name, range(start, end), in_full(value, run.domain) if is_fixed else None)
        start = end


def _only_choosing(graph: Graph) -> set[int]:
    """The slots of what is used for nothing but to choose among other inputs of a layer: labels, indices and masks."""
    choosing, others = set[int](), set[int]()
    for node, sources in zip(graph.nodes, graph.sources, strict=True):
        names = [node.spec.input_name(port) for port in range(len(sources))]
        constant = node.spec.cls.constant_inputs
        is_choice = not constant.issuperset(names)  # a comparison is of constants alone
        for name, source in zip(names, sources, strict=True):
            (choosing if is_choice and name in constant else others).add(source)
    return choosing - others


def _controls(places: range) -> list[list[int]]:
    """The places that each control of an input moves: a number, or one that is chosen among many."""
    return [[place] for place in places] if len(places) <= _MOST_CONTROLS else [list(places)]


def _called(name: str, index: Index) -> str:
    """A number of an input, as formulas have it."""
    return f"{name}[{', '.join(map(str, index))}]" if index else name


def _relation_to(own: str) -> str:
    """How the numbers of a page are to those of backprop, which are of this type."""
    if own == "float64":
        return "; its first numbers are those of backprop."
    asked = "exact fractions" if own == "fraction" else own
    return f", but in float64, and the scenario asks for {asked}: the last digits may differ."


def _floats(name: str, numbers: Any) -> Any:
    """The nearest floats. Raises DataError for an exact number that is beyond them."""
    if isinstance(numbers, list):
        return [_floats(name, number) for number in numbers]
    try:
        return float(numbers)
    except OverflowError:
        raise DataError(f"a page computes in float64, and a number of {name} is beyond its range") from None


def _nested(parts: Sequence[Any], shape: Sequence[int], separator: str) -> Iterator[str | int]:
    """Parts as nested lists of this shape; what is nested begins a line, if lines are shown."""
    if not shape:
        yield from parts
        return
    yield "["
    size = len(parts) // shape[0] if shape[0] else 0
    for number in range(shape[0]):
        if number:
            yield separator if len(shape) == 1 else separator.replace(" ", "\n")
        yield from _nested(parts[number * size : (number + 1) * size], shape[1:], separator)
    yield "]"
