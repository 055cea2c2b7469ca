"""What all tests share: the command, run as a user runs it."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import settings

# No test asserts speed with a clock; and CI tries the same examples each time, so that only a change can break it.
settings.register_profile("backprop", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("backprop")

ROOT = Path(__file__).parent.parent

# They need more than Python's packages: .ci/run installs it and names these folders.
collect_ignore = ["browser", "cross", "engines", "export_targets", "node", "shell", "typeset"]
collect_ignore_glob = ["conftest.py", "*/conftest.py"]  # looked through for doctests, two of one name would not import


@pytest.fixture
def backprop():
    """Run `backprop` with arguments in a process of its own; the repository is the working directory."""

    def run(*arguments, stdin="", cwd=ROOT, env=None, check=False):
        environment = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"}}
        return subprocess.run(
            [sys.executable, "-m", "backpropcli", *map(str, arguments)],
            input=stdin,
            cwd=cwd,
            env={**environment, "COLUMNS": "80", "PYTHONPATH": str(ROOT), **(env or {})},
            capture_output=True,
            check=check,
            encoding="utf-8",
            timeout=60,
        )

    return run


@pytest.fixture
def printed(backprop):
    """What a command prints, which has nothing to say beside it."""

    def run(*arguments, stdin=""):
        done = backprop(*arguments, stdin=stdin)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        return done.stdout

    return run


@pytest.fixture
def refusal(backprop):
    """The errors of a command that is refused."""

    def run(*arguments, stdin=""):
        done = backprop(*arguments, stdin=stdin)
        assert (done.returncode, done.stdout) == (2, "")
        return done.stderr

    return run


@pytest.fixture
def steps():
    """Count what Python does for a call: the lines that it runs and the functions that it enters and leaves."""

    def count(call):
        number = 0

        def note(*_):
            nonlocal number
            number += 1
            return note

        before = sys.gettrace()
        gc.disable()  # what it calls, at moments of its own, would be counted too
        sys.settrace(note)
        try:
            call()
        finally:
            sys.settrace(before)
            gc.enable()
        return number

    return count


@pytest.fixture
def memory():
    """Measure the bytes that a call's result takes, and the most that the call took on the way, the result included."""

    def measure(call):
        tracemalloc.start()
        try:
            result = call()
            held, most = tracemalloc.get_traced_memory()
            del result
        finally:
            tracemalloc.stop()
        return held, most

    return measure
