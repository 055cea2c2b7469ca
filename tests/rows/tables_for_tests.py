"""Tables for tests, and what a scenario gives on each of their rows, one by one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet

import backpropcli as bp

ROOT = Path(__file__).parents[2]
FRUITS = "scenarios/fruits.yaml"


def sales(count: int, seed: int = 0) -> Any:
    """A table of sales with a number that is missing here and there."""
    draw = np.random.default_rng(seed)
    apple = draw.uniform(50, 150, count)
    return pa.table(
        {
            "id": np.arange(count),
            "apple": pa.array(apple, mask=draw.random(count) < 0.05),
            "apple_num": draw.integers(1, 10, count),
            "shop": pa.array([f"shop {number}" for number in draw.integers(0, 9, count)]),
        }
    )


def written(table: Any, file: Path) -> Path:
    """A table in a file of the format that its extension says."""
    if file.suffix == ".parquet":
        pyarrow.parquet.write_table(table, file)
    elif file.suffix == ".csv":
        pyarrow.csv.write_csv(table, file)
    elif file.suffix == ".tsv":
        pyarrow.csv.write_csv(table, file, pyarrow.csv.WriteOptions(delimiter="\t"))
    elif file.suffix == ".arrow":
        pyarrow.feather.write_feather(table, file, compression="uncompressed")
    else:
        import json

        file.write_text("".join(f"{json.dumps(row)}\n" for row in table.to_pylist()))
    return file


def read(file: Path) -> list[dict[str, Any]]:
    """The rows of a file."""
    if file.suffix == ".parquet":
        return pyarrow.parquet.read_table(file).to_pylist()
    if file.suffix == ".arrow":
        return pyarrow.feather.read_table(file).to_pylist()
    if file.suffix == ".csv":
        return pyarrow.csv.read_csv(file).to_pylist()
    import json

    return [json.loads(line) for line in file.read_text().splitlines()]


def row_by_row(table: Any) -> list[dict[str, Any]]:
    """The rows of a table of sales with the results of `fruits`, each by a run of its own."""
    scenario = bp.load(FRUITS)
    rows = []
    for row in table.to_pylist():
        if row["apple"] is None:
            rows.append({**row, "price": None, "d_apple": None, "d_apple_num": None})
            continue
        result = bp.run(scenario, inputs={"apple": row["apple"], "apple_num": row["apple_num"]})
        gradients = {f"d_{name}": result.gradients[name] for name in ("apple", "apple_num")}
        rows.append({**row, "price": result.value, **gradients})
    return rows


def peak_memory(*arguments: object) -> int:
    """The most memory that a run of `rows` takes, in kB; getrusage would count what its parent had, too."""
    probe = "import re, sys; from backpropcli.cli.main import main\ntry: main()\nfinally: "
    probe += "print(re.search(r'VmHWM:\\s*(\\d+)', open('/proc/self/status').read())[1])"
    command = [sys.executable, "-c", probe, "rows", *map(str, arguments)]
    return int(subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout)
