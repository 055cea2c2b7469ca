"""The formulas of a derivation made shorter, and a word on those that are left as they are."""

from __future__ import annotations

from collections.abc import Iterator

from backpropcli.result import Result
from backpropcli.symbolic.expressions import Expression, is_longer
from backpropcli.symbolic.simplification import shortest

MOST = 100  # operations of a formula that is looked at: a search takes time with the square of its length, and more


class Simplification:
    """What is to be done with each formula of a result's derivation; it keeps count of those that it leaves alone."""

    def __init__(self, result: Result) -> None:
        numbers = result.run.domain
        self.is_of_numbers = numbers.is_scalar
        self.too_long = 0
        self.values = {name: numbers.rounded(x) for name, x in result.values.items()} if self.is_of_numbers else {}

    def __call__(self, formula: Expression) -> Expression:
        """The formula, or a shorter one that is the same."""
        if not self.is_of_numbers:
            return formula
        if is_longer(formula, MOST):
            self.too_long += 1
            return formula
        return shortest(formula, self.values)

    def notes(self) -> Iterator[str]:
        """What was left alone, and why."""
        if not self.is_of_numbers:
            yield "formulas of arrays are not simplified"
        elif self.too_long:
            formulas = "a formula" if self.too_long == 1 else f"{self.too_long} formulas"
            yield f"{formulas} of more than {MOST} operations could not be simplified"
