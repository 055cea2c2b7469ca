"""The fully connected layer."""

from __future__ import annotations

from math import prod

from backpropcli.domains import Value, namespace
from backpropcli.errors import ShapeError
from backpropcli.layers.base import Convention, Layer, check_choice, sample


class Affine(Layer):
    """Affine transformation, the fully connected layer.

    Math:      when convention is torch: v = transpose(w)
               otherwise: v = w
               when x is a matrix: rows = x
               otherwise: rows = reshape(x, shape=[-1, shape(v)[0]])
               when b is absent: out = rows @ v
               otherwise: out = rows @ v + b
    Gradient:  dx = dout @ transpose(v); db = dout
               when convention is torch: dw = transpose(dout) @ rows
               otherwise: dw = transpose(rows) @ dout
    Shapes:    x: (N, in) or (in,); w: (in, out), convention torch: (out, in); b: (out,); out, dout: (N, out) or (out,);
               dx, dw, db: as x, w, b. Of an x with more axes, convention book makes N rows of everything past the
               first axis, as its Affine does with images; convention torch keeps all axes but the last
    Units:     out and b in units of x times w; dx in units of dout times w, dw of dout times x, db of dout
    Kinks:     none
    Numerics:  that of matmul
    Errors:    ShapeError on numbers, and when the shapes do not fit
    Source:    Saitoh, Deep Learning from Scratch, section 5.6; torch.nn.functional.linear

    >>> Affine().forward(2.0, 3.0)
    Traceback (most recent call last):
    backpropcli.errors.ShapeError: x must be an array, not a number
    """

    adds_up = True
    when_zero = "multiplies by 0"
    samples = (
        sample([[1.0, -2.0, 3.0], [0.5, 1.5, -1.0]], [[1.0, 2.0], [-0.5, 0.25], [3.0, -1.0]], [0.5, -1.5]),
        sample([[1.0, -2.0, 3.0], [0.5, 1.5, -1.0]], [[1.0, 2.0], [-0.5, 0.25], [3.0, -1.0]]),
        sample([1.0, -2.0], [[1.0, 2.0, 0.5], [-0.5, 0.25, 3.0]], [0.5, -1.5, 2.0]),
        sample([[[1.0, -2.0], [3.0, 0.5]], [[1.5, -1.0], [2.0, 0.25]]], [[1.0], [-0.5], [0.25], [3.0]], [0.5]),
        sample(
            [[[1.0, -2.0], [3.0, 0.5]]], [[1.0, 2.0], [-0.5, 0.25], [3.0, -1.0]], [0.5, 1.0, 2.0], convention="torch"
        ),
    )

    def __init__(self, *, convention: Convention = "book") -> None:
        check_choice("convention", convention, Convention)
        self.convention = convention

    def forward(self, x: Value, w: Value, b: Value | None = None) -> Value:
        xp = self.xp = namespace(x, w)
        self.x_shape, self.has_bias = xp.shape(x), b is not None
        kept = self._kept_axes()
        row_length = prod(self.x_shape[kept:])
        self.out_length = self._checked_length(row_length, xp.shape(w), None if b is None else xp.shape(b))
        self.w = xp.transpose(w) if self.convention == "torch" else w
        self.rows = xp.reshape(x, (prod(self.x_shape[:kept]), row_length))
        out = xp.reshape(xp.matmul(self.rows, self.w), (*self.x_shape[:kept], self.out_length))
        return out if b is None else out + b

    def backward(self, dout: Value) -> tuple[Value, ...]:
        xp = self.xp
        drows = xp.reshape(dout, (xp.shape(self.rows)[0], self.out_length))
        dx = xp.reshape(xp.matmul(drows, xp.transpose(self.w)), self.x_shape)
        dw = xp.matmul(xp.transpose(self.rows), drows)
        gradients = dx, xp.transpose(dw) if self.convention == "torch" else dw
        return (*gradients, xp.sum(drows, 0)) if self.has_bias else gradients

    def _kept_axes(self) -> int:
        """How many of x's first axes out has, too; the others are a row."""
        axis_count = len(self.x_shape)
        if axis_count == 0:
            raise ShapeError("x must be an array, not a number")
        return min(axis_count - 1, 1) if self.convention == "book" else axis_count - 1

    def _checked_length(self, row_length: int, w_shape: tuple[int, ...], b_shape: tuple[int, ...] | None) -> int:
        """How many numbers a row of out has, where w and b agree with each other and with the rows of x."""
        order, in_out = ("(out, in)", w_shape[::-1]) if self.convention == "torch" else ("(in, out)", w_shape)
        if len(in_out) != 2 or in_out[0] != row_length:
            raise ShapeError(
                f"x is {self.x_shape}, {row_length} numbers a row; w must be {order} with as many in, but is {w_shape}"
            )
        if b_shape not in {None, in_out[1:]}:
            raise ShapeError(f"b must be {in_out[1:]}, one number for each column of out, but is {b_shape}")
        return in_out[1]
