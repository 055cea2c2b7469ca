"""Python files of layers, for the tests of a user's own layers."""

from __future__ import annotations

BOOK = '''
class MulLayer:
    """Multiplication, as in the book."""

    def __init__(self):
        self.x = None
        self.y = None

    def forward(self, x, y):
        self.x = x
        self.y = y
        out = x * y

        return out

    def backward(self, dout):
        dx = dout * self.y
        dy = dout * self.x

        return dx, dy


class Relu:
    def __init__(self):
        self.mask = None

    def forward(self, x):
        self.mask = (x <= 0)
        out = x.copy()
        out[self.mask] = 0

        return out

    def backward(self, dout):
        dout[self.mask] = 0
        dx = dout

        return dx
'''

NATIVE = """
from backpropcli.layers import Layer, sample

class Triple(Layer):
    samples = (sample(2.0),)

    def forward(self, x):
        return 3 * x

    def backward(self, dout):
        return 3 * dout
"""


def squaring(forward="forward", backward="backward", more="", rate=""):
    """The source of a class Own that squares; its methods have these names and take these arguments besides."""
    return (
        f"\nclass Own:\n    def {forward}(self, x{more}):\n        self.x = x\n        return x * x\n\n"
        f"    def {backward}(self, dout{rate}):\n        return 2 * self.x * dout\n"
    )


def method(body="return x", backward="return dout", forward="self, x", dout="self, dout", head="pass"):
    """The source of a class Own: what its methods do, the arguments that they take, and what stands above them."""
    return (
        f"class Own:\n    {head}\n"
        f"    def forward({forward}):\n        {body}\n\n"
        f"    def backward({dout}):\n        {backward}\n"
    )
