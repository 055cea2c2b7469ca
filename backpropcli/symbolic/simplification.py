"""Formulas of numbers, made shorter by a computer algebra, as far as what it finds is surely the same.

What the algebra has no function for, as `relu(x)` and `where(x > 0, a, b)`, is one name to it. What it finds is held
against the formula in numbers before it is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite
from random import Random

from backpropcli.domains import domain
from backpropcli.errors import BackpropError
from backpropcli.symbolic.algebra import simplified
from backpropcli.symbolic.computer_algebra import KNOWN, forms
from backpropcli.symbolic.computing import computed
from backpropcli.symbolic.expressions import Call, Expression, Name, Number, fold, names_in, operations, substituted

_SIZES = (1.0, 1.0, 0.01, 0.1, 3.0, 3.0, 10.0, 30.0, 1000.0)
_FAR = 100.0  # from there on numbers may leave the range on the way
_CLOSE = 1e-9


def shortest(expression: Expression, values: Mapping[str, float]) -> Expression:
    """The shortest form that is found of an expression; itself where none is shorter and surely the same.

    They are compared at random numbers, and at the `values` that names have, as far as they are known.
    """
    plain, parts = _plain(expression)
    found = min(map(simplified, forms(plain)), key=_length, default=plain)
    if _length(found) >= _length(plain) or not _are_same(plain, found, {**values, **_known(parts, values)}):
        return expression
    return substituted(found, parts)


def _length(expression: Expression) -> tuple[int, int]:
    return operations(expression), sum(1 for _ in names_in(expression))


def _plain(expression: Expression) -> tuple[Expression, dict[str, Expression]]:
    """The expression with names for the parts that the algebra does not know, and these parts by the names."""
    names: dict[Expression, str] = {}

    def named(part: Expression) -> Name:
        return Name(names.setdefault(part, f"part {len(names)}"))

    def leaf(part: Name | Number) -> Expression:
        is_unknown = isinstance(part, Number) and part.text.endswith(("inf", "nan"))
        return named(part) if is_unknown else part

    def call(part: Call, operands: list[Expression]) -> Expression:
        is_known = part.layer in KNOWN and not part.parameters
        return Call(part.layer, tuple(operands)) if is_known else named(part)

    found = fold(expression, leaf, call)
    return found, {name: part for part, name in names.items()}


def _known(parts: Mapping[str, Expression], values: Mapping[str, float]) -> dict[str, float]:
    """The values of parts, as far as they can be computed."""
    found = {}
    for name, part in parts.items():
        try:
            found[name] = computed(part, values, domain("floats"))
        except (BackpropError, KeyError):  # a symbol of a derivative, or a name without a value
            continue
    return found


def _are_same(one: Expression, other: Expression, values: Mapping[str, float]) -> bool:
    """Whether two expressions are as good as equal at every point where the first is finite; far out, finite too."""
    for point in _points(sorted(set(names_in(one))), values):
        x, y = (computed(each, point, domain("floats")) for each in (one, other))
        is_far = max(map(abs, point.values()), default=0) > _FAR
        if isfinite(x) and not (isfinite(y) if is_far else abs(x - y) <= _CLOSE * abs(x)):
            return False
    return True


def _points(names: list[str], values: Mapping[str, float]) -> Iterator[dict[str, float]]:
    """Points of several sizes, the same each time, half of them positive; and the one of the values."""
    draw = Random(0)
    drawn = {name: draw.uniform(0.5, 1) for name in names}
    yield {name: values.get(name, drawn[name]) for name in names}
    for size in _SIZES:
        yield {name: size * draw.uniform(0.1, 1) for name in names}
        yield {name: size * draw.uniform(-1, 1) for name in names}
