"""What each layer of the catalogue is in PyTorch, as exports write it, and inputs to compare the two on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from peer import Array, F, Theirs, arrays, draw, draw_shares, draw_whole, make, torch

from backpropcli.catalogue.registry import layer_spec
from backpropcli.export.calls import Call, written
from backpropcli.export.torch_calls import CALLS


class Compared(NamedTuple):
    """The inputs and the parameters that a layer and its call in PyTorch are compared on."""

    inputs: list[Array]
    parameters: Mapping[str, Any] = {}


def exported(name: str, **parameters: Any) -> Theirs:
    """The call that an export has for a layer, as a function of tensors."""

    def theirs(*tensors: Any) -> Any:
        inputs = tuple(tensor.detach().numpy() for tensor in tensors)
        with arrays.quiet():
            value = make(name, **parameters).forward(*inputs)
        names = tuple(f"x{number}" for number in range(len(tensors)))
        given = {key: parameter.default for key, parameter in layer_spec(name).parameters.items()} | parameters
        text = written(CALLS[name], Call(names, inputs, given, value, arrays))
        return eval(text, {"torch": torch, "F": F, **dict(zip(names, tensors, strict=True))})  # noqa: S307 - what an export would say

    return theirs


SIGNED = draw((4, 3), scale=3)
POSITIVE = [np.abs(SIGNED[0]) + 0.1]
SHARES = [2 * draw_shares((4, 3)) - 1]
PAIR = draw((4, 3), (3,))
TARGETED = draw((4, 3), (4, 3), scale=3)
BITS = draw_whole(0, 2, (4, 3))
TIED = [draw_whole(-1, 2, (4, 3)), draw_whole(-1, 2, (3,), seed=2)]
IMAGES = draw((2, 3, 6, 7))
BATCH = draw((5, 4), (4,), (4,))
CLASSES = draw_whole(0, 3, (4,))
TORCH = {"convention": "torch"}

COMPARED: dict[str, Compared] = {
    "add": Compared(PAIR),
    "sub": Compared(PAIR),
    "mul": Compared(PAIR),
    "div": Compared(PAIR),
    "neg": Compared(SIGNED),
    "pow": Compared([*POSITIVE, PAIR[1]]),
    "exp": Compared(SIGNED),
    "log": Compared(POSITIVE),
    "sqrt": Compared(POSITIVE),
    "square": Compared(SIGNED),
    "abs": Compared(SIGNED),
    "reciprocal": Compared(SIGNED),
    "expm1": Compared(SIGNED),
    "log1p": Compared(POSITIVE),
    "sin": Compared(SIGNED),
    "cos": Compared(SIGNED),
    "tan": Compared(SIGNED),
    "atan": Compared(SIGNED),
    "asin": Compared(SHARES),
    "acos": Compared(SHARES),
    "sinh": Compared(SIGNED),
    "cosh": Compared(SIGNED),
    "asinh": Compared(SIGNED),
    "acosh": Compared([1 + POSITIVE[0]]),
    "atanh": Compared(SHARES),
    "exp2": Compared(SIGNED),
    "log2": Compared(POSITIVE),
    "log10": Compared(POSITIVE),
    "atan2": Compared(PAIR),
    "hypot": Compared(PAIR),
    "logaddexp": Compared(PAIR),
    "xlogy": Compared([PAIR[1], *POSITIVE]),
    "sign": Compared([*SIGNED]),
    "floor": Compared(SIGNED),
    "round": Compared([draw_whole(-9, 9, (4, 3)) / 2]),
    "detach": Compared(SIGNED),
    "erf": Compared(SIGNED),
    "matmul": Compared(draw((4, 3), (3, 2))),
    "dot": Compared(draw((4, 3), (3,))),
    "sum": Compared(SIGNED),
    "mean": Compared(SIGNED),
    "max": Compared(SIGNED),
    "min": Compared(SIGNED),
    "prod": Compared(SIGNED),
    "cumsum": Compared(SIGNED, {"axis": 1}),
    "cumprod": Compared([TIED[0]], {"axis": 1}),
    "var": Compared(SIGNED, {"axis": 0, "ddof": 1}),
    "std": Compared(SIGNED, {"ddof": 1}),
    "logsumexp": Compared(SIGNED, {"axis": 1}),
    "norm": Compared(SIGNED),
    "maximum": Compared(PAIR),
    "minimum": Compared(PAIR),
    **{name: Compared(TIED) for name in ("less", "less_equal", "greater", "greater_equal", "equal", "not_equal")},
    "cosine_similarity": Compared(draw((4, 3), (4, 3))),
    "clip": Compared(SIGNED, {"min": -1.0, "max": 0.5}),
    "where": Compared([BITS, *PAIR]),
    "concat": Compared(draw((2, 3), (2, 1)), {"axis": 1}),
    "stack": Compared(draw((2, 3), (2, 3)), {"axis": 1}),
    "take": Compared([*SIGNED, draw_whole(0, 12, (2, 5))]),
    "slice": Compared(SIGNED, {"start": 1, "stop": 4, "step": 2}),
    "index": Compared(SIGNED, {"index": 2, "axis": 1}),
    "reshape": Compared(SIGNED, {"shape": (2, -1)}),
    "flatten": Compared(IMAGES, {"axis": 1}),
    "transpose": Compared(SIGNED),
    "broadcast": Compared(SIGNED, {"shape": (2, 4, 3)}),
    "repeat": Compared(SIGNED, {"repeats": 3}),
    "relu": Compared(SIGNED),
    "sigmoid": Compared(SIGNED),
    "tanh": Compared(SIGNED),
    "softmax": Compared(SIGNED),
    "log_softmax": Compared(SIGNED),
    "log_sigmoid": Compared(SIGNED),
    "softplus": Compared(SIGNED),
    "softsign": Compared(SIGNED),
    "leaky_relu": Compared(SIGNED),
    "prelu": Compared(PAIR),
    "elu": Compared(SIGNED),
    "selu": Compared(SIGNED),
    "celu": Compared(SIGNED),
    "silu": Compared(SIGNED),
    "mish": Compared(SIGNED),
    "gelu": Compared(SIGNED),
    "hardtanh": Compared(SIGNED),
    "hardsigmoid": Compared(SIGNED),
    "hardswish": Compared(SIGNED),
    "mse": Compared(TARGETED, TORCH),
    "sum_squared_error": Compared(TARGETED),
    "l1": Compared(TARGETED, TORCH),
    "smooth_l1": Compared(TARGETED, TORCH),
    "huber": Compared(TARGETED, TORCH),
    "bce": Compared([draw_shares((4, 3)), draw_shares((4, 3), seed=3)], TORCH),
    "bce_with_logits": Compared([*SIGNED, draw_shares((4, 3))], TORCH),
    "nll": Compared([*SIGNED, CLASSES], TORCH),
    "cross_entropy": Compared([*SIGNED, CLASSES], TORCH),
    "softmax_with_loss": Compared([*SIGNED, draw_shares((4, 3))], TORCH),
    "affine": Compared(draw((5, 3), (4, 3), (4,)), TORCH),
    "embedding": Compared([*draw((5, 2)), draw_whole(0, 3, (2, 3))]),
    "dropout": Compared([*SIGNED, BITS], {"ratio": 0.25, **TORCH}),
    "batch_norm": Compared(BATCH, TORCH),
    "layer_norm": Compared(BATCH),
    "group_norm": Compared(BATCH, {"groups": 2}),
    "rms_norm": Compared(BATCH[:2]),
    "conv2d": Compared([*IMAGES, *draw((4, 3, 2, 2), (4,))]),
    "max_pool2d": Compared(IMAGES, {"kernel": 2, **TORCH}),
    "avg_pool2d": Compared(IMAGES, {"kernel": 2, **TORCH}),
    "attention": Compared(draw((2, 3, 4), (2, 5, 4), (2, 5, 2))),
}
