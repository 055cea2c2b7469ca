"""Matrix products and inner products give the values and gradients of PyTorch."""

from __future__ import annotations

import pytest
from counterparts import exported
from peer import Shape, compare, draw, make


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ((4, 3), (3, 2)),
        ((1, 3), (3, 1)),
        ((3,), (3,)),
        ((3,), (3, 2)),
        ((4, 3), (3,)),
        ((1,), (1,)),
        ((2, 4, 3), (2, 3, 2)),
        ((2, 4, 3), (3, 2)),
        ((4, 3), (2, 3, 2)),
        ((2, 1, 4, 3), (5, 3, 2)),
        ((1, 4, 3), (2, 3, 1)),
        ((2, 4, 3), (3,)),
        ((3,), (2, 3, 4)),
        ((3,), (2, 5, 3, 4)),
        ((0, 3), (3, 2)),
        ((4, 0), (0, 2)),
        ((0,), (0,)),
        ((4, 0), (0,)),
        ((2, 4, 3), (2, 3, 0)),
        ((0, 4, 3), (1, 3, 2)),
    ],
    ids=str,
)
def test_matmul(x: Shape, y: Shape) -> None:
    """Matrices, vectors on either side, stacks that broadcast, and axes of length 1 and 0."""
    compare(make("matmul"), exported("matmul"), draw(x, y))


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ((5,), (5,)),
        ((4, 3), (4, 3)),
        ((4, 3), (3,)),
        ((3,), (4, 3)),
        ((2, 1, 3), (4, 3)),
        ((2, 1), (2, 1)),
        ((0,), (0,)),
        ((2, 0), (0,)),
    ],
    ids=str,
)
def test_dot(x: Shape, y: Shape) -> None:
    """Along the last axis, the others broadcast."""
    compare(make("dot"), exported("dot"), draw(x, y))
