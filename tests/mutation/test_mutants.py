"""The mutation script makes mistakes, and the checks catch all those of two small families."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from mutations import SOURCES, mutants

SCRIPT = Path(__file__).parent / "mutants.py"


def test_the_mutants_of_small_families_are_caught() -> None:
    """Every operator, factor and sign of these layers matters to a gradient or a shape."""
    command = [sys.executable, "-W", "ignore", SCRIPT, "--checks-only", "special_functions", "embedding"]
    found = subprocess.run(command, capture_output=True, check=True, encoding="utf-8", timeout=60)
    counted = re.findall(r"^(\w+): (\d+) of (\d+) mutants survive", found.stdout, re.MULTILINE)
    assert [(name, survivors) for name, survivors, _ in counted] == [("special_functions", "0"), ("embedding", "0")]
    assert all(int(made) >= 3 for _, _, made in counted)


def test_the_numerics_that_layers_use_are_mutated_too() -> None:
    """They stand in another folder."""
    assert SOURCES["compensated"].parent.name == "domains"
    assert any(mutants("compensated"))
