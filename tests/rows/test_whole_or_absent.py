"""A file of results is whole or not there, whatever happens."""

from __future__ import annotations

import os
import random
import signal
import stat
import subprocess
import sys
import threading
import time

import pytest
from tables_for_tests import FRUITS, ROOT, sales, written


def test_killed_and_resumed_it_is_the_same(tmp_path):
    """Killed twenty times at random moments, then resumed to the end: every file is there, byte for byte."""
    for number in range(8):
        written(sales(120_000, number), tmp_path / f"t{number}.parquet")
    tables = sorted(map(str, tmp_path.glob("t?.parquet")))

    def start(folder):
        command = [sys.executable, "-m", "backpropcli", "rows", FRUITS, *tables, "-o", f"{tmp_path}/{folder}/"]
        command += ["--resume"] if folder == "killed" else []
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    assert start("whole").wait(60) == 0
    draw = random.Random(1)
    for _ in range(20):
        process = start("killed")
        time.sleep(draw.uniform(0.3, 1.2))
        process.kill()
        process.wait(60)
    assert start("killed").wait(60) == 0
    for folder in ("whole", "killed"):
        assert len(list((tmp_path / folder).iterdir())) == 8
    for path in (tmp_path / "whole").iterdir():
        assert (tmp_path / "killed" / path.name).read_bytes() == path.read_bytes()


def test_an_interrupt_leaves_nothing(tmp_path):
    table = written(sales(2_000_000), tmp_path / "in.parquet")
    out = tmp_path / "out.csv"
    command = [sys.executable, "-m", "backpropcli", "rows", FRUITS, str(table), "-o", str(out)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    while not list(tmp_path.glob(".backprop.*")):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    assert process.wait(5) == 130
    assert [path.name for path in tmp_path.iterdir()] == ["in.parquet"]


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz", "out.csv.zst"])
def test_a_bad_row_in_the_last_batch_leaves_nothing(backprop, tmp_path, name):
    (tmp_path / "in.csv").write_text("x\n" + "1.5\n" * 700_000 + "oops\n")
    done = backprop("rows", "-e", "x * x", tmp_path / "in.csv", "-o", tmp_path / name)
    assert done.returncode == 2
    assert done.stderr == "note: from columns: x\nerror: row 700,001: 'oops' in the column 'x' is not a number\n"
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz", "out.parquet"])
def test_a_full_disk_leaves_nothing(tmp_path, name):
    table = written(sales(200_000), tmp_path / "in.parquet")
    command = f"ulimit -f 100; {sys.executable} -m backpropcli rows {FRUITS} {table} -o {tmp_path}/{name}"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 2
    (error,) = done.stderr.splitlines()[1:]
    assert error.startswith(f"error: cannot write {tmp_path}/{name}: ")
    assert "File too large" in error
    assert [path.name for path in tmp_path.iterdir()] == ["in.parquet"]


def test_nothing_is_written_over_its_input(backprop, tmp_path):
    (tmp_path / "in.csv").write_text("x\n1\n")
    (tmp_path / "link.csv").symlink_to(tmp_path / "in.csv")
    done = backprop("rows", "-e", "x * x", tmp_path / "in.csv", "-o", tmp_path / "link.csv")
    assert done.returncode == 2
    assert "the result was computed from this file" in done.stderr
    assert (tmp_path / "in.csv").read_text() == "x\n1\n"


def test_results_that_are_there_are_not_computed_again(backprop, tmp_path):
    (tmp_path / "a.csv").write_text("x\n1\n")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.parquet").write_text("precious")
    done = backprop("rows", "-e", "x * x", tmp_path / "a.csv", "-o", tmp_path / "out")
    assert done.returncode == 2
    assert "--resume computes what is missing" in done.stderr
    assert (tmp_path / "out" / "a.parquet").read_text() == "precious"


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet", "arrow"])
def test_a_pipe_is_written_to_where_it_is(backprop, tmp_path, suffix):
    pipe = tmp_path / f"out.{suffix}"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    assert backprop("rows", "-e", "x * 2", "-", "-o", pipe, stdin="x\n1\n").returncode == 0
    reader.join(timeout=30)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert got[0]


def test_a_file_keeps_its_mode(backprop, tmp_path):
    out = tmp_path / "out.csv"
    out.touch(0o600)
    backprop("rows", "-e", "x * 2", "-", "-o", out, stdin="x\n1\n")
    assert (stat.S_IMODE(out.stat().st_mode), out.read_text()) == (0o600, "x,out,d_x\n1,2,2\n")


@pytest.mark.parametrize("target", ["out.parquet", "-"])
def test_parquet_that_breaks_off_is_none(tmp_path, target):
    """Its writer would end it when it is forgotten, and complain of a stream that is closed."""
    (tmp_path / "in.csv").write_text("x\n" + "1\n" * 700_000 + "1.5\n")
    command = [sys.executable, "-m", "backpropcli", "rows", "-e", "x * 2", str(tmp_path / "in.csv"), "-f", "parquet"]
    command += [] if target == "-" else ["-o", str(tmp_path / target)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 2
    assert not done.stdout.endswith(b"PAR1")
    assert not (tmp_path / target).exists()
    assert done.stderr.decode().splitlines()[1:] == [
        f"error: cannot read {tmp_path}/in.csv: In CSV column #0: CSV conversion error to int64: invalid value '1.5'",
        "  hint: the first rows decide of which type a column is; with -f csv it stays text",
    ]
