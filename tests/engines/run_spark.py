"""Runs statements in Spark, whose Python runs this: `run_spark.py FOLDER`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pyspark.sql import SparkSession

folder = Path(sys.argv[1])
session = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
session.sparkContext.setLogLevel("ERROR")
for file in sorted(folder.glob("*.parquet")):
    session.read.parquet(str(file)).createOrReplaceTempView(file.stem)
for number, statement in enumerate(json.loads((folder / "statements.json").read_text())):
    session.sql(statement).coalesce(1).write.parquet(f"{folder}/answers/{number}.parquet")
session.stop()
