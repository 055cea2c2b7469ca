"""How a formula is spelled here that is written as people write it elsewhere; asked only where one cannot be read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import reduce
from keyword import iskeyword
from typing import NamedTuple

from backpropcli.catalogue.registry import is_layer, layer_names
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.errors import did_you_mean
from backpropcli.formula.expressions import ExpressionError, TextOf, shown

_LONGEST_HINT = 100
_NUMBER = r"(?<![\w.])\d+(?:\.\d*)?(?:[eE][-+]?\d+)?"
_NAME = r"(?<!\w)[^\W\d]\w*"
_QUOTE = re.compile("[“”„‘’«»`]")
_ROOT = re.compile(rf"√[ ]*({_NAME}|{_NUMBER}|\([^()]*\))")
_SIZE = re.compile(r"\|([^|]+)\|")
_FACTORIAL = re.compile(r"!(?!=)")
_UPDATE = re.compile(rf"[ ]*({_NAME})[ ]*([-+*/])=(.*)")
_SIDE_BY_SIDE = re.compile(rf"({_NUMBER}[ ]*|{_NAME}[ ]+|\)[ ]*)(?=([^\W\d]\w*|\d[\w.]*|\())")
_APPLIED = re.compile(rf"({_NAME})[ ]+({_NAME}|{_NUMBER})")
_DECIMAL_COMMA = re.compile(r"(?<![\w.])(\d+),(\d+)")

LAYERS_ELSEWHERE = {
    "absolute": "abs",
    "amax": "max",
    "amin": "min",
    "average": "mean",
    "binary_cross_entropy": "bce",
    "cat": "concat",
    "clamp": "clip",
    "concatenate": "concat",
    "divide": "div",
    "expit": "sigmoid",
    "fabs": "abs",
    "logistic": "sigmoid",
    "mae": "l1",
    "mean_squared_error": "mse",
    "multiply": "mul",
    "negative": "neg",
    "permute": "transpose",
    "power": "pow",
    "ravel": "flatten",
    "rint": "round",
    "sqr": "square",
    "stop_gradient": "detach",
    "subtract": "sub",
}
"""What layers are called elsewhere."""
_WRITTEN_OUT = {
    "cbrt": "x ** (1 / 3)",
    "cot": "cos(x) / sin(x)",
    "csc": "1 / sin(x)",
    "cube": "x ** 3",
    "hinge": "mean(relu(1 - y * x))",
    "linear": "affine(x, w, b)",
    "relu6": "clip(x, min=0, max=6)",
    "sec": "1 / cos(x)",
}
PARAMETERS_ELSEWHERE = {"correction": "ddof", "dim": "axis", "keepdim": "keepdims", "negative_slope": "slope"}
"""What parameters are called elsewhere."""


class Answer(NamedTuple):
    """What is wrong, at which stretch of a text, and how it is spelled here."""

    message: str
    start: int
    end: int
    hint: str | None


def answer(text: str) -> Answer | None:
    """What a formula that cannot be parsed was meant to be, by the first sign of it; None if nothing is known of it."""
    return next(_answers(text), None)


def _answers(text: str) -> Iterator[Answer]:
    if found := _UPDATE.fullmatch(text):
        name, operator, rest = found[1], found[2], found[3].strip()
        yield _at(found, "a value gets its name once", f"{name}2 = {name} {operator} {rest}")
    if found := _QUOTE.search(text):
        yield Answer(f"a formula has no quotation marks such as {found[0]}", *found.span(), "leave them out")
    if found := _ROOT.search(text):
        yield _at(found, "a root is written sqrt(...)", _ROOT.sub(lambda root: f"sqrt({root[1].strip('()')})", text))
    if found := _SIZE.search(text):
        yield _at(found, "a size is written abs(...)", _SIZE.sub(lambda size: f"abs({size[1].strip()})", text))
    if found := _FACTORIAL.search(text):
        yield Answer("a formula has no factorial", *found.span(), "write the product")
    applied = next((found for found in _APPLIED.finditer(text) if is_layer(found[1])), None)
    pair = next((found for found in _SIDE_BY_SIDE.finditer(text) if not _has_keyword(found)), None)
    spelled = _SIDE_BY_SIDE.sub(_multiplied, _APPLIED.sub(_in_parentheses, text))
    if applied is not None:
        yield _at(applied, f"what {applied[1]} is applied to stands in parentheses", spelled)
    elif pair is not None:
        yield Answer("a product needs its sign", pair.start(), pair.end(2), to_write(spelled))


def _in_parentheses(applied: re.Match[str]) -> str:
    return f"{applied[1]}({applied[2]})" if is_layer(applied[1]) else applied[0]


def _multiplied(pair: re.Match[str]) -> str:
    is_call = re.fullmatch(r"[^\W\d]\w*", pair[1]) is not None
    return pair[0] if is_call or _has_keyword(pair) else f"{pair[1].rstrip()} * "


def call_refusal(call: ast.Call, text_of: TextOf) -> ExpressionError:
    """Why a call of what is no layer is refused, and its spelling here."""
    function, name = call.func, shown(text_of(call.func))
    if isinstance(function, ast.Attribute) and is_layer(layer := _here(function.attr)):
        arguments = ", ".join(map(text_of, (function.value, *call.args)))
        message = f"a formula has no methods such as .{function.attr}"
        return ExpressionError(function, message, to_write(f"{layer}({arguments})"))
    unknown = f"unknown layer '{name}'"
    if isinstance(function, ast.Name):
        if function.id in _WRITTEN_OUT:
            return ExpressionError(function, unknown, to_write(_WRITTEN_OUT[function.id]))
        if (layer := _here(function.id)) != function.id:
            return ExpressionError(function, unknown, f"it is called {layer} here")
        if hint := did_you_mean(name, layer_names()):
            return ExpressionError(function, unknown, hint)
    if len(call.args) == 1 and not call.keywords and not isinstance(function, ast.Attribute | ast.Call):
        spelled = f"{_factor(function, text_of)} * {_factor(call.args[0], text_of)}"
        return ExpressionError(call, "a product needs its sign", to_write(spelled))
    return ExpressionError(function, unknown)


def attribute_answer(attribute: ast.Attribute, text_of: TextOf) -> tuple[str, str | None]:
    """What is wrong with `x.T` and the like, and its spelling here."""
    message = f"a formula has no attributes such as .{attribute.attr}"
    return message, to_write(f"transpose({text_of(attribute.value)})") if attribute.attr == "T" else None


def input_answer(spec: LayerSpec, operands: Sequence[ast.expr], text_of: TextOf) -> tuple[str, str] | None:
    """What is wrong with `sum(x, 0)`, whose number is meant for a parameter, or `max(a, b, c)`; None for all else."""
    if spec.name in {"max", "min"}:
        *others, last = map(text_of, operands)
        nested = reduce(lambda inner, value: f"{spec.name}({value}, {inner})", reversed(others), last)
        return f"{spec.name} compares two values", f"write {nested}"
    count = len(spec.inputs)
    if spec.is_variadic or len(operands) != count + 1 or not spec.parameters:
        return None
    *inputs, last = map(text_of, operands)
    parameter = next(iter(spec.parameters))
    takes = "1 input" if count == 1 else f"{count} inputs"
    spelled = f"{spec.name}({', '.join(inputs)}, {parameter}={last})"
    return f"{spec.name} takes {takes}; a parameter is given by its name", f"write {spelled}"


def list_answer(text: str) -> str:
    """The hint for a formula with a list in it, which `1,5 * x` seems to have."""
    return to_write(_DECIMAL_COMMA.sub(r"\1.\2", text)) or "" if _DECIMAL_COMMA.search(text) else "make it an input"


def _has_keyword(pair: re.Match[str]) -> bool:
    return iskeyword(pair[1].rstrip()) or iskeyword(pair[2])


def _factor(expression: ast.expr, text_of: TextOf) -> str:
    is_whole = isinstance(expression, ast.Name | ast.Constant | ast.Call | ast.Subscript)
    return text_of(expression) if is_whole else f"({text_of(expression)})"


def _at(found: re.Match[str], message: str, spelled: str) -> Answer:
    return Answer(message, *found.span(), to_write(spelled))


def _here(name: str) -> str:
    return LAYERS_ELSEWHERE.get(name, name)


def to_write(spelled: str) -> str | None:
    """The hint to write it like that, unless it is long."""
    return f"write {spelled}" if len(spelled) <= _LONGEST_HINT else None
