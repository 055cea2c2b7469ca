"""How far numbers are spread around their mean: var and std."""

from __future__ import annotations

from backpropcli.domains import Over, Value, namespace
from backpropcli.layers.base import sample
from backpropcli.layers.norms import Norm
from backpropcli.layers.reductions import Reduction

_ROWS = [[1.0, -0.5, 2.0], [-2.0, 3.0, 0.5]]


class Spread(Reduction):
    """A kind of layer: a reduction of the distances to the mean, whose squares are divided by n - ddof.

    Shapes:    x, dx: (...); out, dout: x's shape without the axis, or with length 1 there, as in the formulas, when
               keepdims is true
    Errors:    ShapeError when x has no such axis
    """

    adds_up = True
    samples = (
        sample(3.0),
        sample(_ROWS),
        sample(_ROWS, axis=0, ddof=1),
        sample(_ROWS, axis=-1, keepdims=True),
    )

    def __init__(self, *, axis: int | None = None, keepdims: bool = False, ddof: int = 0) -> None:
        super().__init__(axis=axis, keepdims=keepdims)
        self.ddof = ddof

    def centred(self, x: Value) -> Value:
        """The distances to the mean, over a `scale`: 1, unless their sum would be infinite."""
        xp = self.xp = namespace(x)
        self.scale = 1
        shifted = x - xp.amax(x, self.axis, True)  # so that equal numbers are at their mean, which would be rounded
        count = xp.size(x) if self.axis is None else xp.shape(x)[self.axis]
        self.divisor = max(count - self.ddof, 0)
        total = xp.sum(shifted, self.axis, True)
        if not xp.is_finite(total):
            self.scale = 2 ** (2 * count).bit_length()
            scaled = x / self.scale
            shifted = scaled - xp.amax(scaled, self.axis, True)
            total = xp.sum(shifted, self.axis, True)
        return shifted - xp.divide(total, count)


class Var(Spread):
    """Variance along one axis or of all.

    Math:      when axis is null: n = size(x)
               otherwise: n = shape(x)[axis]
               then: d = x - sum(x, axis=axis, keepdims=true) / n;
                 out = sum(d * d, axis=axis, keepdims=true) / (n - ddof)
    Gradient:  dx = 2 * dout * d / (n - ddof)
    Units:     out in units of x squared; dx in units of dout times x
    Kinks:     none
    Numerics:  the mean is taken of x less its largest number, so that a large mean costs no digits and that of equal
               numbers is exactly 0; out is inf from distances of 1e154 on, where dx is still right; nan where n is not
               above ddof
    Errors:    ShapeError when x has no such axis; DomainError on exact fractions where n is not above ddof
    Source:    NumPy, numpy.var; PyTorch calls ddof correction, and has 1 by default

    >>> layer = Var(ddof=0)
    >>> layer.forward(3.0), layer.backward(1.5)
    (0.0, 0.0)
    """

    when_zero = "is at its minimum"

    def forward(self, x: Value) -> Value:
        self.d = self.centred(x)
        mean_square = self.xp.divide(self.xp.sum(self.d * self.d, self.axis, self.keepdims), self.divisor)
        return mean_square if self.scale == 1 else mean_square * self.scale * self.scale

    def backward(self, dout: Value) -> Value:
        return self.xp.times(self.d, 2 * self.scale * self.expanded(dout), Over(self.divisor))


class Std(Spread):
    """Standard deviation along one axis or of all: the square root of the variance.

    Math:      when axis is null: n = size(x)
               otherwise: n = shape(x)[axis]
               then: d = x - sum(x, axis=axis, keepdims=true) / n;
                 out = sqrt(sum(d * d, axis=axis, keepdims=true) / (n - ddof))
    Gradient:  dx = where(out == 0, 0, dout * d / ((n - ddof) * out))
    Units:     out in units of x; dx in units of dout
    Kinks:     where all numbers are equal, out and dx are 0, as in PyTorch
    Numerics:  the norm of the distances to the mean, over sqrt(n - ddof); squares as in norm, the mean as in var, so
               that out is 0 for equal numbers, and for them only; nan where n is not above ddof
    Errors:    ShapeError when x has no such axis; DomainError on exact fractions whose root is irrational, and where n
               is not above ddof
    Source:    NumPy, numpy.std; PyTorch calls ddof correction, and has 1 by default

    >>> layer = Std(ddof=0)
    >>> layer.forward(3.0), layer.backward(1.5)
    (0.0, 0.0)
    """

    when_zero = "is at its minimum"
    has_kinks = True

    def forward(self, x: Value) -> Value:
        self.x = x
        self.norm = Norm(axis=self.axis, keepdims=self.keepdims)
        length = self.norm.forward(self.centred(x))
        self.root = self.xp.sqrt(self.divisor)
        deviation = self.xp.divide(length, self.root)
        return self.xp.narrow(deviation if self.scale == 1 else deviation * self.scale, x)

    def backward(self, dout: Value) -> Value:
        # The distances sum to 0, so that nothing of this goes back by way of the mean.
        return self.xp.narrow(self.norm.backward(self.xp.divide(dout, self.root)), self.x)
