"""What each layer of the catalogue is in PyTorch, with inputs and parameters for which the two are the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from peer import RELATIVE, Array, F, Theirs, draw, draw_shares, draw_whole, torch


class Counterpart(NamedTuple):
    """A function of PyTorch, and what it and the layer are compared on."""

    theirs: Theirs
    inputs: list[Array]
    parameters: Mapping[str, Any] = {}
    relative: float = RELATIVE


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

COUNTERPARTS: dict[str, Counterpart] = {
    "add": Counterpart(torch.add, PAIR),
    "sub": Counterpart(torch.sub, PAIR),
    "mul": Counterpart(torch.mul, PAIR),
    "div": Counterpart(torch.div, PAIR),
    "neg": Counterpart(torch.neg, SIGNED),
    "pow": Counterpart(torch.pow, [*POSITIVE, PAIR[1]]),
    "exp": Counterpart(torch.exp, SIGNED),
    "log": Counterpart(torch.log, POSITIVE),
    "sqrt": Counterpart(torch.sqrt, POSITIVE),
    "square": Counterpart(torch.square, SIGNED),
    "abs": Counterpart(torch.abs, SIGNED),
    "reciprocal": Counterpart(torch.reciprocal, SIGNED),
    "expm1": Counterpart(torch.expm1, SIGNED),
    "log1p": Counterpart(torch.log1p, POSITIVE),
    "sin": Counterpart(torch.sin, SIGNED),
    "cos": Counterpart(torch.cos, SIGNED),
    "tan": Counterpart(torch.tan, SIGNED),
    "atan": Counterpart(torch.atan, SIGNED),
    "asin": Counterpart(torch.asin, SHARES),
    "acos": Counterpart(torch.acos, SHARES),
    "sinh": Counterpart(torch.sinh, SIGNED),
    "cosh": Counterpart(torch.cosh, SIGNED),
    "asinh": Counterpart(torch.asinh, SIGNED),
    "acosh": Counterpart(torch.acosh, [1 + POSITIVE[0]]),
    "atanh": Counterpart(torch.atanh, SHARES),
    "exp2": Counterpart(torch.exp2, SIGNED),
    "log2": Counterpart(torch.log2, POSITIVE),
    "log10": Counterpart(torch.log10, POSITIVE),
    "atan2": Counterpart(torch.atan2, PAIR),
    "hypot": Counterpart(torch.hypot, PAIR),
    "logaddexp": Counterpart(torch.logaddexp, PAIR),
    "xlogy": Counterpart(torch.xlogy, [PAIR[1], *POSITIVE]),
    "sign": Counterpart(torch.sign, [*SIGNED]),
    "floor": Counterpart(torch.floor, SIGNED),
    "round": Counterpart(torch.round, [draw_whole(-9, 9, (4, 3)) / 2]),
    "detach": Counterpart(torch.detach, SIGNED),
    "erf": Counterpart(torch.erf, SIGNED),
    "matmul": Counterpart(torch.matmul, draw((4, 3), (3, 2))),
    "dot": Counterpart(torch.linalg.vecdot, draw((4, 3), (3,))),
    "sum": Counterpart(torch.sum, SIGNED),
    "mean": Counterpart(torch.mean, SIGNED),
    "max": Counterpart(torch.amax, SIGNED),
    "min": Counterpart(torch.amin, SIGNED),
    "prod": Counterpart(torch.prod, SIGNED),
    "cumsum": Counterpart(lambda x: torch.cumsum(x, 1), SIGNED, {"axis": 1}),
    "cumprod": Counterpart(lambda x: torch.cumprod(x, 1), [TIED[0]], {"axis": 1}),
    "var": Counterpart(lambda x: torch.var(x, 0), SIGNED, {"axis": 0, "ddof": 1}),
    "std": Counterpart(torch.std, SIGNED, {"ddof": 1}),
    "logsumexp": Counterpart(lambda x: torch.logsumexp(x, 1), SIGNED, {"axis": 1}),
    "norm": Counterpart(torch.linalg.vector_norm, SIGNED),
    "maximum": Counterpart(torch.maximum, PAIR),
    "minimum": Counterpart(torch.minimum, PAIR),
    **{
        name: Counterpart(lambda x, y, name=name: getattr(torch, name)(x, y).double(), TIED)
        for name in ("less", "less_equal", "greater", "greater_equal", "not_equal")
    },
    "equal": Counterpart(lambda x, y: torch.eq(x, y).double(), TIED),  # torch.equal is one answer for all elements
    "cosine_similarity": Counterpart(F.cosine_similarity, draw((4, 3), (4, 3))),
    "clip": Counterpart(lambda x: x.clamp(-1, 0.5), SIGNED, {"min": -1.0, "max": 0.5}),
    "where": Counterpart(lambda cond, x, y: torch.where(cond != 0, x, y), [BITS, *PAIR]),
    "concat": Counterpart(lambda *xs: torch.cat(xs, 1), draw((2, 3), (2, 1)), {"axis": 1}),
    "stack": Counterpart(lambda *xs: torch.stack(xs, 1), draw((2, 3), (2, 3)), {"axis": 1}),
    "take": Counterpart(lambda x, i: torch.take(x, i.long()), [*SIGNED, draw_whole(0, 12, (2, 5))]),
    "slice": Counterpart(lambda x: x[1:4:2], SIGNED, {"start": 1, "stop": 4, "step": 2}),
    "index": Counterpart(lambda x: x[:, 2], SIGNED, {"index": 2, "axis": 1}),
    "reshape": Counterpart(lambda x: x.reshape(2, -1), SIGNED, {"shape": (2, -1)}),
    "flatten": Counterpart(lambda x: torch.flatten(x, 1), IMAGES, {"axis": 1}),
    "transpose": Counterpart(torch.t, SIGNED),
    "broadcast": Counterpart(lambda x: x.expand(2, 4, 3), SIGNED, {"shape": (2, 4, 3)}),
    "repeat": Counterpart(lambda x: x.repeat_interleave(3, 0), SIGNED, {"repeats": 3}),
    "relu": Counterpart(F.relu, SIGNED),
    "sigmoid": Counterpart(torch.sigmoid, SIGNED),
    "tanh": Counterpart(torch.tanh, SIGNED),
    "softmax": Counterpart(lambda x: torch.softmax(x, -1), SIGNED),
    "log_softmax": Counterpart(lambda x: torch.log_softmax(x, -1), SIGNED),
    "log_sigmoid": Counterpart(F.logsigmoid, SIGNED),
    "softplus": Counterpart(lambda x: F.softplus(x, threshold=1000), SIGNED),
    "softsign": Counterpart(F.softsign, SIGNED),
    "leaky_relu": Counterpart(F.leaky_relu, SIGNED),
    "prelu": Counterpart(lambda x, slope: torch.where(x > 0, x, slope * x), PAIR),
    "elu": Counterpart(F.elu, SIGNED),
    "selu": Counterpart(F.selu, SIGNED),
    "celu": Counterpart(F.celu, SIGNED),
    "silu": Counterpart(F.silu, SIGNED),
    "mish": Counterpart(F.mish, SIGNED),
    "gelu": Counterpart(F.gelu, SIGNED),
    "hardtanh": Counterpart(F.hardtanh, SIGNED),
    "hardsigmoid": Counterpart(F.hardsigmoid, SIGNED, relative=1e-7),  # PyTorch's 1 / 6 is a float32
    "hardswish": Counterpart(F.hardswish, SIGNED),
    "mse": Counterpart(F.mse_loss, TARGETED, TORCH),
    "sum_squared_error": Counterpart(lambda x, t: F.mse_loss(x, t, reduction="sum") / 2, TARGETED),
    "l1": Counterpart(F.l1_loss, TARGETED, TORCH),
    "smooth_l1": Counterpart(F.smooth_l1_loss, TARGETED, TORCH),
    "huber": Counterpart(F.huber_loss, TARGETED, TORCH),
    "bce": Counterpart(F.binary_cross_entropy, [draw_shares((4, 3)), draw_shares((4, 3), seed=3)], TORCH),
    "bce_with_logits": Counterpart(F.binary_cross_entropy_with_logits, [*SIGNED, draw_shares((4, 3))], TORCH),
    "nll": Counterpart(lambda x, labels: F.nll_loss(x, labels.long()), [*SIGNED, CLASSES], TORCH),
    "cross_entropy": Counterpart(lambda x, labels: F.cross_entropy(x, labels.long()), [*SIGNED, CLASSES], TORCH),
    "softmax_with_loss": Counterpart(F.cross_entropy, [*SIGNED, draw_shares((4, 3))], TORCH),
    "affine": Counterpart(F.linear, draw((5, 3), (4, 3), (4,)), TORCH),
    "embedding": Counterpart(lambda w, i: F.embedding(i.long(), w), [*draw((5, 2)), draw_whole(0, 3, (2, 3))]),
    "dropout": Counterpart(  # PyTorch takes no mask
        lambda x, kept: torch.where(kept != 0, x, 0) / 0.75, [*SIGNED, BITS], {"ratio": 0.25, **TORCH}
    ),
    "batch_norm": Counterpart(lambda x, *others: F.batch_norm(x, None, None, *others, training=True), BATCH, TORCH),
    "layer_norm": Counterpart(lambda x, *others: F.layer_norm(x, (4,), *others), BATCH),
    "group_norm": Counterpart(lambda x, *others: F.group_norm(x, 2, *others), BATCH, {"groups": 2}),
    "rms_norm": Counterpart(lambda x, gamma: F.rms_norm(x, (4,), gamma), BATCH[:2]),
    "conv2d": Counterpart(F.conv2d, [*IMAGES, *draw((4, 3, 2, 2), (4,))]),
    "max_pool2d": Counterpart(lambda x: F.max_pool2d(x, 2), IMAGES, {"kernel": 2, **TORCH}),
    "avg_pool2d": Counterpart(lambda x: F.avg_pool2d(x, 2), IMAGES, {"kernel": 2, **TORCH}),
    "attention": Counterpart(F.scaled_dot_product_attention, draw((2, 3, 4), (2, 5, 4), (2, 5, 2))),
}
