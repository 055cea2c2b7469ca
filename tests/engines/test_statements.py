"""`backprop sql` on real engines: the text that the command prints, and what comes out of it."""

from __future__ import annotations

import math
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from engines import DIALECTS, run

ROOT = Path(__file__).parents[2]
HOSTILE = 'a"; drop table x; --`'
SALES = pa.table(
    {
        "id": [1, 2, 3, 4],
        "apple": [100.0, None, 0.1, math.inf],
        "apple_num": [2, 3, 4, 5],
        HOSTILE: [1.1, 1.2, 1.3, 1.4],
        "shop": ["north", "south", None, "it's"],
    }
)
NUMBERS = pa.table({"id": [0, 1, 2, 3], "x": [0.25, -0.5, 3.0, math.nan]})


def sql(engine: str, words: str) -> str:
    """What the command prints."""
    command = [sys.executable, "-m", "backpropcli", "sql", "--dialect", DIALECTS[engine], *shlex.split(words)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, cwd=ROOT, env={**os.environ})
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def answer(engine: str, words: str, tables: dict[str, Any], folder: Path) -> list[dict[str, Any]]:
    """The rows that the statement gives, in the order of their numbers."""
    (found,) = run(engine, tables, [sql(engine, words)], folder / "run")
    return found.sort_by("id").to_pylist()


@pytest.fixture(params=DIALECTS)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_scenario_has_the_columns_of_the_table_and_its_own(engine, tmp_path):
    """Names of columns are only names, whole numbers are numbers, and a row with NULL has no results."""
    words = "scenarios/fruits.yaml --table sales --columns apple,apple_num"
    mapped = f"{words} --map {shlex.quote(f'tax={HOSTILE}')} --keep all --prefix slope_"
    found = answer(engine, mapped, {"sales": SALES}, tmp_path)
    assert [list(row) for row in found] == [
        [*SALES.column_names, "price", "slope_apple", "slope_apple_num", "slope_tax"]
    ] * 4
    assert found[0] == {
        **SALES.to_pylist()[0],
        "price": pytest.approx(715, rel=1e-15),
        "slope_apple": 2.2,
        "slope_apple_num": pytest.approx(110, rel=1e-15),
        "slope_tax": 650,
    }
    assert [found[1][name] for name in ("price", "slope_apple", "slope_apple_num", "slope_tax")] == [None] * 4
    assert (found[1]["shop"], found[2]["shop"], found[3]["shop"]) == ("south", None, "it's")
    assert (found[3]["price"], found[3]["slope_apple"]) == (math.inf, 7)


def test_only_some_columns_are_kept(engine, tmp_path):
    words = f"-e 'x * 2 + c' --set c=1 --table sales --map x=apple_num --keep id,{shlex.quote(HOSTILE)}"
    found = answer(engine, words, {"sales": SALES}, tmp_path)
    assert found[2] == {"id": 3, HOSTILE: 1.3, "out": 9, "d_x": 2}


def test_an_untaken_branch_is_no_path(engine, tmp_path):
    table = pa.table({"id": [0, 1], "x": [0.0, 4.0]})
    found = answer(engine, "-e 'where(x > 0, sqrt(x), x)' --table t --keep id", {"t": table}, tmp_path)
    assert found == [{"id": 0, "out": 0, "d_x": 1}, {"id": 1, "out": 2, "d_x": 0.25}]


def test_what_is_shared_is_computed_once(engine, tmp_path):
    """A dozen squares, each of the one before it, would be thousands of operations."""
    count = 12
    scenario = tmp_path / "deep.yaml"
    lines = "".join(f"  - h{k + 1} = h{k} * h{k} / 2 + 0.25\n" for k in range(count))
    scenario.write_text(f"inputs: {{h0: 0.5}}\nlayers:\n{lines}")
    text = sql(engine, f"{scenario} --table t --map h0=x --keep id")
    assert len(text) < 60_000
    found = answer(engine, f"{scenario} --table t --map h0=x --keep id", {"t": NUMBERS}, tmp_path)
    for row, start in zip(found, (0.25, -0.5), strict=False):
        h, slope = start, 1.0
        for _ in range(count):
            h, slope = h * h / 2 + 0.25, slope * h
        assert (row[f"h{count}"], row["d_h0"]) == (pytest.approx(h, rel=1e-14), pytest.approx(slope, rel=1e-13))
    assert found[2][f"h{count}"] > 1e10
    assert math.isnan(found[3]["d_h0"])
