"""Arithmetic, elementary functions, comparisons and activations."""

from __future__ import annotations

from functools import partial

from backpropcli.models.operation import Call, Operation, Translation, UnknownOperationError, Value, as_written, call

_SELU = (as_written(1.6732631921768188), as_written(1.0507010221481323))  # alpha and gamma, as float32
_SIXTH = as_written(0.1666666716337204)


def _unary(layer: str, op: Operation) -> Call:
    return call(layer, op.x())


def _binary(layer: str, op: Operation) -> Call:
    return call(layer, op.x(0), op.x(1))


def _on_floats(layer: str, op: Operation) -> Call:
    """What whole numbers have a rule of their own for."""
    if op.type(0).kind != "float":
        raise UnknownOperationError("of whole numbers")
    return _binary(layer, op)


def _of_any_number(layer: str, op: Operation) -> Value:
    """Two inputs after the other."""
    found: Value = op.x()
    for number in range(1, len(op.inputs)):
        found = call(layer, found, op.x(number))
    return found


def _mean(op: Operation) -> Value:
    return call("div", _of_any_number("add", op), len(op.inputs))


def _not(op: Operation) -> Call:
    return call("equal", op.x(), 0)


def _ceil(op: Operation) -> Call:
    return call("neg", call("floor", call("neg", op.x())))


def _as_it_is(op: Operation) -> Value:
    return op.x()


def _cast(op: Operation) -> Value:
    """Numbers of another kind; float64 holds them all, but a whole number of a float is another number."""
    before, after = op.type(0).kind, op.out_kind()
    if "other" in {before, after}:
        raise UnknownOperationError("of what is no number")
    if after == "bool" and before != "bool":
        return call("not_equal", op.x(), 0)
    if after == "int" and before == "float":
        raise UnknownOperationError("to whole numbers")
    return op.x()


def _clip(op: Operation) -> Value:
    if all(op.is_known(number) for number in (1, 2) if op.has(number)):
        return call("clip", op.x(), min=op.number("min", 1), max=op.number("max", 2))
    above = call("maximum", op.x(), op.operand(1)) if op.has(1) else op.x()
    return call("minimum", above, op.operand(2)) if op.has(2) else above


def _leaky_relu(op: Operation) -> Call:
    return call("leaky_relu", op.x(), slope=op.attribute("alpha", 0.01))


def _with_alpha(layer: str, op: Operation) -> Call:
    return call(layer, op.x(), alpha=op.attribute("alpha", 1.0))


def _selu(op: Operation) -> Call:
    alpha, gamma = op.attribute("alpha", _SELU[0]), op.attribute("gamma", _SELU[1])
    if (alpha, gamma) == _SELU:
        return call("selu", op.x())
    return call("mul", call("elu", op.x(), alpha=alpha), gamma)


def _hardsigmoid(op: Operation) -> Call:
    alpha, beta = op.attribute("alpha", 0.2), op.attribute("beta", 0.5)
    if (alpha, beta) == (_SIXTH, 0.5):
        return call("hardsigmoid", op.x())
    return call("clip", call("add", call("mul", op.x(), alpha), beta), min=0.0, max=1.0)


def _swish(op: Operation) -> Call:
    alpha = op.attribute("alpha", 1.0)
    return call("silu", op.x()) if alpha == 1 else call("mul", op.x(), call("sigmoid", call("mul", op.x(), alpha)))


def _gelu(op: Operation) -> Call:
    return call("gelu", op.x(), approximate=None if op.attribute("approximate", "none") == "none" else "tanh")


def _dropout(op: Operation) -> Value:
    """In training, which a third input says, numbers are dropped at random; otherwise all stay."""
    if not op.number("training_mode", 2):
        return op.x()
    return call("dropout", op.x(), ratio=op.number("ratio", 1, 0.5), convention="torch")


_UNARY = {
    **{name.capitalize(): name for name in ("abs", "acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh")},
    **{
        name.capitalize(): name for name in ("erf", "exp", "floor", "log", "mish", "neg", "reciprocal", "relu", "round")
    },
    **{name.capitalize(): name for name in ("sigmoid", "sign", "sin", "sinh", "softplus", "softsign", "sqrt", "tan")},
    "HardSwish": "hardswish",
    "Tanh": "tanh",
}
_BINARY = {
    "Add": "add",
    "And": "mul",
    "Equal": "equal",
    "Greater": "greater",
    "GreaterOrEqual": "greater_equal",
    "Less": "less",
    "LessOrEqual": "less_equal",
    "Mul": "mul",
    "Or": "maximum",
    "PRelu": "prelu",
    "Sub": "sub",
    "Xor": "not_equal",
}
TRANSLATIONS: dict[str, Translation] = {
    **{kind: partial(_unary, layer) for kind, layer in _UNARY.items()},
    **{kind: partial(_binary, layer) for kind, layer in _BINARY.items()},
    **{kind: partial(_on_floats, layer) for kind, layer in {"Div": "div", "Pow": "pow"}.items()},
    **{
        kind: partial(_of_any_number, layer)
        for kind, layer in {"Max": "maximum", "Min": "minimum", "Sum": "add"}.items()
    },
    **{kind: partial(_with_alpha, layer) for kind, layer in {"Celu": "celu", "Elu": "elu"}.items()},
    "Cast": _cast,
    "CastLike": _cast,
    "Ceil": _ceil,
    "Clip": _clip,
    "Dropout": _dropout,
    "Gelu": _gelu,
    "HardSigmoid": _hardsigmoid,
    "Identity": _as_it_is,
    "LeakyRelu": _leaky_relu,
    "Mean": _mean,
    "Not": _not,
    "Selu": _selu,
    "Swish": _swish,
}
