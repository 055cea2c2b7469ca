"""Light algebra: what nobody would write out, as a factor of 1, half of two, or two minus signs.

Whole numbers among the factors of a product come to one fraction, which stands before the rest; other numbers stay as
they are written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from backpropcli.graph import NAMED_CONSTANTS
from backpropcli.symbolic.expressions import Call, Expression, Number, fold

_ZERO, _ONE = Number("0"), Number("1")


def simplified(expression: Expression, *, is_of_numbers: bool = True) -> Expression:
    """The expression without what nobody would write out; of arrays, only what changes no shape.

    >>> from backpropcli.symbolic.expressions import Name
    >>> from backpropcli.symbolic.text import text
    >>> text(simplified(Call("mul", (Call("neg", (_ONE,)), Call("div", (Name("out"), Name("y")))))))
    '-out / y'
    """
    rules = {**_RULES, **_RULES_OF_NUMBERS} if is_of_numbers else _RULES

    def call(part: Call, operands: Sequence[Expression]) -> Expression:
        rule = rules.get(part.layer)
        found = None if rule is None or part.parameters else rule(*operands)
        return Call(part.layer, tuple(operands), part.parameters) if found is None else found

    return fold(expression, lambda leaf: leaf, call)


def negated(x: Expression) -> Expression:
    """The expression with the other sign."""
    factor, rest = _parts(x)
    return _scaled(-factor, rest)


def _sum(x: Expression, y: Expression) -> Expression | None:
    if _ZERO in (x, y):
        return y if x == _ZERO else x
    if (counted := _counted(x, y, int.__add__)) is not None:
        return counted
    return Call("sub", (x, negated(y))) if _has_minus(y) else None


def _difference(x: Expression, y: Expression) -> Expression | None:
    if _ZERO in (x, y):
        return negated(y) if x == _ZERO else x
    if (counted := _counted(x, y, int.__sub__)) is not None:
        return counted
    return Call("add", (x, negated(y))) if _has_minus(y) else None


def _product(x: Expression, y: Expression) -> Expression | None:
    (a, u), (b, v) = _parts(x), _parts(y)
    if not _is_short(a * b):
        return None
    if u is None or v is None:
        rest = v if u is None else u
    elif (below := _below_one(u)) is not None:
        rest = Call("div", (v, below))
    elif (below := _below_one(v)) is not None:
        rest = Call("div", (u, below))
    else:
        rest = Call("mul", (u, v))
    return _scaled(a * b, rest)


def _product_of_numbers(x: Expression, y: Expression) -> Expression | None:
    return _ZERO if _ZERO in (x, y) else _product(x, y)


def _quotient(x: Expression, y: Expression) -> Expression | None:
    (a, u), (b, v) = _parts(x), _parts(y)
    if b == 0 or not _is_short(a / b):
        return None
    return _scaled(a / b, u if v is None else Call("div", (u or _ONE, v)))


def _parts(x: Expression) -> tuple[Fraction, Expression | None]:
    """The whole numbers that an expression is a product or a quotient of, and the rest of it; None if that is all.

    In what these rules have made they stand at the outside.
    """
    factor, rest = Fraction(1), x
    match x:
        case Number(text=text) if _is_whole(text):
            return Fraction(text), None
        case Number(text=text) if text.startswith("-"):
            factor, rest = Fraction(-1), Number(text.removeprefix("-"))
        case Call(layer="neg", operands=(inner,)):
            factor, rest = Fraction(-1), inner
        case Call(layer="mul", operands=(Number(text=text), inner)) if _is_whole(text):
            factor, rest = Fraction(text), inner
        case Call(layer="div", operands=(above, Number(text=text))) if _is_whole(text) and int(text):
            factor, own = _parts(above)
            return factor / int(text), own
        case Call(layer="div", operands=(Number(text=text), below)) if _is_whole(text):
            factor, rest = Fraction(text), Call("div", (_ONE, below))
    return factor, rest


def _scaled(factor: Fraction, rest: Expression | None) -> Expression:
    """What `_parts` are the parts of, as one would write it: `-x`, `2 * x`, `3 * x / 2`, `3 / (2 * x)`."""
    above, below = Number(str(factor.numerator)), Number(str(factor.denominator))
    if rest is None:
        return above if below == _ONE else Call("div", (above, below))
    if (own_below := _below_one(rest)) is not None:
        return Call("div", (above, own_below if below == _ONE else Call("mul", (below, own_below))))
    if factor.numerator == 1:
        found = rest
    elif factor.numerator != -1:
        found = Call("mul", (above, rest))
    elif isinstance(rest, Number) and rest.text not in NAMED_CONSTANTS:
        found = Number(f"-{rest.text}")
    else:
        found = Call("neg", (rest,))
    return found if below == _ONE else Call("div", (found, below))


def _below_one(x: Expression) -> Expression | None:
    """What a reciprocal is that of; None for anything else."""
    return x.operands[1] if isinstance(x, Call) and x.layer == "div" and x.operands[0] == _ONE else None


def _power(x: Expression, y: Expression) -> Expression | None:
    return x if y == _ONE else None


def _untransposed(x: Expression) -> Expression | None:
    """What was transposed twice."""
    is_transposed = isinstance(x, Call) and x.layer == "transpose" and not x.parameters
    return x.operands[0] if isinstance(x, Call) and is_transposed else None


def _choice(condition: Expression, x: Expression, y: Expression) -> Expression | None:
    match condition:
        case Call(layer=layer, operands=(Number(text=a), Number(text=b))) if layer in _COMPARISONS:
            if _is_whole(a) and _is_whole(b):
                return x if _COMPARISONS[layer](int(a), int(b)) else y
    return None


def _choice_beside_number(condition: Expression, x: Expression, y: Expression) -> Expression | None:
    """The choice, if the other value is a number, so that the shape stays."""
    found = _choice(condition, x, y)
    return found if isinstance(y if found is x else x, Number) else None


def _has_minus(x: Expression) -> bool:
    return _parts(x)[0] < 0


def _counted(x: Expression, y: Expression, operator: Callable[[int, int], int]) -> Number | None:
    """What two whole numbers come to."""
    if isinstance(x, Number) and isinstance(y, Number) and _is_whole(x.text) and _is_whole(y.text):
        return Number(str(operator(int(x.text), int(y.text))))
    return None


def _is_short(factor: Fraction) -> bool:
    return len(str(factor.numerator)) <= _LONGEST_COUNTED and len(str(factor.denominator)) <= _LONGEST_COUNTED


def _is_whole(text: str) -> bool:
    return text.isascii() and text.removeprefix("-").isdecimal() and len(text) <= _LONGEST_COUNTED


_LONGEST_COUNTED = 15
_COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "less": int.__lt__,
    "less_equal": int.__le__,
    "greater": int.__gt__,
    "greater_equal": int.__ge__,
    "equal": int.__eq__,
    "not_equal": int.__ne__,
}
_RULES: dict[str, Callable[..., Expression | None]] = {
    "add": _sum,
    "sub": _difference,
    "mul": _product,
    "div": _quotient,
    "neg": negated,
    "pow": _power,
    "transpose": _untransposed,
    "where": _choice_beside_number,
}
_RULES_OF_NUMBERS: dict[str, Callable[..., Expression | None]] = {"mul": _product_of_numbers, "where": _choice}
