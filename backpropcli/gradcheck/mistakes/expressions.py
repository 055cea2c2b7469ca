"""Derivatives as people write them in a backward: expressions of one value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import nan
from typing import NamedTuple

from backpropcli.domains import Domain, Value
from backpropcli.gradcheck.trial import Trial


class Expression(NamedTuple):
    """An expression of a value `v`: as it is written, and computed."""

    pattern: str
    formula: Callable[[Value, Domain], Value]

    def written(self, name: str) -> str:
        """The expression of the value that is called `name`."""
        return self.pattern.replace("{}", name)

    def value(self, v: Value, numbers: Domain) -> Value:
        """The expression of a value, in its shape; nan where Python's floats refuse it."""
        try:
            return self.formula(v, numbers)
        except ArithmeticError:
            return v * nan

    @property
    def takes_a_place(self) -> bool:
        """Whether it is not a constant."""
        return "{}" in self.pattern

    @property
    def is_inner(self) -> bool:
        """Whether it is known as the derivative of an inner function, rather than as a factor, a sign or a mask."""
        return self.pattern not in {"{}", "-{}", "sign({})", "({} > 0)"}


EXPRESSIONS = (
    Expression("1", lambda v, xp: xp.ones_like(v)),
    Expression("{}", lambda v, _: v),
    Expression("2 * {}", lambda v, _: 2 * v),
    Expression("3 * {} ** 2", lambda v, _: 3 * v * v),
    Expression("{} ** 2", lambda v, _: v * v),
    Expression("1 / {}", lambda v, xp: xp.divide(1.0, v)),
    Expression("-1 / {} ** 2", lambda v, xp: xp.divide(-1.0, v * v)),
    Expression("1 / (2 * {})", lambda v, xp: xp.divide(0.5, v)),
    Expression("1 / (2 * sqrt({}))", lambda v, xp: xp.divide(0.5, xp.sqrt(v))),
    Expression("sqrt({})", lambda v, xp: xp.sqrt(v)),
    Expression("1 - {}", lambda v, _: 1 - v),
    Expression("1 - {} ** 2", lambda v, _: 1 - v * v),
    Expression("1 + {} ** 2", lambda v, _: 1 + v * v),
    Expression("1 / (1 + {} ** 2)", lambda v, xp: xp.divide(1.0, 1 + v * v)),
    Expression("1 / sqrt(1 + {} ** 2)", lambda v, xp: xp.divide(1.0, xp.sqrt(1 + v * v))),
    Expression("{} * (1 - {})", lambda v, _: v * (1 - v)),
    Expression("exp({})", lambda v, xp: xp.exp(v)),
    Expression("exp(-{})", lambda v, xp: xp.exp(-v)),
    Expression("log({})", lambda v, xp: xp.log(v)),
    Expression("sin({})", lambda v, xp: xp.sin(v)),
    Expression("cos({})", lambda v, xp: xp.cos(v)),
    Expression("-sin({})", lambda v, xp: -xp.sin(v)),
    Expression("-cos({})", lambda v, xp: -xp.cos(v)),
    Expression("tanh({})", lambda v, xp: xp.tanh(v)),
    Expression("sigmoid({})", lambda v, xp: xp.divide(1.0, 1 + xp.exp(-v))),
    Expression("({} > 0)", lambda v, xp: xp.where(v > 0, xp.ones_like(v), 0)),
    Expression("({} < 0)", lambda v, xp: xp.where(v < 0, xp.ones_like(v), 0)),
    Expression("sign({})", lambda v, xp: xp.where(v > 0, xp.ones_like(v), -1)),
)

INNER = (
    Expression("2 * {}", lambda v, _: 2 * v),
    Expression("{}", lambda v, _: v),
    Expression("-2 * {}", lambda v, _: -2 * v),
    Expression("-{}", lambda v, _: -v),
    Expression("3 * {} ** 2", lambda v, _: 3 * v * v),
    Expression("4 * {} ** 3", lambda v, _: 4 * v * v * v),
    Expression("1 / {}", lambda v, xp: xp.divide(1.0, v)),
    Expression("-1 / {} ** 2", lambda v, xp: xp.divide(-1.0, v * v)),
    Expression("1 / (2 * sqrt({}))", lambda v, xp: xp.divide(0.5, xp.sqrt(v))),
    Expression("exp({})", lambda v, xp: xp.exp(v)),
    Expression("-exp(-{})", lambda v, xp: -xp.exp(-v)),
    Expression("cos({})", lambda v, xp: xp.cos(v)),
    Expression("-sin({})", lambda v, xp: -xp.sin(v)),
    Expression("1 - tanh({}) ** 2", lambda v, xp: xp.divide(4.0, (xp.exp(v) + xp.exp(-v)) ** 2)),
    Expression("sigmoid({}) * (1 - sigmoid({}))", lambda v, xp: xp.divide(1.0, (1 + xp.exp(v)) * (1 + xp.exp(-v)))),
    Expression("sign({})", lambda v, xp: xp.where(v > 0, xp.ones_like(v), -1)),
    Expression("({} > 0)", lambda v, xp: xp.where(v > 0, xp.ones_like(v), 0)),
)


def places(trial: Trial) -> Iterator[tuple[str, Value]]:
    """The values of which a derivative may be written: the output and the inputs of its shape."""
    numbers, shape = trial.numbers, trial.numbers.shape(trial.x)
    yield "out", trial.value
    spec = trial.isolated.node.spec
    for number, x in enumerate(trial.isolated.inputs):
        if numbers.shape(x) == shape:
            yield spec.input_name(number), x
