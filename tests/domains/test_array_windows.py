"""Windows over images, and their way back."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from backpropcli.domains.arrays import DOMAIN as arrays


def test_a_window_stands_where_the_stride_puts_it() -> None:
    """Every place of every window, worked out one by one."""
    x = np.arange(2 * 7 * 9.0).reshape(2, 7, 9)
    windows = arrays.unfold(x, (3, 2), (2, 3), (1, 4))
    assert windows.shape == (2, 3, 2, 3, 2)
    for c, k, m, i, j in itertools.product(*map(range, windows.shape)):
        assert windows[c, k, m, i, j] == x[c, 2 * i + k, 3 * j + 4 * m]


@pytest.mark.parametrize("stride", [(1, 1), (2, 3)])
@pytest.mark.parametrize("dilation", [(1, 1), (2, 1)])
def test_fold_is_the_transpose_of_unfold(stride: tuple[int, int], dilation: tuple[int, int]) -> None:
    """<unfold(x), w> = <x, fold(w)> for every x and w."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(2, 3, 6, 8))
    windows = arrays.unfold(x, (2, 3), stride, dilation)
    w = rng.normal(size=windows.shape)
    assert np.sum(windows * w) == pytest.approx(np.sum(x * arrays.fold(w, x.shape, stride, dilation)))


def test_the_windows_of_no_images() -> None:
    """An empty batch has none, and folds back to none."""
    windows = arrays.unfold(np.zeros((0, 1, 4, 4)), (2, 2), (1, 1), (1, 1))
    assert windows.shape == (0, 1, 2, 2, 3, 3)
    assert arrays.fold(windows, (0, 1, 4, 4), (1, 1), (1, 1)).shape == (0, 1, 4, 4)
