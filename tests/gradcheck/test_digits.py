"""A backward in a smaller float is noticed at numbers that need all digits, whatever the samples are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backpropcli.catalogue import LAYERS, layer_class
from backpropcli.catalogue.adapter import foreign_spec
from backpropcli.gradcheck import Finding, Verdict, check_layer


class Square:
    """x ** 2, in floats of a kind on the way back."""

    kind: Any = np.float64

    def forward(self, x: Any) -> Any:
        self.x = x
        return x**2

    def backward(self, dout: Any) -> Any:
        return dout * (2 * self.x).astype(self.kind)


class Float16Square(Square):
    """Three digits."""

    kind = np.float16


class Float32Square(Square):
    """Seven digits."""

    kind = np.float32


class RoundedGradient(Square):
    """All of the gradient in float32, but handed on as float64."""

    def backward(self, dout: Any) -> Any:
        return (dout * 2 * self.x).astype(np.float32).astype(np.float64)


class Float32Throughout(Square):
    """Forward and backward in float32."""

    def forward(self, x: Any) -> Any:
        self.x = np.asarray(x, np.float32)
        return self.x**2

    def backward(self, dout: Any) -> Any:
        return np.asarray(dout, np.float32) * 2 * self.x


def checked(cls: Any) -> list[Finding]:
    """What is not right of a class."""
    report = check_layer(foreign_spec("own", cls, "mine.py", __file__))
    assert report.problems == ()
    return [finding for finding in report.findings if finding.verdict not in {Verdict.RIGHT, Verdict.KINK}]


def test_three_digits_are_wrong() -> None:
    """At samples as 0.75 and -1.375, which float16 holds, nothing is lost."""
    (found,) = checked(Float16Square)
    assert (found.verdict, found.note) == (Verdict.WRONG, "it is computed in float16, which has 3 digits")


@pytest.mark.parametrize("cls", [Float32Square, RoundedGradient])
def test_seven_digits_are_imprecise(cls: Any) -> None:
    (found,) = checked(cls)
    assert (found.verdict, found.note) == (Verdict.IMPRECISE, "it is computed in float32, which has 7 digits")


def test_all_digits_are_right() -> None:
    assert checked(Square) == []


def test_what_forward_computes_in_float32_has_no_more_digits_to_lose() -> None:
    assert all(finding.verdict is not Verdict.IMPRECISE for finding in checked(Float32Throughout))


@pytest.mark.parametrize("name", LAYERS)
def test_no_layer_of_the_catalogue_is_blamed(name: str) -> None:
    """As a user's own, neither for its digits nor for its tails."""
    assert checked(layer_class(name)) == []
