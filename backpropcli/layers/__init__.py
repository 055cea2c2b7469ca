"""The catalogue: every layer's name, and the class that it is.

A family is imported when one of its layers is first used, so the length of this table costs a command nothing.
The classes are attributes of this package too, the book's `MulLayer` and `AddLayer` among them:

>>> from backpropcli.layers import AddLayer, MulLayer, Relu, Sigmoid
>>> MulLayer().forward(100, 2)
200
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from backpropcli.layers.base import Layer, Sample, sample

if TYPE_CHECKING:
    from typing import Any

__all__ = ["LAYERS", "Layer", "Sample", "layer_class", "sample"]

# name -> module of this package, class
LAYERS: dict[str, tuple[str, str]] = {
    "add": ("arithmetic", "Add"),
    "sub": ("arithmetic", "Sub"),
    "mul": ("arithmetic", "Mul"),
    "div": ("arithmetic", "Div"),
    "neg": ("arithmetic", "Neg"),
    "pow": ("arithmetic", "Pow"),
    "exp": ("elementary", "Exp"),
    "log": ("elementary", "Log"),
    "sqrt": ("elementary", "Sqrt"),
    "square": ("elementary", "Square"),
    "abs": ("elementary", "Abs"),
    "reciprocal": ("elementary", "Reciprocal"),
    "expm1": ("transcendental", "Expm1"),
    "log1p": ("transcendental", "Log1p"),
    "sin": ("transcendental", "Sin"),
    "cos": ("transcendental", "Cos"),
    "erf": ("transcendental", "Erf"),
    "matmul": ("linear", "Matmul"),
    "dot": ("linear", "Dot"),
    "sum": ("reductions", "Sum"),
    "mean": ("reductions", "Mean"),
    "max": ("reductions", "Max"),
    "min": ("reductions", "Min"),
    "norm": ("norms", "Norm"),
    "maximum": ("extrema", "Maximum"),
    "minimum": ("extrema", "Minimum"),
    "clip": ("extrema", "Clip"),
    "where": ("selection", "Where"),
    "concat": ("selection", "Concat"),
    "slice": ("selection", "Slice"),
    "index": ("selection", "Index"),
    "reshape": ("shapes", "Reshape"),
    "transpose": ("shapes", "Transpose"),
    "broadcast": ("shapes", "Broadcast"),
    "repeat": ("shapes", "Repeat"),
    "relu": ("activations", "Relu"),
    "sigmoid": ("activations", "Sigmoid"),
    "tanh": ("activations", "Tanh"),
    "softmax": ("softmax", "Softmax"),
    "log_softmax": ("softmax", "LogSoftmax"),
    "log_sigmoid": ("activations", "LogSigmoid"),
    "softplus": ("activations", "Softplus"),
    "softsign": ("activations", "Softsign"),
    "leaky_relu": ("rectifiers", "LeakyRelu"),
    "prelu": ("rectifiers", "Prelu"),
    "elu": ("rectifiers", "Elu"),
    "selu": ("rectifiers", "Selu"),
    "celu": ("rectifiers", "Celu"),
    "silu": ("gates", "Silu"),
    "mish": ("gates", "Mish"),
    "gelu": ("gelu", "Gelu"),
    "hardtanh": ("hard_activations", "Hardtanh"),
    "hardsigmoid": ("hard_activations", "Hardsigmoid"),
    "hardswish": ("hard_activations", "Hardswish"),
    "mse": ("losses", "Mse"),
    "sum_squared_error": ("losses", "SumSquaredError"),
    "l1": ("losses", "L1"),
    "smooth_l1": ("losses", "SmoothL1"),
    "huber": ("losses", "Huber"),
    "bce": ("label_losses", "Bce"),
    "bce_with_logits": ("label_losses", "BceWithLogits"),
    "nll": ("label_losses", "Nll"),
    "cross_entropy": ("label_losses", "CrossEntropy"),
    "softmax_with_loss": ("label_losses", "SoftmaxWithLoss"),
    "affine": ("affine", "Affine"),
    "embedding": ("embedding", "Embedding"),
    "dropout": ("dropout", "Dropout"),
    "batch_norm": ("batch_norm", "BatchNorm"),
    "layer_norm": ("normalization", "LayerNorm"),
    "group_norm": ("normalization", "GroupNorm"),
    "rms_norm": ("normalization", "RmsNorm"),
    "conv2d": ("convolution", "Conv2d"),
    "max_pool2d": ("pooling", "MaxPool2d"),
    "avg_pool2d": ("pooling", "AvgPool2d"),
    "attention": ("attention", "Attention"),
}

_ALIASES = {"AddLayer": "Add", "MulLayer": "Mul"}


def layer_class(name: str) -> type[Layer]:
    """The class of the layer called `name` in the catalogue."""
    family, attribute = LAYERS[name]
    found: type[Layer] = getattr(import_module(f"{__name__}.{family}"), attribute)
    return found


def __getattr__(attribute: str) -> Any:
    wanted = _ALIASES.get(attribute, attribute)
    for family, name in LAYERS.values():
        if name == wanted:
            return getattr(import_module(f"{__name__}.{family}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {attribute!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_ALIASES, *(name for _, name in LAYERS.values())})
