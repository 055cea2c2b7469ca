"""A formula by itself is a graph of the names that it is given values for; what is wrong with them is marked."""

from __future__ import annotations

from typing import Any

import pytest

import backpropcli as bp
from backpropcli.errors import BackpropError
from backpropcli.formula.by_itself import names_in_formula


def refused(formula: str, **values: Any) -> list[tuple[str, str | None, str]]:
    """Each problem: its message, its hint, and the words that it marks."""
    with pytest.raises(BackpropError) as caught:
        bp.eval_formula(formula, **values)
    places = [problem.place for problem in caught.value.problems]
    assert all(place is not None and (place.source, place.line) == ("formula", 1) for place in places)
    marked = [place.text[place.column - 1 :][: place.length] for place in places if place is not None]
    return [(p.message, p.hint, words) for p, words in zip(caught.value.problems, marked, strict=True)]


def test_the_names_in_a_formula_are_those_that_it_does_not_make() -> None:
    assert names_in_formula("y = relu(x) * w + x * pi") == ["x", "w"]


def test_a_name_without_a_value_is_told_once() -> None:
    assert refused("a * b\n+ b - other", a=1) == [
        ("no value is given for 'b'", "give b=VALUE", "b"),
        ("no value is given for 'other'", "give other=VALUE", "other"),
    ]


def test_a_formula_whose_value_is_called_as_an_input_is_marked() -> None:
    message = "'x' is an input, and the name of the formula's value"
    assert refused("x = 2 * x + 1 - x", x=1) == [(message, "write x2 = 2 * x + 1 - x", "2 * x + 1 - x")]
    message = "'out' is an input, and the name of the formula's value"
    assert refused("2 * out", out=1) == [(message, "write y = 2 * out", "2 * out")]


def test_a_value_that_a_formula_does_not_use_is_told() -> None:
    assert [problem.message for problem in bp.eval_formula("2 * x", x=1, y=2).warnings] == [
        "the formula does not use 'y'"
    ]
