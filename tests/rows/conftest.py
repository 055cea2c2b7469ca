"""What the tests of tables have in common."""

from __future__ import annotations

import pytest


@pytest.fixture
def refused(backprop):
    """The error of a run that is refused."""

    def run(*arguments: object, stdin: str = "") -> str:
        done = backprop("rows", *arguments, stdin=stdin)
        assert done.returncode in {1, 2}, done
        return next(line for line in done.stderr.splitlines() if line.startswith("error: ")).removeprefix("error: ")

    return run
