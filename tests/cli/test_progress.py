"""The progress bar of `backprop check`: on a terminal only, and only when there is something to wait for."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def on_a_terminal(*arguments):
    """What a check writes to stderr when that is a terminal."""
    main, terminal = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "backpropcli", "check", *arguments]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=terminal):
        os.close(terminal)
        shown = b""
        while chunk := _read(main):
            shown += chunk
    os.close(main)
    return shown.decode()


def _read(terminal):
    try:
        return os.read(terminal, 65536)
    except OSError:  # the last process has left the terminal
        return b""


def test_many_targets_have_a_progress_bar_on_a_terminal():
    shown = on_a_terminal("mul", "add", "sub", "neg", "square", "relu")
    assert "/6" in shown
    assert "relu" in shown


def test_few_targets_have_none():
    assert on_a_terminal("mul", "add") == ""
