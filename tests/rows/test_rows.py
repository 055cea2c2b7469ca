"""`backprop rows`: for every row of a table what a run of its own would give."""

from __future__ import annotations

import json
import random
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tables_for_tests import FRUITS, peak_memory, read, row_by_row, sales, written

NOTE = "note: from columns: apple, apple_num; constants: orange = 150, orange_num = 3, tax = 1.1\n"


@pytest.fixture
def rows(backprop):
    """Run the command, which says on stderr where inputs come from."""

    def run(*arguments, stdin=""):
        done = backprop("rows", *arguments, stdin=stdin)
        assert done.returncode == 0, done.stderr
        return done

    return run


@pytest.mark.parametrize("source", [".csv", ".tsv", ".jsonl", ".parquet", ".arrow"])
@pytest.mark.parametrize("target", [".csv", ".jsonl", ".parquet", ".arrow"])
def test_each_row_is_what_a_run_gives(rows, tmp_path, source, target):
    """In every format, with the columns of the table, and nothing where a number is missing."""
    table = sales(200)
    done = rows(FRUITS, written(table, tmp_path / f"in{source}"), "-o", tmp_path / f"out{target}")
    assert done.stderr == NOTE
    assert read(tmp_path / f"out{target}") == row_by_row(table)


def test_many_batches_are_one_table(rows, tmp_path):
    table = sales(200_000)
    rows(FRUITS, written(table, tmp_path / "in.parquet"), "-o", tmp_path / "out.parquet", "--keep", "id")
    found = read(tmp_path / "out.parquet")
    assert [row["id"] for row in found] == list(range(200_000))
    assert found[199_990:] == [
        {name: row[name] for name in ("id", "price", "d_apple", "d_apple_num")}
        for row in row_by_row(table.slice(199_990))
    ]


def test_text_goes_through_csv_as_it_is(rows, tmp_path):
    (tmp_path / "in.csv").write_text('id,apple,name\n007,1.10,"a, b"\n008,2,c\n')
    shown = rows(FRUITS, tmp_path / "in.csv", "--gradients", "tax").stdout
    assert shown.splitlines()[0] == "id,apple,name,price,d_tax"
    assert shown.splitlines()[1].startswith('"007","1.10","a, b",497.4')


def test_a_plain_csv_has_no_quotes(rows, tmp_path):
    (tmp_path / "in.csv").write_text("id,x\na,2\n")
    assert rows("-e", "x * x", tmp_path / "in.csv").stdout == "id,x,out,d_x\na,2,4,4\n"


def test_stdin_is_a_table(rows):
    assert rows("-e", "x * y", "-", stdin="x\ty\n1\t2\n").stdout == "x,y,out,d_x,d_y\n1,2,2,2,1\n"
    assert rows("-e", "x * y", "-", stdin="x,y\n1,2\n").stdout == "x,y,out,d_x,d_y\n1,2,2,2,1\n"
    assert rows("-e", "x * y", "-", stdin='{"x": 1, "y": 2}\n').stdout == "x,y,out,d_x,d_y\n1,2,2,2,1\n"


def test_columns_of_other_names_are_mapped(rows, tmp_path):
    (tmp_path / "in.csv").write_text("Price,n\n100,2\n")
    done = rows(FRUITS, tmp_path / "in.csv", "--map", "apple=Price", "--map", "apple_num=n", "--keep", "none")
    assert done.stdout == "price,d_apple,d_apple_num\n715.0000000000001,2.2,110.00000000000001\n"
    assert "from columns: apple = Price, apple_num = n;" in done.stderr


def test_prefix_and_gradients_are_chosen(rows, tmp_path):
    (tmp_path / "in.csv").write_text("apple\n100\n")
    done = rows(FRUITS, tmp_path / "in.csv", "--keep", "none", "--prefix", "grad_", "--gradients", "tax,apple")
    assert done.stdout.splitlines()[0] == "price,grad_tax,grad_apple"


def test_a_loss_is_one_of_each_row(rows, tmp_path):
    (tmp_path / "in.csv").write_text("x,t\n1,0\n3,1\n")
    shown = rows("-e", "mse(x, t)", tmp_path / "in.csv", "--keep", "none").stdout
    assert shown == "out,d_x,d_t\n1,2,-2\n4,4,-4\n"


@pytest.mark.parametrize("how", ["sum", "mean"])
def test_a_reduction_is_exact(rows, tmp_path, how):
    """To the last digit of the exact sum of the rows' results, over many batches and huge differences in size."""
    draw = random.Random(how)
    numbers = [draw.uniform(-1, 1) * 10.0 ** draw.randint(-12, 12) for _ in range(150_000)]
    written(pa.table({"x": numbers}), tmp_path / "in.parquet")
    done = rows("-e", "w * x", tmp_path / "in.parquet", "--set", "w=1", "--reduce", how, "-f", "jsonl")
    found = json.loads(done.stdout)
    exact = sum(map(Fraction, numbers)) / (1 if how == "sum" else len(numbers))
    assert found == {"out": float(exact), "d_w": float(exact)}


def test_a_reduction_leaves_out_rows_without_numbers(rows, tmp_path):
    (tmp_path / "in.csv").write_text("id,x\na,1\nb,\nc,3\n")
    assert rows("-e", "w * x", tmp_path / "in.csv", "--set", "w=1", "--reduce", "mean").stdout == "out,d_w\n2,2\n"


def test_what_is_not_finite_is_counted(rows, tmp_path):
    (tmp_path / "in.csv").write_text("x\n1\n0\n-1\n")
    done = rows("-e", "log(x)", tmp_path / "in.csv")
    assert "warning: 2 rows have results that are not finite, first in row 2: log out: the value is not" in done.stderr


def test_a_row_without_a_number_is_not_to_blame(rows, tmp_path):
    (tmp_path / "in.csv").write_text("id,x\na,\nb,1\nc,0\n")
    done = rows("-e", "exp(1 / x)", tmp_path / "in.csv")
    assert "warning: 1 row has a result that is not finite, first in row 3: div (1): the value" in done.stderr


def test_dropout_without_randomness_is_as_any_layer(rows, tmp_path):
    """With a mask, a column of 0 and 1, or outside of training."""
    (tmp_path / "in.csv").write_text("x,kept\n3,1\n4,0\n5,\n")
    done = rows("-e", "dropout(x, kept, convention='torch')", tmp_path / "in.csv", "--keep", "none", "--gradients", "x")
    assert done.stdout == "out,d_x\n6,2\n0,0\n,\n"
    done = rows("-e", "dropout(x, train=false)", tmp_path / "in.csv", "--keep", "none")
    assert done.stdout == "out,d_x\n1.5,0.5\n2,0.5\n2.5,0.5\n"


def test_a_mask_that_is_no_number_is_refused(refused, tmp_path):
    """While a row without one has no results."""
    (tmp_path / "in.csv").write_text("x,kept\n3,\n4,nan\n")
    assert "mask must hold only 0 and 1, not nan" in refused("-e", "dropout(x, kept)", tmp_path / "in.csv")


def test_an_untaken_branch_is_no_path(rows, tmp_path):
    (tmp_path / "in.csv").write_text("x\n0\n4\n")
    done = rows("-e", "where(x > 0, sqrt(x), x)", tmp_path / "in.csv")
    assert done.stdout == "x,out,d_x\n0,0,1\n4,2,0.25\n"
    assert "not finite" not in done.stderr


def test_digits_that_are_lost_are_told(rows, tmp_path):
    written(pa.table({"x": pa.array([2**53 + 1], pa.int64())}), tmp_path / "in.parquet")
    assert "the column 'x' has numbers of more digits" in rows("-e", "x * 1", tmp_path / "in.parquet").stderr
    from decimal import Decimal

    written(pa.table({"x": pa.array([Decimal("0.12345678901234567890")])}), tmp_path / "d.parquet")
    assert "the column 'x' has numbers of more digits" in rows("-e", "x * 1", tmp_path / "d.parquet").stderr
    written(pa.table({"x": pa.array([Decimal("0.5")])}), tmp_path / "e.parquet")
    assert "more digits" not in rows("-e", "x * 1", tmp_path / "e.parquet").stderr


def test_a_near_miss_is_told(rows, tmp_path):
    (tmp_path / "in.csv").write_text("apple,taxx\n1,2\n")
    assert "hint: --map tax=taxx takes the column 'taxx'" in rows(FRUITS, tmp_path / "in.csv").stderr


def test_several_tables_have_a_file_each(rows, tmp_path):
    for number in range(3):
        written(sales(50, number), tmp_path / f"t{number}.parquet")
    rows(FRUITS, tmp_path / "t?.parquet", "-o", f"{tmp_path}/out/")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["t0.parquet", "t1.parquet", "t2.parquet"]
    assert read(tmp_path / "out" / "t2.parquet") == row_by_row(sales(50, 2))


def test_several_tables_are_one(rows, tmp_path):
    for number in range(3):
        written(sales(50, number), tmp_path / f"t{number}.csv")
    rows(FRUITS, *(tmp_path / f"t{number}.csv" for number in range(3)), "-o", tmp_path / "out.parquet")
    assert read(tmp_path / "out.parquet") == [row for number in range(3) for row in row_by_row(sales(50, number))]


def test_a_partitioned_folder_and_a_compressed_file(rows, tmp_path):
    import gzip

    for year in (2024, 2025):
        (tmp_path / "data" / f"year={year}").mkdir(parents=True)
        written(pa.table({"x": [float(year)]}), tmp_path / "data" / f"year={year}" / "part.parquet")
    assert rows("-e", "x * year", tmp_path / "data", "--keep", "none").stdout.split() == [
        *("out,d_x,d_year", f"{2024 * 2024},2024,2024", f"{2025 * 2025},2025,2025"),
    ]
    (tmp_path / "in.csv.gz").write_bytes(gzip.compress(b"x\n3\n"))
    assert rows("-e", "x * x", tmp_path / "in.csv.gz").stdout == "x,out,d_x\n3,9,6\n"


def test_names_of_columns_are_only_names(rows, tmp_path):
    name = 'a"; drop table x; --'
    written(pa.table({name: [1.0], "x": [2.0]}), tmp_path / "in.parquet")
    rows("-e", "x * y", tmp_path / "in.parquet", "--map", f"y={name}", "-o", tmp_path / "out.parquet")
    assert read(tmp_path / "out.parquet") == [{name: 1.0, "x": 2.0, "out": 2.0, "d_x": 1.0, "d_y": 2.0}]


def test_memory_does_not_grow_with_rows(tmp_path):
    """Fifteen million rows, 600 MB with their results, take little more than a few."""
    peaks = []
    for count in (400_000, 15_000_000):
        draw = np.random.default_rng(0)
        table = tmp_path / f"{count}.parquet"
        pq.write_table(pa.table({"x": draw.random(count), "y": draw.random(count)}), table, row_group_size=100_000)
        peaks.append(peak_memory("-e", "sigmoid(x * y)", table, "-o", tmp_path / "out.parquet"))
        table.unlink()
    assert peaks[1] < peaks[0] + 200_000
