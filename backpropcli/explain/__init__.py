"""Explanations of results: the chain rule step by step, in numbers, and a module for each format.

A format is imported when it is first asked for. Adding one: the module, with a function `render(explanation, options)`,
and a line in `EXPLANATION_FORMATS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from backpropcli.text.formats import Format, by_name, in_module
from backpropcli.text.numbers import DEFAULT_PRECISION, ELEMENT_PRECISION

if TYPE_CHECKING:
    from backpropcli.explain.model import Explanation

__all__ = ["EXPLANATION_FORMATS", "Options"]


class Options(NamedTuple):
    """How an explanation is to look.

    `precision` is the number of significant digits of numbers, None for all of them, and `element_precision` that of
    the elements of arrays. Lines are broken to `width` columns, if it is given; `color` says whether there is colour.
    Where there is no `∂`, the text has `d` in its place.
    """

    precision: int | None = DEFAULT_PRECISION
    element_precision: int | None = ELEMENT_PRECISION
    width: int | None = None
    color: bool = False
    ascii: bool = False


EXPLANATION_FORMATS: dict[str, Format[[Explanation, Options]]] = by_name(
    Format("text", ".txt", in_module(f"{__name__}.text")),
    Format("markdown", ".md", in_module(f"{__name__}.markdown")),
    Format("latex", ".tex", in_module(f"{__name__}.latex")),
    Format("json", ".json", in_module(f"{__name__}.json")),
)
