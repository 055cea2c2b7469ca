"""The progress bar of `backprop check`: on a terminal only, and only when there is something to wait for."""

from __future__ import annotations

import subprocess
import sys

from terminal import shown_by


def on_a_terminal(*arguments):
    """What a check writes to stderr when that is a terminal."""
    return shown_by([sys.executable, "-m", "backpropcli", "check", *arguments], stdout=subprocess.DEVNULL)


def test_many_targets_have_a_progress_bar_on_a_terminal():
    shown = on_a_terminal("mul", "add", "sub", "neg", "square", "relu")
    assert "/6" in shown
    assert "relu" in shown


def test_few_targets_have_none():
    assert on_a_terminal("mul", "add") == ""
