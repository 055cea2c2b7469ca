"""Expressions in the grammar of formulas, so that what is printed can be typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from backpropcli.catalogue.registry import layer_spec
from backpropcli.sources.literals import Constant
from backpropcli.symbolic.expressions import DERIVATIVE, GRADIENT, LOCAL_DERIVATIVE, Call, Expression
from backpropcli.symbolic.printing import (
    ATOM,
    MATRIX_PRODUCT,
    POWER,
    PRODUCT,
    SUM,
    Notation,
    Operator,
    Printed,
)

COMPARISONS = {
    "less": "<",
    "less_equal": "<=",
    "greater": ">",
    "greater_equal": ">=",
    "equal": "==",
    "not_equal": "!=",
}
"""The layers whose calls are written with a sign inside `where`, and the sign."""


def text(expression: Expression) -> str:
    """The expression as a formula.

    >>> from backpropcli.symbolic.expressions import Call, Name, Number
    >>> text(Call("mul", (Call("sub", (Number("1"), Name("x"))), Number("-2"))))
    '(1 - x) * (-2)'
    """
    return _FORMULAS.printed(expression)


def condition_text(comparison: Call) -> str:
    """A comparison as the condition of a choice: `x > 0`."""
    return _FORMULAS.condition(comparison)


def parameter_text(value: Any) -> str:
    """The value of a parameter as formulas have it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Constant):
        return value.text
    return str(list(value)) if isinstance(value, tuple) else str(value).removesuffix(".0")


def given_parameters(layer: str, parameters: Sequence[tuple[str, Any]]) -> list[tuple[str, str]]:
    """The parameters of a layer that are not the defaults, as texts."""
    known = layer_spec(layer).parameters if parameters else {}
    texts = ((name, parameter_text(value)) for name, value in parameters)
    return [(name, value) for name, value in texts if name not in known or value != known[name].default_text]


class _Formulas(Notation):
    operators: ClassVar[Mapping[str, Operator]] = {
        "add": Operator("{} + {}", SUM, (SUM, SUM)),
        "sub": Operator("{} - {}", SUM, (SUM, MATRIX_PRODUCT)),
        "mul": Operator("{} * {}", PRODUCT, (PRODUCT, PRODUCT)),
        "div": Operator("{} / {}", PRODUCT, (PRODUCT, POWER)),
        "matmul": Operator("{} @ {}", MATRIX_PRODUCT, (POWER, POWER)),
        "neg": Operator("-{}", PRODUCT, (PRODUCT,)),
        "pow": Operator("{} ** {}", POWER, (ATOM, POWER)),
        DERIVATIVE: Operator("d{}/d{}", ATOM, (ATOM, ATOM)),
        LOCAL_DERIVATIVE: Operator("∂{}/∂{}", ATOM, (ATOM, ATOM)),
        GRADIENT: Operator("d{1}", ATOM, (ATOM, ATOM)),
    }

    def name(self, text: str) -> str:
        return text

    def number(self, text: str) -> str:
        return text

    def brackets(self, text: str) -> str:
        return f"({text})"

    def call(self, layer: str, operands: Sequence[Printed], parameters: Sequence[tuple[str, Any]]) -> Printed:
        given = given_parameters(layer, parameters)
        if layer in {"index", "slice"}:
            return Printed(f"{self.operand(operands[0], ATOM)}[{_subscript(dict(given))}]")
        texts = [operand.text for operand in operands]
        if layer == "where":
            texts[0] = operands[0].condition or texts[0]
        condition = f"{texts[0]} {COMPARISONS[layer]} {texts[1]}" if layer in COMPARISONS else ""
        written = f"{layer}({', '.join([*texts, *(f'{name}={value}' for name, value in given)])})"
        return Printed(written, condition=condition)


def _subscript(given: dict[str, str]) -> str:
    """What stands in the brackets of an index or a slice along one axis."""
    if "index" in given or not given.keys() & {"start", "stop", "step"}:
        place = given.get("index", "0")
    else:
        place = f"{given.get('start', '')}:{given.get('stop', '')}"
        place += f":{given['step']}" if "step" in given else ""
    axis = int(given.get("axis", "0"))
    whole = ":, " * axis if axis >= 0 else "..., "
    return f"{whole}{place}{', :' * (-axis - 1)}"


_FORMULAS = _Formulas()
