"""Tables by pyarrow: files of every kind that analysts have, read in batches and written whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import IO, Any, NamedTuple

from backpropcli.errors import DataError, OutputError, Problem
from backpropcli.rows.files import STDIN, draft_of, format_of
from backpropcli.sources.files_read import note_read, was_read

try:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.csv
    import pyarrow.dataset
    import pyarrow.feather
    import pyarrow.json
    import pyarrow.parquet
except ImportError:
    raise OutputError(Problem("tables need the package pyarrow", hint="pip install 'backpropcli[rows]'")) from None

BATCH = 65_536  # rows
LARGEST_EXACT = 2**53
_READ_AHEAD = 2  # batches
_NULLS = ["", "NA", "N/A", "NULL", "null", "#N/A"]  # what stands for no number in a text file; nan is one


class Numbers(NamedTuple):
    """A column as float64, nan where there is none, and where that is; what a float64 cannot hold makes it inexact."""

    array: Any
    is_null: Any
    is_inexact: bool


class Source:
    """The tables in some files, one after the other.

    `as_text` keeps the columns of text files as they are written; otherwise they have the types that pyarrow sees.
    """

    def __init__(self, files: Sequence[str], *, as_text: bool) -> None:
        self.files = list(files)
        self.format = format_of(self.files)
        self.as_text = as_text and self.format in {"csv", "tsv"}
        for file in self.files:
            if file != STDIN:
                note_read(Path(file))

    @cached_property
    def _dataset(self) -> Any:
        """The files as a dataset; its schema is that of the first, as far as it has been looked at."""
        if self.files == [STDIN]:
            return _of_stdin()
        with _refused(self.files[0]):
            found = self._with_types(None)
            return self._with_types(dict.fromkeys(found.schema.names, pa.string())) if self.as_text else found

    def _with_types(self, types: Mapping[str, Any] | None) -> Any:
        format_: Any = self.format
        if self.format in {"csv", "tsv"}:
            convert = pyarrow.csv.ConvertOptions(null_values=_NULLS, strings_can_be_null=True, column_types=types)
            delimiter = "\t" if self.format == "tsv" else ","
            parse = pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=False)
            format_ = pyarrow.dataset.CsvFileFormat(parse_options=parse, convert_options=convert)
        files = self.files[0] if len(self.files) == 1 else self.files
        return pyarrow.dataset.dataset(files, format=format_, partitioning="hive")

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return list(self._dataset.schema.names)

    def type_of(self, name: str) -> Any:
        """The type of a column."""
        return self._dataset.schema.field(name).type

    def why_no_numbers(self, name: str) -> str | None:
        """What a column holds that is no numbers, by the schema; None for numbers."""
        found = self.type_of(name)
        if self.as_text:
            with _refused(self.files[0]):
                found = self._with_types(None).schema.field(name).type
        types = pa.types
        is_number = types.is_integer(found) or types.is_floating(found) or types.is_decimal(found)
        if is_number or types.is_boolean(found) or types.is_null(found):
            return None
        return "text" if types.is_string(found) or types.is_large_string(found) else f"{found} values"

    def count(self) -> int | None:
        """How many rows there are, if the files say it."""
        if self.format != "parquet":
            return None
        with _refused(self.files[0]):
            return int(self._dataset.count_rows())

    def batches(self, columns: Sequence[str]) -> Iterator[Any]:
        """The rows, a batch after the other, while the next are being read."""
        with _refused(self.files[0]):
            scanner = self._dataset.scanner(
                columns=list(columns), batch_size=BATCH, batch_readahead=_READ_AHEAD, fragment_readahead=1
            )
            yield from (batch for batch in scanner.to_batches() if batch.num_rows)


def numbers_of(batch: Any, name: str, rows_before: int) -> Numbers:
    """A column of a batch as numbers. Raises DataError for a text that is none, with its row."""
    column = batch.column(name)
    inexact = False
    types = pa.types
    if types.is_string(column.type) or types.is_large_string(column.type):
        column = _parsed(column, name, rows_before)
    elif types.is_integer(column.type):
        largest = pc.max(pc.abs_checked(column)).as_py() if column.type != pa.uint64() else pc.max(column).as_py()
        inexact = largest is not None and largest > LARGEST_EXACT
    elif types.is_decimal(column.type):
        floats = pc.cast(column, pa.float64())
        back = pc.cast(floats, pa.decimal256(76, column.type.scale))
        inexact = not pc.all(pc.equal(back, pc.cast(column, back.type))).as_py()
        column = floats
    elif types.is_boolean(column.type):
        column = pc.cast(column, pa.int8())
    floats = pc.cast(column, pa.float64(), safe=False)
    is_null = pc.is_null(column).to_numpy(zero_copy_only=False)
    return Numbers(pc.fill_null(floats, float("nan")).to_numpy(zero_copy_only=False), is_null, inexact)


def any_of(masks: Sequence[Any]) -> Any:
    """Where any of these masks is set."""
    found = masks[0]
    for mask in masks[1:]:
        found = found | mask
    return found


def _parsed(column: Any, name: str, rows_before: int) -> Any:
    stripped = pc.utf8_trim_whitespace(column)
    try:
        return pc.cast(stripped, pa.float64())
    except pa.ArrowInvalid:
        for row, text in enumerate(stripped.to_pylist(), rows_before + 1):
            try:
                float(text or "0")
            except ValueError:
                raise DataError(f"row {row:,}: '{text[:_LONGEST]}' in the column '{name}' is not a number") from None
        raise


def batch_of(kept: Any, names: Sequence[str], results: Mapping[str, Any], is_null: Any) -> Any:
    """The columns of a batch that are kept, and those of results, without numbers where an input has none."""
    arrays = [kept.column(name) for name in names]
    arrays += [pa.array(array, pa.float64(), mask=is_null) for array in results.values()]
    return pa.record_batch(arrays, names=[*names, *results])


def schema_of(source: Source, names: Sequence[str], results: Sequence[str]) -> Any:
    """The schema of what comes out."""
    fields = [pa.field(name, source.type_of(name)) for name in names]
    return pa.schema([*fields, *(pa.field(name, pa.float64()) for name in results)])


class Sink:
    """A stream to which batches go."""

    def __init__(self, stream: Any, format_: str, schema: Any) -> None:
        self.format = format_
        self.stream = stream
        self.schema = schema

    @cached_property
    def _writer(self) -> Any:
        """What writes, once there is something to be written: an error comes before any output."""
        if self.format == "parquet":
            return pyarrow.parquet.ParquetWriter(self.stream, self.schema, use_dictionary=False)
        if self.format == "feather":
            return pa.ipc.new_file(self.stream, self.schema)
        return _CsvWriter(self.stream, self.schema) if self.format == "csv" else _JsonWriter(self.stream)

    def write(self, batch: Any) -> None:
        """Write the rows of a batch."""
        self._writer.write_batch(batch)

    def close(self) -> None:
        """Write what ends the file."""
        self._writer.close()


class _CsvWriter:
    """Comma-separated values; texts are in quotes where one of a batch needs them."""

    def __init__(self, stream: Any, schema: Any) -> None:
        self.stream = stream
        stream.write(_csv_line(schema.names))

    def write_batch(self, batch: Any) -> None:
        style = "needed" if _needs_quotes(batch) else "none"
        pyarrow.csv.write_csv(batch, self.stream, pyarrow.csv.WriteOptions(include_header=False, quoting_style=style))

    def close(self) -> None:
        pass


class _JsonWriter:
    """An object a line, for each row."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def write_batch(self, batch: Any) -> None:
        self.stream.write(_json_lines(batch))

    def close(self) -> None:
        pass


@contextmanager
def sink(file: str | IO[bytes], format_: str, schema: Any) -> Iterator[Sink]:
    """Where batches go: a file that is there whole at the end, or not at all, or a stream."""
    if not isinstance(file, str):
        found = Sink(file, format_, schema)
        yield found
        found.close()
        file.flush()
        return
    path = Path(file).resolve()
    draft = draft_of(path)
    try:
        if path.exists() and was_read(path.stat()):
            message = f"cannot write {file}: the result is computed from this file"
            raise OutputError(Problem(message, hint="choose another name"))
        with draft.open("xb") as stream:
            found = Sink(stream, format_, schema)
            yield found
            found.close()
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write {file}: {error.strerror or error}") from error
    finally:
        draft.unlink(missing_ok=True)


def _csv_line(names: Sequence[str]) -> bytes:
    import csv
    from io import StringIO

    line = StringIO()
    csv.writer(line, lineterminator="\n").writerow(names)
    return line.getvalue().encode()


def _needs_quotes(batch: Any) -> bool:
    """Whether a text in a batch has a sign that CSV would obey; pyarrow puts quotes around all texts, or none."""
    is_text = (pa.types.is_string, pa.types.is_large_string)
    texts = (column for column in batch.columns if any(found(column.type) for found in is_text))
    return any(pc.any(pc.match_substring_regex(column, '[",\\r\\n]')).as_py() for column in texts)


def _json_lines(batch: Any) -> bytes:
    import json

    from backpropcli.text.json_numbers import json_numbers

    rows = ({k: json_numbers(v) if isinstance(v, float) else v for k, v in row.items()} for row in batch.to_pylist())
    return "".join(f"{json.dumps(row, default=str)}\n" for row in rows).encode()


def _of_stdin() -> Any:
    """Standard input as a table in memory, of the kind that its first bytes tell."""
    data = sys.stdin.buffer.read()
    note_read(sys.stdin.fileno())
    buffer = pa.BufferReader(data)
    with _refused("standard input"):
        if data.startswith(b"PAR1"):
            table = pyarrow.parquet.read_table(buffer)
        elif data.startswith(b"ARROW1"):
            table = pyarrow.feather.read_table(buffer)
        elif data.lstrip()[:1] == b"{":
            table = pyarrow.json.read_json(buffer)
        else:
            delimiter = "\t" if b"\t" in data.split(b"\n", 1)[0] else ","
            convert = pyarrow.csv.ConvertOptions(null_values=_NULLS, strings_can_be_null=True)
            parse = pyarrow.csv.ParseOptions(delimiter=delimiter)
            table = pyarrow.csv.read_csv(buffer, parse_options=parse, convert_options=convert)
        return pyarrow.dataset.dataset(table)


@contextmanager
def _refused(file: str) -> Iterator[None]:
    """What pyarrow says of a file that is no table, in one line."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        first_line = str(error).strip().partition("\n")[0]
        raise DataError(f"cannot read {file}: {first_line[:_LONGEST_MESSAGE]}") from error


_LONGEST, _LONGEST_MESSAGE = 40, 200
