"""What `backprop rows` refuses, with a reason, before it writes anything."""

from __future__ import annotations

import subprocess
import sys

import pytest
from tables_for_tests import FRUITS, ROOT


@pytest.mark.parametrize(
    ("scenario", "table", "options", "message"),
    [
        (FRUITS, "aple\n1\n", (), "no column is named like an input"),
        (FRUITS, "aple\n1\n", (), "hint: --map apple=aple\n"),
        (FRUITS, "aple,taxx\n1,2\n", (), "hint: --map apple=aple --map tax=taxx\n"),
        (FRUITS, "apple\nx\n", (), "the column 'apple' holds text, and the input 'apple' needs numbers"),
        (FRUITS, "apple\n2024-01-01\n", (), "the column 'apple' holds"),
        (FRUITS, "apple,D_Apple\n1,2\n", (), "the columns 'D_Apple' and 'd_apple' would differ by case only"),
        (FRUITS, "apple,price\n1,2\n", (), "two columns would be called 'price'"),
        (FRUITS, "apple\n1\n", ("--map", "aple=apple"), "did you mean 'apple'?"),
        (FRUITS, "apple\n1\n", ("--map", "apple=aple"), "--map: no column is named 'aple'"),
        (FRUITS, "apple\n1\n", ("--map", "apple"), "--map must be INPUT=COLUMN, not 'apple'"),
        (FRUITS, "apple\n1\n", ("--keep", "id"), "--keep: no column is named 'id'"),
        (FRUITS, "apple\n1\n", ("--gradients", "aple"), "did you mean 'apple'?"),
        (FRUITS, "apple\n1\n", ("-o", "x.xlsx"), "no format has the extension '.xlsx'"),
        (FRUITS, "apple\n1\n", ("--resume",), "--resume is for several tables that go to a folder"),
        (FRUITS, "id,apple\na,1\nb,\n", ("--nulls", "error"), "row 2 has no number in the columns apple"),
        ("scenarios/xor.yaml", "target\n1\n", (), "is an array, and a row of a table has numbers"),
        ("scenarios/relu.yaml", "y\n1\n", (), "no column is named like an input (x)"),
    ],
)
def test_what_is_wrong_is_said(backprop, tmp_path, scenario, table, options, message):
    (tmp_path / "in.csv").write_text(table)
    done = backprop("rows", scenario, tmp_path / "in.csv", *options)
    assert done.returncode == 2
    assert message in done.stderr
    assert not done.stdout


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("softmax(x)", "softmax out"),
        ("sum(x, axis=0)", "sum out"),
        ("stack(x, x)", "stack out: it makes arrays, and a row of a table has numbers"),
        ("x * z", "no column is named 'z', and no value is set for it"),
    ],
)
def test_layers_of_arrays_are_refused_by_name(backprop, tmp_path, formula, message):
    (tmp_path / "in.csv").write_text("x\n1\n")
    done = backprop("rows", "-e", formula, tmp_path / "in.csv")
    assert done.returncode == 2
    assert message in done.stderr
    assert not done.stdout


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.parquet", b"PAR1 and no more", "cannot read"),
        ("t.arrow", b"nothing", "cannot read"),
        ("t.csv", b"", "cannot read"),
        ("t.csv", b"x,y\n1,2\n3\n", "cannot read"),
        ("t.xlsx", b"", "t.xlsx has no extension of a table"),
        ("t.csv.br", b"", "t.csv.br has no extension of a table"),
        ("t.csv.gz", b"x\n1\n", "cannot read"),
    ],
)
def test_what_is_no_table_is_refused(backprop, tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    done = backprop("rows", "-e", "x * x", tmp_path / name, "-o", tmp_path / "out.parquet")
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") <= 3
    assert not (tmp_path / "out.parquet").exists()


def test_without_pyarrow_the_way_is_told():
    code = "import sys; sys.modules['pyarrow'] = None; from backpropcli.__main__ import main; main()"
    command = [sys.executable, "-c", code, "rows", "-e", "x", "-"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 2
    assert "pip install 'backpropcli[rows]'" in done.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--set", "x=5"], "'x' is set, and the table has a column for it"),
        (["--reduce", "sum", "--keep", "x"], "--keep and --reduce cannot be used together: one row is made of all"),
        (["--dout", "[1,2]"], "dout is an array, and the output of a row is a number"),
    ],
)
def test_nothing_that_is_asked_for_is_left_out(refused, options, message):
    assert refused("-e", "x * 2", "-", *options, stdin="x\n1\n") == message


def test_exact_numbers_and_random_layers_are_refused(refused, tmp_path):
    (tmp_path / "s.yaml").write_text("inputs: {x: 1}\nlayers: [{type: sin, inputs: [x], output: y}]\ndtype: float32\n")
    message = refused(tmp_path / "s.yaml", "-", stdin="x\n1\n")
    assert message == "the rows of a table are computed in float64, and the scenario says 'dtype: float32'"
    message = refused("-e", "dropout(x)", "-", stdin="x\n1\n")
    assert message == "dropout out: its random numbers are those of one array, not of rows"


def test_a_table_is_no_result(refused, tmp_path):
    (tmp_path / "a.csv").write_text("x\n1\n")
    message = refused("-e", "x * 2", tmp_path / "a.csv", "-o", f"{tmp_path}/", "-f", "csv", "--resume")
    assert message == f"{tmp_path}/a.csv is a table itself"


def test_tables_of_a_folder_have_the_same_inputs(refused, tmp_path):
    """A column that is missing in one table does not become the scenario's constant there."""
    (tmp_path / "a.csv").write_text("apple,tax\n1,2\n")
    (tmp_path / "b.csv").write_text("apple\n1\n")
    message = refused(FRUITS, tmp_path / "a.csv", tmp_path / "b.csv", "-o", f"{tmp_path}/out/")
    assert message == f"{tmp_path}/b.csv has columns for apple, and {tmp_path}/a.csv has columns for apple, tax"


def test_tables_that_are_one_have_the_same_columns(refused, tmp_path):
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    (tmp_path / "b.csv").write_text("x\n1\n")
    for files in (("a.csv", "b.csv"), ("b.csv", "a.csv")):
        message = refused("-e", "x * 2", *(tmp_path / name for name in files))
        assert message.endswith(f"b.csv has no column 'y', and {tmp_path}/a.csv has one")


def test_columns_of_one_name(refused):
    assert refused("-e", "x * 2", "-", stdin="x,x\n1,2\n") == "standard input has two columns 'x'"


@pytest.mark.parametrize("text", ["1_000", "ten", "0x10"])
def test_what_is_no_number_is_shown(refused, tmp_path, text):
    (tmp_path / "in.csv").write_text("x\n" + "1\n" * 700_000 + f"{text}\n")
    message = refused("-e", "x * 2", tmp_path / "in.csv", "-o", tmp_path / "out.csv")
    assert message == f"row 700,001: '{text}' in the column 'x' is not a number"
    assert not (tmp_path / "out.csv").exists()


def test_a_table_that_is_refused_stops_those_before_it(refused, tmp_path):
    """All are looked at before any is computed."""
    (tmp_path / "a.csv").write_text("x\n1\n")
    (tmp_path / "b.csv").write_text("x\nten\n")
    message = refused("-e", "x * 2", tmp_path / "a.csv", tmp_path / "b.csv", "-o", f"{tmp_path}/out/")
    assert message == "the column 'x' holds text, and the input 'x' needs numbers"
    assert not list((tmp_path / "out").iterdir())


def test_a_row_is_counted_in_its_file(refused, backprop, tmp_path):
    (tmp_path / "a.csv").write_text("x\n1\n1\n")
    (tmp_path / "b.csv").write_text("x\n1\n1e300\n")
    files = (tmp_path / "a.csv", tmp_path / "b.csv")
    done = backprop("rows", "-e", "exp(x)", *files)
    assert f"1 row has a result that is not finite, first in {tmp_path}/b.csv, row 2: exp" in done.stderr
    (tmp_path / "b.csv").write_text("x\n1\nten\n")
    message = refused("-e", "exp(x)", *files)
    assert message == f"{tmp_path}/b.csv, row 2: 'ten' in the column 'x' is not a number"


def test_a_hint_can_be_pasted(backprop):
    done = backprop("rows", FRUITS, "-", stdin="app le\n1\n")
    assert done.stderr.endswith("hint: --map 'apple=app le'\n")


def test_one_file_that_is_unpacked_as_a_whole(refused, tmp_path):
    import pyarrow as pa

    for name in ("a.csv.zst", "b.csv.zst"):
        with pa.CompressedOutputStream(str(tmp_path / name), "zstd") as stream:
            stream.write(b"x,x\n1,2\n")
    assert refused("-e", "x", tmp_path / "a.csv.zst") == f"{tmp_path}/a.csv.zst has two columns 'x'"
    message = f"{tmp_path}/a.csv.zst is unpacked as a whole, and not together with others"
    assert refused("-e", "x", tmp_path / "a.csv.zst", tmp_path / "b.csv.zst") == message
    assert refused("-e", "x", tmp_path) == message


def test_addresses_are_for_spark(refused, tmp_path):
    (tmp_path / "in.csv").write_text("x\n1\n")
    for words in (["s3a://shop/in.csv"], [tmp_path / "in.csv", "-o", "hdfs://shop/out.csv"]):
        assert refused("-e", "x", *words).endswith(" is an address, not a file")


def test_spark_is_asked_for(refused, tmp_path):
    (tmp_path / "in.csv").write_text("x\n1\n")
    assert refused("-e", "x", tmp_path / "in.csv", "--master", "local[2]") == "--master is for --engine spark"
    assert refused("-e", "x", tmp_path / "in.csv", "--engine", "spark") == "Spark writes to a folder"


def test_a_package_that_is_missing_is_named(backprop, tmp_path):
    (tmp_path / "in.csv").write_text("x\n1\n")
    for package, extra, words in (("pyarrow", "rows", []), ("pyspark", "spark", ["--engine", "spark"])):
        blocked = tmp_path / package
        blocked.mkdir()
        (blocked / f"{package}.py").write_text("raise ImportError")
        path = {"PYTHONPATH": f"{blocked}:."}
        done = backprop("rows", "-e", "x", tmp_path / "in.csv", "-o", tmp_path / "out", *words, env=path)
        assert (done.returncode, f"hint: pip install 'backpropcli[{extra}]'" in done.stderr) == (2, True), done.stderr
