"""The columns beside value and gradient that were asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backpropcli.domains import Value
from backpropcli.render import Options
from backpropcli.result import Result

AnswerColumns = Mapping[str, Mapping[str, Value | None]]
"""For each column what stands in its rows, by the name of the row; nothing in a row that is not there."""


def answer_columns(result: Result, options: Options) -> AnswerColumns:
    """The columns of a result's answers: products, relative gradients, and uncertainties where inputs have them."""
    columns: dict[str, Mapping[str, Value | None]] = {}
    if result.derivatives.jvp is not None:
        columns["jvp"] = {result.output: result.derivatives.jvp}
    if result.derivatives.hvp is not None:
        columns["hvp"] = result.derivatives.hvp
    if options.relative:
        columns["relative"] = result.relative
    if options.sigma:
        found = result.uncertainty(options.sigma)
        columns["sigma"] = {result.output: found.output, **found.inputs}
        columns["contribution"] = found.contributions
        columns["share"] = found.shares
    return columns


def series_columns(result: Result, options: Options) -> dict[str, Value | None]:
    """What stands behind the gradients where a scenario has one row: relative gradients, the output's uncertainty."""
    found: dict[str, Value | None] = {}
    if options.relative:
        found |= {f"relative_{name}": value for name, value in result.relative.items()}
    if options.sigma:
        found[f"sigma_{result.output}"] = result.uncertainty(options.sigma).output
    return found


def answer_trees(result: Result, options: Options) -> dict[str, Any]:
    """The same as mappings by name: what `json` adds to a result."""
    found = {name: found for name, found in result.derivatives._asdict().items() if found is not None}
    if options.relative:
        found["relative"] = result.relative
    if options.sigma:
        uncertainty = result.uncertainty(options.sigma)
        found["sigma"] = {
            "output": uncertainty.output,
            "inputs": uncertainty.inputs,
            "contributions": uncertainty.contributions,
            "shares": uncertainty.shares,
        }
    return found
