"""Pooling of images: the largest number of each window, or the mean."""

from __future__ import annotations

from backpropcli.domains import Value, namespace
from backpropcli.domains.sliding_window import SlidingWindow, pair
from backpropcli.layers.base import Convention, Layer, check_choice, sample

INF = float("inf")
IMAGE = [[[[1.0, -2.0, 0.5, 4.0], [3.0, 0.25, -1.0, 2.0], [-0.75, 1.5, -0.5, 2.5], [0.125, 5.0, -3.0, -1.5]]]]


class _Pool(Layer):
    """A window that sees at least one number of x wherever it stands."""

    computes_as_written = True

    def __init__(
        self,
        *,
        kernel: int | tuple[int, ...],
        stride: int | tuple[int, ...] | None = None,
        pad: int | tuple[int, ...] = 0,
        convention: Convention = "book",
    ) -> None:
        check_choice("convention", convention, Convention)
        size, padding = pair("kernel", kernel, 1), pair("pad", pad, 0)
        if stride is None:
            stride = size if convention == "torch" else 1
        if any(2 * outside > length for outside, length in zip(padding, size, strict=True)):
            raise ValueError(f"pad must be at most half of the kernel, {kernel}, not {pad}")
        self.window = SlidingWindow(size, pair("stride", stride, 1), padding)

    def inside(self, x: Value) -> Value:
        """Ones at the places of the windows that lie in x, zeros at the padding; alike for all images and channels."""
        return self.window.unfold(namespace(x).ones_like(x[:1, :1]), 0)


class MaxPool2d(_Pool):
    """The largest number of each window of an image.

    Math:      (in words) out[n, c, i, j] is the largest of x[n, c, i * stride + k - pad, j * stride + l - pad] over the
               places k, l of the kernel, the padding aside. stride is 1 in convention book and the size of the kernel
               in convention torch unless it is given
    Gradient:  (in words) dx is the sum of dout over the windows whose largest number it is
    Shapes:    x, dx: (N, C, H, W); out, dout: (N, C, rows, columns) with rows = floor((H + 2 * pad - kernel height) /
               stride) + 1, columns likewise
    Units:     out in units of x; dx in units of dout
    Kinks:     of equal numbers in a window the first, row by row, has the gradient, as in PyTorch
    Numerics:  exact; the padding is never the largest number; a nan in a window is its largest number
    Errors:    ShapeError on numbers, on x without the four axes, and when the kernel is larger than the padded image;
               ValueError for kernel or stride < 1, and when pad is below 0 or more than half of the kernel
    Source:    Saitoh, Deep Learning from Scratch, section 7.4.4; torch.nn.functional.max_pool2d

    >>> MaxPool2d(kernel=2).forward(2.0)
    Traceback (most recent call last):
    backpropcli.errors.ShapeError: x must have the axes (N, C, H, W), but is ()
    """

    ulps = 0
    when_zero = "selects other elements"
    has_kinks = True
    samples = (
        sample(IMAGE, kernel=2),
        sample(IMAGE, kernel=(2, 3), convention="torch"),
        sample(IMAGE, kernel=3, stride=(2, 1), pad=1),
    )

    def forward(self, x: Value) -> Value:
        xp = self.xp = namespace(x)
        self.x = x
        windows = self.window.unfold(x, -INF)
        self.windows_shape = xp.shape(windows)
        places = self._in_a_row(windows)
        out = xp.amax(places, 2)
        is_largest = xp.equal(places, xp.expand_dims(out, 2)) | xp.is_nan(places)
        is_largest = is_largest & xp.equal(self._in_a_row(self.inside(x)), 1)
        count = xp.cumsum(xp.where(is_largest, xp.ones_like(places), 0), 2)
        self.is_chosen = is_largest & xp.equal(count, 1)
        return out

    def backward(self, dout: Value) -> Value:
        xp = self.xp
        dplaces = xp.where(self.is_chosen, xp.expand_dims(dout, 2), 0)
        return self.window.fold(xp.reshape(dplaces, self.windows_shape), xp.shape(self.x))

    def _in_a_row(self, windows: Value) -> Value:
        """Windows with one axis for their places, row by row, instead of two."""
        *front, height, width, rows, columns = self.xp.shape(windows)
        return self.xp.reshape(windows, (*front, height * width, rows, columns))


class AvgPool2d(_Pool):
    """The mean of each window of an image.

    Math:      (in words) out[n, c, i, j] is the mean of x[n, c, i * stride + k - pad, j * stride + l - pad] over the
               places k, l of the kernel; the padding counts as zeros, or not at all when count_include_pad is false.
               stride is 1 in convention book and the size of the kernel in convention torch unless it is given
    Gradient:  (in words) dx is the sum of dout / (the numbers in the window) over the windows that see it
    Shapes:    x, dx: (N, C, H, W); out, dout: (N, C, rows, columns) with rows = floor((H + 2 * pad - kernel height) /
               stride) + 1, columns likewise
    Units:     out in units of x; dx in units of dout
    Kinks:     none
    Numerics:  the sum first, so inf where the sum is past float64
    Errors:    ShapeError on numbers, on x without the four axes, and when the kernel is larger than the padded image;
               ValueError for kernel or stride < 1, and when pad is below 0 or more than half of the kernel
    Source:    torch.nn.functional.avg_pool2d

    >>> AvgPool2d(kernel=2).forward(2.0)
    Traceback (most recent call last):
    backpropcli.errors.ShapeError: x must have the axes (N, C, H, W), but is ()
    """

    adds_up = True
    samples = (
        sample(IMAGE, kernel=2),
        sample(IMAGE, kernel=(2, 3), convention="torch"),
        sample(IMAGE, kernel=3, stride=(2, 1), pad=1),
        sample(IMAGE, kernel=3, pad=(1, 0), count_include_pad=False),
    )

    def __init__(
        self,
        *,
        kernel: int | tuple[int, ...],
        stride: int | tuple[int, ...] | None = None,
        pad: int | tuple[int, ...] = 0,
        count_include_pad: bool = True,
        convention: Convention = "book",
    ) -> None:
        super().__init__(kernel=kernel, stride=stride, pad=pad, convention=convention)
        self.count_include_pad = count_include_pad

    def forward(self, x: Value) -> Value:
        xp = self.xp = namespace(x)
        self.x = x
        windows = self.window.unfold(x, 0)
        self.windows_shape = xp.shape(windows)
        height, width = self.window.kernel
        self.count = height * width if self.count_include_pad else xp.sum(self.inside(x), (2, 3))
        return xp.sum(windows, (2, 3)) / self.count

    def backward(self, dout: Value) -> Value:
        xp = self.xp
        dwindows = xp.broadcast_to(xp.expand_dims(dout / self.count, (2, 3)), self.windows_shape)
        return self.window.fold(dwindows, xp.shape(self.x))
