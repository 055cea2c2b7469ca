"""What a dialect of SQL is: how it spells operations, numbers and names.

An operation is a template, in which `x`, `y` and `z` stand for its operands, and numbers, `inf` and `nan` for literals.
Where an engine raises an error, or gives NULL, for what is a number of IEEE 754, the template leads around it. In all
dialects nan equals itself and is larger than infinity; here a comparison with nan is false, as in Python.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from math import isfinite, isnan
from typing import NamedTuple, NoReturn

from backpropcli.domains.base import Value
from backpropcli.domains.traced import Rewriting, Tape
from backpropcli.errors import DomainError

_OPERANDS = "xyz"
_PARTS = re.compile(rf"\b(?:[{_OPERANDS}]|inf|nan|\d+(?:\.\d+)?(?:e[+-]?\d+)?)\b")


class Operand(NamedTuple):
    """An operand as SQL: the name of a column, or a literal, whose number is known."""

    text: str
    number: float | None = None


Template = str | Callable[[Operand, Operand], str]
"""The text of an operation, or a function that chooses one by the numbers that are known."""


class Dialect(NamedTuple):
    """A language that engines understand.

    `number` is a pattern of finite literals. `row` makes one value of a whole row of the table that it names, and
    `columns_of_row` takes such a value apart. `fence` ends each SELECT, so that the engine computes a column once.
    `most_stages` is how many SELECTs may build on each other before the engine refuses them, or plans for longer than
    it computes.
    """

    name: str
    engines: str
    double: str
    number: str
    quote: str
    row: str
    columns_of_row: str
    fence: str
    most_stages: int
    templates: Mapping[str, Template]
    rewritings: Mapping[str, Rewriting]

    def quoted(self, name: str) -> str:
        """A name as an identifier, whatever stands in it."""
        return f"{self.quote}{name.replace(self.quote, 2 * self.quote)}{self.quote}"

    def literal(self, value: Value) -> str:
        """A number or a condition."""
        if isinstance(value, bool):
            return str(value).upper()
        number = float(value)
        text = repr(abs(number))
        if not isfinite(number):
            text = f"CAST('{'NaN' if isnan(number) else 'Infinity'}' AS {self.double})"
        else:
            text = self.number.format(text if "e" in text else f"{text.removesuffix('.0')}e0")
        return f"(-{text})" if repr(number).startswith("-") else text

    def spelled(self, operation: str, operands: Sequence[Operand]) -> str:
        """The text of an operation."""
        texts = dict(zip(_OPERANDS, (each.text for each in operands), strict=False))
        template = self._template(operation, operands)
        return _PARTS.sub(lambda part: texts.get(part[0]) or self.literal(float(part[0])), template)

    def counts(self, operation: str, operands: Sequence[Operand]) -> list[int]:
        """How often each operand stands in the text of an operation."""
        parts = _PARTS.findall(self._template(operation, operands))
        return [parts.count(name) for name, _ in zip(_OPERANDS, operands, strict=False)]

    def _template(self, operation: str, operands: Sequence[Operand]) -> str:
        template = self.templates[operation]
        return template if isinstance(template, str) else template(*operands)


def lacking(name: str, engine: str) -> Rewriting:
    """A rewriting of what an engine lacks: none."""

    def refuse(_tape: Tape, *_xs: Value) -> NoReturn:
        raise DomainError(f"{engine} has no function {name}")

    return refuse


def _compared(operator: str, guarded: str) -> Template:
    """A comparison; the operand that would be true of nan is held against infinity unless its number is known."""

    def choose(x: Operand, y: Operand) -> str:
        operand = x if guarded == "x" else y
        return f"(x {operator} y)" if operand.number is not None else f"(x {operator} y AND {guarded} <= inf)"

    return choose


def _larger(_x: Operand, y: Operand) -> str:
    return "greatest(x, y)" if y.number else "CASE WHEN x >= y THEN x ELSE y END"


def _smaller(_x: Operand, y: Operand) -> str:
    if y.number:
        return "(-greatest(-x, -y))"  # of nan and a number it is nan, as least is not
    return "CASE WHEN x > inf OR (x <= y AND y <= inf) THEN x ELSE y END"


TEMPLATES: dict[str, Template] = {
    "neg": "(-x)",
    "abs": "abs(x)",
    "add": "(x + y)",
    "sub": "(x - y)",
    "mul": "(x * y)",
    "divide": "(x / y)",
    "lt": _compared("<", "y"),
    "le": _compared("<=", "y"),
    "gt": _compared(">", "x"),
    "ge": _compared(">=", "x"),
    "equal": "(x = y AND x <= inf)",
    "is_nan": "(x > inf)",
    "and": "(x AND y)",
    "or": "(x OR y)",
    "where": "CASE WHEN x THEN y ELSE z END",
    "maximum": _larger,
    "minimum": _smaller,
    "mod": "(x - y * floor(x / y))",
    "exp": "exp(x)",
    # The rounding error of exp(x), or of 1 + x, is told by its logarithm, or by what it is 1 beyond.
    "expm1": (
        "CASE WHEN abs(x) >= 2 THEN exp(x) - 1 WHEN exp(x) = 1 THEN x ELSE (exp(x) - 1) + exp(x) * (x - ln(exp(x))) END"
    ),
    "log": "CASE WHEN x > 0 THEN ln(x) WHEN x = 0 THEN -inf ELSE nan END",
    "log1p": (
        "CASE WHEN 1 + x = 1 OR x >= inf THEN x WHEN x > -1 THEN ln(1 + x) + (x - ((1 + x) - 1)) / (1 + x) "
        "WHEN x = -1 THEN -inf ELSE nan END"
    ),
    "log2": "CASE WHEN x > 0 THEN log2(x) WHEN x = 0 THEN -inf ELSE nan END",
    "log10": "CASE WHEN x > 0 THEN log10(x) WHEN x = 0 THEN -inf ELSE nan END",
    "sqrt": "CASE WHEN x < 0 THEN nan ELSE sqrt(x) END",
    "power": "power(x, y)",
    "power_of_two": "CASE WHEN x <> 0 AND abs(x) < inf THEN power(2, least(floor(log2(abs(x))), 1023)) ELSE 0.5 END",
    "sin": "CASE WHEN abs(x) < inf THEN sin(x) ELSE nan END",
    "cos": "CASE WHEN abs(x) < inf THEN cos(x) ELSE nan END",
    "asin": "CASE WHEN abs(x) <= 1 THEN asin(x) ELSE nan END",
    "acos": "CASE WHEN abs(x) <= 1 THEN acos(x) ELSE nan END",
    "atan": "atan(x)",
    "atan2": "atan2(x, y)",
    "tanh": "tanh(x)",
    "asinh": "asinh(x)",
    "acosh": "CASE WHEN x >= 1 THEN acosh(x) ELSE nan END",
    "atanh": "CASE WHEN abs(x) < 1 THEN atanh(x) WHEN abs(x) = 1 THEN x * inf ELSE nan END",
    "floor": "floor(x)",
}
"""The operations where the functions of SQL are those of C, but for errors where those have nan or infinity."""
