"""Signs of mathematics in formulas are read as the operators that they mean, and keep their places."""

from __future__ import annotations

import pytest
from formulas import marked, problem, wiring


@pytest.mark.parametrize(
    ("text", "written_out"),
    [
        ("a × b", "a * b"),
        ("a·b⋅c", "a*b*c"),
        ("a ÷ b − c", "a / b - c"),
        ("−a²", "-a**2"),
        ("(a + b)³ / a¹²", "(a + b)**3 / a**12"),
        ("größe² · b", "größe**2 * b"),
    ],
)
def test_a_sign_is_what_it_means(text: str, written_out: str) -> None:
    assert wiring(text) == wiring(written_out)


@pytest.mark.parametrize(
    ("text", "mark"),
    [("a² · rleu(b)", "rleu"), ("größe² × (a ^ b)", "^"), ("a³ * (b²)(c)", "(b²)(c)"), ("a² b", "² b")],
)
def test_what_is_wrong_behind_a_sign_is_marked(text: str, mark: str) -> None:
    assert marked(text) == mark


def test_a_formula_of_signs_that_ends_too_soon_is_marked_behind_its_end() -> None:
    found = problem("a² ×")
    assert found.place is not None
    assert (found.message, found.place.column) == ("the formula ends too soon", 5)
