"""Dropout: numbers left out at random."""

from __future__ import annotations

from backpropcli.domains import Value, namespace
from backpropcli.layers.base import Convention, Elementwise, check_choice, sample


class Dropout(Elementwise):
    """Dropout, elementwise: a share of the numbers is replaced by 0 in training.

    Math:      when train is false and convention is book: out = x * (1 - ratio)
               when train is false: out = x
               when mask is absent: (in words) as with a mask whose entries are drawn, 0 with the probability ratio
               when convention is book: out = where(mask, x, 0)
               when ratio is 1: out = where(mask, x, 0)
               otherwise: out = where(mask, x / (1 - ratio), 0)
    Gradient:  when train is false and convention is book: dx = dout * (1 - ratio)
               when train is false: dx = dout
               when mask is absent: (in words) as with a mask whose entries are drawn, 0 with the probability ratio
               when convention is book: dx = where(mask, dout, 0)
               when ratio is 1: dx = where(mask, dout, 0)
               otherwise: dx = where(mask, dout / (1 - ratio), 0)
    Shapes:    x, out, dout, dx: (...); mask: any that broadcasts to it
    Units:     out in units of x; mask dimensionless; dx in units of dout
    Kinks:     none; the mask is constant
    Numerics:  one rounding for each operation; a number that is left out is 0 also where x is inf or nan. Without
               a mask, it is drawn: each entry is 0 with the probability ratio, the same for the same seed and shape
    Errors:    DataError for a mask of other numbers than 0 and 1; ShapeError for one that does not broadcast to x;
               ValueError when ratio is not from 0 to 1, and for seed < 0
    Source:    Saitoh, Deep Learning from Scratch, section 6.4.3; torch.nn.functional.dropout

    >>> layer = Dropout(convention="torch")
    >>> layer.forward(3.0, 1), layer.backward(1.0)
    (6.0, (2.0, None))
    """

    computes_as_written = True
    when_zero = "drops it"
    samples = (
        sample(3.0, 1.0, ratio=0.25),
        sample(3.0, 0.0),
        sample(3.0, 1.0, train=False),
        sample([[1.0, -0.5], [-2.0, 3.0]], [[1.0, 0.0], [0.0, 1.0]], ratio=0.25, convention="torch"),
        sample([[1.0, -0.5], [-2.0, 3.0]], [1.0, 0.0]),
        sample([[1.0, -0.5], [-2.0, 3.0]], seed=1),
        sample([[1.0, -0.5], [-2.0, 3.0]], ratio=0.25, train=False),
        sample([[1.0, -0.5], [-2.0, 3.0]], train=False, convention="torch"),
    )
    constant_inputs = frozenset({"mask"})

    def __init__(
        self,
        *,
        ratio: float = 0.5,
        train: bool = True,
        seed: int = 0,
        convention: Convention = "book",
    ) -> None:
        check_choice("convention", convention, Convention)
        if not 0 <= ratio <= 1:
            raise ValueError(f"ratio must be from 0 to 1, not {ratio}")
        if seed < 0:
            raise ValueError(f"seed must be 0 or more, not {seed}")
        self.ratio = ratio
        self.train = train
        self.seed = seed
        self.convention = convention

    def forward(self, x: Value, mask: Value | None = None) -> Value:
        xp = self.xp = namespace(x) if mask is None else namespace(x, mask)
        self.has_mask = mask is not None
        if mask is not None:
            self.kept = xp.broadcast_to(xp.as_mask(mask, "mask"), xp.shape(x))
        elif self.train:
            self.kept = xp.random_like(x, self.seed) >= self.ratio
        return self._drop(x)

    def backward(self, dout: Value) -> Value:
        dx = self._drop(dout)
        return (dx, None) if self.has_mask else dx

    def _drop(self, x: Value) -> Value:
        if self.convention == "book":
            return self.xp.where(self.kept, x, 0) if self.train else x * (1 - self.ratio)
        if not self.train:
            return x
        # A ratio of 1 leaves nothing to scale.
        return self.xp.where(self.kept, x, 0) / (1 if self.ratio == 1 else 1 - self.ratio)
