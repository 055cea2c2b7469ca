"""Scaled dot-product attention."""

from __future__ import annotations

from backpropcli.domains import Value, namespace, unbroadcast
from backpropcli.errors import ShapeError
from backpropcli.layers.base import Layer, sample
from backpropcli.layers.softmax import Softmax

INF = float("inf")
FAR_BELOW = -1000


class Attention(Layer):
    """Scaled dot-product attention: for each query the mean of the values, weighted by how well their keys fit.

    Math:      when scale is null: n = shape(q)[-1]; factor = 1 / sqrt(n)
               otherwise: factor = scale
               when causal is true: (in words) as with a mask that is 1 for the own and earlier keys of a query
               when q is a matrix and k is a matrix and v is a matrix: p = exp(factor * q @ transpose(k))
               otherwise: (in words) as for matrices, matrix by matrix of the stacks
               when mask is absent: seen = p
               otherwise: seen = where(mask, p, 0)
               then: total = sum(seen, axis=-1, keepdims=true); weights = seen / where(total == 0, 1, total);
                 out = weights @ v
    Gradient:  dv = transpose(weights) @ dout; dweights = dout @ transpose(v);
               dscores = factor * weights * (dweights - sum(weights * dweights, axis=-1, keepdims=true));
               dq = dscores @ k; dk = transpose(dscores) @ q
    Shapes:    q: (..., queries, d); k: (..., keys, d); v: (..., keys, e); mask: any that broadcasts to (..., queries,
               keys); out, dout: (..., queries, e); dq, dk, dv: as q, k, v; the axes before broadcast
    Units:     scale * q * k dimensionless; out in units of v; mask dimensionless; dv in units of dout, dq of dout
               times v per q, dk of dout times v per k
    Kinks:     a query that may see no key has out 0 and no gradient, as in PyTorch since 2.5; the mask is constant
    Numerics:  weights as softmax has them, also where the scores are too large for float64; what a query may not see
               has no weight at all. The rest is as exact as the matrix products; numbers of v near 1e308 leave dq and
               dk nan or infinite
    Errors:    ShapeError on numbers, and when the shapes do not fit; DataError for a mask of other numbers than 0 and
               1; DomainError on exact fractions (exp is irrational)
    Source:    Vaswani et al., Attention Is All You Need; torch.nn.functional.scaled_dot_product_attention

    >>> Attention().forward(1.0, 2.0, 3.0)
    Traceback (most recent call last):
    backpropcli.errors.ShapeError: q, k and v must have the axes (..., rows, columns), but are (), () and ()
    """

    adds_up = True
    samples = (
        sample([[1.0, -0.5], [-2.0, 3.0]], [[0.5, 1.5], [2.0, -1.0], [0.25, 1.0]], [[1.0], [-2.0], [0.5]]),
        sample(
            [[1.0, -0.5], [-2.0, 3.0]],
            [[0.5, 1.5], [2.0, -1.0], [0.25, 1.0]],
            [[1.0], [-2.0], [0.5]],
            [[1.0, 0.0, 1.0], [0.0, 0.0, 0.0]],
            scale=0.5,
        ),
        sample([[[1.0], [-0.5]], [[-2.0], [3.0]]], [[0.5], [1.5]], [[[1.0, 2.0], [-2.0, 0.25]]], causal=True),
    )
    constant_inputs = frozenset({"mask"})

    def __init__(self, *, causal: bool = False, scale: float | None = None) -> None:
        self.causal = causal
        self.scale = scale

    def forward(self, q: Value, k: Value, v: Value, mask: Value | None = None) -> Value:
        xp = self.xp = namespace(q, k, v)
        self._check(xp.shape(q), xp.shape(k), xp.shape(v))
        self.q, self.k, self.v, self.has_mask = q, k, v, mask is not None
        (d,) = xp.constants([str(xp.shape(q)[-1])], (q, k, v))
        self.factor = xp.divide(1, xp.sqrt(d)) if self.scale is None else self.scale
        all_scores, scores, largest = self._scores(q, k, mask)
        units: list[Value] = []
        if not xp.is_finite(largest):  # the scores are too large, unless a query may see no key
            units = [xp.power_of_two(xp.amax(abs(x))) for x in (q, k)]
            all_scores, scores, largest = self._scores(q / units[0], k / units[1], mask)
        self.is_blind = xp.equal(largest, -INF)
        below = all_scores - xp.where(self.is_blind, 0, largest)
        for unit in units:
            below = below * unit
        # exp makes 0 of what is so far below the largest score, as it does of -inf; but -inf less -inf is nan.
        below = xp.maximum(below, FAR_BELOW)
        self.softmax = Softmax(axis=-1)
        scores = xp.where(xp.equal(scores, -INF), FAR_BELOW, below)
        self.weights = xp.where(self.is_blind, 0, self.softmax.forward(scores))
        return xp.matmul(self.weights, v)

    def backward(self, dout: Value) -> tuple[Value, ...]:
        xp = self.xp
        dv = xp.matmul(xp.transpose(self.weights), dout)
        dweights = xp.matmul(dout, xp.transpose(self.v))
        dscores = self.factor * xp.where(self.is_blind, 0, self.softmax.backward(dweights))
        dq = xp.matmul(dscores, self.k)
        dk = xp.matmul(xp.transpose(dscores), self.q)
        gradients = unbroadcast(dq, self.q), unbroadcast(dk, self.k), unbroadcast(dv, self.v)
        return (*gradients, None) if self.has_mask else gradients

    def _scores(self, q: Value, k: Value, mask: Value | None) -> tuple[Value, Value, Value]:
        """How well each key fits each query, the same with -inf for what it may not see, and the largest of these."""
        xp = self.xp
        all_scores = scores = self.factor * xp.matmul(q, xp.transpose(k))
        if mask is not None:
            scores = xp.where(xp.broadcast_to(xp.as_mask(mask, "mask"), xp.shape(scores)), scores, -INF)
        if self.causal:
            scores = xp.where(xp.equal(xp.tril(xp.ones_like(scores)), 1), scores, -INF)
        return all_scores, scores, xp.amax(scores, -1, True)

    def _check(self, q: tuple[int, ...], k: tuple[int, ...], v: tuple[int, ...]) -> None:
        if min(len(q), len(k), len(v)) < 2:
            raise ShapeError(f"q, k and v must have the axes (..., rows, columns), but are {q}, {k} and {v}")
        if q[-1] != k[-1] or q[-1] == 0:
            raise ShapeError(f"q and k must have equally long rows of at least one number, but are {q} and {k}")
        if k[-2] != v[-2]:
            raise ShapeError(f"k and v must have equally many rows, but are {k} and {v}")
