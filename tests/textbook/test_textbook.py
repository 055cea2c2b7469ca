"""Textbook lines are held against the classes of their layers, at 50 digits, kinks and ties included."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest
from holding import DOMAINS_OF_INPUTS, array_samples, differences, number_samples
from hypothesis import given, settings
from hypothesis import strategies as st

from backpropcli.catalogue import LAYERS
from backpropcli.catalogue.docstrings import FORMULAS
from backpropcli.catalogue.registry import layer_spec
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.layers import Sample
from backpropcli.textbook import PRIMITIVES, Clause, Section, Statement, textbook

IN_WORDS = {
    "matmul": "stacks of matrices",
    "concat": "any number of inputs",
    "cumprod": "places",
    "stack": "any number of inputs",
    "take": "places",
    "slice": "places",
    "index": "places",
    "transpose": "the gradient for axes that are given: the axes back in their order",
    "repeat": "places",
    "nll": "class numbers",
    "cross_entropy": "class numbers",
    "softmax_with_loss": "class numbers",
    "embedding": "places",
    "dropout": "a mask that is drawn",
    "conv2d": "windows",
    "max_pool2d": "windows",
    "avg_pool2d": "windows",
    "attention": "stacks of matrices, and which keys come later",
}
"""The layers of which something is in words, and what it is that the grammar cannot say."""


def sections(name: str) -> list[Section]:
    book = textbook(layer_spec(name))
    assert book.math is not None
    assert book.gradient is not None
    return [book.math, book.gradient]


def clauses(name: str) -> list[Clause]:
    return [clause for section in sections(name) for clause in section.clauses]


@pytest.mark.parametrize("name", LAYERS)
def test_math_and_gradient_are_lines(name: str) -> None:
    """All formulas but for what the table above excuses; what is in words says so."""
    assert all(section.is_complete for section in sections(name)) == (name not in IN_WORDS)


@pytest.mark.parametrize("name", LAYERS)
def test_a_line_calls_only_primitives_and_layers_before_its_own(name: str) -> None:
    """So no layer is explained by itself, not by a detour either; a primitive is its own explanation."""
    allowed = {*PRIMITIVES, *list(LAYERS)[: list(LAYERS).index(name)]}
    for clause in clauses(name):
        for statement in clause.statements or ():
            called = {node.spec.name for node in statement.nodes(lambda _: None)}
            assert called <= (PRIMITIVES if name in PRIMITIVES else allowed), statement


@pytest.mark.parametrize("name", sorted(PRIMITIVES))
def test_the_math_of_a_primitive_is_its_own_name(name: str) -> None:
    """A layer that could be said in terms of others is no primitive."""
    math, _ = sections(name)
    (row,) = math.rows
    (statement,) = row[0].statements or ()
    assert name in {node.spec.name for node in statement.nodes(lambda _: None)}


@pytest.mark.parametrize("name", LAYERS)
def test_lines_hold_on_numbers(name: str) -> None:
    """At 50 digits, at kinks, ties, zeros and bounds, with the parameters of all samples."""
    spec = layer_spec(name)
    assert [found for sample in number_samples(spec) for found in differences(spec, sample)] == []


@pytest.mark.parametrize("name", LAYERS)
def test_lines_hold_on_arrays(name: str) -> None:
    """At the samples, at numbers drawn for them, and at numbers that tie."""
    spec = layer_spec(name)
    assert [found for sample in array_samples(spec) for found in differences(spec, sample)] == []


@pytest.mark.parametrize("name", [name for name in LAYERS if next(number_samples(layer_spec(name)), None)])
@given(st.data())
@settings(max_examples=20)
def test_lines_hold_at_any_numbers(name: str, data: st.DataObject) -> None:
    """Multiples of 1/1024 up to 8, of which formulas cancel few digits."""
    spec = layer_spec(name)
    inputs, parameters = data.draw(st.sampled_from([*number_samples(spec)]))
    if name not in DOMAINS_OF_INPUTS:
        inputs = tuple(data.draw(st.integers(-8192, 8192)) / 1024 for _ in inputs)
    assert [*differences(spec, Sample(inputs, parameters))] == []


@pytest.mark.parametrize("name", LAYERS)
def test_every_line_is_held(name: str) -> None:
    """No guard keeps a line from all of the numbers and arrays above."""
    spec, (math, gradient) = layer_spec(name), sections(name)
    chosen: set[Statement] = set()
    for sample in (*number_samples(spec), *array_samples(spec, seeds=0)):
        case = textbook(spec).case([np.shape(x) for x in sample.inputs], sample.parameters)
        found = math.statements(case), gradient.statements(case)
        if None not in found:
            chosen.update(*found)
    assert {statement for clause in clauses(name) for statement in clause.statements or ()} == chosen


FLIPPED = {" < ": " <= ", " <= ": " < ", " > ": " >= ", " >= ": " > "}
NO_MISTAKES = {
    ("celu", "where(x >= 0, dout, dout * exp(x / alpha))"),
    ("prelu", "where(x >= 0, 0, dout * x)"),
}
"""Flipped comparisons of which both sides are the same where the values are equal."""


def with_line(spec: LayerSpec, statement: Statement, formula: str) -> LayerSpec:
    """The layer with another formula for one of its lines."""
    was, planted = (f"{statement.name} = {text}" for text in (statement.formula, formula))
    texts = {title: text.replace(was, planted) for title, text in spec.sections.items() if title in FORMULAS}
    assert texts != {title: spec.sections[title] for title in texts}
    docstring = "\n".join([f"{spec.summary}.", "", *(f"{title}: {text}" for title, text in texts.items())])
    return LayerSpec(spec.name, type(spec.cls.__name__, (spec.cls,), {"__doc__": docstring}))


def is_caught(spec: LayerSpec) -> bool:
    samples = (*array_samples(spec), *number_samples(spec))
    return any(True for sample in samples for _ in differences(spec, sample))


def results(name: str) -> Iterator[Statement]:
    """The lines that give the value of a layer, and its gradients; a zero has neither sign nor factor."""
    names = {"out", *(f"d{x}" for x in layer_spec(name).inputs)}
    found = (each for clause in clauses(name) for each in clause.statements or () if each.name in names)
    return (each for each in found if each.formula != "0 * dout")


@pytest.mark.parametrize("mistake", ["-({})", "2 * ({})"])
@pytest.mark.parametrize(("name", "statement"), [(name, statement) for name in LAYERS for statement in results(name)])
def test_a_wrong_sign_or_factor_in_a_line_is_caught(name: str, statement: Statement, mistake: str) -> None:
    """Of every value and every gradient, whatever its guard."""
    assert is_caught(with_line(layer_spec(name), statement, mistake.format(statement.formula)))


def flips(name: str) -> Iterator[tuple[Statement, str]]:
    """The lines of a gradient that compare, with one of their comparisons flipped."""
    for clause in sections(name)[1].clauses:
        for statement in clause.statements or ():
            for match in re.finditer(" [<>]=? ", text := statement.formula):
                yield statement, text[: match.start()] + FLIPPED[match[0]] + text[match.end() :]


@pytest.mark.parametrize(("name", "statement", "formula"), [(name, *flip) for name in LAYERS for flip in flips(name)])
def test_a_wrong_side_at_a_kink_is_caught(name: str, statement: Statement, formula: str) -> None:
    """Of every comparison, unless nothing depends on it where the values are equal."""
    assert is_caught(with_line(layer_spec(name), statement, formula)) == ((name, formula) not in NO_MISTAKES)
