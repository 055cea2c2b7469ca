"""A class with weights, and a pair of functions with a cache, to be graded: the pair is not right."""

import numpy as np


class Affine:
    def __init__(self, W, b):
        self.W = W
        self.b = b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


def leaky_forward(x, slope=0.1):
    out = np.where(x > 0, x, slope * x)
    return out, (x, slope)


def leaky_backward(dout, cache):
    x, slope = cache
    return np.where(x > 0, dout, slope)
