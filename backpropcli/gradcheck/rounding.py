"""What rounding does to the gradients of a graph: how large the terms are that they sum, and how they scatter.

A graph is run and differentiated again with every number on the way a little off. With contributions that are off by
2**-26 the change tells the size of the terms of a gradient; with values and contributions that are off by a rounding or
two, it is the noise that the float64 gradient has. Both are measured once, for all gradients, when one is in doubt.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from backpropcli.domains import Domain, Value
from backpropcli.errors import BackpropError
from backpropcli.gradcheck.judgement import Terms
from backpropcli.gradcheck.replay import Replay
from backpropcli.gradcheck.slope import EPSILON

_SWAY = 2.0**-26
_DRAWS = 3
_SPREAD = 8.0  # the largest of some deviations is this many times that of three draws

Gradients = list[Value | None]


class Rounding:
    """The sizes and the noise of all gradients of a replayed graph."""

    def __init__(self, replay: Replay, dout: Value) -> None:
        self.replay = replay
        self.dout = dout

    def terms(self, slot: int) -> Terms | None:
        """What the gradient in a slot is made of; None where it cannot be told."""
        if self._measured is None:
            return None
        plain, swayed, rounded = self._measured
        numbers = self.replay.numbers
        scale = _spread(slot, plain, swayed, numbers) / _SWAY
        noise = _SPREAD * _spread(slot, plain, rounded, numbers)
        return Terms(scale, noise, self._noise_of_output(slot, plain))

    @cached_property
    def _measured(self) -> tuple[Gradients, list[Gradients], list[Gradients]] | None:
        """The gradients as they are, with contributions that are off by much, and with all off by a rounding."""
        numbers = self.replay.numbers
        try:
            with numbers.quiet():
                plain = self._gradients(_as_it_is, _as_it_is)
                swayed = [self._gradients(_as_it_is, _swayed(numbers, n, _SWAY)) for n in range(_DRAWS)]
                draws = (_swayed(numbers, n, EPSILON) for n in range(_DRAWS))
                return plain, swayed, [self._gradients(draw, draw) for draw in draws]
        except BackpropError:  # a layer that takes whole numbers only
            return None

    def _gradients(
        self, sway_value: Callable[[Value], Value], sway_contribution: Callable[[Value], Value]
    ) -> Gradients:
        replay, graph = self.replay, self.replay.graph
        values = replay.bound.leaves
        layers = []
        for isolated, sources in zip(replay.layers, graph.sources, strict=True):
            layers.append(layer := isolated.fresh())
            values.append(sway_value(isolated.forward(layer, isolated.copies([values[source] for source in sources]))))
        gradients: Gradients = [None] * len(values)
        gradients[graph.output_slot] = self.dout
        for number in range(graph.output_slot - graph.first_node, -1, -1):
            dout = gradients[graph.first_node + number]
            if dout is None:
                continue
            found = replay.layers[number].backward(layers[number], replay.numbers.convert(dout))
            for source, contribution in zip(graph.sources[number], found, strict=False):
                if contribution is not None:
                    so_far, swayed = gradients[source], sway_contribution(contribution)
                    gradients[source] = swayed if so_far is None else so_far + swayed
        return gradients

    def _noise_of_output(self, slot: int, gradients: Gradients) -> float:
        """The sum of what the rounding of each value on the way does to the weighted output."""
        replay, numbers = self.replay, self.replay.numbers
        total = 0.0
        for number in replay.nodes_between(slot):
            there = replay.graph.first_node + number
            gradient = gradients[there]
            if gradient is not None and numbers.is_finite(effect := abs(replay.values[there] * gradient)):
                total += numbers.rounded(numbers.sum(effect))
        return EPSILON * total


def _as_it_is(value: Value) -> Value:
    return value


def _swayed(numbers: Domain, draw: int, size: float) -> Callable[[Value], Value]:
    """A function that puts each number off by up to so much of it, up or down."""
    count = 0

    def sway(value: Value) -> Value:
        nonlocal count
        count += 1
        return value * (1 + size * (4 * numbers.random_like(value, draw + _DRAWS * count) - 2))

    return sway


def _spread(slot: int, plain: Gradients, others: list[Gradients], numbers: Domain) -> Value:
    """How far the other gradients are from the plain one, number by number; 0 where they are not finite."""
    gradient, spread = plain[slot], 0.0
    if gradient is None or not numbers.is_finite(gradient):
        return spread
    for other in others:
        found = other[slot]
        if found is not None and numbers.is_finite(found):
            spread = numbers.maximum(spread, abs(found - gradient))
    return spread
