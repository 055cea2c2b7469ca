"""The window of a convolution or a pooling: where it stands on the padded image."""

from __future__ import annotations

from math import prod

from backpropcli.domains import Value, namespace
from backpropcli.domains.sizes import check_size
from backpropcli.errors import ShapeError

Pair = tuple[int, int]


def pair(name: str, value: int | tuple[int, ...], least: int) -> Pair:
    """The vertical and the horizontal value of a parameter; one number stands for both.

    >>> pair("stride", 2, 1), pair("stride", (2, 1), 1)
    ((2, 2), (2, 1))
    """
    both = value if isinstance(value, tuple) else (value, value)
    if len(both) != 2 or min(both) < least:
        raise ValueError(f"{name} must be one or two whole numbers, {least} or more, not {value}")
    return both[0], both[1]


class SlidingWindow:
    """A window of the size `kernel` that moves by `stride` over images with `pad` rows and columns around them.

    Between the places of a window lie `dilation - 1` places that it does not see.
    """

    def __init__(self, kernel: Pair, stride: Pair, pad: Pair, dilation: Pair = (1, 1)) -> None:
        self.kernel = kernel
        self.stride = stride
        self.pad = pad
        self.dilation = dilation

    def unfold(self, x: Value, fill: float) -> Value:
        """What the windows see of x, (N, C, H, W), as (N, C, kernel height, kernel width, rows, columns)."""
        xp = namespace(x)
        self._check(xp.shape(x), xp.size(x))
        (above, left), none = self.pad, (0, 0)
        padded = xp.pad(x, (none, none, (above, above), (left, left)), fill)
        return xp.unfold(padded, self.kernel, self.stride, self.dilation)

    def fold(self, windows: Value, shape: tuple[int, ...]) -> Value:
        """The gradient of x, which has that shape, from the gradient of what the windows see."""
        *front, height, width = shape
        above, left = self.pad
        frame = (*front, height + 2 * above, width + 2 * left)
        padded = namespace(windows).fold(windows, frame, self.stride, self.dilation)
        return padded[..., above : above + height, left : left + width]

    def _check(self, shape: tuple[int, ...], size: int) -> None:
        if len(shape) != 4:
            raise ShapeError(f"x must have the axes (N, C, H, W), but is {shape}")
        spans = tuple(gap * (length - 1) + 1 for length, gap in zip(self.kernel, self.dilation, strict=True))
        padded = tuple(length + 2 * pad for length, pad in zip(shape[2:], self.pad, strict=True))
        if any(span > length for span, length in zip(spans, padded, strict=True)):
            raise ShapeError(f"a window of {spans} does not fit into images of {padded}, the padding included")
        check_size((*shape[:2], *padded), size)
        counts = ((length - span) // step + 1 for length, span, step in zip(padded, spans, self.stride, strict=True))
        check_size((*shape[:2], *self.kernel, *counts), size * min(prod(self.kernel), size))
