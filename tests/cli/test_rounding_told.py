"""`--rounding`: how many digits are right, in every format, and what contradicts it is refused."""

from __future__ import annotations

import json

import pytest

CANCELS = ("eval", "(1 - cos(x)) / x**2", "x=1e-7", "--rounding")
SENTENCE = "~0 digits of out are right, by an estimate; cos (1) costs most"
NO_FLINT = "digits that are certain need the package python-flint"


def test_a_table_has_counts_below_it_and_a_sentence(printed):
    found = printed(*CANCELS, "-f", "table").splitlines()
    assert found[-7:] == [
        "",
        "right digits   value   gradient",
        "───────────────────────────────",
        "out                3         17",
        "x                 16          0",
        "",
        f"{SENTENCE}.",
    ]


def test_on_a_narrow_terminal_counts_have_a_heading(backprop):
    done = backprop(*CANCELS, "-f", "table", env={"COLUMNS": "25"})
    assert "\nright digits:\nout: 3\n  gradient: 17\nx: 16\n  gradient: 0\n" in done.stdout


def test_with_steps_every_value_is_counted(printed):
    found = printed(*CANCELS, "--steps", "-f", "markdown")
    assert "| (1) | 17 | 15 |" in found
    assert "| (2) | 3 | 15 |" in found


def test_the_difference_is_named(printed):
    assert "sub out costs most" in printed("eval", "(1 + x) - 1", "x=1e-15", "--rounding", "-f", "table")


@pytest.mark.parametrize(("format_", "separator"), [("tsv", "\t"), ("csv", ",")])
def test_rows_have_columns_of_counts_and_the_sentence_is_a_note(backprop, format_, separator):
    done = backprop(*CANCELS, "-f", format_)
    rows = [line.split(separator) for line in done.stdout.splitlines()]
    assert rows[0] == ["name", "value", "gradient", "value_digits", "gradient_digits"]
    assert [row[3:] for row in rows[1:]] == [["3", "17"], ["16", "0"]]
    assert done.stderr == f"note: {SENTENCE}\n"


def test_plain_is_the_two_lines(backprop):
    done = backprop(*CANCELS, "-f", "plain")
    assert done.stdout == "0.499600361081\n7992.77837357\n"
    assert done.stderr == f"note: {SENTENCE}\n"


def test_json_has_an_object(printed):
    found = json.loads(printed(*CANCELS, "--json"))["rounding"]
    assert (found["digits"], found["costs_most"], found["sentences"]) == (0, "cos (1)", [f"{SENTENCE}."])
    assert found["right_digits"]["values"] == {"x": 16, "(1)": 17, "(2)": 3, "(3)": 15, "out": 3}


def test_several_scenarios_are_told_apart(backprop):
    done = backprop("run", "scenarios/fruits.yaml", "scenarios/relu.yaml", "--rounding", "-f", "tsv")
    assert "note: scenarios/fruits.yaml: ~15 digits of price are right" in done.stderr
    assert "note: scenarios/relu.yaml: All digits of y are right" in done.stderr


def test_without_flint_there_is_the_estimate_and_how_to_get_the_rest(backprop, tmp_path):
    (tmp_path / "flint.py").write_text("raise ImportError")
    done = backprop(*CANCELS, "-f", "table", env={"PYTHONPATH": str(tmp_path)})
    assert (done.returncode, done.stderr) == (0, "")
    said = " ".join(done.stdout.split())
    assert f"{SENTENCE}. The digits of values and gradients are not counted: {NO_FLINT}" in said
    assert "pip install 'backpropcli[certified]'" in said
    assert "right digits" not in said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--exact"], "rounding is told of float64, not of exact fractions"),
        (["--digits", "9"], "--rounding and --digits cannot be used together"),
        (["--vary", "x=1:2"], "--rounding and --vary cannot be used together"),
        (["--long", "-f", "csv"], "--rounding and --long cannot be used together"),
        (["--value", "out"], "--value and --grad print bare numbers and cannot be used with --rounding"),
    ],
)
def test_what_contradicts_it_is_one_error(refusal, words, message):
    found = refusal("eval", "x / 3", "x=1", "--rounding", *words)
    assert found.startswith(f"error: {message}")
    assert found.count("error:") == 1


def test_float32_is_refused(refusal, tmp_path):
    (tmp_path / "small.yaml").write_text("dtype: float32\ninputs: {x: [1, 2]}\nlayers: [y = x / 3]\n")
    assert "rounding is told of float64" in refusal("run", tmp_path / "small.yaml", "--rounding")
