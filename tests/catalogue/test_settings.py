"""Arguments of functions that are settings: guessed, and given by the check's parameters."""

from __future__ import annotations

import numpy as np
import pytest

from backpropcli.catalogue.own_layers import load_layers
from backpropcli.gradcheck import check_layer

pytestmark = pytest.mark.usefixtures("own_catalogue")

RUNNING = """
def norm_forward(X, gamma, beta, cache, momentum=0.9, train=True):
    running_mean, running_var = cache
    mean, var = X.mean(axis=0), X.var(axis=0)
    normed = (X - mean) / (var + 1e-5) ** 0.5
    running_mean = momentum * running_mean + (1 - momentum) * mean
    running_var = momentum * running_var + (1 - momentum) * var
    return gamma * normed + beta, (normed, var, gamma), running_mean, running_var

def norm_backward(dout, cache):
    normed, var, gamma = cache
    d = dout * gamma
    dX = (d - d.mean(axis=0) - normed * (d * normed).mean(axis=0)) / (var + 1e-5) ** 0.5
    return dX, (dout * normed).sum(axis=0), dout.sum(axis=0)
"""

GROUPS = """
import numpy as np

def groups_forward(x, gamma, beta, G, gn_param):
    eps = gn_param.get("eps", 1e-5)
    N, C, H, W = x.shape
    parts = x.reshape(N, G, C // G * H * W)
    std = np.sqrt(parts.var(axis=2, keepdims=True) + eps)
    normed = (parts - parts.mean(axis=2, keepdims=True)) / std
    scale = gamma.reshape(1, C, 1, 1)
    return scale * normed.reshape(x.shape) + beta.reshape(1, C, 1, 1), (normed, std, gamma, G)

def groups_backward(dout, cache):
    normed, std, gamma, G = cache
    N, C, H, W = dout.shape
    d = (dout * gamma.reshape(1, C, 1, 1)).reshape(normed.shape)
    dx = (d - d.mean(axis=2, keepdims=True) - normed * (d * normed).mean(axis=2, keepdims=True)) / std
    dgamma = (dout * normed.reshape(dout.shape)).sum(axis=(0, 2, 3)).reshape(gamma.shape)
    return dx.reshape(dout.shape), dgamma, dout.sum(axis=(0, 2, 3)).reshape(gamma.shape)
"""

AXIS = """
class Total:
    @staticmethod
    def forward(ctx, x, axis):
        ctx.save_for_backward(x, axis)
        return (x * x).sum(axis)

    @staticmethod
    def backward(ctx, dout):
        x, axis = ctx.saved_tensors
        shape = list(x.shape)
        shape[axis] = 1
        return 2 * x * dout.reshape(shape)
"""

DICTIONARY = """
def strided_forward(conv_param, x):
    step = conv_param["stride"]
    return x[:, ::step] * 2, (x.shape, step)

def strided_backward(dout, cache):
    import numpy as np
    shape, step = cache
    dx = np.zeros(shape)
    dx[:, ::step] = 2 * dout
    return dx
"""


@pytest.mark.parametrize(
    ("source", "name", "fault"),
    [
        (RUNNING, "norm", ("d.mean(axis=0)", "d.mean(axis=1, keepdims=True)")),
        (GROUPS, "groups", ("(d * normed).mean(axis=2", "(d * normed).mean(axis=0")),
        (AXIS, "total", ("2 * x *", "3 * x *")),
        (AXIS.replace("dout.reshape(shape)", "dout.reshape(shape), None"), "total", ("2 * x *", "3 * x *")),
        (DICTIONARY, "strided", ("2 * dout", "dout")),
    ],
)
def test_settings_are_guessed(write, source, name, fault):
    assert check_layer(load_layers(write(source)).specs[name]).is_right
    assert check_layer(load_layers(write(source.replace(*fault))).specs[name]).is_wrong


def test_settings_are_no_inputs(write):
    spec = load_layers(write(GROUPS)).specs["groups"]
    assert (spec.inputs, spec.constructor) == (("x", "gamma", "beta"), ("G", "gn_param"))
    assert load_layers(write(DICTIONARY)).specs["strided"].inputs == ("x",)


def test_settings_that_are_given_go_before_guesses(write):
    fault = DICTIONARY.replace("dx[:, ::step]", "dx[:, ::2]")
    spec = load_layers(write(fault)).specs["strided"]
    assert check_layer(spec, parameters={"conv_param": {"stride": 2}}).is_right
    assert not check_layer(spec, [[[1.0, 2.0, 3.0, 4.0]]], {"conv_param": {"stride": 3}}).is_right
    assert check_layer(load_layers(write(AXIS)).specs["total"], parameters={"axis": 0}).is_right
    (problem, *_) = check_layer(load_layers(write(AXIS)).specs["total"], parameters={"axis": 7}).problems
    assert "axis 7 is out of bounds" in problem.message


KERNEL = """
import numpy as np

class Windowed:
    def __init__(self, kernel):
        height, width = kernel
        self.w = np.full((height, width), 0.5)

    def forward(self, x):
        self.x = x
        return x * self.w.sum()

    def backward(self, dout):
        self.dw = (dout * self.x).sum() * np.ones(self.w.shape)
        return dout * self.w.sum()
"""


@pytest.mark.parametrize("given", [{}, {"kernel": (2, 1)}, {"kernel": np.array([2.0, 1.0])}])
def test_sizes_may_be_tuples_or_be_given_as_arrays(write, given):
    assert check_layer(load_layers(write(KERNEL)).specs["windowed"], parameters=given).is_right
