"""Results as text: a module of this package for each format, and the table of them.

Nothing here prints, and a format is imported when it is first asked for. Adding one: the module, with a function
`render(results, options)`, and a line in `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from backpropcli.text.formats import Format, by_name, in_module
from backpropcli.text.numbers import DEFAULT_PRECISION, ELEMENT_PRECISION

if TYPE_CHECKING:
    from backpropcli.result import Result

__all__ = ["BARE_FORMATS", "FORMATS", "LONG_FORMATS", "WHOLE_FORMATS", "Options"]


class Options(NamedTuple):
    """How text is to look.

    `precision` is the number of significant digits, None for all of them, and `element_precision` that of arrays'
    elements where people read them; at the default, exact fractions are shown exactly. `steps` adds every layer; `long`
    has a row for each element of an array. `relative` adds relative gradients, and `sigma`, the standard uncertainties
    of inputs by name, adds that of the output and what they contribute to it. With `varied` the results are those of
    one scenario at several values of the input of that name, and have a row each. `color`, `width` (in columns) and
    `ascii` (no other characters in lines and marks) say what the terminal can do.
    """

    precision: int | None = DEFAULT_PRECISION
    element_precision: int | None = ELEMENT_PRECISION
    steps: bool = False
    long: bool = False
    relative: bool = False
    sigma: Mapping[str, Any] | None = None
    varied: str | None = None
    color: bool = False
    width: int = 80
    ascii: bool = False


FORMATS: dict[str, Format[[Sequence[Result], Options]]] = by_name(
    Format("table", None, in_module(f"{__name__}.table")),
    Format("tsv", ".tsv", in_module(f"{__name__}.tsv")),
    Format("plain", None, in_module(f"{__name__}.plain")),
    Format("json", ".json", in_module(f"{__name__}.json")),
    Format("jsonl", ".jsonl", in_module(f"{__name__}.jsonl")),
    Format("csv", ".csv", in_module(f"{__name__}.csv")),
    Format("markdown", ".md", in_module(f"{__name__}.markdown")),
    Format("latex", ".tex", in_module(f"{__name__}.latex")),
)
LONG_FORMATS = ("tsv", "csv")
"""Those that can have a row for each element."""
BARE_FORMATS = ("tsv", "plain", "csv")
"""Those that have no room for sentences."""
WHOLE_FORMATS = ("json", "jsonl")
"""Those that tell all values, where the others tell the output and what gradients are asked of."""
