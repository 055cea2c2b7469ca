"""What runs within an engine's own environment is no module of tests."""

collect_ignore = ["run_duckdb.py", "run_spark.py"]
