"""`backprop rows` beside hand-written DuckDB, polars and JAX: whole processes on five million rows, by turns.

python benchmarks/rows.py
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROWS = 5_000_000
ROUNDS = 3
SCENARIO = "scenarios/fruits.yaml"
_PRICE = "(apple * apple_num + 150.0 * 3.0) * 1.1"
_READS = {"parquet": "read_parquet", "csv": "read_csv"}
_SCANS = {"parquet": "scan_parquet", "csv": "scan_csv"}
_BATCHES = {"parquet": "parquet.ParquetFile({source!r}).iter_batches()", "csv": "csv.open_csv({source!r})"}

MAKE = """
import sys, numpy as np, pyarrow as pa, pyarrow.csv, pyarrow.parquet
count, parquet, csv = int(sys.argv[1]), *sys.argv[2:]
draw = np.random.default_rng(0)
columns = {"id": np.arange(count), "apple": draw.uniform(50, 150, count), "apple_num": draw.integers(1, 10, count)}
pa.parquet.write_table(pa.table(columns), parquet)
pa.csv.write_csv(pa.table(columns), csv)
"""
DUCKDB = """
import sys, duckdb
duckdb.sql(f\"\"\"copy (
    select *, {price} as price, 1.1::double * apple_num as d_apple, 1.1::double * apple as d_apple_num
    from {read}('{source}')
) to '{target}' (format parquet)\"\"\")
"""
POLARS = """
import polars as pl
apple, apple_num = pl.col("apple"), pl.col("apple_num")
pl.{scan}("{source}").with_columns(
    price={price}, d_apple=1.1 * apple_num, d_apple_num=1.1 * apple
).sink_parquet("{target}")
"""
JAX = """
import jax, numpy as np, pyarrow as pa
from pyarrow import csv, parquet
jax.config.update("jax_enable_x64", True)
def price(apple, apple_num):
    return (apple * apple_num + 150.0 * 3.0) * 1.1
each_row = jax.jit(jax.vmap(jax.value_and_grad(price, argnums=(0, 1))))
writer = None
for batch in {batches}:
    columns = [np.asarray(batch.column(name), "float64") for name in ("apple", "apple_num")]
    value, gradients = each_row(*columns)
    for name, result in zip(("price", "d_apple", "d_apple_num"), (value, *gradients)):
        batch = batch.append_column(name, pa.array(np.asarray(result)))
    writer = writer or parquet.ParquetWriter("{target}", batch.schema)
    writer.write_batch(batch)
writer.close()
"""

_CALLED = {"parquet": "Parquet", "csv": "CSV"}


class Measured(NamedTuple):
    """The best time of a command, and the most memory that it took."""

    seconds: float
    megabytes: float


def measured(command: list[str]) -> Measured:
    """One run of a whole process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Measured(time.perf_counter() - start, usage.ru_maxrss / 1024)


def commands(kind: str, source: Path, target: Path) -> dict[str, list[str]]:
    """What is compared, from a file of that kind to Parquet."""
    words = {"source": source, "target": target, "price": _PRICE, "read": _READS[kind], "scan": _SCANS[kind]}
    words["batches"] = _BATCHES[kind].format(source=str(source))
    return {
        "backprop rows": [sys.executable, "-m", "backpropcli", "rows", SCENARIO, str(source), "-o", str(target)],
        "DuckDB": [sys.executable, "-c", DUCKDB.format(**words)],
        "polars": [sys.executable, "-c", POLARS.format(**words)],
        "JAX": [sys.executable, "-c", JAX.format(**words)],
    }


def main() -> None:
    """Print a table of times, memory and ratios."""
    print(f"| {ROWS:,} rows | time | memory | time against polars | against DuckDB |")
    print("| --- | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        sources = {kind: Path(folder) / f"in.{kind}" for kind in ("parquet", "csv")}
        subprocess.run([sys.executable, "-c", MAKE, str(ROWS), *map(str, sources.values())], check=True)
        for kind, source in sources.items():
            tried = commands(kind, source, Path(folder) / "out.parquet")
            found: dict[str, list[Measured]] = {name: [] for name in tried}
            for _ in range(ROUNDS):
                for name, command in tried.items():
                    found[name].append(measured(command))
            best = {name: min(each.seconds for each in runs) for name, runs in found.items()}
            for name, runs in found.items():
                memory = max(each.megabytes for each in runs)
                ratios = f"{best[name] / best['polars']:.2f} | {best[name] / best['DuckDB']:.2f}"
                print(f"| {_CALLED[kind]} to Parquet, {name} | {best[name]:.2f} s | {memory:.0f} MB | {ratios} |")


if __name__ == "__main__":
    main()
