"""Watched besides: the array that forward returned, the digits of gradients, a large and a small dout."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backpropcli.catalogue.adapter import foreign_spec
from backpropcli.gradcheck import Kind, Verdict, check_layer

X = [[0.75, -1.375], [0.5, 1.625]]


class Doubled:
    """Twice x."""

    def forward(self, x: Any) -> Any:
        self.out = 2 * x
        return self.out

    def backward(self, dout: Any) -> Any:
        return 2 * dout


class Overwriting(Doubled):
    """Computes in the array that the next layer has."""

    def backward(self, dout: Any) -> Any:
        np.multiply(dout, 2, out=self.out)
        return self.out.copy()


class Narrow(Doubled):
    """Right to seven digits."""

    def backward(self, dout: Any) -> Any:
        return (2 * dout).astype(np.float32)


class NarrowThroughout(Doubled):
    """Computes in float32, forward as well."""

    def forward(self, x: Any) -> Any:
        return 2 * x.astype(np.float32)

    def backward(self, dout: Any) -> Any:
        return 2 * dout.astype(np.float32)


class Clipped(Doubled):
    """Keeps gradients small."""

    def backward(self, dout: Any) -> Any:
        return np.clip(2 * dout, -10, 10)


class Thresholded(Doubled):
    """Leaves small gradients out."""

    def backward(self, dout: Any) -> Any:
        return np.where(np.abs(dout) < 0.01, 0, 2 * dout)


class Unsigned(Doubled):
    """Wrong where the sum of dout is positive."""

    def backward(self, dout: Any) -> Any:
        return -2 * dout * np.sign(dout.sum())


def violated(cls: Any) -> list[str]:
    spec = foreign_spec(cls.__name__.lower(), cls, "mine.py", None)
    return [
        f.note or "" for f in check_layer(spec, [X]).findings if f.kind is Kind.CONDUCT and f.verdict is Verdict.WRONG
    ]


@pytest.mark.parametrize(
    ("cls", "says"),
    [
        (Overwriting, "backward changes the array that forward returned in place"),
        (Narrow, "backward gives float32 for x, which is float64"),
        (Clipped, "not proportional to dout: dout is 1024 times larger"),
        (Thresholded, "not proportional to dout: dout is 1024 times smaller"),
        (Unsigned, "not proportional to dout"),
    ],
)
def test_a_breach_is_told(cls: Any, says: str) -> None:
    assert any(says in note for note in violated(cls))


@pytest.mark.parametrize("cls", [Doubled, NarrowThroughout])
def test_a_right_layer_breaches_nothing(cls: Any) -> None:
    assert violated(cls) == []
