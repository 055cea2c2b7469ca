"""`--vary`: one input at several values, and a row for each."""

from __future__ import annotations

import json

import pytest

FRUITS = "scenarios/fruits.yaml"
TABLE = """\
Buy apples and oranges

 tax   price   d_apple   d_tax
──────────────────────────────
1      650         2       650
1.25   812.5       2.5     650
1.5    975         3       650
"""


def varied(backprop, *arguments):
    done = backprop("run", FRUITS, "--vary", "tax=1:1.5:3", "--gradients", "apple,tax", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_row_for_each_value(backprop):
    rows = "tax\tprice\td_apple\td_tax\n1\t650\t2\t650\n1.25\t812.5\t2.5\t650\n1.5\t975\t3\t650\n"
    assert varied(backprop) == rows
    assert varied(backprop, "-f", "csv") == rows.replace("\t", ",")


def test_a_table(backprop):
    assert varied(backprop, "-f", "table") == TABLE


def test_a_table_in_markdown_and_latex(backprop):
    assert "| 1.25 | 812.5 | 2.5 | 650 |" in varied(backprop, "-f", "markdown")
    assert "d\\_apple" in varied(backprop, "-f", "latex")


def test_json_has_a_document_for_each_value(backprop):
    assert [each["values"]["tax"] for each in json.loads(varied(backprop, "--json"))] == [1, 1.25, 1.5]
    assert [json.loads(line)["value"] for line in varied(backprop, "-f", "jsonl").splitlines()] == [650, 812.5, 975]


def test_numbers_alone(backprop):
    assert varied(backprop, "--value", "price") == "650\n812.5\n975\n"


def test_eleven_values_by_default(backprop):
    done = backprop("run", FRUITS, "--vary", "tax=0:1", "--value", "tax")
    assert done.stdout.split() == ["0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "1"]


def test_a_formula_needs_no_value_for_what_varies(backprop):
    done = backprop("eval", "x ** 2", "--vary", "x=0:1:4", "--exact")
    assert done.stdout == "x\tout\td_x\n0\t0\t0\n1/3\t1/9\t2/3\n2/3\t4/9\t4/3\n1\t1\t2\n"
    assert (
        backprop("run", "-e", "x * k", "k=3", "--vary", "x=1:2:2").stdout
        == "x\tout\td_k\td_x\n1\t3\t1\t3\n2\t6\t2\t3\n"
    )


def test_arrays_are_in_their_cells(backprop):
    done = backprop("eval", "softmax(x * t)", "x=1,2", "--vary", "t=0:1:2", "--gradients", "t")
    assert done.stdout.splitlines()[1].startswith("0\t[0.5, 0.5]\t")


def test_a_warning_comes_once(backprop):
    done = backprop("eval", "log(x)", "--vary", "x=-3:1:5")
    assert done.stderr.count("warning: log out: the value is not finite") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--vary", "tax"), "--vary must be NAME=FROM:TO:COUNT, not 'tax'"),
        (("--vary", "tax=1:x"), "--vary must be NAME=FROM:TO:COUNT, not 'tax=1:x'"),
        (("--vary", "tax=1:2:1"), "from 2 to 100,000"),
        (("--vary", "tax=1:2:1e9"), "from 2 to 100,000"),
        (("--vary", "tax=1:inf"), "--vary needs finite numbers"),
        (("--vary", "tac=1:2"), "did you mean 'tax'?"),
        (("--vary", "tax=1:2", "--steps"), "--vary and --steps cannot be used together"),
        (("--vary", "tax=1:2", "--long"), "--vary and --long cannot be used together"),
        (("scenarios/xor.yaml", "--vary", "tax=1:2"), "--vary is for one scenario"),
    ],
)
def test_what_is_wrong_is_said(backprop, arguments, message):
    done = backprop("run", FRUITS, *arguments)
    assert done.returncode == 2
    assert message in done.stderr


def test_twice_is_once_too_often(backprop):
    done = backprop("run", FRUITS, "--vary", "tax=1:2", "--vary", "apple=1:2")
    assert (done.returncode, done.stderr) == (2, "error: --vary is given twice, and varies one input\n")


def test_narrow_rows_of_outputs_alone(backprop):
    """A table that is stacked, and has no column for the value that varies apart from the first."""
    done = backprop("eval", "y * y", "y=0.1,0.2,0.3", "--vary", "x=0:1:2", "-f", "table", "--precision", "100")
    assert done.returncode == 0
    assert "x: 0\n  out: [" in done.stdout
