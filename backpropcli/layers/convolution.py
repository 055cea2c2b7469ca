"""Convolution of images."""

from __future__ import annotations

from backpropcli.domains import Value, namespace
from backpropcli.domains.sliding_window import SlidingWindow, pair
from backpropcli.errors import ShapeError
from backpropcli.layers.base import Layer, sample


class Conv2d(Layer):
    """Convolution of images with filters (a cross-correlation: the filters are not flipped).

    Math:      (in words) out[n, f, i, j] is b[f] + the sum over c, k, l of x[n, c, i * stride + k * dilation - pad,
               j * stride + l * dilation - pad] * w[f, c, k, l]; x is 0 in the padding; with groups, the filters of a
               group see the channels of that group
    Gradient:  (in words) dx, dw: dout times the other factor, summed over all products that the number is in;
               db[f]: dout[:, f] summed
    Shapes:    x: (N, C, H, W); w: (F, C / groups, kernel height, kernel width); b: (F,); out, dout: (N, F, rows,
               columns) with rows = floor((H + 2 * pad - dilation * (kernel height - 1) - 1) / stride) + 1, columns
               likewise; dx, dw, db: as x, w, b
    Units:     out and b in units of x times w; dx in units of dout times w, dw of dout times x, db of dout
    Kinks:     none
    Numerics:  one matrix product for each image and group; the order of the additions is the platform's
    Errors:    ShapeError on numbers, when the shapes do not fit, and when the kernel is larger than the padded image;
               ValueError for stride, dilation or groups < 1 and for pad < 0
    Source:    Saitoh, Deep Learning from Scratch, section 7.4.3; torch.nn.functional.conv2d

    >>> Conv2d().forward(2.0, 3.0)
    Traceback (most recent call last):
    backpropcli.errors.ShapeError: w must have the axes (F, C / groups, height, width), but is ()
    """

    adds_up = True
    computes_as_written = True
    when_zero = "multiplies by 0"
    samples = (
        sample(
            [[[[1.0, -2.0, 0.5], [3.0, 0.25, -1.0], [2.0, 1.5, -0.5]]]],
            [[[[1.0, -0.5], [2.0, 0.25]]], [[[-1.5, 3.0], [0.5, 1.0]]]],
            [0.5, -1.5],
        ),
        sample([[[[1.0, -2.0], [3.0, 0.25]]], [[[2.0, 1.5], [-0.5, 1.0]]]], [[[[1.0, -0.5, 2.0]]]], pad=(0, 1)),
        sample(
            [[[[1.0, -2.0, 0.5], [3.0, 0.25, -1.0]], [[2.0, 1.5, -0.5], [0.75, -3.0, 1.25]]]],
            [[[[1.0, -0.5]]], [[[2.0, 0.25]]]],
            stride=(1, 2),
            pad=1,
            dilation=(1, 2),
            groups=2,
        ),
    )

    def __init__(
        self,
        *,
        stride: int | tuple[int, ...] = 1,
        pad: int | tuple[int, ...] = 0,
        dilation: int | tuple[int, ...] = 1,
        groups: int = 1,
    ) -> None:
        if groups < 1:
            raise ValueError(f"groups must be 1 or more, not {groups}")
        self.stride = pair("stride", stride, 1)
        self.pad = pair("pad", pad, 0)
        self.dilation = pair("dilation", dilation, 1)
        self.groups = groups

    def forward(self, x: Value, w: Value, b: Value | None = None) -> Value:
        xp = self.xp = namespace(x, w)
        self.x_shape, self.w_shape, self.has_bias = xp.shape(x), xp.shape(w), b is not None
        self._check(None if b is None else xp.shape(b))
        filters, channels, height, width = self.w_shape
        self.window = SlidingWindow((height, width), self.stride, self.pad, self.dilation)
        windows = self.window.unfold(x, 0)
        self.windows_shape = xp.shape(windows)
        count, *_, rows, columns = self.windows_shape
        row_length = channels * height * width
        self.w = xp.reshape(w, (self.groups, filters // self.groups, row_length))
        self.columns = xp.reshape(windows, (count, self.groups, row_length, rows * columns))
        out = xp.reshape(xp.matmul(self.w, self.columns), (count, filters, rows, columns))
        return out if b is None else out + xp.reshape(b, (filters, 1, 1))

    def backward(self, dout: Value) -> tuple[Value, ...]:
        xp = self.xp
        count, *_, rows, columns = self.windows_shape
        douts = xp.reshape(dout, (count, self.groups, self.w_shape[0] // self.groups, rows * columns))
        dwindows = xp.reshape(xp.matmul(xp.transpose(self.w), douts), self.windows_shape)
        dx = self.window.fold(dwindows, self.x_shape)
        dw = xp.reshape(xp.sum(xp.matmul(douts, xp.transpose(self.columns)), 0), self.w_shape)
        return (dx, dw, xp.sum(dout, (0, 2, 3))) if self.has_bias else (dx, dw)

    def _check(self, b_shape: tuple[int, ...] | None) -> None:
        x_shape, w_shape, groups = self.x_shape, self.w_shape, self.groups
        if len(w_shape) != 4 or 0 in w_shape[2:]:
            raise ShapeError(f"w must have the axes (F, C / groups, height, width), but is {w_shape}")
        if len(x_shape) == 4 and x_shape[1] != w_shape[1] * groups:
            raise ShapeError(
                f"x has {x_shape[1]} channels, but w, {w_shape}, with groups {groups} takes {w_shape[1] * groups}"
            )
        if w_shape[0] % groups:
            raise ShapeError(f"the {w_shape[0]} filters of w cannot be divided into {groups} groups")
        if b_shape not in {None, w_shape[:1]}:
            raise ShapeError(f"b must be {w_shape[:1]}, one number for each filter, but is {b_shape}")
