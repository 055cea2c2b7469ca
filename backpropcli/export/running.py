"""Running a script, as whoever it is sent to would."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

from backpropcli.errors import OutputError, Problem
from backpropcli.export import TARGETS

_PACKAGES = {"torch": "PyTorch", "jax": "JAX", "numpy": "NumPy"}
_PROGRAMS = {"c": ("cc", "a C compiler, cc", "apt-get install gcc"), "js": ("node", "node", "apt-get install nodejs")}


def check_installed(target: str) -> None:
    """Raise OutputError if what runs the scripts of a target is not installed."""
    if (title := _PACKAGES.get(target)) is not None:
        if find_spec(target) is None:
            hint = f"pip install {target}, for {sys.executable}"
            raise OutputError(Problem(f"--run needs {title}, which is not installed", hint=hint))
        return
    program, what, hint = _PROGRAMS[target]
    if shutil.which(program) is None:
        raise OutputError(Problem(f"--run needs {what}, which is not installed", hint=hint))


def agrees(target: str, code: str) -> bool:
    """Run a script, whose output goes where ours does, and tell whether its numbers are those that it wants.

    Raises OutputError if it cannot be compiled.
    """
    with TemporaryDirectory(prefix="backprop-") as folder:
        script = Path(folder, f"backprop_export{TARGETS[target].suffix}")
        script.write_text(code, encoding="utf-8")
        if target in _PACKAGES:
            command = [sys.executable, str(script)]
        else:
            command = [str(_compiled(script))] if target == "c" else ["node", str(script)]
        return _succeeds(command)


def _compiled(source: Path) -> Path:
    program = source.with_suffix("")
    command = ["cc", "-std=c99", str(source), "-o", str(program), "-lm"]
    if not _succeeds(command, stdout=sys.stderr):
        raise OutputError("cc cannot compile the export")
    return program


def _succeeds(command: Sequence[str], stdout: TextIO | None = None) -> bool:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=stdout, check=False)  # noqa: S603 - no word is a user's
    return done.returncode == 0
