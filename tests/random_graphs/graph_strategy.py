"""The hypothesis strategy for random graphs: what is drawn, and in what order, so that failures shrink."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

import numpy as np
from graph_builder import Argument, Fresh, GraphBuilder, Kind, Recipe, recipes
from hypothesis import strategies as st
from random_graph import Numbers, RandomGraph

from backpropcli.sources.literals import Constant

ARRAYS = Kind()
MOST_OTHERS = 2  # before the layer that is wanted and after it, beside those that fit shapes and join values
LONGEST_AGO = 8
SHAPES = ((3,), (2, 3), (3, 1), (1, 2, 2))

# Zeros, bounds of layers, ties with them; and numbers that hit nothing. 17 are a prime: an array of equal strides among
# them has no ties unless it is constant. Those of the first list are short sums of powers of two, so that arithmetic
# with them is often exact, and can meet a kink.
BINARY = "1 0 -1 2 0.5 -0.5 3 -2 1.5 0.3125 -0.8125 1.1875 -1.6875 2.375 -2.4375 0.75 0.0625"
DECIMAL = "1 0 -1 2 0.5 0.1 -0.3 0.7 -1.1 1.3 -1.7 2.3 -2.9 0.9 -0.6 1.9 2.6"


class Plan(NamedTuple):
    """A layer, and for each of its inputs what it is, or how long ago the value was made that it is.

    A plan knows nothing of the graph that it goes into, so that a failure shrinks by leaving plans out.
    """

    recipe: Recipe
    arguments: list[Argument | int]


@st.composite
def graphs(draw: st.DrawFn, layer: str, kind: Kind = ARRAYS) -> RandomGraph:
    """Random graphs whose output depends on a layer of this name."""
    builder = GraphBuilder(kind)
    if not kind.is_scalar:
        builder.add_input(draw(_numbers(kind, draw(st.sampled_from(SHAPES)))))
    others = st.lists(
        st.sampled_from(list(recipes(kind))).flatmap(lambda name: _plans(kind, name)), max_size=MOST_OTHERS
    )
    for plan in draw(others):
        _add_layer(builder, plan)
    wanted = _add_layer(builder, draw(_plans(kind, layer)))
    for plan in draw(others):
        _add_layer(builder, plan)
    if draw(st.booleans()):
        builder.join_values(draw(st.sampled_from(("sum", "mean"))))
    outputs = builder.users(wanted)
    ago = draw(st.integers(0, 4 * len(outputs)))  # most often the last
    output = outputs[-1 - ago if ago < len(outputs) else -1]
    return RandomGraph(builder.inputs, tuple(builder.steps), output, draw(_numbers(kind, builder.shape(output))))


@st.composite
def any_graph(draw: st.DrawFn, kind: Kind = ARRAYS) -> RandomGraph:
    """Random graphs of whatever layers."""
    return draw(graphs(draw(st.sampled_from(list(recipes(kind)))), kind))


@st.composite
def _plans(draw: st.DrawFn, kind: Kind, layer: str) -> Plan:
    recipe = draw(st.sampled_from(recipes(kind)[layer]))
    arguments: list[Argument | int] = []
    for place, (numbers, has_gradient) in enumerate(zip(recipe.sample.inputs, recipe.has_gradients, strict=True)):
        if not has_gradient:
            arguments.append(Fresh(numbers))
        else:
            ago = draw(st.integers(0, LONGEST_AGO))
            arguments.append(ago or draw(_leaf(kind, numbers, is_first=place == 0)))
    return Plan(recipe, arguments)


def _add_layer(builder: GraphBuilder, plan: Plan) -> str:
    """The name of the layer's value."""
    usable = builder.usable
    inputs = plan.recipe.sample.inputs
    arguments: list[Argument] = []
    for argument, numbers in zip(plan.arguments, inputs, strict=True):
        if not isinstance(argument, int):
            arguments.append(argument)
        else:
            arguments.append(usable[-1 - (argument - 1) % len(usable)] if usable else Fresh(numbers))
    return builder.add_layer(plan.recipe, arguments)


@st.composite
def _leaf(draw: st.DrawFn, kind: Kind, numbers: Numbers, *, is_first: bool) -> Argument:
    """A sample's numbers or others in their place, as an input or as a constant."""
    found = draw(st.just(numbers) | _numbers(kind, np.shape(numbers)))
    if is_first or isinstance(found, list) or draw(st.booleans()):
        return Fresh(found)
    return Constant(repr(found))


@st.composite
def _numbers(draw: st.DrawFn, kind: Kind, shape: tuple[int, ...]) -> Numbers:
    """A number, or an array of those that follow one another in the list in equal strides."""
    table = [float(text) for text in (BINARY if kind.reference else DECIMAL).split()]
    places = st.integers(0, len(table) - 1)
    if not shape:
        return table[draw(places)]
    start, stride = draw(places), draw(places)
    return np.reshape([table[(start + place * stride) % len(table)] for place in range(prod(shape))], shape).tolist()
