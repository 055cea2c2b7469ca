"""How a formula is spelled here that is written as people write it elsewhere; asked only where one cannot be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from keyword import iskeyword
from typing import NamedTuple

from backpropcli.catalogue.registry import is_layer

_LONGEST_HINT = 100
_MOST_ROOTS = 4  # of one another
_NUMBER = r"(?<![\w.])(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_NAME = r"(?<!\w)[^\W\d]\w*"
_OPERAND = rf"{_NAME}(?:\([^()]*\))?|{_NUMBER}|\([^()]*\)"
_ROOT = re.compile(rf"√[ ]*({_OPERAND})")
_NORM = re.compile(r"\|\|([^|]+)\|\|")
_SIZE = re.compile(r"\|([^|]+)\|")
_UPDATE = re.compile(rf"[ ]*({_NAME})[ ]*(\*\*|[-+*/@])=(.*)")
_SIDE_BY_SIDE = re.compile(rf"({_NUMBER}[ ]*|{_NAME}[ ]+|\)[ ]*)(?=([^\W\d]\w*|\d[\w.]*|\())")
_APPLIED = re.compile(rf"({_NAME})[ ]+({_NUMBER}(?:[ ]*(?:[^\W\d]\w*))?|{_NAME})")
_POWER_OF_LAYER = re.compile(rf"({_NAME})[ ]*\*\*[ ]*(\d+)[ ]*({_NAME}|\([^()]*\))")
_DECIMAL_COMMA = re.compile(r"(?<![\w.])(\d+),(\d+)")
_COMMA_LEFT = re.compile(r"\d,\d")
_OF_THOUSANDS = re.compile(r"(?<![\w.])[1-9]\d{0,2}(?:,\d{3})+(?![\d,])")
# Signs of what was meant, what is said of them, and the hint, by default the formula as it is spelled here.
_SIGNS = (
    (re.compile("[“”„‘’«»`]"), "a formula has no quotation marks such as {0}", "leave them out"),
    (re.compile(r"\\[a-zA-Z]*"), "a formula is not written in LaTeX", "it is written as in sqrt(a / b) ** 2 * pi"),
    (re.compile(r"(?<![\w.])\d+\.\d*\.[\d.]*"), "{0} is not a number", "a number has one point at most"),
    (_ROOT, "a root is written sqrt(...)", None),
    (_NORM, "a norm is written norm(...)", None),
    (re.compile("&&"), "a formula has no operator {0}", "nest where: where(a, where(b, x, y), y)"),
    (re.compile(r"\|\|"), "a formula has no operator {0}", "nest where: where(a, x, where(b, x, y))"),
    (_SIZE, "a size is written abs(...)", None),
    (
        re.compile(rf"(?:^|(?<=[-+*/(,])|(?<=[-+*/(,] ))!(?!=)[ ]*({_OPERAND})"),
        "a formula has no 'not'",
        "write where({1}, 0, 1)",
    ),
    (re.compile(r"!(?!=)"), "a formula has no factorial", "write the product"),
)


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
    spelled = to_write(spelled_out(text))
    if found := _UPDATE.fullmatch(text):
        name, operator, rest = found[1], found[2], found[3].strip()
        yield Answer("a value gets its name once", *found.span(), to_write(f"{name}2 = {name} {operator} {rest}"))
    for pattern, message, hint in _SIGNS:
        if found := pattern.search(text):
            words = found[0], *found.groups()
            yield Answer(message.format(*words), *found.span(), spelled if hint is None else hint.format(*words))
    powers = (found for found in _POWER_OF_LAYER.finditer(text) if is_layer(found[1]))
    applied = next(powers, None) or next((found for found in _APPLIED.finditer(text) if is_layer(found[1])), None)
    pair = next(filter(_is_product, _SIDE_BY_SIDE.finditer(text)), None)
    if applied is not None:
        yield Answer(f"what {applied[1]} is applied to stands in parentheses", *applied.span(), spelled)
    elif pair is not None:
        yield Answer("a product needs its sign", pair.start(), pair.end(2), spelled)


def spelled_out(text: str) -> str:
    """A formula with roots, sizes, powers, applied functions and products as they are written here.

    >>> spelled_out("2√x + 3|y|"), spelled_out("sin^2(x) + cos 2x"), spelled_out("e^-x")
    ('2 * sqrt(x) + 3 * abs(y)', 'sin(x)**2 + cos(2 * x)', 'e**-x')
    """
    for _ in range(_MOST_ROOTS):
        if "√" in text:
            text = _ROOT.sub(partial(_called, "sqrt"), text)
    text = _SIZE.sub(partial(_called, "abs"), _NORM.sub(partial(_called, "norm"), text))
    text = _POWER_OF_LAYER.sub(_power_of_value, text.replace("^", "**"))
    return _SIDE_BY_SIDE.sub(_multiplied, _APPLIED.sub(_in_parentheses, text))


def _called(layer: str, sign: re.Match[str]) -> str:
    """What a sign is around, or before, as the layer's operand; a blank parts it from a factor."""
    before = sign.string[: sign.start()][-1:]
    return f"{' ' if before.isalnum() or before in ('_', ')') else ''}{layer}({_bare(sign[1].strip())})"


def _bare(text: str) -> str:
    return text[1:-1] if text.startswith("(") else text


def _power_of_value(power: re.Match[str]) -> str:
    return f"{power[1]}({_bare(power[3])})**{power[2]}" if is_layer(power[1]) else power[0]


def _in_parentheses(applied: re.Match[str]) -> str:
    if not is_layer(applied[1]):
        return applied[0]
    number = re.match(_NUMBER, applied[2])
    behind = applied[2][number.end() :].strip() if number else ""
    if number and is_layer(behind):
        return f"{applied[1]}({number[0]}) {behind}"
    return f"{applied[1]}({applied[2]})"


def _multiplied(pair: re.Match[str]) -> str:
    return f"{pair[1].rstrip()} * " if _is_product(pair) else pair[0]


def list_answer(text: str) -> str | None:
    """The hint for a formula with a list in it, which `1,5 * x` seems to have."""
    with_point = _DECIMAL_COMMA.sub(r"\1.\2", text)
    is_number = with_point != text and not _COMMA_LEFT.search(with_point)
    if _OF_THOUSANDS.search(text):
        without = _OF_THOUSANDS.sub(lambda number: number[0].replace(",", ""), text)
        return to_write(f"{without}, or {with_point}" if is_number else without)
    if not is_number:
        return "make it an input"
    hint = to_write(with_point)
    return f"{hint}, or make the list an input" if hint and text.startswith("(") else hint


def _is_product(pair: re.Match[str]) -> bool:
    """Whether what stands side by side are factors: neither is a keyword, and it is no call of a layer."""
    left, right = pair[1].rstrip(), pair[2]
    is_call = right == "(" and is_layer(left)
    return not (is_call or iskeyword(left) or iskeyword(right))


def to_write(spelled: str) -> str | None:
    """The hint to write it like that, unless it is long."""
    return f"write {spelled}" if len(spelled) <= _LONGEST_HINT else None
