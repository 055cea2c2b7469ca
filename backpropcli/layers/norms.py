"""Lengths of vectors, and the cosine of the angle between two."""

from __future__ import annotations

import math

from backpropcli.domains import Over, Value, namespace, unbroadcast
from backpropcli.domains.slopes import sum_of_squares
from backpropcli.layers.base import BinaryElementwise, Layer, sample
from backpropcli.layers.reductions import Max, Reduction, Sum


class _RootOfSquares(Reduction):
    """The square root of the sum of the squares, which neither overflow nor vanish."""

    def forward(self, x: Value) -> Value:
        xp = self.xp = namespace(x)
        scale = self.scale = xp.power_of_two(xp.amax(x, self.axis, self.keepdims))
        self.x = x
        scaled = x / self.expanded(scale)
        total = xp.sum(scaled * scaled, self.axis, self.keepdims)
        is_zero = xp.equal(total, 0)  # where the slope of the root is infinite, but that of the norm is 0 here
        self.root = xp.where(is_zero, 0, xp.sqrt(xp.where(is_zero, 1, total)))
        return self.root * scale

    def backward(self, dout: Value) -> Value:
        # A root of 0 is that of zeros, and their slope is 0 here.
        root = self.xp.where(self.xp.equal(self.root, 0), 1, self.root)
        scale, root = self.expanded(self.scale), self.expanded(root)
        return self.xp.times(self.x, Over(scale), Over(root), self.expanded(dout))


_NORMS: tuple[tuple[float, type[Reduction]], ...] = ((1, Sum), (2, _RootOfSquares), (math.inf, Max))


class Norm(Reduction):
    """Norm of the vectors along one axis, or of all numbers as one vector.

    Math:      when ord is 1: out = sum(abs(x), axis=axis, keepdims=true)
               when ord is 2: out = sqrt(sum(x * x, axis=axis, keepdims=true))
               otherwise: out = max(abs(x), axis=axis, keepdims=true)
    Gradient:  sign = where(x > 0, 1, where(x < 0, -1, 0))
               when ord is 1: dx = dout * sign
               when ord is 2: dx = where(out == 0, 0, dout * x / out)
               otherwise: ties = sum(where(abs(x) == out, 1, 0), axis=axis, keepdims=true);
                 dx = where(abs(x) == out, dout * sign / ties, 0)
    Units:     out in units of x; dx in units of dout
    Kinks:     where x is 0 for ord = 1, and where all of x is 0 for the others, dx is 0; numbers that tie for the
               largest share dout evenly; all as in PyTorch
    Numerics:  squares of numbers scaled by a power of two, so that out is inf only past float64 and 0 only for zeros;
               where any number is nan, out is nan; the norm of no numbers is 0
    Errors:    ShapeError when x has no such axis; ValueError for any other ord; DataError on exact fractions for
               ord = inf
    Source:    Golub and Van Loan, Matrix Computations, section 2.2

    >>> layer = Norm()
    >>> layer.forward(-3.0), layer.backward(1.5)
    (3.0, -1.5)
    """

    has_kinks = True
    samples = (
        sample(-3.0),
        sample([[1.0, -0.5, 2.0], [-2.0, 3.0, 0.5]]),
        sample([[1.0, -0.5, 2.0], [-2.0, 3.0, 0.5]], ord=1.0, axis=0),
        sample([[1.0, -0.5, 2.0], [-2.0, 3.0, 0.5]], ord=2.0, axis=0),
        sample([[1.0, -0.5, 2.0], [-2.5, 3.0, 0.5]], ord=math.inf, axis=-1, keepdims=True),
    )

    def __init__(self, *, ord: float = 2.0, axis: int | None = None, keepdims: bool = False) -> None:
        super().__init__(axis=axis, keepdims=keepdims)
        found = next((layer for number, layer in _NORMS if number == ord), None)
        if found is None:
            raise ValueError(f"ord must be 1, 2 or inf, not {ord}")
        self.norm_of_sizes = found(axis=axis, keepdims=keepdims)
        self.ord = ord

    def forward(self, x: Value) -> Value:
        self.x = x
        return namespace(x).maximum(self.norm_of_sizes.forward(abs(x)), 0)  # the largest of no numbers is -inf

    def backward(self, dout: Value) -> Value:
        dsize = self.norm_of_sizes.backward(dout)
        xp = namespace(self.x, dout)
        dx = xp.where(self.x < 0, -dsize, dsize)
        # The squares of ord = 2 bend at 0, which a constant slope would hide; they have no kink at a single 0.
        return dx if self.ord == 2 else xp.where(xp.equal(self.x, 0), xp.zeros_like(dx), dx)


class Hypot(BinaryElementwise):
    """Length of the hypotenuse over the legs x and y, elementwise.

    Math:      out = sqrt(x * x + y * y)
    Gradient:  r = where(out == 0, 1, out); dx = dout * x / r; dy = dout * y / r
    Units:     x and y in the same unit, which is out's; dx, dy in units of dout
    Kinks:     at (0, 0) both gradients are 0, as in norm
    Numerics:  squares of numbers scaled by a power of two, so that out is inf only past float64 and 0 only at (0, 0);
               value and gradients within 4 ulp
    Errors:    ShapeError when x and y do not broadcast; DomainError on exact fractions whose root is irrational
    Source:    calculus; NumPy, numpy.hypot

    >>> layer = Hypot()
    >>> layer.forward(3.0, -4.0), layer.backward(1.0)
    (5.0, (0.6, -0.8))
    """

    has_kinks = True
    samples = (sample(3.0, -4.0), sample([[1.0, -2.0, 3.0]], [[0.5], [-1.5]]))

    def forward(self, x: Value, y: Value) -> Value:
        self.x = x
        self.y = y
        xp = self.xp = namespace(x, y)
        total, self.scale = sum_of_squares(xp, xp.wide(x), xp.wide(y))
        is_zero = xp.equal(total, 0)
        self.root = xp.where(is_zero, 0, xp.sqrt(xp.where(is_zero, 1, total)))
        self.out = xp.narrow(self.root * self.scale, x + y)
        return self.out

    def backward(self, dout: Value) -> tuple[Value, Value]:
        xp = self.xp
        divisors = Over(self.scale), Over(xp.where(xp.equal(self.root, 0), 1, self.root))
        dx = xp.narrow(xp.times(dout, self.x, *divisors), self.out)
        dy = xp.narrow(xp.times(dout, self.y, *divisors), self.out)
        return unbroadcast(dx, self.x), unbroadcast(dy, self.y)


class CosineSimilarity(Layer):
    """Cosine of the angle between vectors along an axis.

    Math:      when x is shaped like y: a = x; b = y
               otherwise: p = x * y; a = broadcast(x, shape=shape(p)); b = broadcast(y, shape=shape(p))
               then: na = maximum(norm(a, axis=axis, keepdims=true), eps);
                 nb = maximum(norm(b, axis=axis, keepdims=true), eps);
                 u = a / na; v = b / nb; out = sum(u * v, axis=axis, keepdims=true)
    Gradient:  dx = dout * (v - where(na > eps, out * u, 0)) / na; dy = dout * (u - where(nb > eps, out * v, 0)) / nb
    Shapes:    x, y, dx, dy: any two that broadcast, which they do first; out, dout: their broadcast shape without the
               axis
    Units:     x, y and out dimensionless; dx, dy in units of dout
    Kinks:     where a norm is eps or less, it counts as the constant eps; so out is 0 where x or y is 0
    Numerics:  the vectors are divided by their norms first, so that only a norm past float64 is inf
    Errors:    ShapeError when x and y do not broadcast, on numbers, and when they have no such axis; ValueError for
               eps < 0; DomainError on exact fractions whose root is irrational
    Source:    torch.nn.functional.cosine_similarity

    >>> import numpy as np
    >>> CosineSimilarity().forward(np.array([3.0, 4.0]), np.array([4.0, 3.0]))
    array(0.96)
    """

    has_kinks = True
    adds_up = True
    samples = (
        sample([1.0, -0.5, 2.0], [-2.0, 3.0, 0.5]),
        sample([[1.0, -0.5, 2.0], [-2.0, 3.0, 0.5]], [1.5, 0.25, -1.0], eps=0.5),
        sample([[1.0, -0.5, 2.0], [-2.0, 3.0, 0.5]], [[0.5, 1.5, 1.0], [2.0, -1.0, 0.25]], axis=0),
        sample([[0.25, -0.5], [3.0, 0.5]], [[0.5, 0.25], [1.0, 2.0]], eps=1.0),
    )

    def __init__(self, *, axis: int = -1, eps: float = 1e-8) -> None:
        if not eps >= 0:
            raise ValueError(f"eps must be 0 or more, not {eps}")
        self.axis = axis
        self.eps = eps

    def forward(self, x: Value, y: Value) -> Value:
        xp = self.xp = namespace(x, y)
        self.x = x
        self.y = y
        if xp.shape(x) != xp.shape(y):  # a vector that is repeated along the axis is longer
            shape = xp.shape(x + y)
            x, y = xp.broadcast_to(x, shape), xp.broadcast_to(y, shape)
        self.x_scale, self.y_scale = self._scale(x), self._scale(y)
        self.u, self.v = xp.divide(x, self.x_scale), xp.divide(y, self.y_scale)
        self.out = xp.sum(self.u * self.v, self.axis, True)
        return xp.squeeze(self.out, self.axis)

    def _scale(self, x: Value) -> Value:
        """What a vector is divided by."""
        return self.xp.maximum(Norm(axis=self.axis, keepdims=True).forward(x), self.eps)

    def backward(self, dout: Value) -> tuple[Value, Value]:
        dout = self.xp.expand_dims(dout, self.axis)
        dx = self._slope(dout, self.u, self.v, self.x_scale)
        dy = self._slope(dout, self.v, self.u, self.y_scale)
        return unbroadcast(dx, self.x), unbroadcast(dy, self.y)

    def _slope(self, dout: Value, own: Value, other: Value, scale: Value) -> Value:
        """The gradient of a vector: of what is at a right angle to it, unless its scale is constant."""
        along = self.xp.where(scale > self.eps, self.out * own, 0)
        return self.xp.divide(dout * (other - along), scale)
