"""The key `inputs`: a value for each name."""

from __future__ import annotations

from pathlib import Path

from backpropcli.scenario.names import read_name
from backpropcli.scenario.report import Report
from backpropcli.scenario.tree import Node
from backpropcli.scenario.values import read_value
from backpropcli.sources.literals import Literal


def read_inputs(node: Node | None, report: Report, directory: Path) -> dict[str, Literal]:
    """The inputs by name, with a note of what is wrong with them."""
    found: dict[str, Literal] = {}
    mapping = report.mapping(node, "inputs")
    for key in mapping.keys:
        name = read_name(key, report) or key.value
        if name in found and name != key.value:
            report.add(key, f"the input '{name}' is defined twice", "spelled differently, but the same name")
        value = read_value(mapping.values[key.value], f"the input {name}", report, directory)
        found[name] = [] if value is None else value  # a name is known, whatever is wrong with its value
    return found
