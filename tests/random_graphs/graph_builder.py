"""A graph of random layers that grows, with the values that it has, so that each layer finds values that suit it.

A layer is tried on values that the graph has already: first as they are, then in the shapes of its sample's inputs,
then squashed as well, to where every layer is defined and smooth. Where none of this works (the logarithm of a negative
number, an array of another size, a kink) it gets the sample's inputs as inputs of the graph. So no draw is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache, partial
from math import prod
from typing import Any, NamedTuple

import numpy as np
from random_graph import Numbers, Source, Step
from steadiness import is_off_kinks, run_alone

from backpropcli.catalogue import LAYERS, layer_class
from backpropcli.domains import Domain, Value, arrays_of, domain
from backpropcli.errors import BackpropError, LayerError
from backpropcli.executor import Run
from backpropcli.layers import Sample
from backpropcli.sources.literals import Constant

MOST_NUMBERS = 36  # in one value
LARGEST = 1000
MOST_BITS = 120  # of a denominator


class Kind(NamedTuple):
    """What graphs are wanted."""

    is_scalar: bool = False
    """Of numbers only, without arrays."""
    is_rational: bool = False
    """Of layers that fractions have, at points where they have them."""
    has_kinks: bool = False
    """Also on kinks, but only where all numbers so far are exact, so that every domain is on the same one."""
    is_smooth: bool = False
    """Off the kinks of slopes, too, where second derivatives jump."""

    @property
    def floats(self) -> Domain:
        """What a graph is run on."""
        return domain("floats") if self.is_scalar else domain("arrays")

    @property
    def numbers(self) -> Domain:
        """What the floats are compared with."""
        return domain("exact" if self.is_rational else "reals")

    @property
    def reference(self) -> Domain | None:
        """What a graph is run on as well while it grows."""
        if not self.is_rational and not self.has_kinks:
            return None
        return self.numbers if self.is_scalar else arrays_of(self.numbers)


class Recipe(NamedTuple):
    """A layer with parameters, inputs that suit it, and which of them have gradients: masks and indices have none."""

    layer: str
    sample: Sample
    has_gradients: tuple[bool, ...]


class Fresh(NamedTuple):
    """Numbers that become an input of the graph."""

    numbers: Numbers


class Known(NamedTuple):
    """A value that the graph has, also as one of the reference."""

    value: Value
    reference: Value | None


Argument = Source | Fresh


class UnfitError(Exception):
    """A layer cannot be tried on these values."""


@cache
def recipes(kind: Kind) -> dict[str, list[Recipe]]:
    """What graphs of a kind are made of, by layer."""
    found = {name: [r for r in _recipes(name) if _suits(r, kind)] for name in LAYERS}
    return {name: fitting for name, fitting in found.items() if fitting}


def _recipes(layer: str) -> Iterator[Recipe]:
    arrays = domain("arrays")
    for sample in layer_class(layer).samples:
        step = Step(layer, tuple(f"x{place}" for place in range(len(sample.inputs))), "y", sample.parameters)
        run = run_alone(step.node(), arrays, [arrays.convert(x) for x in sample.inputs])
        yield Recipe(layer, sample, tuple(gradient is not None for gradient in run.gradients[:-1]))


def _suits(recipe: Recipe, kind: Kind) -> bool:
    if kind.is_scalar and any(isinstance(x, list) for x in recipe.sample.inputs):
        return False
    builder = GraphBuilder(kind)
    return any(builder.tried(recipe, partial(list, own)) for own in _own_arguments(recipe))


def _own_arguments(recipe: Recipe) -> Iterator[list[Argument]]:
    """The inputs of the sample; then with numbers as constants, as a fraction cannot be raised to an input."""
    inputs = recipe.sample.inputs
    yield [Fresh(x) for x in inputs]
    yield [Constant(repr(x)) if place and not isinstance(x, list) else Fresh(x) for place, x in enumerate(inputs)]


class GraphBuilder:
    """Inputs, steps, and the values of both."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.inputs: dict[str, Numbers] = {}
        self.steps: list[Step] = []
        self.known: dict[str, Known] = {}
        self.fixed: set[str] = set()

    @property
    def usable(self) -> list[str]:
        """The known values but for masks, indices and the like, which have no gradient even if they are used twice."""
        return [name for name in self.known if name not in self.fixed]

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a known value."""
        return self.kind.floats.shape(self.known[name].value)

    def users(self, name: str) -> list[str]:
        """The values that depend on one, itself first."""
        found = [name]
        for step in self.steps:
            if not set(found).isdisjoint(step.sources):
                found.append(step.output)
        return found

    def add_input(self, numbers: Numbers) -> str:
        """The name of a new input."""
        name = f"x{len(self.inputs) + 1}"
        reference = self.kind.reference
        self.inputs[name] = numbers
        self.known[name] = Known(self.kind.floats.convert(numbers), reference and reference.convert(numbers))
        return name

    def add_layer(self, recipe: Recipe, arguments: Sequence[Argument]) -> str:
        """The name of the layer's value: on the arguments if that works, on the sample's inputs if not."""
        attempts: list[Callable[[], Sequence[Argument]]] = [
            lambda: arguments,
            lambda: self._in_shapes(arguments, recipe),
            lambda: [self._squashed(argument) for argument in self._in_shapes(arguments, recipe)],
            *(partial(list, own) for own in _own_arguments(recipe)),
        ]
        return next(name for attempt in attempts if (name := self.tried(recipe, attempt)))

    def tried(self, recipe: Recipe, attempt: Callable[[], Sequence[Argument]]) -> str | None:
        """The name of the layer's value; None, and nothing is added, where the arguments do not suit it."""
        before = dict(self.inputs), list(self.steps), dict(self.known)
        try:
            sources = [self.add_input(x.numbers) if isinstance(x, Fresh) else x for x in attempt()]
            name = self._add_step(recipe.layer, sources, recipe.has_gradients, **recipe.sample.parameters)
        except UnfitError:
            self.inputs, self.steps, self.known = before
            return None
        self.fixed |= {str(source) for source, has in zip(sources, recipe.has_gradients, strict=True) if not has}
        return name

    def join_values(self, reduction: str) -> None:
        """Add up what no step uses, so that one value depends on every layer."""
        used = {source for step in self.steps for source in step.sources}
        total: str | None = None
        for name in [step.output for step in self.steps if step.output not in used]:
            with suppress(UnfitError):
                part = self._add_step(reduction, [name]) if self.shape(name) else name
                total = self._add_step("add", [total, part]) if total else part

    def _in_shapes(self, arguments: Sequence[Argument], recipe: Recipe) -> list[Argument]:
        """Known values in the shapes of the sample's inputs."""
        return [self._in_shape(x, like) for x, like in zip(arguments, recipe.sample.inputs, strict=True)]

    def _in_shape(self, argument: Argument, like: Numbers) -> Argument:
        """A known value in the shape of `like`; if it has another size, its mean is added to these numbers."""
        shape = np.shape(like)
        if not isinstance(argument, str) or self.shape(argument) == shape:
            return argument
        if prod(self.shape(argument)) == prod(shape):
            return self._add_step("reshape", [argument], shape=shape)
        number = self._add_step("mean", [argument]) if self.shape(argument) else argument
        return self._add_step("add", [number, self.add_input(like)]) if shape else number

    def _squashed(self, argument: Argument) -> Argument:
        """A known value between 1/3 and 2/3."""
        if not isinstance(argument, str):
            return argument
        return self._add_step("hardsigmoid", [self._add_step("softsign", [argument])])

    def _add_step(
        self, layer: str, sources: Sequence[Source], has_gradients: tuple[bool, ...] | None = None, **parameters: Any
    ) -> str:
        """The name of the layer's value.

        Raises UnfitError where the layer refuses the values, or makes of them what is not wanted.
        """
        step = Step(layer, tuple(sources), f"y{len(self.steps) + 1}", parameters)
        values = [self.known[source] for source in sources if isinstance(source, str)]
        run, reference = self._run(step, values)
        if has_gradients is not None:
            wanted = [has for source, has in zip(sources, has_gradients, strict=True) if isinstance(source, str)]
            if [gradient is not None for gradient in run.gradients[: len(values)]] != wanted:
                raise UnfitError  # probabilities of the sample would be class numbers here
        if not self._is_moderate(run) or not self._is_short(reference):
            raise UnfitError
        if not (self.kind.has_kinks and all(map(self._is_exact, values))):
            point, with_slopes = [x.value for x in values], self.kind.is_smooth
            if not is_off_kinks(step.node(), self.kind.floats, point, run, with_slopes=with_slopes):
                raise UnfitError
        self.steps.append(step)
        self.known[step.output] = Known(run.values[-1], reference)
        return step.output

    def _run(self, step: Step, values: Sequence[Known]) -> tuple[Run, Value | None]:
        """The run of one layer on floats, and its value in the reference."""
        reference = self.kind.reference
        try:
            run = run_alone(step.node(), self.kind.floats, [x.value for x in values])
            if reference is None:
                return run, None
            return run, run_alone(step.node(), reference, [x.reference for x in values]).values[-1]
        except LayerError as error:
            if isinstance(error.__cause__, ValueError):
                raise UnfitError from error
            raise  # the layer's own mistake
        except BackpropError as error:
            raise UnfitError from error

    @staticmethod
    def _is_moderate(run: Run) -> bool:
        value = run.values[-1]
        if run.first_non_finite() is not None or not 0 < run.domain.size(value) <= MOST_NUMBERS:
            return False
        return all(abs(number) <= LARGEST for number in run.domain.flat(value))

    def _is_short(self, reference: Value | None) -> bool:
        """Whether fractions are short enough to go on with."""
        if self.kind.reference is None or not self.kind.is_rational:
            return True
        return all(x.denominator.bit_length() <= MOST_BITS for x in self.kind.reference.elements(reference))

    def _is_exact(self, known: Known) -> bool:
        assert self.kind.reference is not None
        floats, wanted = self.kind.floats.elements(known.value), self.kind.reference.elements(known.reference)
        return [self.kind.numbers.convert(number) for number in floats] == wanted
