"""Where a wrong array of many numbers is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from backpropcli.catalogue.adapter import foreign_spec
from backpropcli.gradcheck import Kind, Verdict, check_layer


class LastRowForgotten:
    """Twice its input, whose last rows have no gradient."""

    lost = 1

    def forward(self, x: Any) -> Any:
        return 2 * x

    def backward(self, dout: Any) -> Any:
        dx = 2 * dout
        dx[-self.lost :] = 0
        return dx


@pytest.mark.parametrize(
    ("rows", "lost", "told"),
    [
        (8, 1, None),
        (9, 2, "wrong at [7, 0], [8, 0]; right at 7 others"),
        (10, 5, "wrong at [5, 0], [6, 0], [7, 0], and 2 more; right at 5 others"),
        (10, 6, None),
    ],
)
def test_where_a_longer_array_is_wrong_is_told_if_half_of_it_is_right(rows: int, lost: int, told: str | None) -> None:
    cls = type("LastRowForgotten", (LastRowForgotten,), {"lost": lost})
    x = [[0.5 + row] for row in range(rows)]
    (finding,) = [
        f for f in check_layer(foreign_spec("mine", cls, "mine.py", None), [x]).findings if f.kind is Kind.LOCAL
    ]
    assert finding.verdict is Verdict.WRONG
    assert told in (finding.note or "") if told else "wrong at" not in (finding.note or "")
