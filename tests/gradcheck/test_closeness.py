"""Values are close that have one shape and nearly the same numbers; infinities and nan are close to themselves."""

from __future__ import annotations

from typing import Any

import pytest

from backpropcli.domains import domain
from backpropcli.gradcheck.closeness import close

INF, NAN = float("inf"), float("nan")


@pytest.mark.parametrize(
    ("x", "y", "are_close"),
    [
        ([1.0, 2.0], [1.0, 2.0 + 1e-13], True),
        ([1.0, 2.0], [1.0, 2.1], False),
        ([1.0, 1.0], [[1.0, 1.0]], False),
        ([1.0, INF, NAN], [1.0, INF, NAN], True),
        ([1.0, INF], [1.0, 2.0], False),
        ([1.0, NAN], [1.0, 2.0], False),
        ([1.0, INF], [1.0, -INF], False),
        ([], [], True),
    ],
)
def test_what_is_close(x: Any, y: Any, are_close: bool) -> None:
    numbers = domain("arrays")
    with numbers.quiet():
        assert close(numbers.convert(x), numbers.convert(y), numbers) is are_close
