"""Binding: a graph and what it is given become values of one domain; the one place that chooses a domain.

Values come as literals (text, lists of text, the names of array files), as Python's numbers and lists, or as values of
a domain. The caller chooses what the numbers are (floats, exact fractions); whether they are numbers or arrays of them
follows from what is given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from backpropcli.domains import Domain, Value, arrays_of, domain, namespace
from backpropcli.errors import BackpropError, DataError, DomainError, Place, ShapeError, nowhere
from backpropcli.graph import Graph
from backpropcli.sources.literals import ArrayFile, Constant, Literal, nested_numbers

FLOAT64 = "float64"


class BoundGraph(NamedTuple):
    """A graph with values of one domain for its inputs, in their order, and for the upstream gradient of its output."""

    graph: Graph
    domain: Domain
    inputs: Sequence[Value]
    dout: Value | None = None
    """Ones, if None."""
    place_of: Callable[[str], Place | None] = nowhere
    """Where the value of a name was given."""
    is_lent: bool = False
    """Whether there are arrays of the caller's own among the inputs, which may change once the run is over."""

    def owned(self) -> BoundGraph:
        """The same with copies of what is lent."""
        if not self.is_lent:
            return self
        return self._replace(inputs=[self.domain.convert(x) for x in self.inputs], is_lent=False)

    @property
    def leaves(self) -> list[Value]:
        """The values of the inputs and of the constants: of the graph's first slots."""
        texts = [constant.text for constant in self.graph.constants]
        try:
            return [*self.inputs, *self.domain.constants(texts, self.inputs)]
        except BackpropError as error:
            raise self._of_constant(error) from error

    def _of_constant(self, error: BackpropError) -> BackpropError:
        """The error of a constant that the domain cannot read, at its place."""
        for node in self.graph.nodes:
            for number, source in enumerate(node.inputs):
                if isinstance(source, Constant):
                    try:
                        self.domain.constants([source.text], self.inputs)
                    except BackpropError as found:
                        return type(found)(
                            *(node.problem(p.message, input_number=number, hint=p.hint) for p in found.problems)
                        )
        return error

    def upstream(self, output: Value) -> Value:
        """The upstream gradient in the shape of the output. Raises ShapeError if it does not fit."""
        try:
            return fit_dout(self.domain, self.dout, output)
        except ShapeError as error:
            raise _located(error, "dout", self.place_of) from error


def bind(
    graph: Graph,
    inputs: Mapping[str, Any],
    dout: Any = None,
    *,
    numbers: Domain | None = None,
    dtype: str = FLOAT64,
    place_of: Callable[[str], Place | None] = nowhere,
    lends: bool = False,
) -> BoundGraph:
    """Bind `inputs`, which has a value for each input of the graph.

    `numbers` is the domain of single numbers to compute with; by default the one that the given values are of, or
    floats. `dtype` is that of arrays, `place_of` tells where the value of a name was given. What can be changed in
    place is copied, unless the caller `lends` it. Raises DataError for what cannot be read, DomainError for a layer
    that cannot compute with the numbers.
    """
    given = [inputs[name] for name in graph.inputs]
    chosen = choose_domain(graph, [*given, dout], numbers, dtype)

    def read(name: str, value: Any) -> Value:
        try:
            return read_named(name, value, chosen, dtype)
        except BackpropError as error:
            raise _located(error, name, place_of) from error

    lent = {}
    if lends and not chosen.is_scalar:
        views = ((name, chosen.lent(item, dtype)) for name, item in zip(graph.inputs, given, strict=True))
        lent = {name: view for name, view in views if view is not None}
    values = [lent[name] if name in lent else read(name, item) for name, item in zip(graph.inputs, given, strict=True)]
    return BoundGraph(graph, chosen, values, None if dout is None else read("dout", dout), place_of, bool(lent))


def choose_domain(graph: Graph, values: Sequence[Any], numbers: Domain | None = None, dtype: str = FLOAT64) -> Domain:
    """The domain in which a graph can run on these values.

    Raises DomainError when a user's own layer, which is NumPy code, is to compute with other numbers than floats.
    """
    specs = {node.spec for node in graph.nodes}
    needs_numpy = any(spec.needs_arrays for spec in specs)
    if numbers is not None and not numbers.is_python:
        refuse_numpy_code(graph, f"cannot compute with {numbers.title}")
    if numbers is None:
        numbers = domain("floats")
        if own := [value for value in values if value is not None and not _is_unread(value)]:
            numbers = namespace(0.0, *own)
    has_axes = any(spec.cls.makes_axes for spec in specs) or any(
        isinstance(value, (list, tuple, ArrayFile)) or getattr(value, "shape", ()) for value in values
    )
    return arrays_of(numbers) if needs_numpy or has_axes or dtype != FLOAT64 else numbers


def refuse_numpy_code(graph: Graph, why: str) -> None:
    """Raise DomainError, which says why, if one of the layers is NumPy code of a user's own."""
    for node in graph.nodes:
        if node.spec.needs_arrays:
            hint = "a class that derives from backpropcli.layers.Layer can do so"
            raise DomainError(node.problem(f"{node.label}: {why}", hint=hint))


def read_value(value: Any, chosen: Domain, dtype: str = FLOAT64) -> Value:
    """A value of the domain: read, if it is a literal, or else converted.

    Raises DataError for what is no number, for rows that differ in length, and for an array where there are none.
    """
    return read_literal(value, chosen, dtype) if _is_literal(value) else chosen.convert(value, dtype)


def read_named(name: str, value: Any, chosen: Domain, dtype: str = FLOAT64) -> Value:
    """`read_value`, whose errors name what the value is of."""
    try:
        return read_value(value, chosen, dtype)
    except BackpropError as error:
        raise type(error)(*(p._replace(message=f"{name}: {p.message}") for p in error.problems)) from error


def read_literal(literal: Literal, chosen: Domain, dtype: str = FLOAT64) -> Value:
    """The value of a literal in a domain."""
    if chosen.is_scalar:
        if isinstance(literal, str):
            return chosen.number(literal)
        raise DataError(f"{chosen.name} works on numbers; this is an array")
    if not isinstance(literal, ArrayFile):
        return chosen.convert(nested_numbers(literal, chosen.number), dtype)
    from backpropcli.sources.array_files import load_array  # imports NumPy

    return chosen.convert(load_array(literal, chosen.number), dtype)


def fit_dout(chosen: Domain, dout: Value | None, output: Value) -> Value:
    """The upstream gradient in the shape of the output: ones, if None. Raises ShapeError if it does not fit."""
    if dout is None:
        return chosen.ones_like(output)
    return fitted(chosen, dout, chosen.shape(output), "dout", "the output")


def fitted(chosen: Domain, value: Value, shape: tuple[int, ...], name: str, other: str) -> Value:
    """The value of that name, broadcast to the shape of another. Raises ShapeError if it does not fit."""
    try:
        found = chosen.broadcast_to(value, shape)
    except ValueError:
        found = None
    if found is None or chosen.shape(found) != shape:
        raise ShapeError(f"{name} is {chosen.shape(value) or 'a number'}, but {other} is {shape or 'a number'}")
    return found


def _is_unread(value: Any) -> bool:
    return isinstance(value, (str, list, tuple, ArrayFile))


def _is_literal(value: Any) -> bool:
    """Whether a value is text, or lists of text, that a domain has yet to read."""
    while isinstance(value, list) and value:
        value = value[0]
    return isinstance(value, (str, ArrayFile))


def _located(error: BackpropError, name: str, place_of: Callable[[str], Place | None]) -> BackpropError:
    """The error with the place of the value that has the name, where its problems have none."""
    return type(error)(*(p if p.place else p._replace(place=place_of(name)) for p in error.problems))
