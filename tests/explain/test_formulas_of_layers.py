"""What an explanation prints of a layer is right: its formulas, typed again, give what the layer gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from backpropcli import api
from backpropcli.binding import bind
from backpropcli.catalogue import LAYERS
from backpropcli.catalogue.registry import layer_spec
from backpropcli.executor import Run, execute
from backpropcli.explain.layers import Layers
from backpropcli.explain.model import Edge, Worked
from backpropcli.graph import Graph, Node
from backpropcli.layers import Sample
from backpropcli.symbolic.expressions import Call, Expression, names_in
from backpropcli.symbolic.text import condition_text, text

OUT = "y_out"
LABELS, HOT = "in1", "hot"
CASES = [(name, number) for name in LAYERS for number in range(len(layer_spec(name).cls.samples))]


def run_of(name: str, sample: Sample) -> Run:
    """The layer on a sample, as a graph of one node with an upstream gradient that is not all ones."""
    inputs = [f"in{i}" for i in range(len(sample.inputs))]
    graph = Graph(inputs, [Node(layer_spec(name), inputs, OUT, parameters=sample.parameters)])
    values = dict(zip(inputs, sample.inputs, strict=True))
    shape = np.shape(execute(bind(graph, values)).values[-1])
    dout = np.arange(1.0, 1 + int(np.prod(shape))).reshape(shape) / 7 if shape else 0.75
    return execute(bind(graph, values, dout))


def typed(expression: Expression, values: dict[str, Any]) -> Any:
    """What `backprop eval` makes of a formula that is typed as it is printed."""
    formula = text(expression).replace(f"one_hot({LABELS})", HOT)
    if formula in values:
        return values[formula]
    if not isinstance(expression, Call):
        return float(formula)
    names = set(names_in(expression)) | {f"d{OUT}"} if f"d{OUT}" in formula else set(names_in(expression))
    if HOT in formula:
        names = names - {LABELS} | {HOT}
    if names == {OUT, f"d{OUT}"} and OUT not in formula.replace(f"d{OUT}", ""):
        names = {f"d{OUT}"}  # a gradient is of the output
    known = {name: value for name, value in values.items() if name in names}
    return api.eval_formula(f"typed = {formula}", **known).value


def worth(formula: Worked, values: dict[str, Any]) -> Any:
    """What a formula with parts comes to."""
    known = dict(values)
    for part in formula.parts:
        known[part.name] = typed(part.expression, known)
        assert_allclose(known[part.name], part.value, rtol=1e-13, atol=1e-15)
    for relation in formula.relations:
        inputs = {name: known[name] for name in names_in(relation)}
        assert api.eval_formula(f"where({condition_text(relation)}, 1, 0)", **inputs).value == 1
    return typed(formula.expression, known)


@pytest.mark.parametrize(("name", "number"), CASES)
def test_its_formulas_are_right(name: str, number: int) -> None:
    """Each printed formula, with the remarks beside it, gives the local derivative or the contribution."""
    sample = layer_spec(name).cls.samples[number]
    run = run_of(name, sample)
    layers = Layers(run)
    values = {f"in{i}": np.asarray(x, float) if np.ndim(x) else float(x) for i, x in enumerate(sample.inputs)}
    out, dout = run.values[-1], run.gradients[-1]
    if "labels" in layer_spec(name).inputs:
        values[HOT] = one_hot(values["in0"], values[LABELS], is_torch=sample.parameters.get("convention") == "torch")
    values |= {OUT: np.asarray(out) if np.ndim(out) else float(out), f"d{OUT}": np.asarray(dout)}
    for edge in layers.layer(0, range(len(sample.inputs))).edges:
        if edge.local is not None and edge.local.formula is not None:
            assert_allclose(worth(edge.local.formula, values), edge.local.value, rtol=1e-13, atol=1e-15)
        elif edge.formula is not None:
            check_contribution(edge, np.asarray(worth(edge.formula, values)))


def one_hot(x: np.ndarray[Any, Any], labels: Any, *, is_torch: bool) -> np.ndarray[Any, Any]:
    """Class numbers as vectors of zeros and a one, along the axis of the classes."""
    axis = min(1, x.ndim - 1) if is_torch else -1
    vectors = np.eye(x.shape[axis])[np.maximum(np.asarray(labels, int), 0)] if np.ndim(labels) < x.ndim else labels
    return np.moveaxis(np.asarray(vectors), -1, axis)


def check_contribution(edge: Edge, given: np.ndarray[Any, Any]) -> None:
    """What a formula gives, summed and repeated as the explanation says, is what the layer gave back."""
    expected = np.asarray(edge.contribution)
    if edge.summed_over:
        given = given.sum(axis=edge.summed_over)
        given = given.reshape(expected.shape)
    assert edge.is_repeated == (given.size < expected.size)
    size = np.abs(given).max(initial=0)
    assert_allclose(np.broadcast_to(given, expected.shape), expected, rtol=1e-12, atol=1e-13 * size)


@pytest.mark.parametrize(
    ("labels", "formula"),
    [
        ("[1, 0]", "dout * (softmax(a) - one_hot(t)) / 2"),
        ("[[0, 1, 0], [1, 0, 0]]", "dout * (softmax(a) * sum(t, axis=-1, keepdims=true) - t) / 2"),
    ],
)
def test_the_gradient_of_softmax_with_loss_is_the_book_s(labels: str, formula: str) -> None:
    """Also where labels are class numbers; of probabilities, which need not sum to 1, with their sum."""
    result = api.eval_formula("softmax_with_loss(a, t)", a="[[1, 2, 0.5], [1, 1, 1]]", t=labels)
    edge = Layers(result.run).layer(0, {0}).edges[0]
    assert edge.formula is not None
    assert (text(edge.formula.expression), edge.formula.parts) == (formula, ())


def test_every_layer_with_lines_has_a_formula() -> None:
    """A local derivative or a contribution is in words only where the docstring is."""
    for name, number in CASES:
        spec = layer_spec(name)
        for edge in Layers(run_of(name, spec.cls.samples[number])).layer(0, range(9)).edges:
            formula = edge.formula if edge.local is None else edge.local.formula
            assert formula is not None or "(in words)" in spec.sections["Math"] + spec.sections["Gradient"]
