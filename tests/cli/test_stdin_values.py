"""`-` as a value: stdin takes what is typed and what a file may hold."""

from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import pytest
from shell_lines import ROOT, shell

ARRAY = np.array([[0.0, 0.25, 0.5], [0.75, 1.0, 1.25]])


def square_sum(content: bytes, word: str = "x=-", *options: str) -> subprocess.CompletedProcess[bytes]:
    """The sum of the squares of what is on stdin."""
    command = [sys.executable, "-m", "backpropcli", "eval", "sum(x * x)", word, "--value", "out", *options]
    return subprocess.run(command, input=content, cwd=ROOT, capture_output=True, check=False, timeout=60)


def saved(save, *arguments, **settings) -> bytes:
    """What a function of NumPy writes into a file."""
    buffer = io.BytesIO()
    save(buffer, *arguments, **settings)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        saved(np.save, ARRAY),
        saved(np.save, np.asfortranarray(ARRAY)),
        saved(np.savez, w=ARRAY),
        saved(np.savetxt, ARRAY),
        saved(np.savetxt, ARRAY, delimiter=",", header="a,b,c"),
        saved(np.savetxt, ARRAY.ravel()),
        b"a\tb\tc\n0\t0.25\t1/2\n3/4\t1\t1.25\n",
        b"0;0,25;0,5\n0,75;1;1,25\n",
        b'\xef\xbb\xbf"a","b"\r\n"0","0.25"\r\n"0.5","0.75"\r\n"1","1.25"\r\n',
        b"0 0.25 0.5 0.75 1 1.25",
        b"0,0.25,0.5,0.75,1,1.25,\n",
        str(ARRAY).encode(),
        repr(ARRAY).encode(),
    ],
    ids=lambda content: repr(content[:30]),
)
def test_stdin_takes_what_a_file_may_hold(content):
    done = square_sum(content)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"3.4375\n", b"")


def test_lines_of_numbers_are_a_list():
    assert shell("seq 1 3 | $BACKPROP eval 'mean(x)' x=- -f plain").stdout == (
        "2\n[0.333333333333,0.333333333333,0.333333333333]\n"
    )


def test_one_number_is_a_number():
    assert shell("echo 3 | $BACKPROP eval 'x * x' x=- -f plain").stdout == "9\n6\n"


def test_a_column_of_a_table_comes_from_stdin_by_its_name():
    assert square_sum(b"date,price\n2024-01-01,1\n2024-01-02,2\n", "x=-:price").stdout == b"5\n"


def test_an_array_of_an_archive_comes_from_stdin_by_its_name():
    assert square_sum(saved(np.savez, w=ARRAY, b=[1.0]), "x=-:w").stdout == b"3.4375\n"
    assert b"contains 2 arrays" in square_sum(saved(np.savez, w=ARRAY, b=[1.0])).stderr


def test_fractions_on_stdin_stay_exact():
    assert square_sum(b"1/3\n2/3\n", "x=-", "--exact").stdout == b"5/9\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "a value is missing"),
        (b"abc", "expected a number, not 'abc'"),
        (b"1,2\n3,x\n", "standard input: 'x' is not a number\n --> standard input:2:3"),
        (b"1,2\n3\n", "standard input: a row of 1 numbers after rows of 2"),
        (b"\xff1", "standard input: not UTF-8 text"),
        (b"\x93NUMPY", "standard input: not a .npy file of numbers"),
        (b"PK\x03\x04", "standard input: not a .npz file"),
    ],
)
def test_a_mistake_on_stdin_is_told(content, message):
    done = square_sum(content)
    assert (done.returncode, done.stdout) == (2, b"")
    assert message in done.stderr.decode()
