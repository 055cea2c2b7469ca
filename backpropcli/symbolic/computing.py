"""What expressions come to, and which way their choices go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from backpropcli.catalogue.registry import layer_spec
from backpropcli.domains import Domain, Value
from backpropcli.errors import DomainError
from backpropcli.symbolic.expressions import Call, Expression, Name, Number, fold, names_in
from backpropcli.symbolic.text import COMPARISONS

_MIRRORED = {"less": "greater", "greater": "less"}


class Decided(NamedTuple):
    """An expression whose choices have been made, and how the numbers compare that they were made by."""

    expression: Expression
    relations: tuple[Call, ...]


def computed(expression: Expression, values: Mapping[str, Value], domain: Domain) -> Value:
    """The value of an expression whose names have these values. Raises DomainError for what the domain lacks."""

    def call(part: Call, operands: list[Value]) -> Value:
        return layer_spec(part.layer).bind(dict(part.parameters), domain)().forward(*operands)

    def leaf(part: Name | Number) -> Value:
        return values[part.text] if isinstance(part, Name) else domain.constants([part.text], values.values())[0]

    return fold(expression, leaf, call)


def decided(expression: Expression, values: Mapping[str, Value], domain: Domain) -> Decided:
    """The expression with, for each `where`, the value that it takes on numbers; a choice among arrays stays.

    A line of a layer is not deep, so this recurses.
    """
    if not isinstance(expression, Call):
        return Decided(expression, ())
    if expression.layer == "where" and (made := _choice(expression, values, domain)) is not None:
        chosen, relation = made
        inner = decided(chosen, values, domain)
        return Decided(inner.expression, _once((relation, *inner.relations)))
    parts = [decided(operand, values, domain) for operand in expression.operands]
    applied = Call(expression.layer, tuple(part.expression for part in parts), expression.parameters)
    return Decided(applied, _once(relation for part in parts for relation in part.relations))


def _choice(choice: Call, values: Mapping[str, Value], domain: Domain) -> tuple[Expression, Call] | None:
    """What a choice takes, and the relation by which it does so; None where it is not about two numbers."""
    condition, yes, no = choice.operands
    if isinstance(condition, Call) and condition.layer in COMPARISONS:
        x, y = condition.operands
    else:
        x, y = condition, Number("0")
    try:
        a, b, holds = (computed(part, values, domain) for part in (x, y, condition))
    except (DomainError, KeyError):  # a function that the domain lacks, or a part without a value
        return None
    if domain.shape(a) or domain.shape(b):
        return None
    signs = {"less": a < b, "greater": a > b, "equal": domain.equal(a, b)}
    one, zero = domain.ones_like(a), domain.zeros_like(a)
    sign = next((name for name, c in signs.items() if domain.rounded(domain.where(c, one, zero))), "not_equal")
    return yes if domain.rounded(holds) else no, Call(sign, (x, y))


def _once(relations: Iterable[Call]) -> tuple[Call, ...]:
    """Those that say something new: not the same from the other side, nor how constants compare."""
    found: dict[Call, None] = {}
    for relation in relations:
        if any(names_in(relation)) and _from_the_other_side(relation) not in found:
            found[relation] = None
    return tuple(found)


def _from_the_other_side(relation: Call) -> Call:
    return Call(_MIRRORED.get(relation.layer, relation.layer), relation.operands[::-1])
