"""What `backprop check` refuses on its command line, and what it says then."""

from __future__ import annotations

from pathlib import Path

import pytest

from backpropcli.cli.app import build_app
from backpropcli.errors import Problem, UsageError

ROOT = Path(__file__).parent.parent.parent
APPLES = "scenarios/apples.yaml"


def check(*arguments):
    """What is wrong with the command line is raised."""
    build_app().main(args=["check", *arguments], prog_name="backprop", standalone_mode=False)


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("scenarios/frutis.yaml", "did you mean 'scenarios/fruits.yaml'?"),
        ("rleu", "did you mean 'relu'?"),
        ("no/such/place", "run 'backprop layers' to list the layers"),
    ],
)
def test_an_unknown_word_is_an_error_with_a_suggestion(monkeypatch, word, hint):
    monkeypatch.chdir(ROOT)
    with pytest.raises(UsageError) as caught:
        check(APPLES, word)
    assert caught.value.problems == (Problem(f"no scenario file, directory or layer is named '{word}'", hint=hint),)


def test_nothing_to_check_is_an_error():
    with pytest.raises(UsageError, match=r"^missing argument 'TARGET\.\.\.'$"):
        check()


def test_a_python_file_that_is_not_there_is_an_error():
    with pytest.raises(UsageError, match=r"^cannot read no_such\.py: No such file or directory$"):
        check("no_such.py")


def test_an_empty_word_is_an_error():
    with pytest.raises(UsageError, match=r"^a target is empty: expected a scenario file, a directory or a layer$"):
        check("")


def test_all_unknown_words_are_told_at_once(backprop):
    assert backprop("check", "rleu", "sigmod").stderr.count("error: no scenario file") == 2


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["relu", "--weight", "1"], "no such option: --weight", "relu has --x"),
        (["affine", "--xx", "1"], "no such option: --xx", "did you mean '--x'?"),
        ([APPLES, "--tolerence", "1"], "no such option: --tolerence", "did you mean '--tolerance'?"),
        ([APPLES, "--dout", "1"], "--dout applies to a single layer", "backprop check relu --x -1,2 --dout 3,4"),
        (["relu", "sigmoid", "--x", "1"], "--x applies to a single layer", "backprop check relu --x -1,2 --dout 3,4"),
        (["relu", "--x", "1", "--x=2"], "--x is given twice", None),
        (["mul", "--y", "1"], "mul also needs --x", None),
        (["layer_norm", "--x", "1,2", "--beta", "1"], "layer_norm also needs --gamma", None),
        ([APPLES, "-q", "-v"], "--verbose and --quiet cannot be used together", None),
        ([APPLES, "-q", "-f", "tsv"], "--quiet works with table and markdown only; tsv always has everything", None),
        ([APPLES, "--tolerance", "2"], "--tolerance must be a number between 0 and 1, not 2", None),
        ([APPLES, "--tolerance", "1/0"], "--tolerance must be a number between 0 and 1, not 1/0", None),
        (["relu", "--exact"], "--exact applies to scenarios only; layers are checked with floats", None),
        ([APPLES, "-f", "junti"], "unknown format 'junti'", "did you mean 'junit'?"),
    ],
)
def test_a_wrong_option_is_an_error_that_says_what_to_do(monkeypatch, arguments, message, hint):
    monkeypatch.chdir(ROOT)
    with pytest.raises(UsageError) as caught:
        check(*arguments)
    assert caught.value.problems == (Problem(message, hint=hint),)


def test_an_option_without_a_value_is_an_error(backprop):
    done = backprop("check", "relu", "--x")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: a value is missing\n --> --x:1:1\n")


def test_an_unreadable_value_is_an_error_with_its_place(backprop):
    done = backprop("check", "relu", "--x", "1,two")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: expected a number, not 'two'\n --> --x:1:3\n")


def test_a_tolerance_may_be_a_fraction(backprop):
    text = "inputs: {x: 3}\nlayers: [y = x * x]\nexpect: {values: {y: 9.001}}\n"
    assert backprop("check", "-", "--tolerance", "1/1000", stdin=text).returncode == 0
    assert backprop("check", "-", "--tolerance", "1/100000", stdin=text).returncode == 1
