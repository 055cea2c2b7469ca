"""The keys `inputs` and `constants`: a value for each name."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from backpropcli.scenario.names import read_name
from backpropcli.scenario.report import Report
from backpropcli.scenario.tree import Node
from backpropcli.scenario.values import read_value
from backpropcli.sources.literals import Literal


def read_inputs(
    node: Node | None, report: Report, directory: Path, what: str = "input", taken: Collection[str] = ()
) -> dict[str, Literal]:
    """The inputs, or what else has a value, by name, with a note of what is wrong with them.

    `taken` are names that they must not have.
    """
    found: dict[str, Literal] = {}
    mapping = report.mapping(node, f"{what}s")
    for key in report.names(mapping):
        name = read_name(key, report) or key.value
        if name in found and name != key.value:
            report.add(key, f"the {what} '{name}' is defined twice", "spelled differently, but the same name")
        elif name in taken:
            report.add(key, f"the name '{name}' is defined twice")
        value = read_value(mapping.values[key.value], f"the {what} {name}", report, directory)
        found[name] = [] if value is None else value  # a name is known, whatever is wrong with its value
    return found
