"""Comparisons of two values, 1 where they hold and 0 where they do not: the conditions of `where`."""

from __future__ import annotations

from backpropcli.domains import Value, namespace
from backpropcli.layers.base import BinaryElementwise, sample


class Comparison(BinaryElementwise):
    """A kind of layer: 1 where a comparison holds, which a subclass says, and 0 elsewhere.

    Gradient:  none
    Shapes:    x, y: any two that broadcast; out, dout: their broadcast shape
    Units:     x and y in the same unit; out dimensionless
    Kinks:     none; x and y are constant, so that the jump of out is not looked at
    """

    ulps = 0
    when_zero = "is flat between its steps"
    samples = (sample(1.0, 2.0), sample(2.0, 2.0), sample([[1.0, -2.0, 3.0]], [[1.0], [-1.5]]))
    constant_inputs = frozenset({"x", "y"})

    @staticmethod
    def holds(x: Value, y: Value) -> Value:
        """Whether the comparison holds."""
        raise NotImplementedError

    def forward(self, x: Value, y: Value) -> Value:
        xp = namespace(x, y)
        return xp.where(self.holds(x, y), xp.ones_like(x), 0)

    def backward(self, _dout: Value) -> tuple[None, None]:
        return None, None


class Less(Comparison):
    """Whether x is less than y, elementwise.

    Math:      out = where(x < y, 1, 0)
    Numerics:  exact; 0 where x or y is nan
    Source:    NumPy, numpy.less

    >>> Less().forward(1.0, 2.0), Less().forward(2.0, 2.0)
    (1.0, 0.0)
    """

    @staticmethod
    def holds(x: Value, y: Value) -> Value:
        return x < y


class LessEqual(Comparison):
    """Whether x is less than y or equal to it, elementwise.

    Math:      out = where(x <= y, 1, 0)
    Numerics:  exact; 0 where x or y is nan
    Source:    NumPy, numpy.less_equal

    >>> LessEqual().forward(2.0, 2.0), LessEqual().forward(3.0, 2.0)
    (1.0, 0.0)
    """

    @staticmethod
    def holds(x: Value, y: Value) -> Value:
        return x <= y


class Greater(Comparison):
    """Whether x is greater than y, elementwise.

    Math:      out = where(x > y, 1, 0)
    Numerics:  exact; 0 where x or y is nan
    Source:    NumPy, numpy.greater

    >>> Greater().forward(3.0, 2.0), Greater().forward(2.0, 2.0)
    (1.0, 0.0)
    """

    @staticmethod
    def holds(x: Value, y: Value) -> Value:
        return x > y


class GreaterEqual(Comparison):
    """Whether x is greater than y or equal to it, elementwise.

    Math:      out = where(x >= y, 1, 0)
    Numerics:  exact; 0 where x or y is nan
    Source:    NumPy, numpy.greater_equal

    >>> GreaterEqual().forward(2.0, 2.0), GreaterEqual().forward(1.0, 2.0)
    (1.0, 0.0)
    """

    @staticmethod
    def holds(x: Value, y: Value) -> Value:
        return x >= y


class Equal(Comparison):
    """Whether x is equal to y, elementwise.

    Math:      out = where(x == y, 1, 0)
    Numerics:  exact, without a tolerance; 0 where x or y is nan
    Source:    NumPy, numpy.equal

    >>> Equal().forward(2.0, 2.0), Equal().forward(1.0, 2.0)
    (1.0, 0.0)
    """

    @staticmethod
    def holds(x: Value, y: Value) -> Value:
        return namespace(x, y).equal(x, y)


class NotEqual(Comparison):
    """Whether x is not equal to y, elementwise.

    Math:      out = where(x != y, 1, 0)
    Numerics:  exact, without a tolerance; 1 where x or y is nan
    Source:    NumPy, numpy.not_equal

    >>> NotEqual().forward(1.0, 2.0), NotEqual().forward(2.0, 2.0)
    (1.0, 0.0)
    """

    def forward(self, x: Value, y: Value) -> Value:
        return 1 - super().forward(x, y)

    @staticmethod
    def holds(x: Value, y: Value) -> Value:
        return namespace(x, y).equal(x, y)
