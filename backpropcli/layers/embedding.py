"""The look-up of rows by number."""

from __future__ import annotations

from backpropcli.domains import Value, namespace
from backpropcli.errors import ShapeError
from backpropcli.layers.base import Layer, sample


class Embedding(Layer):
    """Rows of a table, looked up by their numbers.

    Math:      (in words) out[i, ...] is w[indices[i, ...]]
    Gradient:  (in words) dw[k] is the sum of all dout[i, ...] with indices[i, ...] = k; 0 for a row that is not looked
               up
    Shapes:    w: (rows, ...); indices: (...); out, dout: indices' shape, then w's without its first axis; dw: as w
    Units:     out in units of w; indices dimensionless; dw in units of dout
    Kinks:     none; the indices are constant
    Numerics:  out exact; dw is a sum in the order of the indices
    Errors:    DataError for an index that is not a whole number from 0 to rows - 1; ShapeError when w is a number
    Source:    Saitoh, Deep Learning from Scratch 2, section 4.1; torch.nn.functional.embedding

    >>> Embedding().forward(2.0, 0.0)
    Traceback (most recent call last):
    backpropcli.errors.ShapeError: w must be an array of rows, not a number
    """

    ulps = 0
    computes_as_written = True
    when_zero = "selects other rows"
    samples = (
        sample([[1.0, -2.0], [0.5, 3.0], [-1.5, 2.5]], [2.0, 0.0, 2.0]),
        sample([[1.0, -2.0], [0.5, 3.0], [-1.5, 2.5]], [[1.0], [0.0]]),
        sample([[1.0, -2.0], [0.5, 3.0]], 1.0),
        sample([1.0, -2.0, 0.5], [2.0, 2.0]),
    )
    constant_inputs = frozenset({"indices"})

    def forward(self, w: Value, indices: Value) -> Value:
        xp = self.xp = namespace(w, indices)
        shape = xp.shape(w)
        if not shape:
            raise ShapeError("w must be an array of rows, not a number")
        self.w = w
        self.indices = xp.as_indices(indices, shape[0], "index")
        return w[self.indices]

    def backward(self, dout: Value) -> tuple[Value, None]:
        return self.xp.add_at(self.xp.zeros_like(self.w), self.indices, dout), None
