"""Light algebra: what nobody would write out, as a factor of 1 or two minus signs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
    if isinstance(x, Number):
        return Number(x.text.removeprefix("-") if x.text.startswith("-") else f"-{x.text}")
    return x.operands[0] if isinstance(x, Call) and x.layer == "neg" else Call("neg", (x,))


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
    if _ONE in (x, y):
        return y if x == _ONE else x
    if (counted := _counted(x, y, int.__mul__)) is not None:
        return counted
    return _without_minus(x, y, lambda a, b: _product(a, b) or Call("mul", (a, b)))


def _product_of_numbers(x: Expression, y: Expression) -> Expression | None:
    return _ZERO if _ZERO in (x, y) else _product(x, y)


def _quotient(x: Expression, y: Expression) -> Expression | None:
    if y == _ONE:
        return x
    if x == _ZERO and isinstance(y, Number) and _is_whole(y.text) and int(y.text):
        return _ZERO
    return _without_minus(x, y, lambda a, b: _quotient(a, b) or Call("div", (a, b)))


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


def _without_minus(
    x: Expression, y: Expression, combined: Callable[[Expression, Expression], Expression]
) -> Expression | None:
    """The product or quotient with the signs of its operands in front of it; None if they have none."""
    if not (_is_negation(x) or _is_negation(y) or x == Number("-1")):
        return None
    found = combined(*(negated(part) if _has_minus(part) else part for part in (x, y)))
    return found if _has_minus(x) and _has_minus(y) else negated(found)


def _is_negation(x: Expression) -> bool:
    return isinstance(x, Call) and x.layer == "neg"


def _has_minus(x: Expression) -> bool:
    return _is_negation(x) or (isinstance(x, Number) and x.text.startswith("-"))


def _counted(x: Expression, y: Expression, operator: Callable[[int, int], int]) -> Number | None:
    """What two whole numbers come to."""
    if isinstance(x, Number) and isinstance(y, Number) and _is_whole(x.text) and _is_whole(y.text):
        return Number(str(operator(int(x.text), int(y.text))))
    return None


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
