"""Batches on their way to a file, which is whole at the end or not there, or to a stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from io import RawIOBase
from pathlib import Path
from typing import IO, Any

from backpropcli.errors import OutputError, Problem
from backpropcli.rows.arrow import is_text, pa, pc
from backpropcli.rows.files import compression_of
from backpropcli.rows.reading import Source
from backpropcli.sources.files_written import written
from backpropcli.text.json_numbers import json_numbers


def batch_of(kept: Any, names: Sequence[str], results: Mapping[str, Any], is_null: Any) -> Any:
    """The columns of a batch that are kept, and those of results, without numbers where an input has none."""
    arrays = [kept.column(name) for name in names]
    arrays += [pa.array(array, pa.float64(), mask=is_null) for array in results.values()]
    return pa.record_batch(arrays, names=[*names, *results])


def schema_of(source: Source | None, names: Sequence[str], results: Sequence[str]) -> Any:
    """The schema of what comes out: columns of the source, and results."""
    fields = [] if source is None else [pa.field(name, source.type_of(name)) for name in names]
    return pa.schema([*fields, *(pa.field(name, pa.float64()) for name in results)])


class Sink:
    """A stream to which batches go."""

    def __init__(self, stream: Any, format_: str, schema: Any) -> None:
        _check_types(schema, format_)
        self.format = format_
        self.stream = stream
        self.schema = schema

    @cached_property
    def _writer(self) -> Any:
        """What writes, once there is something to be written: an error comes before any output."""
        if self.format == "parquet":
            return pa.parquet.ParquetWriter(self.stream, self.schema, use_dictionary=False)
        if self.format == "feather":
            return pa.ipc.new_file(self.stream, self.schema)
        return _CsvWriter(self.stream, self.schema) if self.format == "csv" else _JsonWriter(self.stream)

    def write(self, batch: Any) -> None:
        """Write the rows of a batch."""
        self._writer.write_batch(batch)

    def close(self) -> None:
        """Write what ends the file."""
        self._writer.close()

    def abandon(self) -> None:
        """Write no more; a forgotten writer of Parquet would end its file, as if it were whole."""
        if self.format == "parquet":
            self._writer.is_open = False


class _CsvWriter:
    """Comma-separated values; texts are in quotes where one of a batch needs them."""

    def __init__(self, stream: Any, schema: Any) -> None:
        self.stream = stream
        stream.write(_csv_line(schema.names))

    def write_batch(self, batch: Any) -> None:
        plain = pa.record_batch([_plain(column) for column in batch.columns], names=batch.schema.names)
        style = "needed" if _needs_quotes(plain) else "none"
        pa.csv.write_csv(plain, self.stream, pa.csv.WriteOptions(include_header=False, quoting_style=style))

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
        with _Opening(file) as opening, _ended(Sink(opening, format_, schema)) as found:
            yield found
        file.flush()
        return
    compression = compression_of(file, format_)
    is_text = compression is None and format_ in {"csv", "json"}
    try:
        with (
            written(Path(file), is_text=is_text) as stream,
            _compressed(stream, compression) as packed,
            _ended(Sink(packed, format_, schema)) as found,
        ):
            yield found
    except OSError as error:
        raise OutputError(f"cannot write {file}: {error.strerror or error}") from error


class _Opening(RawIOBase):
    """A way into a stream that can be closed for itself: a writer of Parquet that is forgotten would write on."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if self.closed:
            raise ValueError("write to closed file")
        return self.stream.write(data)


@contextmanager
def _compressed(stream: IO[bytes], compression: str | None) -> Iterator[Any]:
    """The stream, or one that compresses what goes there."""
    if compression is None:
        yield stream
        return
    with pa.CompressedOutputStream(stream, compression) as packed:
        yield packed


@contextmanager
def _ended(out: Sink) -> Iterator[Sink]:
    try:
        yield out
    except BaseException:
        out.abandon()
        raise
    out.close()


def _check_types(schema: Any, format_: str) -> None:
    """Raise OutputError for a column of a type that a format cannot hold."""
    types = pa.types
    for field in schema:
        kind = field.type
        is_binary = types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind)
        if (format_ == "csv" and types.is_nested(kind)) or (format_ in {"csv", "json"} and is_binary):
            message = f"{format_} cannot hold the column '{field.name}', {kind} values"
            raise OutputError(Problem(message, hint="--keep a,b leaves it out, and -f parquet holds it"))


def _plain(column: Any) -> Any:
    """A column without a dictionary, and with nothing in place of empty texts, as CSV has it."""
    plain = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    if not is_text(plain.type) or not pc.any(is_empty := pc.equal(plain, "")).as_py():
        return plain
    return pc.if_else(is_empty, None, plain)


def _csv_line(names: Sequence[str]) -> bytes:
    import csv
    from io import StringIO

    line = StringIO()
    csv.writer(line, lineterminator="\n").writerow(names)
    return line.getvalue().encode()


def _needs_quotes(batch: Any) -> bool:
    """Whether a text in a batch has a sign that CSV would obey; pyarrow puts quotes around all texts, or none."""
    texts = (column for column in batch.columns if is_text(column.type))
    return any(pc.any(pc.match_substring_regex(column, '[",\\r\\n]')).as_py() for column in texts)


def _json_lines(batch: Any) -> bytes:
    import json

    return "".join(f"{json.dumps(_json_value(row), default=str)}\n" for row in batch.to_pylist()).encode()


def _json_value(x: Any) -> Any:
    """A value of a table with its numbers as JSON can have them."""
    if isinstance(x, dict):
        return {str(name): _json_value(each) for name, each in x.items()}
    if isinstance(x, list):
        return [_json_value(each) for each in x]
    return json_numbers(x) if isinstance(x, float) else x
