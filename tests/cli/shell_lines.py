"""Lines of a shell in which `$BACKPROP` is the command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
COMMAND = [sys.executable, "-m", "backpropcli"]


def shell(line, **environment):
    """Run a line in the repository."""
    return subprocess.run(
        ["bash", "-c", line],
        cwd=ROOT,
        env={**os.environ, "BACKPROP": " ".join(COMMAND), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
