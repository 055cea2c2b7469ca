"""How textbook lines are read, and what they come to by the conventions for reading them."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pytest

from backpropcli.catalogue.registry import layer_spec
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.domains import domain
from backpropcli.layers import Layer
from backpropcli.textbook import Statement, evaluate, textbook

ARRAYS = domain("arrays")
FLOATS = domain("floats")


def layer(docstring: str) -> LayerSpec:
    """A layer of a user's with these sections."""

    class Own(Layer):
        def __init__(self, *, axis: int | None = None, slope: float = 0.5, mode: Literal["a", "b"] = "a") -> None:
            """Keep nothing."""

        def forward(self, x: Any, y: Any = None) -> Any:
            """Nothing that a test needs."""

    Own.__doc__ = f"Own.\n\n{docstring}"
    return LayerSpec("own", Own)


def lines(spec: LayerSpec, *shapes: tuple[int, ...], **parameters: Any) -> list[tuple[str, str]] | None:
    """The statements of Math for a case, each with its name and its formula."""
    book = textbook(spec)
    assert book.math is not None
    found = book.math.statements(book.case(shapes, parameters))
    return found and [(statement.name, statement.formula) for statement in found]


def test_statements_have_names_and_formulas() -> None:
    assert lines(layer_spec("silu"), ()) == [("s", "sigmoid(x)"), ("out", "x * s")]


@pytest.mark.parametrize(
    ("shapes", "parameters", "formula"),
    [
        ([()], {}, "x"),
        ([(2,)], {}, "x + 1"),
        ([(2, 3)], {}, "x + 2"),
        ([(2, 3)], {"mode": "b"}, "x + 3"),
        ([(2, 3)], {"axis": 1, "mode": "b"}, "x + 4"),
        ([(2, 3)], {"axis": 0, "slope": 1.0, "mode": "b"}, "x + 5"),
        ([(2, 3, 4), (2, 3, 4)], {"axis": 0}, "x + y"),
        ([(2, 3, 4), (2, 3)], {"axis": 0}, "x * y"),
    ],
)
def test_the_first_guard_that_holds_counts(shapes: Any, parameters: dict[str, Any], formula: str) -> None:
    spec = layer(
        "Math:  when y is absent and x is a number: out = x\n"
        "       when y is absent and x is a vector: out = x + 1\n"
        "       when axis is null and mode is a: out = x + 2\n"
        "       when axis is null: out = x + 3\n"
        "       when axis is 1: out = x + 4\n"
        "       when slope is 1: out = x + 5\n"
        "       when y is shaped like x: out = x + y\n"
        "       otherwise: out = x * y\n"
    )
    assert lines(spec, *shapes, **parameters) == [("out", formula)]


def test_rows_of_guards_follow_one_another_and_then_goes_on_for_all() -> None:
    spec = layer(
        "Math:  a = x * 2; b = a;\n"
        "       c = b * 3\n"
        "       when mode is a: d = c\n"
        "       otherwise: d = -c\n"
        "       when y is absent: f = d\n"
        "       otherwise: f = d + y\n"
        "       then: out = f\n"
    )
    assert [name for name, _ in lines(spec, (), ()) or ()] == ["a", "b", "c", "d", "f", "out"]
    assert lines(spec, (), mode="b") == [
        *[("a", "x * 2"), ("b", "a"), ("c", "b * 3"), ("d", "-c"), ("f", "d"), ("out", "f")]
    ]


def test_a_case_without_a_line_has_no_statements() -> None:
    """Because its line is in words, or because no guard lets it pass."""
    spec = layer("Math:  when mode is a: (in words) out is a\n       when axis is 1: out = x\n")
    assert (lines(spec, (), mode="a"), lines(spec, (), mode="b"), lines(spec, (), mode="b", axis=1)) == (
        None,
        None,
        [("out", "x")],
    )
    assert textbook(spec).gradient is None


@pytest.mark.parametrize(
    "text",
    [
        "out = x where x > 0, else 0",
        "out = |x|",
        "out = x; and so on",
        "x is as it is",
        "y = x",
        "out = nosuch(x)",
        "out = x + z",
        "out = z",
        "out = 'x'",
        "when mode is c: out = x",
        "when nosuch is 1: out = x",
        "when mode: out = x",
        "when axis is absent: out = x",
        "",
    ],
)
def test_what_is_no_line_is_prose(text: str) -> None:
    """A user's docstring may say what it likes."""
    assert textbook(layer(f"Math:  {text}")).math is None


def test_a_gradient_may_use_what_math_defines_but_not_the_other_way_round() -> None:
    assert textbook(layer("Math:  a = 2 * x; out = a\nGradient:  dx = a * dout + out")).gradient is not None
    assert textbook(layer("Math:  out = dout\nGradient:  dx = a")).math is None
    assert textbook(layer("Math:  out = x\nGradient:  dx = a")).gradient is None


def test_no_gradient_is_no_statement() -> None:
    book = textbook(layer_spec("less"))
    assert book.gradient is not None
    assert book.gradient.statements(book.case([(), ()], {})) == ()
    assert book.gradient.is_complete


def test_the_reduction_of_a_loss_goes_on_where_its_math_ends() -> None:
    assert lines(layer_spec("mse"), (4,), (4,), reduction="sum") == [
        *[("d", "x - target"), ("loss", "d * d"), ("n", "1"), ("out", "sum(loss)")]
    ]


def computed(text: str, *inputs: Any, dout: Any = None, **parameters: Any) -> tuple[Any, ...]:
    """The value and the gradients by lines, as lists."""
    given = [ARRAYS.convert(x) for x in inputs]
    upstream = None if dout is None else ARRAYS.convert(dout)
    found = evaluate(textbook(layer(text)), given, parameters, ARRAYS, upstream)
    assert found is not None
    return found.values["out"].tolist(), *(None if g is None else g.tolist() for g in found.gradients or ())


def test_a_gradient_is_summed_over_the_axes_along_which_its_input_was_broadcast() -> None:
    text = "Math:  out = x + y\nGradient:  dx = dout; dy = 2 * dout"
    assert computed(text, [[1], [2]], [1, 2, 3]) == ([[2, 3, 4], [3, 4, 5]], [[3], [3]], [4, 4, 4])


def test_a_gradient_is_repeated_where_its_input_is_longer() -> None:
    """And dout has the shape that out has in the lines, with the axis that the layer takes away."""
    text = "Math:  out = sum(x, axis=axis, keepdims=true)\nGradient:  dx = dout"
    assert computed(text, [[1, 2], [3, 4]], dout=[5, 6], axis=1) == ([[3], [7]], [[5, 5], [6, 6]])


def test_a_gradient_in_another_shape_has_the_same_numbers_in_their_order() -> None:
    text = "Math:  rows = reshape(x, shape=[-1, 2]); out = rows\nGradient:  dx = dout * rows"
    assert computed(text, [1, 2, 3, 4], dout=[1, 2, 3, 4])[1] == [1, 4, 9, 16]


def test_counts_are_numbers_and_parameters() -> None:
    text = (
        "Math:  n = size(x); k = shape(x)[-1]; m = 2; a = n / k + m;"
        " b = reshape(x, shape=shape(x)[:-1] + [k, 1]); out = sum(b, axis=m) * a\nGradient:  none"
    )
    assert computed(text, [[1, 2, 3], [4, 5, 6]])[0] == [[4, 8, 12], [16, 20, 24]]


def test_parameters_are_values_by_their_names() -> None:
    text = "Math:  out = slope * x\nGradient:  dx = slope * dout"
    assert computed(text, [2, 4], slope=0.25) == ([0.5, 1], [0.25, 0.25])
    assert computed(text, [2, 4]) == ([1, 2], [0.5, 0.5])


def test_a_line_may_give_a_constant_its_name() -> None:
    """What the lines define goes first, as in a scenario."""
    text = "Math:  e = exp(x); out = e * pi\nGradient:  dx = dout * out"
    assert computed(text, [0.0]) == ([np.pi], [np.pi])


def test_values_of_all_names_are_kept() -> None:
    """So that an explanation can show them."""
    book = textbook(layer_spec("silu"))
    found = evaluate(book, [FLOATS.number("0")], {}, FLOATS)
    assert found is not None
    assert found.values == {"x": 0.0, "s": 0.5, "out": 0.0, "dout": 1.0, "dx": 0.5}


def test_where_the_gradient_is_in_words_there_is_still_a_value() -> None:
    x = ARRAYS.convert([[1, 2, 3]])
    found = evaluate(textbook(layer_spec("transpose")), [x], {"axes": (1, 0)}, ARRAYS)
    assert found is not None
    assert (found.values["out"].tolist(), found.gradients) == ([[1], [2], [3]], None)


def test_where_math_is_in_words_there_is_nothing() -> None:
    x = ARRAYS.convert([[1, 2, 3]])
    assert evaluate(textbook(layer_spec("slice")), [x], {"start": 1}, ARRAYS) is None


def test_a_statement_has_its_tree() -> None:
    """As Python's parser makes it, for what prints formulas."""
    assert type(Statement("out", "x @ w").tree).__name__ == "BinOp"
