"""Models that PyTorch exports, imported: values and gradients within 1e-12 of PyTorch's own, both in float64."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections import OrderedDict

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

import backpropcli as bp

WITHIN = 1e-12


class Convolutional(nn.Module):
    """Conv+BatchNorm+ReLU+MaxPool+Linear+GELU+Linear."""

    def __init__(self):
        super().__init__()
        self.conv, self.bn = nn.Conv2d(1, 2, 3, padding=1), nn.BatchNorm2d(2)
        self.hidden, self.out = nn.Linear(32, 6), nn.Linear(6, 3)

    def forward(self, x):
        images = functional.max_pool2d(torch.relu(self.bn(self.conv(x))), 2)
        return self.out(functional.gelu(self.hidden(images.flatten(1))))


class Loss(nn.Module):
    """The cross-entropy of a network's logits."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x, labels):
        return functional.cross_entropy(self.network(x), labels)


class Block(nn.Module):
    """A transformer block of two heads, with the normalization before."""

    def __init__(self, width=8, heads=2):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.projection = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

    def forward(self, x):
        count, length, width = x.shape
        shape = (count, length, self.heads, width // self.heads)
        q, k, v = (part.reshape(shape).transpose(1, 2) for part in self.qkv(self.norm1(x)).chunk(3, -1))
        mask = torch.full((length, length), float("-inf"), dtype=x.dtype).triu(1)
        attention = torch.softmax(q @ k.transpose(-1, -2) / shape[-1] ** 0.5 + mask, -1)
        x = x + self.projection((attention @ v).transpose(1, 2).reshape(count, length, width))
        return x + self.down(functional.gelu(self.up(self.norm2(x))))


def exported(network, arguments, file, **options):
    """The file that PyTorch makes of a network."""
    with warnings.catch_warnings(action="ignore"):  # of what the exporters will do some day
        torch.onnx.export(network, arguments, file, input_names=["x", "labels"][: len(arguments)], **options)


def imported(file):
    """The scenario that the command makes of a file."""
    scenario = file.with_suffix(".yaml")
    subprocess.run([sys.executable, "-m", "backpropcli", "import", file, "-o", scenario], check=True)
    return bp.load(scenario)


def assert_alike(network, arguments, scenario, learned):
    """The value and the gradients of the input and of what has been learned are PyTorch's."""
    x = arguments[0].requires_grad_()
    value = network(*arguments)
    dout = (
        torch.linspace(-1, 1, value.numel(), dtype=value.dtype).reshape(value.shape) if value.shape else 1 + 0 * value
    )
    named = dict(network.named_parameters())
    gradients = torch.autograd.grad(value, [x, *named.values()], dout)
    expected = dict(zip(["x", *(name.replace(".", "_") for name in named)], gradients, strict=True))
    inputs = {name: argument.detach().numpy() for name, argument in zip(["x", "labels"], arguments, strict=False)}
    result = bp.run(scenario, inputs=inputs, dout=dout.detach().numpy())
    np.testing.assert_allclose(result.value, value.detach(), rtol=WITHIN, atol=WITHIN)
    for name in ("x", *learned):
        np.testing.assert_allclose(result.gradients[name], expected[name], rtol=WITHIN, atol=WITHIN, err_msg=name)


def names_of(network):
    """The names in a scenario of all that a network learns."""
    return [name.replace(".", "_") for name, _ in network.named_parameters()]


@pytest.fixture(autouse=True)
def _doubles():
    torch.manual_seed(0)
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@pytest.mark.parametrize("dynamo", [True, False])
def test_the_gradients_of_an_mlp_are_those_of_pytorch(dynamo, tmp_path):
    layers = {"first": nn.Linear(4, 8), "relu": nn.ReLU(), "second": nn.Linear(8, 8), "tanh": nn.Tanh()}
    mlp, x = nn.Sequential(OrderedDict({**layers, "last": nn.Linear(8, 3)})), torch.randn(5, 4)
    exported(mlp, (x,), tmp_path / "mlp.onnx", dynamo=dynamo)
    assert_alike(mlp, (x,), imported(tmp_path / "mlp.onnx"), names_of(mlp))


def test_the_gradients_of_a_network_in_training_are_those_of_pytorch(tmp_path):
    loss = Loss(Convolutional()).train()
    arguments = torch.randn(5, 1, 8, 8), torch.tensor([0, 2, 1, 1, 0])
    options = {"training": torch.onnx.TrainingMode.TRAINING, "do_constant_folding": False, "dynamo": False}
    exported(loss, arguments, tmp_path / "cnn.onnx", **options)
    assert_alike(loss, arguments, imported(tmp_path / "cnn.onnx"), names_of(loss))


@pytest.mark.parametrize("dynamo", [True, False])
def test_the_gradients_of_a_trained_network_are_those_of_pytorch(dynamo, tmp_path):
    """The exporters put the normalization into the convolution's weights."""
    loss = Loss(Convolutional()).eval()
    loss.network.bn.running_mean += torch.randn(2)
    arguments = torch.randn(5, 1, 8, 8), torch.tensor([0, 2, 1, 1, 0])
    exported(loss, arguments, tmp_path / "cnn.onnx", dynamo=dynamo, do_constant_folding=False)
    assert_alike(loss, arguments, imported(tmp_path / "cnn.onnx"), names_of(loss)[-4:])


@pytest.mark.parametrize("dynamo", [True, False])
def test_the_gradients_of_a_transformer_block_are_those_of_pytorch(dynamo, tmp_path):
    """The exporters turn weights around, which then have other names, and take equal ones for one."""
    block, x = Block().eval(), torch.randn(2, 3, 8)
    for parameter in block.parameters():
        nn.init.normal_(parameter)
    exported(block, (x,), tmp_path / "block.onnx", dynamo=dynamo)
    assert_alike(
        block,
        (x,),
        imported(tmp_path / "block.onnx"),
        [name for name in names_of(block) if "norm" in name or "bias" in name],
    )
