"""Runs statements in DuckDB, whose Python runs this: `run_duckdb.py FOLDER`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb

folder = Path(sys.argv[1])
database = duckdb.connect()
for file in sorted(folder.glob("*.parquet")):
    database.from_parquet(str(file)).create(file.stem)
for number, statement in enumerate(json.loads((folder / "statements.json").read_text())):
    database.execute(f"COPY ({statement}) TO '{folder}/answers/{number}.parquet' (FORMAT parquet)")
