"""`--relative` and `--sigma`: what they print, in every format, and what is refused."""

from __future__ import annotations

import json

import pytest

FRUITS = "scenarios/fruits.yaml"
PRODUCT = ("eval", "x * y", "x=4", "y=3", "--relative", "--sigma", "x=1", "--sigma", "y=1")
TABLE = """\
x * y

name   value   gradient   relative   sigma   contribution   share
─────────────────────────────────────────────────────────────────
out       12          1                  5
─────────────────────────────────────────────────────────────────
x          4          3          1       1              3    0.36
y          3          4          1       1              4    0.64
"""


def test_a_table(printed):
    assert printed(*PRODUCT, "-f", "table") == TABLE


@pytest.mark.parametrize(("format_name", "separator"), [("tsv", "\t"), ("csv", ",")])
def test_columns_for_programs(printed, format_name, separator):
    rows = ["name,value,gradient,relative,sigma,contribution,share", "out,12,1,-,5,-,-", "x,4,3,1,1,3,0.36"]
    shown = printed(*PRODUCT, "-f", format_name).splitlines()
    assert shown == [row.replace(",", separator) for row in [*rows, "y,3,4,1,1,4,0.64"]]


def test_markdown_and_latex(printed):
    assert "| x | 4 | 3 | 1 | 1 | 3 | 0.36 |" in printed(*PRODUCT, "-f", "markdown")
    assert "out & $12$ & $1$ &  & $5$ &  &  \\\\" in printed(*PRODUCT, "-f", "latex")


@pytest.mark.parametrize("format_name", ["json", "jsonl"])
def test_json(printed, format_name):
    found = json.loads(printed(*PRODUCT, "-f", format_name))
    assert found["relative"] == {"x": 1, "y": 1}
    assert found["sigma"] == {
        "output": 5,
        "inputs": {"x": 1, "y": 1},
        "contributions": {"x": 3, "y": 4},
        "shares": {"x": 0.36, "y": 0.64},
    }
    assert not {"relative", "sigma"} & json.loads(printed("eval", "x * y", "x=4", "y=3", "--json")).keys()


def test_an_uncertain_input_has_a_row_whatever_gradients_are_shown(printed):
    """An input of a scenario that shows others, and a constant, which otherwise has none."""
    assert printed("run", FRUITS, "--gradients", "apple", "--sigma", "tax=0.01").splitlines()[2:] == [
        "apple\t100\t2.2\t-\t-\t-",
        "tax\t1.1\t650\t0.01\t6.5\t1",
    ]
    assert printed(*PRODUCT[:4], "--gradients", "x", "--sigma", "y=1").splitlines()[-1] == "y\t3\t4\t1\t4\t1"
    scenario = "inputs: {x: 4}\nconstants: {y: 3}\nlayers: [x * y]\n"
    assert printed("run", "-", "--sigma", "y=1", stdin=scenario).splitlines()[-1] == "y\t3\t4\t1\t4\t1"


def test_arrays_have_relative_elements_and_contribute_as_a_whole(printed):
    words = ("eval", "sum(x * w)", "x=1,3", "w=2,2")
    assert printed(*words, "--relative", "--sigma", "x=1.5,2").splitlines()[1:] == [
        "out\t8\t1\t-\t5\t-\t-",
        "x\t[1, 3]\t[2, 2]\t[0.25, 0.75]\t[1.5, 2]\t5\t1",
        "w\t[2, 2]\t[1, 3]\t[0.25, 0.75]\t-\t-\t-",
    ]
    assert printed(*words, "--relative", "--long", "-f", "csv").splitlines()[:4] == [
        "name,index,value,gradient,relative",
        "out,,8,1,-",
        "x,0,1,2,0.25",
        "x,1,3,2,0.75",
    ]


def test_steps_have_nothing_in_these_columns(printed):
    rows = [line.split("\t") for line in printed("run", FRUITS, "--relative", "--steps", "-f", "tsv").splitlines()]
    assert {len(row) for row in rows} == {10}
    assert rows[0][2:5] == ["gradient", "relative", "step"]
    assert rows[-1][:5] == ["price", "715", "1", "-", "4"]


def test_columns_of_a_scenario_at_several_values(printed):
    words = ("eval", "x * y", "y=3", "--vary", "x=4:8:2", "--relative", "--sigma", "x=1")
    assert printed(*words) == (
        "x\tout\td_y\td_x\trelative_y\trelative_x\tsigma_out\n4\t12\t4\t3\t1\t1\t3\n8\t24\t8\t3\t1\t1\t3\n"
    )
    assert "sigma_out" in printed(*words, "-f", "table")
    assert [each["sigma"]["output"] for each in json.loads(printed(*words, "--json"))] == [3, 3]


def test_plain_has_a_line_for_each_column(printed):
    shown = printed("eval", "x * y", "x=4", "y=3", "--relative", "--sigma", "x=0.5", "-f", "plain")
    assert shown == "12\n3 4\n1 1\n1.5 0.5\n1.5\n1\n"


def test_fractions_stay_exact(printed):
    shown = printed("eval", "x * y", "x=1/3", "y=3", "--exact", "--sigma", "x=1/3", "--relative")
    assert shown.splitlines()[2] == "x\t1/3\t3\t1\t1/3\t1\t1"


def test_nothing_is_relative_to_zero(backprop):
    done = backprop("eval", "x - y", "x=1", "y=1", "--relative", "--json")
    assert json.loads(done.stdout)["relative"] == {"x": "Infinity", "y": "-Infinity"}
    assert done.stderr == "warning: 'out' is 0, and relative gradients are over it\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--sigma", "aple=5"], "did you mean 'apple'?"),
        (["--sigma", "all_price=5"], "sigma: no input is named 'all_price'"),
        (["--sigma", "apple=-5"], "the sigma of 'apple' must be finite, and 0 or more"),
        (["--sigma", "apple=inf"], "the sigma of 'apple' must be finite, and 0 or more"),
        (["--sigma", "apple"], "expected NAME=VALUE, not 'apple'"),
        (["--sigma", "apple=1", "--sigma", "apple=2"], "'apple' is given twice"),
        (["--sigma", "apple=1", "--long", "-f", "csv"], "--long and --sigma cannot be used together"),
        (["--relative", "--value", "price"], "--value and --grad print bare numbers"),
        (["--sigma", "apple=1", "--grad", "apple"], "--value and --grad print bare numbers"),
        (["--relative", "--dout", "2"], "relative gradients: they are of the output itself, and dout is not 1"),
        (["--relative", "scenarios/relu.yaml"], "the output 'y' is an array of shape (2, 2), and not one number"),
    ],
)
def test_what_is_refused(refusal, words, message):
    assert message in refusal("run", FRUITS, *words)
