"""Values that a gradient takes for constants: detach."""

from __future__ import annotations

from typing import ClassVar

from backpropcli.domains import Value, namespace
from backpropcli.layers.base import Elementwise, sample


class Detach(Elementwise):
    """The value as it is, as a constant: no gradient flows back through it.

    Math:      out = x
    Gradient:  none
    Shapes:    x, out, dout: (...)
    Units:     out in units of x
    Kinks:     none
    Numerics:  exact
    Errors:    none
    Source:    torch.Tensor.detach; JAX calls it stop_gradient

    >>> layer = Detach()
    >>> layer.forward(3.0), layer.backward(1.5)
    (3.0, None)
    """

    ulps = 0
    is_detached: ClassVar[bool] = True
    constant_inputs = frozenset({"x"})
    samples = (sample(2.0), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        return namespace(x).detached(x)

    def backward(self, _dout: Value) -> None:
        return None
