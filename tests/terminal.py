"""What a terminal shows of a command that runs on it."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent


def shown_by(command, *, columns=80, env=None, stdout=None):
    """What the command writes to a terminal of that width; its standard output may go elsewhere."""
    main, terminal = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": str(columns), "PYTHONPATH": str(ROOT), **(env or {})}
    out = terminal if stdout is None else stdout
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=terminal):
        os.close(terminal)
        shown = b""
        while chunk := _read(main):
            shown += chunk
    os.close(main)
    return shown.decode().replace("\r\n", "\n")


def _read(terminal):
    try:
        return os.read(terminal, 65536)
    except OSError:  # the last process has left the terminal
        return b""
