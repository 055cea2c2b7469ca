"""`backprop rows --sigma` and `--relative`: the uncertainty of the output, and relative gradients, in every row."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest
from tables_for_tests import FRUITS, read, written

import backpropcli as bp

TABLE = "id,apple,apple_num,error\n7,100,2,5\n8,120,3,6\n9,,1,1\n10,1,1,\n"


@pytest.fixture
def rows(backprop):
    def run(*arguments, stdin=""):
        done = backprop("rows", *arguments, stdin=stdin)
        assert done.returncode == 0, done.stderr
        return done

    return run


def test_each_row_has_the_uncertainty_of_a_run(rows, tmp_path):
    """To the bit; from columns, from numbers, and of inputs that are constants or that have no gradient column."""
    draw = random.Random(1)
    numbers = {name: [draw.uniform(1, 100) for _ in range(500)] for name in ("apple", "apple_num", "error")}
    written(pa.table(numbers), tmp_path / "in.parquet")
    given = ("--sigma", "apple=@error", "--sigma", "tax=0.01", "--sigma", "apple_num=0.5", "--gradients", "apple,tax")
    done = rows(FRUITS, tmp_path / "in.parquet", "-o", tmp_path / "out.parquet", *given, "--relative")
    assert done.stderr == (
        "note: from columns: apple, apple_num, sigma of apple = error; constants: orange = 150, orange_num = 3, "
        "tax = 1.1, sigma of tax = 0.01, sigma of apple_num = 0.5\n"
    )
    scenario = bp.load(FRUITS)
    for row in read(tmp_path / "out.parquet"):
        result = bp.run(scenario, inputs={name: row[name] for name in ("apple", "apple_num")})
        sigma = {"apple": row["error"], "tax": 0.01, "apple_num": 0.5}
        assert list(row)[3:] == ["price", "d_apple", "d_tax", "relative_apple", "relative_tax", "sigma_price"]
        assert (row["price"], row["sigma_price"]) == (result.value, result.uncertainty(sigma).output)
        assert {name: row[f"relative_{name}"] for name in ("apple", "tax")}.items() <= result.relative.items()


def test_a_row_without_a_number_has_no_results(rows):
    """Without that of an uncertainty, too."""
    shown = rows(FRUITS, "-", "--keep", "id", "--sigma", "apple=@error", stdin=TABLE).stdout.splitlines()
    assert shown[0] == "id,price,d_apple,d_apple_num,sigma_price"
    assert shown[1].endswith(",11")
    assert shown[3:] == ["9,,,,", "10,,,,"]


def test_relative_gradients_of_zero_and_of_what_no_row_changes(rows):
    done = rows("-e", "x * exp(w)", "-", "--set", "w=2", "--gradients", "x,w", "--relative", stdin="x\n3\n0\n")
    assert [line.split(",")[-2:] for line in done.stdout.splitlines()[1:]] == [["1", "2"], ["nan", "nan"]]
    assert rows("-e", "w * 3", "-", "--map", "w=x", "--relative", stdin="x\n2\n").stdout.endswith("\n2,6,3,1\n")


def test_a_negative_uncertainty_makes_nan(rows):
    done = rows("-e", "2 * x", "-", "--keep", "none", "--sigma", "x=@s", stdin="x,s\n1,2\n1,-2\n")
    assert done.stdout == "out,d_x,sigma_out\n2,2,4\n2,2,nan\n"
    assert "warning: 1 row has a result that is not finite, first in row 2" in done.stderr


def test_a_column_is_not_offered_for_an_uncertainty_that_is_given(rows):
    done = rows("-e", "2 * x", "-", "--sigma", "x=0.1", stdin="x,sigma_of_x\n1,2\n")
    assert "--map" not in done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--sigma", "aple=1"], "--sigma: no input is named 'aple'"),
        (["--sigma", "apple=@eror"], "--sigma: no column is named 'eror'"),
        (["--sigma", "apple"], "--sigma must be INPUT=VALUE or INPUT=@COLUMN, not 'apple'"),
        (["--sigma", "apple=-1"], "--sigma: '-1' is no number from 0 on"),
        (["--sigma", "apple=nan"], "--sigma: 'nan' is no number from 0 on"),
        (["--sigma", "apple=error"], "--sigma: 'error' is no number from 0 on"),
        (["--sigma", "apple=@shop"], "the column 'shop' holds text"),
        (["--sigma", "apple=1", "--reduce", "sum"], "--sigma and --reduce cannot be used together"),
        (
            ["--sigma", "apple=1", "--dout", "2"],
            "--relative and --sigma are about the output itself, and dout is not 1",
        ),
        (["--relative", "--dout", "2"], "--relative and --sigma are about the output itself, and dout is not 1"),
        (["--relative", "--reduce", "mean"], "--relative and --reduce cannot be used together"),
        (["--sigma", "apple=1", "--sigma", "apple=2"], "'apple' is given twice"),
    ],
)
def test_what_is_refused(refused, words, message):
    assert message in refused(FRUITS, "-", *words, stdin="apple,error,shop\n1,2,a\n")


def test_names_that_clash_are_refused(refused):
    assert "two columns would be called 'sigma_price'" in refused(
        FRUITS, "-", "--sigma", "tax=1", stdin="apple,sigma_price\n1,2\n"
    )


def test_what_has_no_gradient_has_no_uncertainty(refused):
    assert "the output has no gradient with respect to 'c'" in refused(
        "-e", "where(c, x, 2)", "-", "--sigma", "c=1", stdin="c,x\n1,2\n"
    )
