from __future__ import annotations

import sys
from pathlib import Path

# The conformance checks of tests/layers, which the planted faults must fail too.
sys.path.append(str(Path(__file__).parents[1] / "layers"))
