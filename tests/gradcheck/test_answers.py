"""Answers are graded by the digits they are written with, and common mistakes in them are named."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from backpropcli.gradcheck import Finding, Kind, Verdict, check_scenario
from backpropcli.gradcheck.written_numbers import agrees
from backpropcli.scenario import parse_scenario

Grade = Callable[[str], Finding]


@pytest.fixture
def grade() -> Grade:
    """The one answer of a scenario, graded."""

    def graded(text: str) -> Finding:
        report = check_scenario(parse_scenario(text, "s.yaml", Path()))
        assert report.problems == ()
        return next(f for f in report.findings if f.kind in {Kind.VALUE, Kind.ANSWER})

    return graded


@pytest.mark.parametrize(
    ("text", "computed"),
    [
        ("715", 715.0000000000001),
        ("3.3", 3.3000000000000003),
        ("0.3333", 1 / 3),
        ("-2.5e-3", -0.00254),
        ("0", 1e-17),
        ("inf", float("inf")),
        ("nan", float("nan")),
        ("1e3", 1000.0),
        ("0x10", 16.0),
    ],
)
def test_a_rounded_answer_is_right(text: str, computed: float) -> None:
    assert agrees(text, computed, 0.0)


@pytest.mark.parametrize(
    ("text", "computed"),
    [
        ("715", 714.9),
        ("0.3334", 1 / 3),
        ("0.0", 0.0045),
        ("2", 2.2),
        ("1e3", 1100.0),
        ("inf", 1.0),
        ("-inf", float("inf")),
    ],
)
def test_an_answer_with_a_wrong_digit_is_wrong(text: str, computed: float) -> None:
    """Whole numbers and zero claim to be exact."""
    assert not agrees(text, computed, 0.0)


def test_exact_numbers_are_compared_exactly() -> None:
    assert agrees("3.3", Fraction(33, 10), 0.0)
    assert not agrees("0", Fraction(1, 10**20), 1.0)


def test_an_answer_stands_in_the_file(grade: Grade) -> None:
    """A finding points at the answer."""
    finding = grade("inputs: {x: 3}\nlayers: [y = x * 2]\nexpect: {values: {y: 7}}")
    assert (finding.verdict, finding.found, finding.reference, finding.difference) == (Verdict.WRONG, 7, 6, 1)
    assert finding.place is not None
    assert finding.place[1:4] == (3, 22, 1)


def test_an_answer_of_another_shape_is_wrong(grade: Grade) -> None:
    finding = grade("inputs: {x: 3}\nlayers: [y = x * 2]\nexpect: {values: {y: [6]}}")
    assert (finding.verdict, finding.note) == (
        Verdict.WRONG,
        "the answer is an array of shape (1,), but the computed value is a number",
    )


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (
            "inputs: {x: 3, y: 5}\nlayers: [z = x * y]\nexpect: {gradients: {x: 3, y: 5}}",
            "the gradients of x and y are swapped",
        ),
        (
            "inputs: {x: 3}\nlayers: [a = x * 2, z = a + x]\nexpect: {gradients: {x: 2}}",
            "a path is missing: this is only the path through mul a; the gradient is the sum over all 2 paths",
        ),
        (
            "inputs: {x: [[1, 2], [3, 4]], b: [1, 2]}\nlayers: [z = x + b]\nexpect: {gradients: {b: [[1, 1], [1, 1]]}}",
            "it is not summed over the axes along which b was broadcast: (2, 2) instead of (2,)",
        ),
        ("inputs: {x: 3}\nlayers: [z = 7 - x]\nexpect: {gradients: {x: 1}}", "the sign is wrong"),
        (
            "inputs: {x: [1, 2, 4]}\nlayers: [z = mean(x)]\nexpect: {gradients: {x: [1, 1, 1]}}",
            "a factor of 1/3 (3 is the number of elements of x) is missing",
        ),
        ("inputs: {x: 3}\nlayers: [z = x * x]\ndout: 3\nexpect: {gradients: {x: 6}}", "dout is ignored"),
        ("inputs: {x: 3}\nlayers: [z = x ** 2]\nexpect: {gradients: {x: 3}}", "it is half the correct value"),
        (
            "inputs: {x: [[1, 2]], w: [[1, 2], [3, 4]]}\nlayers: [z = x @ w]\nexpect: {gradients: {w: [[1,2], [1,2]]}}",
            "it is transposed",
        ),
    ],
)
def test_a_common_mistake_is_named(grade: Grade, text: str, note: str) -> None:
    finding = grade(text)
    assert finding.verdict is Verdict.WRONG
    assert note in (finding.note or "")
