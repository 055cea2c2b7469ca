"""Tables as people have them: several together, odd types, texts that are kept, and outputs that are no files."""

from __future__ import annotations

import gzip
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tables_for_tests import ROOT, peak_memory


@pytest.fixture
def printed(backprop, tmp_path):
    """What is computed of a table that is doubled, from the text of a file."""

    def run(content: str, *options: object, name: str = "in.csv") -> str:
        (tmp_path / name).write_text(content)
        done = backprop("rows", "-e", "x * 2", tmp_path / name, *options)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_kept_texts_stay_as_they_are(printed, backprop):
    """`NA` is no number in an input, and a country elsewhere; an id keeps its zeros and its digits."""
    content = "id,country,x\n007,NA,1\n12345678901234567890123,,NA\n"
    expected = "id,country,x,out,d_x\n007,NA,1,2,2\n12345678901234567890123,,NA,,\n"
    assert printed(content) == expected
    assert backprop("rows", "-e", "x * 2", "-", stdin=content).stdout == expected


def test_quoted_lines_go_through_files_of_any_size(printed):
    shown = printed("x,text\n" + '1,"a\nb"\n' * 60_000)
    assert shown.count("\n") == 120_001


def test_a_row_of_text_may_be_long(backprop, tmp_path):
    """Longer than what is read at once: no row is lost, and none is there twice."""
    texts = ["a", "b" * 300_000, "c", "d" * 20_000_000]
    numbers = [0] * 200_000 + [1, 2, 3, 4]
    lines = (f"{number},{texts[number - 1] if number else ''}" for number in numbers)
    (tmp_path / "in.csv").write_text("\n".join(["x,text", *lines, ""]))
    done = backprop("rows", "-e", "x * 2", tmp_path / "in.csv", "-o", tmp_path / "out.parquet")
    assert done.returncode == 0, done.stderr
    found = pq.read_table(tmp_path / "out.parquet")
    assert found["x"].to_pylist() == numbers
    assert found["text"].to_pylist()[-4:] == texts


def test_booleans_are_numbers(printed):
    assert printed("x\ntrue\nFALSE\n", "--keep", "none") == "out,d_x\n2,2\n0,2\n"


@pytest.mark.parametrize("format_", ["csv", "jsonl"])
def test_lost_digits_of_texts_are_told(backprop, format_):
    done = backprop("rows", "-e", "x * 2", "-", "-f", format_, stdin="x\n9007199254740993\n")
    assert "warning: the column 'x' has numbers of more digits than a float64" in done.stderr
    done = backprop("rows", "-e", "x * 2", "-", "-f", format_, stdin="x\n9007199254740992\n1e300\n")
    assert "warning" not in done.stderr


def test_the_smallest_integers_are_numbers(backprop, tmp_path):
    table = pa.table({"x": pa.array([-128, 3], pa.int8()), "y": pa.array([-(2**63), 3], pa.int64())})
    pq.write_table(table, tmp_path / "in.parquet")
    done = backprop("rows", "-e", "x + y", tmp_path / "in.parquet", "--keep", "none")
    assert done.stdout.splitlines()[1] == "-9.223372036854776e+18,1,1"


def test_types_that_a_format_cannot_hold(refused, backprop, tmp_path):
    """They are refused by name before anything is written; dictionaries are texts."""
    table = pa.table({"x": [1.0], "l": [[1.0, float("nan")]], "b": [b"x"], "d": pa.array(["a,b"]).dictionary_encode()})
    pq.write_table(table, tmp_path / "in.parquet")
    message = refused("-e", "x * 2", tmp_path / "in.parquet", "-o", tmp_path / "out.csv")
    assert message == "csv cannot hold the column 'l', list<element: double> values"
    assert refused("-e", "x * 2", tmp_path / "in.parquet", "-f", "jsonl", "--keep", "b").startswith("json cannot hold")
    done = backprop("rows", "-e", "x * 2", tmp_path / "in.parquet", "--keep", "d")
    assert done.stdout == 'd,out,d_x\n"a,b",2,2\n'
    done = backprop("rows", "-e", "x * 2", tmp_path / "in.parquet", "--keep", "l", "-f", "jsonl")
    assert done.stdout == '{"l": [1.0, "NaN"], "out": 2.0, "d_x": 2.0}\n'


def piped(data: bytes) -> subprocess.CompletedProcess[bytes]:
    """A run whose standard input is these bytes."""
    command = [sys.executable, "-m", "backpropcli", "rows", "-e", "x * 2", "-"]
    return subprocess.run(command, cwd=ROOT, input=data, capture_output=True, check=False)


def test_packed_bytes_and_arrow_streams_on_stdin():
    sink = pa.BufferOutputStream()
    table = pa.table({"x": [1.5]})
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    for data in (gzip.compress(b"x\n1.5\n"), sink.getvalue().to_pybytes()):
        assert piped(data).stdout == b"x,out,d_x\n1.5,3,2\n"
    assert piped(gzip.compress(b"x\n1.5\n")[:-9]).stderr.startswith(b"error: cannot read standard input: ")


def test_a_sum_may_pass_beyond_the_range(backprop):
    done = backprop("rows", "-e", "w * x", "-", "--set", "w=1", "--reduce", "sum", stdin="x\n1e308\n1e308\n-1e308\n")
    assert done.stdout == "out,d_w\n1e+308,1e+308\n"


def test_memory_does_not_grow_with_lines(tmp_path):
    """Four times as many lines take less than 1.3 times the memory."""
    peaks = []
    for count in (40_000, 160_000):
        table = tmp_path / f"{count}.csv"
        table.write_text("x,text\n" + f"1.5,{'a' * 1000}\n" * count)
        peaks.append(peak_memory("-e", "x * 2", table, "-o", tmp_path / "out.csv"))
    assert peaks[1] < 1.3 * peaks[0]


def test_memory_does_not_grow_with_row_groups(tmp_path):
    """Rows of Parquet in one large group take less than 1.3 times the memory of small groups."""
    numbers = np.random.default_rng(0).random(5_000_000)
    peaks = []
    for size in (100_000, 5_000_000):
        pq.write_table(pa.table({"x": numbers, "y": numbers}), tmp_path / "in.parquet", row_group_size=size)
        peaks.append(peak_memory("-e", "x * y", tmp_path / "in.parquet", "-o", tmp_path / "out.parquet"))
    assert peaks[1] < 1.3 * peaks[0]


def test_memory_does_not_grow_with_columns(tmp_path):
    """A table of 500 columns, half a gigabyte of numbers, takes less memory than those."""
    numbers = np.random.default_rng(0).random(130_000)
    table = pa.table({"x": numbers, **{f"y{n}": numbers for n in range(500)}})
    pq.write_table(table, tmp_path / "in.parquet", use_dictionary=False, data_page_size=2**16)
    assert peak_memory("-e", "x * 2", tmp_path / "in.parquet", "-o", tmp_path / "out.parquet") < 500_000


COMPRESSIONS = [("gzip", "gz"), ("bz2", "bz2"), ("lz4", "lz4"), ("zstd", "zst")]


@pytest.mark.parametrize(("codec", "suffix"), COMPRESSIONS)
@pytest.mark.parametrize(("name", "content"), [("in.csv", b"x\n1.5\n"), ("in.jsonl", b'{"x": 1.5}\n')])
def test_compressed_files(backprop, tmp_path, codec, suffix, name, content):
    """They are read, also from stdin, and written."""
    path, out = tmp_path / f"{name}.{suffix}", tmp_path / f"out.csv.{suffix}"
    with pa.CompressedOutputStream(str(path), codec) as stream:
        stream.write(content)
    assert backprop("rows", "-e", "x * 2", path).stdout == "x,out,d_x\n1.5,3,2\n"
    assert piped(path.read_bytes()).stdout == b"x,out,d_x\n1.5,3,2\n"
    assert backprop("rows", "-e", "x * 2", path, "-o", out).returncode == 0
    with pa.CompressedInputStream(str(out), codec) as stream:
        assert stream.read() == b"x,out,d_x\n1.5,3,2\n"


def test_what_is_compressed_by_itself(refused):
    assert refused("-e", "x", "-", "-o", "out.parquet.gz", stdin="x\n1\n").startswith("cannot write 'out.parquet.gz': ")
