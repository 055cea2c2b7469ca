"""Which tables `rows` reads one after the other, and where and in which format their results go."""

import sys
from pathlib import Path
from typing import Any, NamedTuple

from backpropcli.errors import Problem, UsageError
from backpropcli.rows.files import (
    check_output,
    compression_of,
    files_of,
    format_written,
    is_folder,
    outputs,
    refuse_address,
)
from backpropcli.sources.files_written import refuse_terminal, remove_drafts

_FORMATS = {"csv": "csv", "jsonl": "json", "parquet": "parquet", "arrow": "feather"}
_SUFFIXES = {"csv": ".csv", "json": ".jsonl", "parquet": ".parquet", "feather": ".arrow"}


class Job(NamedTuple):
    """Tables that are read one after the other, and where their results go."""

    tables: list[str]
    target: Any


def job_on_spark(tables: list[str], output: str | None, asked: str | None, *, is_reduced: bool) -> Job:
    """All tables as one, and where their results go: a row of sums comes here, all else is written by Spark."""
    from backpropcli.rows.running import Target

    if is_reduced:
        return Job(tables, Target(sys.stdout.buffer if output is None else output, _format(output, asked)))
    if output is None:
        raise UsageError(Problem("Spark writes to a folder", hint="-o FOLDER, or -o table:NAME"))
    from backpropcli.rows.spark_files import target_of

    return Job(tables, target_of(output, asked and _FORMATS[asked]))


def jobs_of(tables: list[str], output: str | None, asked: str | None, *, resume: bool) -> list[Job]:
    """One job for all tables, or one for each if they go to a folder; those that are done are left out on resuming."""
    from backpropcli.rows.running import Target

    files = files_of(tables)
    if output is not None:
        refuse_address(output)
    if output is None or not is_folder(output):
        if resume:
            raise UsageError("--resume is for several tables that go to a folder: -o FOLDER/")
        chosen = _format(output, asked)
        if output is not None:
            check_output(output, files)
        return [Job(files, Target(sys.stdout.buffer if output is None else output, chosen))]
    chosen = _FORMATS[asked or "parquet"]
    found = outputs(files, output, _SUFFIXES[chosen])
    if resume:
        remove_drafts(Path(output))
    elif there := [file for file in found.values() if Path(file).exists()]:
        raise UsageError(Problem(f"{there[0]} exists", hint="--resume computes what is missing"))
    return [Job([table], Target(file, chosen)) for table, file in found.items() if not Path(file).exists()]


def _format(output: str | None, asked: str | None) -> str:
    """The format of the output. Raises UsageError for an extension that names none."""
    if asked is not None:
        chosen = _FORMATS[asked]
    elif output is None:
        chosen = "csv"
    else:
        chosen = format_written(output)
    if output is not None:
        compression_of(output, chosen)
    elif chosen in {"parquet", "feather"}:
        refuse_terminal(sys.stdout)
    return chosen
