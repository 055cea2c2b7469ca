"""The mutation script makes mistakes, and the checks catch all those of two small families."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_mutants_of_small_families_are_caught() -> None:
    """Every operator, factor and sign of these layers matters to a gradient or a shape."""
    command = [sys.executable, "-W", "ignore", ROOT / "benchmarks" / "mutants.py"]
    command += ["--checks-only", "dropout", "embedding"]
    found = subprocess.run(command, capture_output=True, check=True, encoding="utf-8", timeout=60)
    dropout, embedding, _ = found.stdout.splitlines()
    assert dropout.startswith("dropout: 0 of ")
    assert int(dropout.split()[3]) > 10
    assert embedding.startswith("embedding: 0 of ")
