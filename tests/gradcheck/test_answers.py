"""Answers are graded by the digits they are written with, and common mistakes in them are named."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from backpropcli.gradcheck import Finding, Report, Verdict, check_scenario
from backpropcli.gradcheck.written_numbers import agrees
from backpropcli.scenario import parse_scenario

Grade = Callable[[str], Finding]
Check = Callable[..., Report]


@pytest.fixture
def check() -> Check:
    """The check of a scenario."""

    def checked(text: str, **settings: Any) -> Report:
        report = check_scenario(parse_scenario(text, "s.yaml", Path()), **settings)
        assert report.problems == ()
        return report

    return checked


@pytest.fixture
def grade(check: Check) -> Grade:
    """The one answer of a scenario, graded."""

    def graded(text: str) -> Finding:
        (finding,) = check(text).answers
        return finding

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
        ("1/3", 1 / 3),
        ("-22/7", -22 / 7),
        ("0.00", 0.000968),
        ("-0.0", 0.0045),
        ("4e-4", 0.00044),
        ("1.1e3", 1130.0),
    ],
)
def test_a_rounded_answer_is_right(text: str, computed: float) -> None:
    assert agrees(text, computed, 0.0)


@pytest.mark.parametrize(
    ("text", "computed"),
    [
        ("715", 714.9),
        ("0.3334", 1 / 3),
        ("0", 0.000968),
        ("0.00", 0.0051),
        ("1/3", 0.3333),
        ("3.", 3.3),
        ("2", 2.2),
        ("1e3", 1100.0),
        ("inf", 1.0),
        ("-inf", float("inf")),
    ],
)
def test_an_answer_with_a_wrong_digit_is_wrong(text: str, computed: float) -> None:
    """Whole numbers and fractions claim to be exact, and a zero its decimals."""
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


def test_answers_are_graded_in_the_order_in_which_numbers_are_computed(check: Check) -> None:
    """Values forward, then gradients backward: those of x and y are complete when the first layer is gone through."""
    graph = "inputs: {x: 2, y: 3}\nlayers: [a = x * y, b = a + x, c = b * y]\n"
    report = check(f"{graph}expect: {{gradients: {{y: 14, x: 12, a: 3, b: 3, c: 1}}, values: {{c: 24, a: 6, b: 8}}}}")
    assert report.is_right
    assert [finding.subject for finding in report.answers] == ["a", "b", "c", "c", "b", "a", "x", "y"]


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
def test_a_common_mistake_is_named(check: Check, text: str, note: str) -> None:
    finding = check(text).answers[0]
    assert finding.verdict is Verdict.WRONG
    assert note in (finding.note or "")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("{values: {y: 8.999}}", Verdict.WRONG),
        ("{values: {y: 8.999}, tolerance: 1e-3}", Verdict.RIGHT),
        ("{values: {y: 8.98}, tolerance: 1e-3}", Verdict.WRONG),
        ("{gradients: {x: 6.004}, digits: 3}", Verdict.RIGHT),
        ("{gradients: {x: 6.006}, digits: 3}", Verdict.WRONG),
        ("{gradients: {x: 12/2}}", Verdict.RIGHT),
        ("{gradients: {x: null}}", Verdict.MISSING),
    ],
)
def test_a_file_says_how_close_its_answers_must_be(grade: Grade, text: str, verdict: Verdict) -> None:
    assert grade(f"inputs: {{x: 3}}\nlayers: [y = x * x]\nexpect: {text}").verdict is verdict


def test_the_tolerance_that_is_given_takes_the_place_of_the_file_s(check: Check) -> None:
    text = "inputs: {x: 3}\nlayers: [y = x * x]\nexpect: {values: {y: 8.9}, digits: 12}"
    assert check(text).answers[0].verdict is Verdict.WRONG
    assert check(text, tolerance=0.02).answers[0].verdict is Verdict.RIGHT


def test_the_digits_that_float32_lacks_are_forgiven(grade: Grade) -> None:
    head = "inputs: {x: [0.1]}\nlayers: [y = sigmoid(x) * 3]\ndtype: float32\n"
    assert grade(f"{head}expect: {{values: {{y: [1.574937562]}}}}").verdict is Verdict.RIGHT
    assert grade(f"{head}expect: {{values: {{y: [1.5750]}}}}").verdict is Verdict.WRONG


def test_an_answer_left_out_is_missing_in_arrays_too(grade: Grade) -> None:
    head = "inputs: {x: [1, 2, 3]}\nlayers: [y = x * x]\n"
    finding = grade(f"{head}expect: {{values: {{y: [1, null, ~]}}}}")
    assert (finding.verdict, finding.note) == (Verdict.MISSING, "not answered at [1], [2]")
    finding = grade(f"{head}expect: {{values: {{y: [2, null, 9]}}}}")
    assert (finding.verdict, finding.note) == (Verdict.WRONG, "wrong at [0]: 2 instead of 1; not answered at [1]")


def test_wrong_elements_are_named_a_few_of_them(grade: Grade) -> None:
    head = "inputs: {x: [[1, 2, 3], [4, 5, 6]]}\nlayers: [y = x * 100]\n"
    finding = grade(f"{head}expect: {{values: {{y: [[100, 200, 301], [400, 500, 600]]}}}}")
    assert finding.note == "wrong at [0, 2]: 301 instead of 300 (the last digit is off by 1)"
    finding = grade(f"{head}expect: {{values: {{y: [[7, 7, 7], [400, 7, 7]]}}}}")
    assert (
        finding.note
        == "wrong at [0, 0]: 7 instead of 100, [0, 1]: 7 instead of 200, [0, 2]: 7 instead of 300, and 2 more"
    )


@pytest.mark.parametrize(
    ("answer", "note"),
    [
        ("0.6931", None),
        ("0.6933", "the last digit is off by 2"),
        ("1.098", "cut off instead of rounded"),
        ("0.6831", None),
        ("1.1", None),
        ("7", None),
    ],
)
def test_a_slip_in_the_last_digit(grade: Grade, answer: str, note: str | None) -> None:
    x = 3 if answer.startswith("1") else 2
    finding = grade(f"inputs: {{x: {x}}}\nlayers: [y = log(x)]\nexpect: {{values: {{y: {answer}}}}}")
    assert finding.note == note
    assert (finding.verdict is Verdict.RIGHT) == (answer in {"0.6931", "1.1"})


@pytest.mark.parametrize("dout", ["", "dout: 1\n", "dout: 1.0001\n"])
@pytest.mark.parametrize("answer", ["0.38", "0.197", "0.1965", "1"])
def test_dout_is_not_ignored_where_it_is_ones(grade: Grade, dout: str, answer: str) -> None:
    finding = grade(f"inputs: {{x: 1}}\nlayers: [y = sigmoid(x)]\n{dout}expect: {{gradients: {{x: {answer}}}}}")
    assert "dout" not in (finding.note or "")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("inputs: {z: 1}\nlayers: [p = sigmoid(z)]\n", "0.731058579"),
        ("inputs: {z: [1, 2, 3]}\nlayers: [p = softmax(z), 'first = p[0]']\n", "[0.0900306, 0.244728, 0.665241]"),
    ],
)
def test_where_there_is_no_loss_no_target_is_missed(grade: Grade, text: str, answer: str) -> None:
    finding = grade(f"{text}expect: {{gradients: {{z: {answer}}}}}")
    assert finding.verdict is Verdict.WRONG
    assert "target" not in (finding.note or "")


P = "relu lets the gradient pass where its input is negative"
ONE_HOT = "inputs: {z: [1, 2, 3], y: [0, 1, 0]}\nlayers: ['L = cross_entropy(z, y)']\n"
CLASSES = "inputs: {z: [[1, 2, 3], [1, 1, 1]], y: [0, 1]}\nlayers: ['L = softmax_with_loss(z, y)']\n"
BY_HAND = (
    "inputs: {z: [[1, 2, 3], [1, 1, 1]], y: [[0, 1, 0], [1, 0, 0]]}\nlayers: [p = softmax(z), L = -sum(y * log(p))]\n"
)
BIAS = "inputs: {x: [[1, 2], [3, 4]], b: [1, 2]}\nlayers: [h = x + b, z = sum(h * h)]\n"
T = "the target is not subtracted: it is p where p - y is right"


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("inputs: {x: [-1, 2]}\nlayers: [y = relu(x) * 3]\nexpect: {gradients: {x: [3, 3]}}", P),
        ("inputs: {x: -1, w: 2}\nlayers: [y = relu(x * w) * 3]\nexpect: {gradients: {w: -3}}", P),
        (
            f"{ONE_HOT}expect: {{gradients: {{z: [0.0900, 0.2447, 0.6652]}}}}",
            T,
        ),
        (
            f"{CLASSES}expect: {{gradients: {{z: [[0.0450, 0.1224, 0.3326], [1/6, 1/6, 1/6]]}}}}",
            T,
        ),
        ("inputs: {z: 2, y: 1}\nlayers: ['L = bce_with_logits(z, y)']\nexpect: {gradients: {z: 0.8808}}", T),
        (
            f"{BY_HAND}expect: {{gradients: {{z: [[0.0900, 0.2447, 0.6652], [1/3, 1/3, 1/3]]}}}}",
            T,
        ),
        (
            "inputs: {x: 2, w: 3, y: 0.5}\nlayers: ['L = bce_with_logits(w * x, y)']\nexpect: {gradients: {w: 1.9951}}",
            T,
        ),
        (
            f"{BIAS}expect: {{gradients: {{b: [[4, 8], [8, 12]]}}}}",
            "it is not summed over the axes along which b was broadcast: (2, 2) instead of (2,)",
        ),
    ],
)
def test_a_slip_of_the_backward_pass_is_named(grade: Grade, text: str, note: str) -> None:
    finding = grade(text)
    assert finding.verdict is Verdict.WRONG
    assert note in (finding.note or "")
