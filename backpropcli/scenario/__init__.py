"""Scenario files: YAML text becomes a checked and wired Scenario, or a ScenarioError with everything that is wrong."""

from __future__ import annotations

from typing import Any

from backpropcli.scenario.model import Expectation, Scenario
from backpropcli.scenario.reader import load_scenario, parse_scenario

__all__ = [
    "Expectation",
    "Scenario",
    "json_schema",
    "load_scenario",
    "parse_scenario",
]


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft-07) of scenario files, made from the catalogue of layers."""
    from backpropcli.scenario.schema import json_schema as made  # imports every layer, which reading a file does not

    return made()
