"""Calls as they are written elsewhere, `x.sum(dim=0)` or `np.clip(x, 0, 1)`, and how they are spelled here."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from functools import reduce

from backpropcli.catalogue.registry import is_layer, layer_names, layer_spec
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.errors import did_you_mean
from backpropcli.formula.expressions import ExpressionError, TextOf, shown
from backpropcli.formula.spelling import to_write

LAYERS_ELSEWHERE = {
    "absolute": "abs",
    "amax": "max",
    "amin": "min",
    "arctg": "atan",
    "average": "mean",
    "binary_cross_entropy": "bce",
    "binary_cross_entropy_with_logits": "bce_with_logits",
    "cat": "concat",
    "ch": "cosh",
    "clamp": "clip",
    "concatenate": "concat",
    "divide": "div",
    "expit": "sigmoid",
    "fabs": "abs",
    "lb": "log2",
    "lg": "log10",
    "logistic": "sigmoid",
    "mae": "l1",
    "mean_squared_error": "mse",
    "multiply": "mul",
    "negative": "neg",
    "permute": "transpose",
    "power": "pow",
    "ravel": "flatten",
    "rint": "round",
    "sgn": "sign",
    "sh": "sinh",
    "sqr": "square",
    "stop_gradient": "detach",
    "subtract": "sub",
    "tg": "tan",
    "th": "tanh",
    "σ": "sigmoid",
}
"""What layers are called elsewhere."""
_WRITTEN_OUT = {
    "cbrt": "x ** (1 / 3)",
    "ceil": "-floor(-x)",
    "cot": "cos(x) / sin(x)",
    "csc": "1 / sin(x)",
    "ctg": "cos(x) / sin(x)",
    "cube": "x ** 3",
    "expand_dims": "reshape(x, shape=[...])",
    "hinge": "mean(relu(1 - y * x))",
    "linear": "affine(x, w, b)",
    "logit": "log(x / (1 - x))",
    "outer": "reshape(x, shape=[-1, 1]) * y",
    "relu6": "clip(x, min=0, max=6)",
    "root": "x ** (1 / y)",
    "sec": "1 / cos(x)",
    "sech": "1 / cosh(x)",
    "squeeze": "reshape(x, shape=[...])",
    "unsqueeze": "reshape(x, shape=[...])",
    "view": "reshape(x, shape=[...])",
}
_PARAMETERS_ELSEWHERE = {
    "alpha": ("slope",),
    "correction": ("ddof",),
    "dim": ("axis",),
    "keepdim": ("keepdims",),
    "negative_slope": ("slope",),
    "p": ("ord", "ratio"),
}
_MODULES = frozenset(("F", "jax", "jnp", "math", "nn", "np", "numpy", "scipy", "tf", "torch"))
_OF_LISTS = frozenset(("axes", "shape"))  # parameters whose numbers methods take one by one
_END_OF_CLASS = re.compile("_?(?:loss|layer)")
_LONGEST_VALUE = 2  # of the name of a value that is more likely to be multiplied than to be an unknown layer


def call_refusal(call: ast.Call, text_of: TextOf) -> ExpressionError:
    """Why a call of what is no layer is refused, and its spelling here."""
    function, name = call.func, shown(text_of(call.func))
    unknown = f"unknown layer '{name}'"
    if isinstance(function, ast.Attribute):
        return _method_refusal(call, function, text_of) or ExpressionError(function, unknown)
    if isinstance(function, ast.Name) and (hint := _layer_hint(function.id, call.args, text_of)):
        return ExpressionError(function, unknown, hint)
    if len(call.args) == 1 and not call.keywords and not isinstance(function, ast.Call):
        spelled = to_write(f"{_factor(function, text_of)} * {_factor(call.args[0], text_of)}")
        if isinstance(function, ast.Name) and len(name) > _LONGEST_VALUE and name.isalpha():
            return ExpressionError(function, unknown, spelled and f"for a product, {spelled}")
        return ExpressionError(call, "a product needs its sign", spelled)
    return ExpressionError(function, unknown)


def _layer_hint(name: str, operands: Sequence[ast.expr], text_of: TextOf) -> str | None:
    """The hint for a name that is no layer's."""
    if name in _WRITTEN_OUT:
        return _written_out(name, operands, text_of)
    layer = _here(name)
    return did_you_mean(name, layer_names()) if layer == name else f"it is called {layer} here"


def _method_refusal(call: ast.Call, function: ast.Attribute, text_of: TextOf) -> ExpressionError | None:
    """Why `x.sum(0)` or `np.exp(x)` is refused; None for what no layer does."""
    root = function.value
    while isinstance(root, ast.Attribute):
        root = root.value
    module = root.id if isinstance(root, ast.Name) and root.id in _MODULES else None
    operands = call.args if module else [function.value, *call.args]
    if function.attr in _WRITTEN_OUT:
        spelled = _written_out(function.attr, operands, text_of)
    elif is_layer(layer := _here(function.attr)):
        spelled = _call_of(layer_spec(layer), operands, call.keywords, text_of)
    else:
        return None
    what = f"modules such as {module}" if module else f"methods such as .{function.attr}"
    return ExpressionError(function, f"a formula has no {what}", spelled)


def _call_of(
    spec: LayerSpec, operands: Sequence[ast.expr], keywords: Sequence[ast.keyword], text_of: TextOf
) -> str | None:
    """The hint to call a layer with what is an input by its place, and all else by the name of a parameter."""
    match operands:
        case [ast.List(elts=listed) | ast.Tuple(elts=listed), *others] if spec.is_variadic:
            inputs, settings = listed, others
        case _:
            count = len(operands) if spec.is_variadic else len(spec.inputs)
            inputs, settings = [*operands[:count]], [*operands[count:]]
    arguments = [text_of(operand) for operand in inputs]
    rest, names = [text_of(setting) for setting in settings], list(spec.parameters)
    if names and names[0] in _OF_LISTS and len(rest) > 1:
        rest = [f"[{', '.join(rest)}]"]
    if len(rest) > len(names):
        return None
    arguments += [f"{name}={text}" for name, text in zip(names, rest, strict=False)]
    for keyword in keywords:
        name = keyword.arg or ""
        arguments.append(f"{_parameter_here(name, spec) or name}={text_of(keyword.value)}")
    return to_write(f"{spec.name}({', '.join(arguments)})")


def _written_out(name: str, operands: Sequence[ast.expr], text_of: TextOf) -> str | None:
    """The hint to write a function as a formula of its operands."""
    texts = dict(zip("xy", [_factor(operand, text_of) for operand in operands], strict=False))
    return to_write(re.sub(r"\b[xy]\b", lambda found: texts.get(found[0], found[0]), _WRITTEN_OUT[name]))


def parameter_hint(name: str, spec: LayerSpec) -> str | None:
    """The hint for what is no parameter of a layer."""
    if here := _parameter_here(name, spec):
        return f"it is called {here} here"
    if name in spec.inputs:
        return f"inputs have no names here: write {spec.name}({', '.join(spec.inputs)})"
    return did_you_mean(name, spec.parameters)


def _parameter_here(name: str, spec: LayerSpec) -> str | None:
    """What a layer calls the parameter that has this name elsewhere."""
    return next((here for here in _PARAMETERS_ELSEWHERE.get(name, ()) if here in spec.parameters), None)


def input_answer(spec: LayerSpec, operands: Sequence[ast.expr], text_of: TextOf) -> tuple[str, str | None] | None:
    """What is wrong with `sum(x, 0)`, whose number is meant for a parameter, or `max(a, b, c)`; None for all else."""
    if spec.name in {"max", "min"} and len(operands) > 2:
        *others, last = map(text_of, operands)
        nested = reduce(lambda inner, value: f"{spec.name}({value}, {inner})", reversed(others), last)
        return f"{spec.name} compares two values", to_write(nested)
    count = len(spec.inputs)
    if spec.name == "log" and len(operands) == 2:
        base = text_of(operands[1])
        return "log is the natural logarithm", to_write(f"log({text_of(operands[0])}) / log({base})")
    if spec.is_variadic or len(operands) <= count or not spec.parameters:
        return None
    if (spelled := _call_of(spec, operands, (), text_of)) is None:
        return None
    takes = "1 input" if count == 1 else f"{count} inputs"
    return f"{spec.name} takes {takes}; a parameter is given by its name", spelled


def list_refusal(spec: LayerSpec, listed: ast.List | ast.Tuple, text_of: TextOf) -> ExpressionError:
    """Why the only operand of a layer cannot be a list of values, and its spelling here."""
    spelled = to_write(f"{spec.name}({', '.join(map(text_of, listed.elts))})")
    return ExpressionError(listed, f"{spec.name} takes its values one by one", spelled)


def _here(name: str) -> str:
    if name in LAYERS_ELSEWHERE:
        return LAYERS_ELSEWHERE[name]
    of_class = _END_OF_CLASS.sub("", name.lower())
    return of_class if is_layer(of_class) else name


def _factor(expression: ast.expr, text_of: TextOf) -> str:
    is_whole = isinstance(expression, ast.Name | ast.Constant | ast.Call | ast.Subscript)
    return text_of(expression) if is_whole else f"({text_of(expression)})"
