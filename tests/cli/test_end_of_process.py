"""The process ends without freeing its objects, but not before what a user's code left for the end is done."""

from __future__ import annotations

import pytest

LATE = """
import atexit, sys, threading, time

def _at_last():
    time.sleep(0.2)
    print("a thread", file=sys.stderr)

class Late:
    atexit.register(print, "the end", file=sys.stderr)
    threading.Thread(target=_at_last).start()

    def forward(self, x):
        return x

    def backward(self, dout):
        return dout
"""


@pytest.mark.parametrize(("formula", "code", "stdout"), [("late(x)", 0, "2\n"), ("late(y)", 2, "")])
def test_threads_and_exit_functions_are_waited_for(backprop, tmp_path, formula, code, stdout):
    (tmp_path / "late.py").write_text(LATE)
    done = backprop("eval", formula, "x=2", "--layers", "late.py", "--value", "out", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (code, stdout)
    *before, last = done.stderr.splitlines()
    assert "a thread" in before
    assert last == "the end"
