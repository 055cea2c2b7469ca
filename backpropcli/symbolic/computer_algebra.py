"""Other forms of an expression of numbers, by the package sympy, the only module that imports it (extra `symbolic`)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from inspect import CO_GENERATOR
from types import FrameType
from typing import Any

from backpropcli.domains import domain
from backpropcli.errors import DomainError, Problem
from backpropcli.symbolic.expressions import Call, Expression, Name, Number, fold, parts_of, product, total

try:
    import sympy
except ImportError:
    hint = "pip install 'backpropcli[symbolic]'"
    raise DomainError(Problem("simplifying formulas needs the package sympy", hint=hint)) from None

MOST_CALLS = 3_000_000  # and returns, of functions in one search: a second or two, after which it is given up

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": sympy.Abs,
    **{name: getattr(sympy, name) for name in ("exp", "log", "sin", "cos", "tan", "asin", "acos", "atan")},
    **{name: getattr(sympy, name) for name in ("sinh", "cosh", "tanh", "asinh", "acosh", "atanh")},
}
_LAYERS: dict[str, Callable[..., Any]] = {
    **_FUNCTIONS,
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
    "pow": lambda x, y: x**y,
    "square": lambda x: x**2,
    "reciprocal": lambda x: 1 / x,
    "sqrt": sympy.sqrt,
}
KNOWN = frozenset(_LAYERS)
"""The layers that sympy knows."""

_NAMES = {function: name for name, function in _FUNCTIONS.items()}
_CONSTANTS = {"pi": sympy.pi, "e": sympy.E}
_SEARCHES: tuple[Callable[[Any], Any], ...] = (lambda form: form, sympy.factor, sympy.simplify)
_ONE, _HALF = Number("1"), sympy.Rational(1, 2)


def forms(expression: Expression) -> Iterator[Expression]:
    """Other forms of an expression of layers that are known, whose names are real numbers; they are not verified."""
    form = fold(expression, _leaf, lambda call, operands: _LAYERS[call.layer](*operands))
    constants = {text: constant for text, constant in _CONSTANTS.items() if Number(text) in parts_of(expression)}
    for search in _SEARCHES:
        with suppress(_UnknownFormError, _GivenUp, NotImplementedError), _at_most(MOST_CALLS):
            yield _written(search(form), {constant: Number(text) for text, constant in constants.items()})


class _UnknownFormError(Exception):
    """A form for which formulas have no words."""


class _GivenUp(BaseException):
    """A search takes too long; sympy goes on after many an Exception."""


@contextmanager
def _at_most(calls: int) -> Iterator[None]:
    """Raise _GivenUp after so many calls and returns of functions, which are as many on a slow machine.

    It is raised where a function of sympy is entered: in what Python calls by itself, as the end of a generator that
    nobody needs any more, it would be lost.
    """
    left = calls

    def count(frame: FrameType, event: str, _: Any) -> None:
        nonlocal left
        left -= 1
        is_function = event == "call" and not frame.f_code.co_flags & CO_GENERATOR
        if left < 0 and is_function and frame.f_globals.get("__name__", "").startswith("sympy."):
            raise _GivenUp

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(before)


def _leaf(leaf: Name | Number) -> Any:
    if isinstance(leaf, Name):
        return sympy.Symbol(leaf.text, real=True)
    if leaf.text in _CONSTANTS:
        return _CONSTANTS[leaf.text]
    number = domain("exact").number(leaf.text)
    return sympy.Rational(number.numerator, number.denominator)


def _written(form: Any, constants: Mapping[Any, Number]) -> Expression:
    """A form as an expression; it is as deep as the expression was, which is short, so this recurses."""

    def written(part: Any) -> Expression:
        return _written(part, constants)

    if (found := _written_leaf(form, constants)) is not None:
        return found
    if form.is_Add:
        terms = sorted(form.as_ordered_terms(), key=lambda term: term.could_extract_minus_sign())
        return total(list(map(written, terms)))
    if form.is_Mul:
        return _quotient(form, written)
    if form.is_Pow:
        return _power(form.base, form.exp, written)
    if form.func in _NAMES:
        return Call(_NAMES[form.func], tuple(map(written, form.args)))
    raise _UnknownFormError


def _written_leaf(form: Any, constants: Mapping[Any, Number]) -> Expression | None:
    """A number or a name; None for what is neither."""
    if form.is_Rational:
        above, below = Number(str(form.p)), Number(str(form.q))
        return above if below == _ONE else Call("div", (above, below))
    if form.is_Symbol:
        return Name(form.name)
    if form is sympy.E and form not in constants:  # a value of the scenario may have that name
        return Call("exp", (_ONE,))
    return constants.get(form)


def _quotient(form: Any, written: Callable[[Any], Expression]) -> Expression:
    """A product, with what has a negative exponent below the line."""
    above, below = [], []
    for factor in form.as_ordered_factors():
        if factor.is_Rational:
            above.append(sympy.Integer(factor.p))
            below.append(sympy.Integer(factor.q))
        elif factor.is_Pow and factor.exp.is_Rational and factor.exp < 0:
            below.append(factor.base**-factor.exp)
        else:
            above.append(factor)
    numerator, denominator = (product([_ONE, *map(written, factors)]) for factors in (above, below))
    return Call("div", (numerator, denominator))


def _power(base: Any, exponent: Any, written: Callable[[Any], Expression]) -> Expression:
    if exponent.is_Rational and exponent < 0:
        return Call("div", (_ONE, written(base**-exponent)))
    if exponent == _HALF:
        return Call("sqrt", (written(base),))
    return Call("pow", (written(base), written(exponent)))
