"""Linear algebra: the matrix product and the inner product."""

from __future__ import annotations

from backpropcli.domains import Value, namespace, unbroadcast
from backpropcli.errors import ShapeError
from backpropcli.layers.base import Layer, sample


class Matmul(Layer):
    """Matrix product over the last two axes, the `@` of Python.

    Math:      out = x @ y
    Gradient:  when x is a matrix and y is a matrix: dx = dout @ transpose(y); dy = transpose(x) @ dout
               when x is a vector and y is a vector: dx = dout * y; dy = dout * x
               when x is a vector and y is a matrix: dx = y @ dout; dy = reshape(x, shape=[-1, 1]) * dout
               when x is a matrix and y is a vector: dx = reshape(dout, shape=[-1, 1]) * y; dy = dout @ x
               otherwise: (in words) as for matrices, matrix by matrix of the stacks
    Shapes:    x: (..., m, n); y: (..., n, p); out, dout: (..., m, p); dx, dy: as x, y; the axes before broadcast;
               a vector x is one row and a vector y one column, whose axis out lacks
    Units:     out in units of x times y; dx in units of dout times y, dy of dout times x
    Kinks:     none
    Numerics:  that of NumPy's matmul; the order of the additions is the platform's
    Errors:    ShapeError on numbers, and when the shapes do not fit
    Source:    Saitoh, Deep Learning from Scratch, section 5.6.1

    >>> Matmul().forward(2.0, 3.0)
    Traceback (most recent call last):
    backpropcli.errors.ShapeError: a matrix product needs arrays, not numbers
    """

    adds_up = True
    computes_as_written = True
    when_zero = "multiplies by 0"
    samples = (
        sample([[1.0, -2.0, 3.0], [0.5, 1.5, -1.0]], [[1.0, 2.0], [-0.5, 0.25], [3.0, -1.0]]),
        sample([1.0, -2.0, 3.0], [[1.0, 2.0], [-0.5, 0.25], [3.0, -1.0]]),
        sample([[1.0, -2.0, 3.0], [0.5, 1.5, -1.0]], [2.0, -1.0, 0.5]),
        sample([1.0, -2.0, 3.0], [2.0, -1.0, 0.5]),
        sample([[[1.0, 2.0]], [[-1.0, 0.5]]], [[[0.5], [1.5]]]),
    )

    def forward(self, x: Value, y: Value) -> Value:
        xp = self.xp = namespace(x, y)
        self.x_is_vector = len(xp.shape(x)) == 1
        self.y_is_vector = len(xp.shape(y)) == 1
        self.x = xp.expand_dims(x, 0) if self.x_is_vector else x
        self.y = xp.expand_dims(y, 1) if self.y_is_vector else y
        self.added_axes = (-2,) * self.x_is_vector + (-1,) * self.y_is_vector
        return xp.squeeze(xp.matmul(self.x, self.y), self.added_axes)

    def backward(self, dout: Value) -> tuple[Value, Value]:
        xp = self.xp
        dout = xp.expand_dims(dout, self.added_axes)
        dx = unbroadcast(xp.matmul(dout, xp.transpose(self.y)), self.x)
        dy = unbroadcast(xp.matmul(xp.transpose(self.x), dout), self.y)
        return xp.squeeze(dx, 0) if self.x_is_vector else dx, xp.squeeze(dy, 1) if self.y_is_vector else dy


class Dot(Layer):
    """Inner product of vectors, along the last axis.

    Math:      out = sum(x * y, axis=-1, keepdims=true)
    Gradient:  dx = dout * y; dy = dout * x
    Shapes:    x, y: (..., n); out, dout: (...), in the formulas (..., 1); dx, dy: as x, y; the axes before the last
               broadcast
    Units:     out in units of x times y; dx in units of dout times y, dy of dout times x
    Kinks:     none
    Numerics:  pairwise sums, as in NumPy; the inner product of no numbers is 0
    Errors:    ShapeError on numbers, and when the last axes differ in length or the others do not broadcast
    Source:    Golub and Van Loan, Matrix Computations, section 1.1

    >>> Dot().forward(2.0, 3.0)
    Traceback (most recent call last):
    backpropcli.errors.ShapeError: axis -1 is out of range for a number
    """

    adds_up = True
    when_zero = "multiplies by 0"
    samples = (
        sample([1.0, -2.0, 3.0], [2.0, -1.0, 0.5]),
        sample([[1.0, -2.0], [0.5, 1.5], [3.0, -1.0]], [2.0, -1.0]),
        sample([[[1.0, 2.0]], [[-1.0, 0.5]]], [[0.5, 1.5], [2.0, -1.0], [-0.5, 3.0]]),
    )

    def forward(self, x: Value, y: Value) -> Value:
        self.x = x
        self.y = y
        self.xp = namespace(x, y)
        if self.xp.shape(x)[-1:] != self.xp.shape(y)[-1:]:
            raise ShapeError(f"x is {self.xp.shape(x)}, y is {self.xp.shape(y)}: the last axes differ in length")
        return self.xp.sum(x * y, -1)

    def backward(self, dout: Value) -> tuple[Value, Value]:
        dout = self.xp.expand_dims(dout, -1)
        return unbroadcast(dout * self.y, self.x), unbroadcast(dout * self.x, self.y)
