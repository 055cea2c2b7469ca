"""Tables on Spark: the computation of `rows`, spread over a cluster.

Where the graph allows, it is SQL, which needs nothing on the workers; otherwise batches go through the layers in
Python there. Spark reads and writes, and its own protocol makes the results whole or absent.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from backpropcli.errors import DataError, DomainError, OutputError, Problem, UsageError
from backpropcli.program.sql import DIALECTS
from backpropcli.rows.batches import Computation, NonFinite
from backpropcli.rows.plan import Plan
from backpropcli.rows.running import Outcome, Target, add_to, compute, write_sums
from backpropcli.rows.spark_checks import check_java, check_master
from backpropcli.rows.spark_files import COMPRESSED, READ, TABLE, format_read
from backpropcli.rows.sql import sql_text
from backpropcli.rows.sums import Sums

try:
    from py4j.protocol import Py4JError, Py4JJavaError
    from pyspark.errors import PySparkException
    from pyspark.sql import Observation, SparkSession, functions
    from pyspark.sql.types import StructType
except ImportError:
    raise OutputError(Problem("Spark needs the package pyspark", hint="pip install 'backpropcli[spark]'")) from None

_WRITTEN_AS_TEXT = {"header": True, "escape": '"'}
_READ_AS_TEXT = {**_WRITTEN_AS_TEXT, "inferSchema": True}
_NUMBERS = {"byte", "short", "integer", "long", "float", "double", "boolean"}
_VIEW, _NON_FINITE = "bp_rows", "bp_non_finite"
_LARGEST_EXACT = 2**53
_LOGGING = Path(__file__).with_name("log4j2.properties").as_uri()
_SETTINGS = {
    "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={_LOGGING}",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "65536",
}


@contextmanager
def session(master: str | None, *, shows_progress: bool) -> Iterator[Any]:
    """Spark, at this master; by default at the one that `spark-submit` was given, or else on this machine alone.

    Raises OutputError where there is no Java, or where nobody answers.
    """
    check_java()
    if master is not None:
        check_master(master)
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("backprop rows")
    for name, value in {**_SETTINGS, "spark.ui.showConsoleProgress": shows_progress}.items():
        builder = builder.config(name, value)
    found = None
    logging.getLogger().addHandler(logging.NullHandler())  # or Py4J prints what an interrupt breaks off
    warnings.filterwarnings("ignore", category=FutureWarning, module="pyspark")  # of pandas, which it hardly needs
    try:
        with _refused():
            found = (builder if master is None else builder.master(master)).getOrCreate()
        yield found
    finally:
        if found is not None:
            with suppress(Py4JError, OSError):  # of a Java that is gone
                found.stop()


class SparkTable:
    """Paths that Spark reads, as one table, or a table of its catalogue."""

    def __init__(self, spark: Any, words: Sequence[str]) -> None:
        self.spark = spark
        with _refused():
            self.frame = self._read(words)
        names = [name.casefold() for name in self.frame.columns]
        if twice := next((name for name in self.frame.columns if names.count(name.casefold()) > 1), None):
            raise DataError(f"two columns are called '{twice}', and Spark cannot tell them apart")

    def _read(self, words: Sequence[str]) -> Any:
        if any(word.startswith(TABLE) for word in words):
            if len(words) > 1:
                raise UsageError("a table of the catalogue stands alone")
            return self.spark.table(words[0].removeprefix(TABLE))
        formats = {format_read(word) for word in words}
        if len(formats) > 1:
            raise UsageError(f"the tables are of different formats: {', '.join(sorted(formats))}")
        name, options = READ[formats.pop()]
        reader = self.spark.read.options(**(_READ_AS_TEXT if name == "csv" else {}), **options)
        return reader.format(name).load(list(words))

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return list(self.frame.columns)

    def count(self) -> None:
        """How many rows there are is not known before they are read."""

    def why_no_numbers(self, name: str) -> str | None:
        """What a column holds that is no numbers; None for numbers."""
        kind = self.frame.schema[name].dataType
        found = kind.typeName()
        if found in _NUMBERS or found in {"decimal", "void"}:
            return None
        return "text" if found == "string" else f"{kind.simpleString()} values"


class SparkRows:
    """A plan on its way through a table on Spark. With `needs_all` a row without a number in an input is an error."""

    def __init__(self, plan: Plan, table: SparkTable, _tell: Callable[[int], None], *, needs_all: bool) -> None:
        self.plan = plan
        self.spark = table.spark
        self.needs_all = needs_all
        self.names = plan.results
        self._seen = Observation("bp_inputs")
        numbers = [_column(name) for name in plan.columns.values()]
        counts = [
            functions.count_if(_loses_digits(table.frame, name)).alias(f"n{place}") for place, name in _numbered(plan)
        ]
        needed = table.frame.select([_column(name) for name in plan.needed])
        self._lacking = needed.where(_any(x.isNull() for x in numbers))
        self.frame = needed.observe(self._seen, *counts)

    def write(self, target: Target) -> Outcome:
        """Write a row for each row. Raises DataError and OutputError, after which there is nothing."""
        found = Observation("bp_results")
        is_bad = _any(_is_not_finite(_column(name)) for name in self.names)
        shown = [name for name in self.plan.columns.values() if name in self.plan.kept]
        seen = [functions.count_if(is_bad).alias("n")]
        if shown:
            row = functions.struct(*(_column(name).cast("double").alias(f"v{n}") for n, name in enumerate(shown)))
            least = functions.min(functions.when(is_bad, row))
            seen.append(functions.to_json(least).alias("row"))  # PySpark 3.5 hands over no struct
        with _refused():
            self._check_nulls()
            self._write(self._results().observe(found, *seen), target)
            where = _where(shown, found.get.get("row"))
            return Outcome(self._inexact(), NonFinite(found.get["n"], where, None))

    def reduce(self, target: Target, how: str) -> Outcome:
        """Write one row, the sum or the mean of all that have a number in every input."""
        with _refused():
            self._check_nulls()
            parts = self.frame.mapInArrow(partial(_sums, self.plan), "name string, part double, count long").collect()
            inexact = self._inexact()
        sums = Sums()
        for name, part, count in parts:
            sums.merge({name: [part]}, count)
        write_sums(sums, how, target, self.names)
        return Outcome(inexact, NonFinite(int(sums.total(_NON_FINITE)), "", None))

    def _results(self) -> Any:
        try:
            text = sql_text(self.plan, DIALECTS["spark"], [_VIEW], keeps_all=False)
        except DomainError:  # what SQL has no functions for, or a graph that is too deep
            schema = StructType([self.frame.schema[name] for name in self.plan.kept])
            for name in self.names:
                schema = schema.add(name, "double")
            return self.frame.mapInArrow(partial(_computed, self.plan), schema)
        self.frame.createOrReplaceTempView(_VIEW)
        return self.spark.sql(text)

    def _check_nulls(self) -> None:
        if self.needs_all and self._lacking.head(1):
            raise DataError(f"a row has no number in the columns {', '.join(self.plan.columns.values())}")

    def _inexact(self) -> frozenset[str]:
        return frozenset(name for place, name in _numbered(self.plan) if self._seen.get[f"n{place}"])

    def _write(self, frame: Any, target: Target) -> None:
        file = str(target.file)
        if file.startswith(TABLE):
            frame.write.mode("error").saveAsTable(file.removeprefix(TABLE))
            return
        path = self.spark._jvm.org.apache.hadoop.fs.Path(file)  # noqa: SLF001 - PySpark has no other way to its files
        files = path.getFileSystem(self.spark._jsparkSession.sessionState().newHadoopConf())  # noqa: SLF001 - likewise
        if files.exists(path):
            raise OutputError(Problem(f"{file} exists", hint="choose another folder for the results"))
        options = dict(_WRITTEN_AS_TEXT) if target.format == "csv" else {}
        if compression := COMPRESSED.get(Path(file).suffix.lower()):
            options["compression"] = compression
        try:
            frame.write.options(**options).format(target.format).save(file)
        except BaseException:
            files.delete(path, True)  # of a job that ended early an empty folder is left
            raise


def _computed(plan: Plan, batches: Iterator[Any]) -> Iterator[Any]:
    """On a worker: the columns that are kept, and the results."""
    from backpropcli.rows.reading import Batch
    from backpropcli.rows.writing import batch_of

    computation = Computation(plan)
    for table in batches:
        found = compute(computation, Batch(table, None, computation.rows))
        yield batch_of(table, plan.kept, found.results, found.is_null)


def _sums(plan: Plan, batches: Iterator[Any]) -> Iterator[Any]:
    """On a worker: the parts of the sums of all its rows, how many those are, and how many are not finite."""
    from backpropcli.rows.arrow import pa
    from backpropcli.rows.reading import Batch

    computation, sums = Computation(plan), Sums()
    for table in batches:
        add_to(sums, compute(computation, Batch(table, None, computation.rows)))
    parts = [(name, part, 0) for name, several in sums.parts.items() for part in several]
    columns = zip(*[*parts, (_NON_FINITE, float(computation.non_finite.number), sums.count)], strict=True)
    types = (pa.string(), pa.float64(), pa.int64())
    arrays = [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)]
    yield pa.record_batch(arrays, names=["name", "part", "count"])


def _numbered(plan: Plan) -> list[tuple[int, str]]:
    return list(enumerate(dict.fromkeys(plan.columns.values())))


def _column(name: str) -> Any:
    """A column, whatever stands in its name."""
    return functions.col(f"`{name.replace('`', '``')}`")


def _any(conditions: Iterable[Any]) -> Any:
    first, *others = conditions
    for condition in others:
        first = first | condition
    return first


def _is_not_finite(column: Any) -> Any:
    return functions.isnan(column) | (functions.abs(column) == float("inf"))


def _where(names: Sequence[str], row: str | None) -> str:
    """Which row is meant, by the numbers of its inputs: rows have no numbers of their own."""
    if row is None:
        return ""
    numbers = json.loads(row).values()
    return f"as where {', '.join(f'{name} = {float(x):.12g}' for name, x in zip(names, numbers, strict=True))}"


def _loses_digits(frame: Any, name: str) -> Any:
    """Whether a number in a column has more digits than a float64."""
    kind, column = frame.schema[name].dataType, _column(name)
    if kind.typeName() == "decimal":
        return column.cast("double").cast(kind) != column
    return functions.abs(column) > _LARGEST_EXACT if kind.typeName() == "long" else functions.lit(False)


@contextmanager
def _refused() -> Iterator[None]:
    """What Spark says, in one line."""
    try:
        yield
    except PySparkException as error:
        raise DataError(f"Spark: {_first_line(str(error))}") from error
    except Py4JJavaError as error:
        cause = error.java_exception
        while cause.getCause() is not None:
            cause = cause.getCause()
        raise DataError(f"Spark: {_first_line(str(cause.getMessage()))}") from error
    except (Py4JError, OSError) as error:
        raise DataError(f"Spark: {_first_line(str(error))}") from error


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0][:300]
