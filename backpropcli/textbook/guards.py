"""Guards of textbook lines: `when b is absent and convention is torch`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from backpropcli.catalogue.spec import LayerSpec
from backpropcli.sources.literals import Constant, is_number, to_float
from backpropcli.textbook.counts import Shape

_ABSENT = "absent"
_RANKS = {"a number": 0, "a vector": 1, "a matrix": 2}
_LIKE = "shaped like "


class Case(NamedTuple):
    """What guards ask about: all parameters of a layer, and the shapes of the inputs that it is given."""

    parameters: Mapping[str, Any]
    shapes: Mapping[str, Shape]


class Condition(NamedTuple):
    """That a parameter is a word or a number, or that an input is absent, a matrix, or shaped like another."""

    subject: str
    predicate: str

    @property
    def is_about_input(self) -> bool:
        """Whether the subject is an input, not a parameter."""
        return self.predicate == _ABSENT or self.predicate in _RANKS or self.predicate.startswith(_LIKE)

    def holds(self, case: Case) -> bool:
        """Whether it is true of a case."""
        if not self.is_about_input:
            return _is(case.parameters[self.subject], self.predicate)
        shape = case.shapes.get(self.subject)
        if shape is None or self.predicate == _ABSENT:
            return shape is None and self.predicate == _ABSENT
        if self.predicate in _RANKS:
            return len(shape) == _RANKS[self.predicate]
        return shape == case.shapes.get(self.predicate.removeprefix(_LIKE))


def read_conditions(guard: str, spec: LayerSpec) -> tuple[Condition, ...]:
    """The conditions of a guard; `otherwise` and `then` have none.

    Raises ValueError for one that is not about the layer, DataError for a word that is no value of its parameter.
    """
    if not guard.startswith("when "):
        return ()
    found = []
    for text in guard.removeprefix("when ").split(" and "):
        condition = Condition(*text.split(" is ", 1)) if " is " in text else None
        if condition is None or condition.subject not in (spec.inputs if condition.is_about_input else spec.parameters):
            raise ValueError(text)
        if not condition.is_about_input:
            spec.parameters[condition.subject].read(condition.predicate)
        found.append(condition)
    return tuple(found)


def _is(value: Any, word: str) -> bool:
    """Whether a parameter's value is what a word or a number stands for."""
    if value is None:
        return word == "null"
    if isinstance(value, bool):
        return word == str(value).lower()
    if isinstance(value, Constant):
        return is_number(word) and to_float(word) == to_float(value.text)
    if isinstance(value, str | tuple):
        return word == value
    return is_number(word) and to_float(word) == float(value)
