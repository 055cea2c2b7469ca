"""What calls each layer in JAX, so that value and gradients are the layer's, kinks and ties included."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import prod, sqrt
from typing import Any

from backpropcli.domains.base import Shape
from backpropcli.export.calls import COMPARISONS, OPERATORS, Call, Writing, literal, reduction, slice_text, sliced

_SAME_IN_JAX = (
    *("exp", "log", "sqrt", "square", "reciprocal", "expm1", "log1p", "exp2", "log2", "log10", "sin", "cos"),
    *("tan", "sinh", "cosh", "sign", "floor", "round", "tanh"),
)
_ARC = ("sin", "cos", "tan", "sinh", "cosh", "tanh")


def _along(call: Call) -> str:
    """The options of a reduction."""
    given = {name: call.parameters[name] for name in ("axis", "keepdims")}
    return "".join(f", {name}={value}" for name, value in given.items() if value is not None and value is not False)


def _clip(call: Call) -> str:
    text = call.x
    for name, sign in (("min", "<"), ("max", ">")):
        if (bound := call.parameters[name]) is not None:
            text = f"jnp.where({call.x} {sign} {literal(bound)}, {literal(bound)}, {text})"
    return text


def _concat(call: Call) -> str:
    parts = (x if shape else f"{x}.reshape(1)" for x, shape in zip(call.arguments, call.shapes, strict=True))
    return f"jnp.concatenate([{', '.join(parts)}], axis={call.parameters['axis']})"


def _take(call: Call) -> str:
    x, indices = call.arguments
    rows = f"{indices}.astype(int)"
    return f"{x}.ravel()[{rows}]" if call.parameters["axis"] is None else x + sliced(call.axis, rows)


def _slice(call: Call) -> str:
    start, stop, step = (call.parameters[name] for name in ("start", "stop", "step"))
    return call.x + sliced(call.axis, slice_text(start, stop, step))


def _transpose(call: Call) -> str:
    axes = call.parameters["axes"]
    return f"jnp.transpose({call.x})" if axes is None else f"jnp.transpose({call.x}, {axes})"


def _repeat(call: Call) -> str:
    along = {name: call.parameters[name] for name in ("repeats", "axis")}
    x = call.x if call.rank else f"{call.x}.reshape(1)"
    return f"jnp.repeat({x}, {', '.join(f'{name}={value}' for name, value in along.items())})"


def _element_loss(loss: str | Callable[[Call], str], call: Call) -> str:
    """A loss of elements, of which `loss` is a text with {d} for the differences."""
    x, target = call.arguments
    shape: Shape = max(call.shapes, key=len)
    reduction = call.parameters["reduction"]
    found = (loss if isinstance(loss, str) else loss(call)).format(x=x, t=target, d=f"({x} - {target})")
    if reduction == "none" or not shape:
        return found
    count = shape[0] if call.is_of_book else prod(shape)
    return f"jnp.sum({found}){f' / {count}' if reduction == 'mean' and count != 1 else ''}"


def _smooth_l1(call: Call) -> str:
    beta = call.parameters["beta"]
    return (
        f"jnp.where(jnp.abs({{d}}) < {beta}, {{d}} ** 2 / {2 * beta}, jnp.abs({{d}}) - {beta / 2})"
        if beta
        else "absolute({d})"
    )


def _huber(call: Call) -> str:
    delta = call.parameters["delta"]
    return f"jnp.where(jnp.abs({{d}}) < {delta}, {{d}} ** 2 / 2, {delta} * (jnp.abs({{d}}) - {delta / 2}))"


def _class_loss(function: str, call: Call) -> str:
    axis = call.rank - 1 if call.is_of_book else min(call.rank - 1, 1)
    weight = call.given(2) or f"jnp.ones({call.shapes[0][axis]})"
    options: dict[str, Any] = {
        "ignore_index": call.parameters["ignore_index"],
        "label_smoothing": call.parameters.get("label_smoothing") or None,
    }
    shown = "".join(f", {name}={value}" for name, value in options.items() if value is not None)
    reduction = literal(call.parameters["reduction"])
    return f"{function}({call.x}, {call.arguments[1]}, {weight}, {axis}, {reduction}{shown})"


def _softmax(function: str, call: Call) -> str:
    """Of a number, which has no axis, too."""
    return f"jax.nn.{function}({call.x}, axis={call.parameters['axis'] if call.rank else ()})"


def _affine(call: Call) -> str:
    x, w, *b = call.arguments
    if not call.is_of_book:
        return " + ".join([f"{x} @ {w}.T", *b])
    rows = f"{x}.reshape({call.shapes[0][0]}, -1)" if call.rank > 2 else x
    return " + ".join([f"{rows} @ {w}", *b])


def _dropout(call: Call) -> str:
    x, ratio = call.x, float(call.parameters["ratio"])
    if not call.parameters["train"]:
        return f"{x} * {1 - ratio}" if call.is_of_book else x
    mask = call.given(1)
    kept = f"{mask} != 0" if mask is not None else f"jnp.array({call.kept_by_seed()})"
    text = f"jnp.where({kept}, {x}, 0.0)"
    return text if call.is_of_book or ratio == 1 else f"{text} / {1 - ratio}"


def _scaled(text: str, gamma: str | None, beta: str | None, following: int = 0) -> str:
    """A normalized array, scaled and shifted by a number for each place along an axis that others follow."""
    stretched = f".reshape({(-1, *(1,) * following)})" if following else ""
    return text + (f" * {gamma}{stretched}" if gamma else "") + (f" + {beta}{stretched}" if beta else "")


def _batch_norm(call: Call) -> str:
    gamma, beta, mean, variance = (call.given(number) for number in range(1, 5))
    following = call.rank - 2
    if call.parameters["train"]:
        return _scaled(f"normalize({call.x}, {(0, *range(2, call.rank))}, {call.eps})", gamma, beta, following)
    stretched = f".reshape({(-1, *(1,) * following)})" if following else ""
    root = f"jnp.sqrt({variance}{stretched} + {call.eps})"
    return _scaled(f"({call.x} - {mean}{stretched}) / {root}", gamma, beta, following)


def _last(call: Call) -> str:
    return str(tuple(range(-call.parameters["axes"], 0)))


def _layer_norm(call: Call) -> str:
    eps = literal(call.parameters["eps"])
    return _scaled(f"normalize({call.x}, {_last(call)}, {eps})", call.given(1), call.given(2))


def _rms_norm(call: Call) -> str:
    eps = literal(call.parameters["eps"])
    root = f"jnp.sqrt(jnp.mean({call.x}**2, {_last(call)}, keepdims=True) + {eps})"
    return _scaled(f"{call.x} / {root}", call.given(1), None)


def _group_norm(call: Call) -> str:
    x, groups, eps = call.x, call.parameters["groups"], literal(call.parameters["eps"])
    grouped = f"normalize({x}.reshape({call.shapes[0][0]}, {groups}, -1), (-1,), {eps}).reshape({x}.shape)"
    return _scaled(grouped, call.given(1), call.given(2), call.rank - 2)


def _pair(value: Any) -> tuple[int, int]:
    return value if isinstance(value, tuple) else (value, value)


def _conv2d(call: Call) -> str:
    x, w, *b = call.arguments
    stride, pad, dilation = (_pair(call.parameters[name]) for name in ("stride", "pad", "dilation"))
    options = f"{stride}, {tuple((each, each) for each in pad)}"
    if dilation != (1, 1):
        options += f", rhs_dilation={dilation}"
    if (groups := call.parameters["groups"]) != 1:
        options += f", feature_group_count={groups}"
    return " + ".join(
        [f"jax.lax.conv_general_dilated({x}, {w}, {options})", *(f"{each}.reshape(-1, 1, 1)" for each in b)]
    )


def _pool(function: str, call: Call) -> str:
    given = call.parameters
    counts = f", {given['count_include_pad']}" if "count_include_pad" in given else ""
    return f"{function}({call.x}, {_pair(given['kernel'])}, {_pair(call.stride)}, {_pair(given['pad'])}{counts})"


def _attention(call: Call) -> str:
    q, k, v = call.arguments[:3]
    queries, keys = call.shapes[0][-2], call.shapes[1][-2]
    mask, scale = call.given(3), call.parameters["scale"]
    seen = [f"{mask} != 0"] if mask else []
    if call.parameters["causal"] or not seen:
        ones = f"jnp.ones(({queries}, {keys}), bool)"
        seen.append(f"jnp.tril({ones})" if call.parameters["causal"] else ones)
    shown = seen[0] if len(seen) == 1 else f"({seen[0]}) & {seen[1]}"
    factor = 1 / sqrt(call.shapes[0][-1]) if scale is None else scale
    return f"attention({q}, {k}, {v}, {shown}, {literal(factor)})"


CALLS: dict[str, Writing] = {
    **OPERATORS,
    "neg": "-{0}",
    "abs": "absolute({0})",
    **{name: f"jnp.{name}({{0}})" for name in _SAME_IN_JAX},
    **{f"a{name}": f"jnp.arc{name}({{0}})" for name in _ARC},
    "logaddexp": "jnp.logaddexp({0}, {1})",
    "atan2": "jnp.arctan2({0}, {1})",
    "hypot": "root({0} ** 2 + {1} ** 2)",
    "xlogy": "jax.scipy.special.xlogy({0}, {1})",
    "detach": "jax.lax.stop_gradient({0})",
    "erf": "jax.scipy.special.erf({0})",
    "matmul": "{0} @ {1}",
    "dot": "jnp.vecdot({0}, {1})",
    "sum": reduction("jnp.sum({0}{along})", _along),
    "mean": reduction("jnp.mean({0}{along})", _along),
    "max": reduction("jnp.max({0}{along})", _along),
    "min": reduction("jnp.min({0}{along})", _along),
    "prod": reduction("jnp.prod({0}{along})", _along),
    "cumsum": "jnp.cumsum({0}, axis={axis})",
    "cumprod": "jnp.cumprod({0}, axis={axis})",
    "norm": reduction("vector_norm({0}, {ord}{along})", _along),
    "var": reduction("jnp.var({0}{along}, ddof={ddof})", _along),
    "std": reduction("root(jnp.var({0}{along}, ddof={ddof}))", _along),
    "logsumexp": reduction("jax.nn.logsumexp({0}{along})", _along),
    **{name: f"({{0}} {sign} {{1}}).astype(float)" for name, sign in COMPARISONS.items()},
    "maximum": "jnp.maximum({0}, {1})",
    "minimum": "jnp.minimum({0}, {1})",
    "clip": _clip,
    "cosine_similarity": "cosine_similarity({0}, {1}, {axis}, {eps})",
    "where": "jnp.where({0} != 0, {1}, {2})",
    "concat": _concat,
    "stack": lambda call: f"jnp.stack([{', '.join(call.arguments)}], axis={call.parameters['axis']})",
    "take": _take,
    "slice": _slice,
    "index": lambda call: call.x + sliced(call.axis, str(call.parameters["index"])),
    "reshape": "{0}.reshape({shape})",
    "flatten": lambda call: f"{call.x}.reshape({call.shape})",
    "transpose": _transpose,
    "broadcast": "jnp.broadcast_to({0}, {shape})",
    "repeat": _repeat,
    "relu": "jax.nn.relu({0})",
    "sigmoid": "jax.nn.sigmoid({0})",
    "softmax": partial(_softmax, "softmax"),
    "log_softmax": partial(_softmax, "log_softmax"),
    "log_sigmoid": "jax.nn.log_sigmoid({0})",
    "softplus": "jax.nn.softplus({0})",
    "softsign": "jax.nn.soft_sign({0})",
    "leaky_relu": "jnp.where({0} > 0, {0}, {slope} * {0})",
    "prelu": "jnp.where({0} > 0, {0}, {1} * {0})",
    "elu": "jax.nn.elu({0}, {alpha})",
    "selu": "jax.nn.selu({0})",
    "celu": "jax.nn.celu({0}, {alpha})",
    "silu": "jax.nn.silu({0})",
    "mish": "jax.nn.mish({0})",
    "gelu": lambda call: f"jax.nn.gelu({call.x}, approximate={call.parameters['approximate'] == 'tanh'})",
    "hardtanh": "between({0}, {min}, {max})",
    "hardsigmoid": "between({0} + 3, 0.0, 6.0) / 6",
    "hardswish": "{0} * between({0} + 3, 0.0, 6.0) / 6",
    "mse": partial(_element_loss, "{d} ** 2"),
    "sum_squared_error": "jnp.sum(({0} - {1}) ** 2) / 2",
    "l1": partial(_element_loss, "absolute({d})"),
    "smooth_l1": partial(_element_loss, _smooth_l1),
    "huber": partial(_element_loss, _huber),
    "bce": partial(_element_loss, "-jax.scipy.special.xlogy({t}, {x}) - jax.scipy.special.xlog1py(1 - {t}, -{x})"),
    "bce_with_logits": partial(_element_loss, "-{t} * jax.nn.log_sigmoid({x}) - (1 - {t}) * jax.nn.log_sigmoid(-{x})"),
    "nll": partial(_class_loss, "nll"),
    "cross_entropy": partial(_class_loss, "cross_entropy"),
    "softmax_with_loss": partial(_class_loss, "cross_entropy"),
    "affine": _affine,
    "embedding": "{0}[{1}.astype(int)]",
    "dropout": _dropout,
    "batch_norm": _batch_norm,
    "layer_norm": _layer_norm,
    "group_norm": _group_norm,
    "rms_norm": _rms_norm,
    "conv2d": _conv2d,
    "max_pool2d": partial(_pool, "max_pool"),
    "avg_pool2d": partial(_pool, "avg_pool"),
    "attention": _attention,
}
