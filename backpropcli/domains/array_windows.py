"""Windows that slide over images of NumPy arrays, and the sum of what the windows hold back into an image."""

from __future__ import annotations

from typing import Any

import numpy as np

from backpropcli.domains.base import Shape

Array = Any


def unfold(x: Array, kernel: Shape, stride: Shape, dilation: Shape, /) -> Array:
    """The windows of the last two axes, as a read-only view of shape (..., kernel, how many windows there are).

    >>> unfold(np.arange(12.0).reshape(3, 4), (2, 2), (1, 2), (1, 1))[..., 0, 0].tolist()
    [[0.0, 1.0], [4.0, 5.0]]
    """
    spans = tuple(step * (length - 1) + 1 for length, step in zip(kernel, dilation, strict=True))
    windows = np.lib.stride_tricks.sliding_window_view(x, spans, axis=(-2, -1))
    windows = windows[..., :: stride[0], :: stride[1], :: dilation[0], :: dilation[1]]
    return np.moveaxis(windows, (-2, -1), (-4, -3))


def fold(windows: Array, shape: Shape, stride: Shape, dilation: Shape, /) -> Array:
    """The image of that shape in which every number is the sum of its places in the windows: unfold's transpose.

    >>> fold(np.ones((2, 1, 1, 3)), (2, 3), (1, 1), (1, 1)).tolist()
    [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]
    """
    image = np.zeros(shape, windows.dtype)
    kernel, counts = windows.shape[-4:-2], windows.shape[-2:]
    for place in np.ndindex(kernel):
        rows, columns = (
            slice(offset * gap, offset * gap + (count - 1) * step + 1, step)
            for offset, gap, count, step in zip(place, dilation, counts, stride, strict=True)
        )
        image[..., rows, columns] += windows[..., *place, :, :]
    return image
