"""What a number is beside a derivative that is known so well: wrong, right, or none of both."""

from __future__ import annotations

import pytest

from backpropcli.gradcheck import Verdict
from backpropcli.gradcheck.judgement import UNCERTAIN, judged
from backpropcli.gradcheck.slope import Slope


@pytest.mark.parametrize(
    ("error", "found", "verdict", "note"),
    [
        (1e-9, 1.0, Verdict.RIGHT, None),
        (1e-9, 1.0 + 3e-9, Verdict.RIGHT, None),
        (1e-9, 1.01, Verdict.WRONG, None),
        (0.1, 1.3, Verdict.UNCHECKED, "too small next to the value to be seen"),
        (0.1, 2.0, Verdict.UNCHECKED, UNCERTAIN),
        (0.1, 9.0, Verdict.WRONG, None),
        (0.1, float("nan"), Verdict.WRONG, None),
    ],
)
def test_a_number_beside_a_derivative_of_1(error: float, found: float, verdict: Verdict, note: str | None) -> None:
    judgement = judged(found, Slope(1.0, error=error, scale=1.0), tolerance=1e-9)
    assert (judgement.verdict, judgement.note) == (verdict, note)
