"""README's examples, and what a terminal shows of a command."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from terminal import ROOT, shown_by

README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    """What stands in the blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def examples():
    """Each command of the console blocks, with the output that stands below it."""
    for block in blocks("console"):
        yield from re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)


def on_a_terminal(command):
    """What a terminal of 80 columns shows of a command."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return shown_by(["bash", "-c", command], env={"PATH": path, "NO_COLOR": "1"})
