"""How expressions are printed, whatever the language: operators, how tightly they bind, and where brackets are needed.

A language is a `Notation`. It says how names, numbers and calls look, and its operators in a table; the brackets are
set here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from backpropcli.symbolic.expressions import Call, Expression, Name, Number, fold

SUM, PRODUCT, POWER, ATOM = 1, 3, 4, 5
MATRIX_PRODUCT = 2
"""Below the product, so that `a * (b @ c)` has brackets: readers do not agree on which of the two goes first."""
OPEN = 0
"""An operand that needs no brackets, as it has some already or a line of its own."""


class Operator(NamedTuple):
    """How an operator is written, how tightly it binds, and how tightly its operands must without brackets."""

    template: str
    level: int
    operands: tuple[int, ...]


class Printed(NamedTuple):
    """A printed expression: its text, how tightly it binds, whether it begins with a minus, and its layer if any.

    A comparison is written with its sign as the `condition` of a choice only.
    """

    text: str
    level: int = ATOM
    has_minus: bool = False
    layer: str = ""
    condition: str = ""


class Notation(ABC):
    """A language in which expressions are printed."""

    operators: ClassVar[Mapping[str, Operator]]

    def printed(self, expression: Expression) -> str:
        """The expression in this language."""
        return fold(expression, self._leaf, self._call).text

    def condition(self, comparison: Call) -> str:
        """A comparison as a condition."""
        return fold(comparison, self._leaf, self._call).condition

    @abstractmethod
    def name(self, text: str) -> str:
        """A name."""

    @abstractmethod
    def number(self, text: str) -> str:
        """A number."""

    def is_atom(self, number: str) -> bool:
        """Whether a number needs no brackets as the base of a power."""
        return "/" not in number

    @abstractmethod
    def brackets(self, text: str) -> str:
        """Brackets around a text."""

    @abstractmethod
    def call(self, layer: str, operands: Sequence[Printed], parameters: Sequence[tuple[str, Any]]) -> Printed:
        """A layer that is no operator, with the parameters that are not the defaults."""

    def _leaf(self, leaf: Name | Number) -> Printed:
        if isinstance(leaf, Name):
            return Printed(self.name(leaf.text))
        has_minus = leaf.text.startswith("-")
        is_atom = not has_minus and self.is_atom(leaf.text)
        return Printed(self.number(leaf.text), ATOM if is_atom else PRODUCT, has_minus)

    def _call(self, call: Call, operands: list[Printed]) -> Printed:
        operator = self.operators.get(call.layer)
        if operator is None:
            return self.call(call.layer, operands, call.parameters)
        is_chain = call.layer == operands[0].layer == "matmul"
        first, *others = zip(operands, operator.operands, strict=True)
        begins = operator.template.startswith("{}")
        texts = [operands[0].text if is_chain else self.operand(*first, may_have_minus=begins)]
        texts += [self.operand(*other) for other in others]
        starts = begins and operands[0].has_minus and texts[0] == operands[0].text
        has_minus = operator.template.startswith("-") or starts
        return Printed(operator.template.format(*texts), operator.level, has_minus, call.layer)

    def operand(self, operand: Printed, needed: int, *, may_have_minus: bool = False) -> str:
        """An operand, in brackets unless it binds as tightly as needed."""
        is_tight = operand.level >= needed and (may_have_minus or not operand.has_minus)
        return operand.text if is_tight or needed == OPEN else self.brackets(operand.text)
