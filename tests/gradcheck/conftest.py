from __future__ import annotations

import sys
from pathlib import Path

# The faulty layers of tests/layers, which `backprop check` must find too.
sys.path.append(str(Path(__file__).parents[1] / "layers"))
