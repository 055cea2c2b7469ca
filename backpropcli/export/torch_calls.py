"""What calls each layer in PyTorch, so that value and gradients are the layer's, kinks and ties included."""

from __future__ import annotations

import struct
from functools import partial
from math import prod
from typing import Any

from backpropcli.errors import LayerError
from backpropcli.export.calls import COMPARISONS, OPERATORS, Call, Writing, literal, reduction, slice_text, sliced
from backpropcli.export.torch_losses import bce, class_loss, element_loss, sum_squared_error

_SAME_IN_TORCH = (
    *("neg", "exp", "log", "sqrt", "square", "abs", "reciprocal", "expm1", "log1p", "exp2", "log2", "log10", "sin"),
    *("cos", "tan", "atan", "asin", "acos", "sinh", "cosh", "asinh", "acosh", "atanh", "sign", "floor", "round", "erf"),
    *("sigmoid", "tanh"),
)
_SAME_IN_TORCH_OF_TWO = ("logaddexp", "atan2", "hypot", "xlogy", "maximum", "minimum")
_FLOAT32 = "f"


def _along(call: Call) -> str:
    """The options of a reduction."""
    axis, keepdims = call.parameters["axis"], call.parameters["keepdims"]
    if axis is None and keepdims and call.rank:
        axis = tuple(range(call.rank))
    dim = "" if axis is None else f", dim={axis}"
    return f"{dim}, keepdim=True" if keepdims and dim else dim


def _prod(call: Call) -> str:
    axis, keepdims = call.parameters["axis"], call.parameters["keepdims"]
    if axis is not None:
        return f"torch.prod({call.x}{_along(call)})"
    return f"torch.prod({call.x})" + (f".reshape({call.shape})" if keepdims else "")


def _logsumexp(call: Call) -> str:
    axis, keepdims = call.parameters["axis"], call.parameters["keepdims"]
    dim = (tuple(range(call.rank)) or 0) if axis is None else axis
    return f"torch.logsumexp({call.x}, dim={dim}{', keepdim=True' if keepdims and call.rank else ''})"


def _running(function: str, call: Call) -> str:
    axis = call.parameters["axis"]
    return f"torch.{function}({call.x}.flatten(), 0)" if axis is None else f"torch.{function}({call.x}, {axis})"


def _clip(call: Call) -> str:
    bounds = (
        f"{name}={literal(call.parameters[name])}" for name in ("min", "max") if call.parameters[name] is not None
    )
    return f"torch.clamp({', '.join([call.x, *bounds])})"


def _concat(call: Call) -> str:
    parts = (x if shape else f"{x}.reshape(1)" for x, shape in zip(call.arguments, call.shapes, strict=True))
    return f"torch.cat([{', '.join(parts)}], dim={call.parameters['axis']})"


def _take(call: Call) -> str:
    x, indices = call.arguments
    axis = call.parameters["axis"]
    rows = f"{indices}.long()"
    return f"torch.take({x}, {rows})" if axis is None else x + sliced(call.axis, rows)


def _slice(call: Call) -> str:
    start, stop, step = (call.parameters[name] for name in ("start", "stop", "step"))
    rows = slice_text(start, stop, step)
    if step is not None and step < 0:  # which PyTorch does not slice by
        taken = list(range(call.shapes[0][call.axis]))[start:stop:step]
        rows = str(taken) if taken else ":0"
    return call.x + sliced(call.axis, rows)


def _flatten(call: Call) -> str:
    if len(call.shape) == call.rank:
        return f"{call.x}.reshape({call.shape})"
    return f"torch.flatten({call.x}, {call.parameters['axis']})"


def _transpose(call: Call) -> str:
    axes = call.parameters["axes"]
    return f"{call.x}.permute({tuple(reversed(range(call.rank))) if axes is None else axes})"


def _repeat(call: Call) -> str:
    axis = call.parameters["axis"]
    along = "" if axis is None else f", dim={call.axis}"
    x = call.x if call.rank else f"{call.x}.reshape(1)"
    return f"torch.repeat_interleave({x}, {call.parameters['repeats']}{along})"


def _cosine_similarity(call: Call) -> str:
    """F.cosine_similarity has another gradient where a length is below eps."""
    shape = call.numbers.shape(call.inputs[0] + call.inputs[1])
    x, y = (
        each if own == shape else f"{each}.expand({shape})"
        for each, own in zip(call.arguments, call.shapes, strict=True)
    )
    axis, eps = call.parameters["axis"], literal(call.parameters["eps"])
    lengths = " * ".join(f"F.threshold(torch.linalg.vector_norm({each}, dim={axis}), {eps}, {eps})" for each in (x, y))
    return f"torch.sum({x} * {y}, dim={axis}) / ({lengths})"


def _celu(call: Call) -> str:
    """PyTorch rounds alpha to a float32 on the way back."""
    x, alpha = call.x, float(call.parameters["alpha"])
    if struct.unpack(_FLOAT32, struct.pack(_FLOAT32, alpha)) == (alpha,):
        return f"F.celu({x}, alpha={alpha})"
    return f"F.elu({x} / {alpha}) * {alpha}"


def _affine(call: Call) -> str:
    x, w, *b = call.arguments
    if not call.is_of_book:
        return f"F.linear({', '.join(call.arguments)})"
    rows = f"{x}.flatten(1)" if call.rank > 2 else x
    return " + ".join([f"{rows} @ {w}", *b])


def _dropout(call: Call) -> str:
    x, ratio = call.x, float(call.parameters["ratio"])
    if not call.parameters["train"]:
        return f"{x} * {1 - ratio}" if call.is_of_book else f"{x}.clone()"
    mask = call.given(1)
    kept = f"{mask} != 0" if mask is not None else f"torch.tensor({call.kept_by_seed()})"
    text = f"torch.where({kept}, {x}, 0.0)"
    return text if call.is_of_book or ratio == 1 else f"{text} / {1 - ratio}"


def _batch_norm(call: Call) -> str:
    gamma, beta, mean, variance = (call.given(number) or "None" for number in range(1, 5))
    is_training = call.parameters["train"]
    if is_training and prod(call.shape) == call.shape[1]:
        raise LayerError("PyTorch needs two or more numbers to a channel")
    running = "None, None" if is_training else f"{mean}.detach(), {variance}.detach()"
    return f"F.batch_norm({call.x}, {running}, {gamma}, {beta}, training={is_training}, eps={call.eps})"


def _layer_norm(call: Call) -> str:
    gamma, beta = (call.given(number) or "None" for number in (1, 2))
    last = call.shapes[0][-call.parameters["axes"] :]
    return f"F.layer_norm({call.x}, {last}, {gamma}, {beta}, eps={literal(call.parameters['eps'])})"


def _rms_norm(call: Call) -> str:
    last = call.shapes[0][-call.parameters["axes"] :]
    return f"F.rms_norm({call.x}, {last}, {call.given(1)}, eps={literal(call.parameters['eps'])})"


def _group_norm(call: Call) -> str:
    gamma, beta = (call.given(number) or "None" for number in (1, 2))
    groups, eps = call.parameters["groups"], literal(call.parameters["eps"])
    if prod(call.shape) == call.shape[0] * groups:
        raise LayerError("PyTorch needs two or more numbers to a group")
    return f"F.group_norm({call.x}, {groups}, {gamma}, {beta}, eps={eps})"


def _conv2d(call: Call) -> str:
    options = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
    given = {name: call.parameters["pad" if name == "padding" else name] for name in options}
    shown = "".join(f", {name}={value}" for name, value in given.items() if value != options[name])
    return f"F.conv2d({', '.join(call.arguments)}{shown})"


def _pool(function: str, call: Call) -> str:
    given = call.parameters
    options: dict[str, Any] = {"stride": call.stride}
    if given["pad"] not in {0, (0, 0)}:
        options["padding"] = given["pad"]
    if not given.get("count_include_pad", True):
        options["count_include_pad"] = False
    shown = "".join(f", {name}={value}" for name, value in options.items())
    return f"F.{function}({call.x}, {given['kernel']}{shown})"


def _attention(call: Call) -> str:
    """PyTorch takes stacks of one shape only, and either a mask or the causal one."""
    stack = call.shape[:-2]
    queries, keys = call.shapes[0][-2], call.shapes[1][-2]
    values = ", ".join(
        x if shape[:-2] == stack else f"{x}.expand({(*stack, *shape[-2:])})"
        for x, shape in zip(call.arguments[:3], call.shapes, strict=False)
    )
    mask, causal, scale = call.given(3), call.parameters["causal"], call.parameters["scale"]
    options = "" if scale is None else f", scale={literal(scale)}"
    if mask is None:
        return f"F.scaled_dot_product_attention({values}{', is_causal=True' if causal else ''}{options})"
    seen = f"(({mask} != 0) & torch.ones({queries}, {keys}).tril().bool())" if causal else f"({mask} != 0)"
    return f"F.scaled_dot_product_attention({values}, attn_mask={seen}.expand({(*stack, queries, keys)}){options})"


CALLS: dict[str, Writing] = {
    **OPERATORS,
    **{name: f"torch.{name}({{0}})" for name in _SAME_IN_TORCH},
    "neg": "-{0}",
    **{name: f"torch.{name}({{0}}, {{1}})" for name in _SAME_IN_TORCH_OF_TWO},
    "detach": "{0}.detach()",
    "matmul": "{0} @ {1}",
    "dot": "torch.linalg.vecdot({0}, {1})",
    "sum": reduction("torch.sum({0}{along})", _along),
    "mean": reduction("torch.mean({0}{along})", _along),
    "max": reduction("torch.amax({0}{along})", _along),
    "min": reduction("torch.amin({0}{along})", _along),
    "prod": _prod,
    "cumsum": partial(_running, "cumsum"),
    "cumprod": partial(_running, "cumprod"),
    "norm": reduction("torch.linalg.vector_norm({0}, {ord}{along})", _along),
    "var": reduction("torch.var({0}{along}, correction={ddof})", _along),
    "std": reduction("torch.std({0}{along}, correction={ddof})", _along),
    "logsumexp": _logsumexp,
    **{name: f"({{0}} {sign} {{1}}).double()" for name, sign in COMPARISONS.items()},
    "clip": _clip,
    "cosine_similarity": _cosine_similarity,
    "where": "torch.where({0} != 0, {1}, {2})",
    "concat": _concat,
    "stack": lambda call: f"torch.stack([{', '.join(call.arguments)}], dim={call.parameters['axis']})",
    "take": _take,
    "slice": _slice,
    "index": lambda call: call.x + sliced(call.axis, str(call.parameters["index"])),
    "reshape": "{0}.reshape({shape})",
    "flatten": _flatten,
    "transpose": _transpose,
    "broadcast": "{0}.expand({shape})",
    "repeat": _repeat,
    "relu": "F.relu({0})",
    "softmax": "torch.softmax({0}, dim={axis})",
    "log_softmax": "torch.log_softmax({0}, dim={axis})",
    "log_sigmoid": "F.logsigmoid({0})",
    "softplus": "F.softplus({0}, threshold=1000)",
    "softsign": "F.softsign({0})",
    "leaky_relu": "F.leaky_relu({0}, {slope})",
    "prelu": "torch.where({0} > 0, {0}, {1} * {0})",
    "elu": "F.elu({0}, {alpha})",
    "selu": "F.selu({0})",
    "celu": _celu,
    "silu": "F.silu({0})",
    "mish": "F.mish({0})",
    "gelu": "F.gelu({0}, approximate={approximate})",
    "hardtanh": "F.hardtanh({0}, {min}, {max})",
    "hardsigmoid": "F.relu6({0} + 3) / 6",  # in F.hardsigmoid, 1 / 6 is a float32
    "hardswish": "F.hardswish({0})",
    "mse": partial(element_loss, "mse_loss", None),
    "sum_squared_error": sum_squared_error,
    "l1": partial(element_loss, "l1_loss", None),
    "smooth_l1": partial(element_loss, "smooth_l1_loss", "beta"),
    "huber": partial(element_loss, "huber_loss", "delta"),
    "bce": bce,
    "bce_with_logits": partial(element_loss, "binary_cross_entropy_with_logits", None),
    "nll": partial(class_loss, "nll_loss"),
    "cross_entropy": partial(class_loss, "cross_entropy"),
    "softmax_with_loss": partial(class_loss, "cross_entropy"),
    "affine": _affine,
    "embedding": "{0}[{1}.long()]",
    "dropout": _dropout,
    "batch_norm": _batch_norm,
    "layer_norm": _layer_norm,
    "group_norm": _group_norm,
    "rms_norm": _rms_norm,
    "conv2d": _conv2d,
    "max_pool2d": partial(_pool, "max_pool2d"),
    "avg_pool2d": partial(_pool, "avg_pool2d"),
    "attention": _attention,
}
