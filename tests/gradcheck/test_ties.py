"""At a tie or a kink of several numbers a gradient lies between the slopes nearby, also when they move together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backpropcli.catalogue.adapter import foreign_spec
from backpropcli.gradcheck import Verdict, check_layer


class Median:
    """The gradient goes to one number that is the median."""

    def forward(self, x: Any) -> Any:
        self.x = x
        return np.median(x)

    def backward(self, dout: Any) -> Any:
        dx = np.zeros_like(self.x)
        dx[np.argsort(self.x, kind="stable")[len(self.x) // 2]] = dout
        return dx


class Sort:
    """The gradient goes the way back."""

    def forward(self, x: Any) -> Any:
        self.order = np.argsort(x, kind="stable")
        return x[self.order]

    def backward(self, dout: Any) -> Any:
        dx = np.empty_like(dout)
        dx[self.order] = dout
        return dx


class Max:
    """The gradient goes to one of the largest numbers."""

    def forward(self, x: Any) -> Any:
        self.x = x
        return np.max(x)

    def backward(self, dout: Any) -> Any:
        dx = np.zeros_like(self.x)
        dx[np.argmax(self.x)] = dout
        return dx


class MaxShared(Max):
    """All of the largest share it."""

    def backward(self, dout: Any) -> Any:
        mask = self.x == np.max(self.x)
        return dout * mask / mask.sum()


class MaxForEach(Max):
    """Each of the largest gets all of it, which is too much when all grow."""

    def backward(self, dout: Any) -> Any:
        return dout * (self.x == np.max(self.x))


class MedianForEach(Median):
    """So does each number that is the median."""

    def backward(self, dout: Any) -> Any:
        return dout * (self.x == np.median(self.x))


class SortBackwards(Sort):
    """The wrong way."""

    def backward(self, dout: Any) -> Any:
        return dout[self.order]


def verdicts(cls: Any, x: list[float]) -> set[Verdict]:
    return {f.verdict for f in check_layer(foreign_spec("mine", cls, "mine.py", None), [x]).findings}


@pytest.mark.parametrize("cls", [Median, Sort, Max, MaxShared])
@pytest.mark.parametrize("x", [[1.0, 1.0, 2.0], [1.0, 1.0, 1.0], [2.0, 1.0, 2.0], [0.0, 0.0, 0.0, -1.0, 3.0]])
def test_a_right_rule_is_right_at_ties(cls: Any, x: list[float]) -> None:
    assert Verdict.WRONG not in (found := verdicts(cls, x))
    assert Verdict.UNCHECKED not in found


@pytest.mark.parametrize(
    ("cls", "x"),
    [
        (MaxForEach, [1.0, 2.0, 2.0]),
        (MaxForEach, [0.0, 0.0]),
        (MedianForEach, [1.0, 1.0, 1.0]),
        (SortBackwards, [3.0, 1.0, 1.0, 2.0]),
    ],
)
def test_a_wrong_rule_is_wrong_at_ties(cls: Any, x: list[float]) -> None:
    assert Verdict.WRONG in verdicts(cls, x)
