"""Tables by pyarrow: files of every kind that analysts have, read in batches and written whole or not at all."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import IO, Any, NamedTuple

from backpropcli.errors import DataError, OutputError, Problem
from backpropcli.rows.files import STDIN, format_of
from backpropcli.sources.files_read import note_read
from backpropcli.sources.files_written import written

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
_SEPARATORS = {"csv": ",", "tsv": "\t"}
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
        if self.files == [STDIN]:
            self._stdin = _stdin()
        self.format = _format_of_bytes(self._stdin) if self.files == [STDIN] else format_of(self.files)
        self.as_text = as_text and self.format in _SEPARATORS
        for file in self.files:
            if file != STDIN:
                note_read(Path(file))

    @cached_property
    def _dataset(self) -> Any:
        """The files as a dataset; its schema is that of the first, as far as it has been looked at."""
        with _refused(self.files[0]):
            found = self._typed
            if self.as_text:
                found = self._with_types(dict.fromkeys(found.schema.names, pa.string()))
            self._check_columns(found)
            return found

    @cached_property
    def _typed(self) -> Any:
        """The files as a dataset whose columns have the types that pyarrow sees in them."""
        return self._with_types(None)

    def _with_types(self, types: Mapping[str, Any] | None) -> Any:
        if self.files == [STDIN]:
            return pyarrow.dataset.dataset(_table_of(self._stdin, self.format, types))
        format_: Any = self.format
        if format_ in _SEPARATORS:
            parse, convert = _text_options(format_, types)
            format_ = pyarrow.dataset.CsvFileFormat(parse_options=parse, convert_options=convert)
        files = self.files[0] if len(self.files) == 1 else self.files
        return pyarrow.dataset.dataset(files, format=format_, partitioning="hive")

    def _check_columns(self, dataset: Any) -> None:
        """Raise DataError for a file that has other columns than the first."""
        if self.files == [STDIN]:
            return
        first: tuple[str, list[str]] | None = None
        for fragment in dataset.get_fragments():
            names = list(fragment.physical_schema.names)
            first = first or (fragment.path, names)
            if other := next(iter({*first[1]} ^ {*names}), None):
                lacking, having = (first[0], fragment.path) if other in names else (fragment.path, first[0])
                message = f"{lacking} has no column '{other}', and {having} has one"
                raise DataError(Problem(message, hint="tables that are read as one have the same columns"))

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
            found = self._typed.schema.field(name).type
        types = pa.types
        is_number = types.is_integer(found) or types.is_floating(found) or types.is_decimal(found)
        if is_number or types.is_boolean(found) or types.is_null(found):
            return None
        return "text" if _is_text(found) else f"{found} values"

    def count(self) -> int | None:
        """How many rows there are, if the files say it."""
        if self.format != "parquet":
            return None
        with _refused(self.files[0]):
            return int(self._dataset.count_rows())

    def batches(self, columns: Sequence[str]) -> Iterator[Any]:
        """The rows, a batch after the other, while the next one is being read."""
        is_text = self.format in _SEPARATORS and self.files != [STDIN]
        with _refused(self.files[0]):
            found = self._lines(columns) if is_text else self._scanned(columns)
            yield from (batch for batch in _one_ahead(found) if batch.num_rows)

    def _scanned(self, columns: Sequence[str]) -> Iterator[Any]:
        keeps_nothing = pyarrow.dataset.ParquetFragmentScanOptions(pre_buffer=False)
        scanner = self._dataset.scanner(
            columns=list(columns),
            batch_size=BATCH,
            use_threads=False,  # they would read on and on, whether or not the batches are taken
            fragment_scan_options=keeps_nothing if self.format == "parquet" else None,
        )
        yield from scanner.to_batches()

    def _lines(self, columns: Sequence[str]) -> Iterator[Any]:
        """The rows of text files, of which a scanner would hold all that is not taken yet."""
        types = {name: self.type_of(name) for name in columns}
        for fragment in self._dataset.get_fragments():
            constants = pyarrow.dataset.get_partition_keys(fragment.partition_expression)
            parse, convert = _text_options(self.format, types)
            convert.include_columns = [name for name in columns if name not in constants]
            with pyarrow.csv.open_csv(fragment.path, parse_options=parse, convert_options=convert) as reader:
                for batch in reader:
                    arrays = [
                        pa.array([constants[name]] * batch.num_rows, types[name])
                        if name in constants
                        else batch.column(name)
                        for name in columns
                    ]
                    yield pa.record_batch(arrays, names=list(columns))


def _one_ahead(batches: Iterator[Any]) -> Iterator[Any]:
    """The batches, each read while the one before it is used."""
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = reader.submit(next, batches, None)
            yield batch


def numbers_of(batch: Any, name: str, rows_before: int) -> Numbers:
    """A column of a batch as numbers. Raises DataError for a text that is none, with its row."""
    column = batch.column(name)
    inexact = False
    types = pa.types
    if _is_text(column.type):
        texts = pc.utf8_trim_whitespace(column)
        texts = pc.if_else(pc.is_in(texts, pa.array(_NULLS, texts.type)), None, texts)
        column = _parsed(texts, name, rows_before)
        inexact = _loses_digits(texts, column)
    elif types.is_integer(column.type):
        ends = pc.min_max(column).as_py().values()
        inexact = any(end is not None and abs(end) > LARGEST_EXACT for end in ends)
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


def _parsed(texts: Any, name: str, rows_before: int) -> Any:
    """Texts as numbers, true and false as 1 and 0."""
    for type_ in (pa.float64(), pa.bool_()):
        try:
            return pc.cast(pc.cast(texts, type_), pa.float64())
        except pa.ArrowInvalid:
            pass
    row = next(row for row, text in enumerate(texts) if not _is_number(text))
    text = str(texts[row])[:_LONGEST]
    raise DataError(f"row {rows_before + row + 1:,}: '{text}' in the column '{name}' is not a number")


def _is_number(text: Any) -> bool:
    try:
        text.cast(pa.float64())
    except pa.ArrowInvalid:
        return False
    return True


def _loses_digits(texts: Any, numbers: Any) -> bool:
    """Whether a whole number among texts has more digits than a float64 can hold."""
    large = texts.filter(pc.greater_equal(pc.abs(numbers), LARGEST_EXACT))
    whole = large.filter(pc.match_substring_regex(large, r"^[+-]?\d+$"))
    return any(int(text) != int(float(text)) for text in whole.to_pylist())


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
        _check_types(schema, format_)
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
        batch = _with_plain_texts(batch)
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
    try:
        with written(Path(file), is_text=format_ in {"csv", "json"}) as stream:
            found = Sink(stream, format_, schema)
            yield found
            found.close()
    except OSError as error:
        raise OutputError(f"cannot write {file}: {error.strerror or error}") from error


def _check_types(schema: Any, format_: str) -> None:
    """Raise OutputError for a column of a type that a format cannot hold."""
    types = pa.types
    for field in schema:
        kind = field.type
        is_binary = types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind)
        if (format_ == "csv" and types.is_nested(kind)) or (format_ in {"csv", "json"} and is_binary):
            message = f"{format_} cannot hold the column '{field.name}', {kind} values"
            raise OutputError(Problem(message, hint="--keep a,b leaves it out, and -f parquet holds it"))


def _with_plain_texts(batch: Any) -> Any:
    """A batch without dictionaries, and with nothing in place of empty texts, as CSV has it."""
    arrays = []
    for column in batch.columns:
        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()  # noqa: PLW2901
        if _is_text(column.type) and pc.any(pc.equal(column, "")).as_py():
            column = pc.if_else(pc.equal(column, ""), None, column)  # noqa: PLW2901
        arrays.append(column)
    return pa.record_batch(arrays, names=batch.schema.names)


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _csv_line(names: Sequence[str]) -> bytes:
    import csv
    from io import StringIO

    line = StringIO()
    csv.writer(line, lineterminator="\n").writerow(names)
    return line.getvalue().encode()


def _needs_quotes(batch: Any) -> bool:
    """Whether a text in a batch has a sign that CSV would obey; pyarrow puts quotes around all texts, or none."""
    texts = (column for column in batch.columns if _is_text(column.type))
    return any(pc.any(pc.match_substring_regex(column, '[",\\r\\n]')).as_py() for column in texts)


def _json_lines(batch: Any) -> bytes:
    import json

    return "".join(f"{json.dumps(_json_value(row), default=str)}\n" for row in batch.to_pylist()).encode()


def _json_value(x: Any) -> Any:
    """A value of a table with its numbers as JSON can have them."""
    from backpropcli.text.json_numbers import json_numbers

    if isinstance(x, dict):
        return {str(name): _json_value(each) for name, each in x.items()}
    if isinstance(x, list):
        return [_json_value(each) for each in x]
    return json_numbers(x) if isinstance(x, float) else x


def _stdin() -> bytes:
    """All of standard input, unpacked."""
    data = sys.stdin.buffer.read()
    note_read(sys.stdin.fileno())
    if data.startswith(b"\x1f\x8b"):
        import gzip
        import zlib

        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(f"cannot read standard input: {error}") from error
    return data


def _format_of_bytes(data: bytes) -> str:
    """The format of a table, by its first bytes."""
    if data.startswith(b"PAR1"):
        return "parquet"
    if data.startswith(b"ARROW1"):
        return "feather"
    if data.startswith(b"\xff\xff\xff\xff"):
        return "stream"
    if data.lstrip()[:1] == b"{":
        return "json"
    return "tsv" if b"\t" in data.split(b"\n", 1)[0] else "csv"


def _table_of(data: bytes, format_: str, types: Mapping[str, Any] | None) -> Any:
    """A table in memory."""
    buffer = pa.BufferReader(data)
    if format_ == "parquet":
        table = pyarrow.parquet.read_table(buffer)
    elif format_ == "feather":
        table = pyarrow.feather.read_table(buffer)
    elif format_ == "stream":
        table = pa.ipc.open_stream(buffer).read_all()
    elif format_ == "json":
        table = pyarrow.json.read_json(buffer)
    else:
        parse, convert = _text_options(format_, types)
        table = pyarrow.csv.read_csv(buffer, parse_options=parse, convert_options=convert)
    names = table.schema.names
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise DataError(f"standard input has two columns '{twice}'")
    return table


def _text_options(format_: str, types: Mapping[str, Any] | None) -> tuple[Any, Any]:
    """How text is taken apart and understood; what stands for no number is text in a column of texts."""
    parse = pyarrow.csv.ParseOptions(delimiter=_SEPARATORS[format_], newlines_in_values=True)
    return parse, pyarrow.csv.ConvertOptions(null_values=_NULLS, strings_can_be_null=False, column_types=types)


@contextmanager
def _refused(file: str) -> Iterator[None]:
    """What pyarrow says of a file that is no table, in one line."""
    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        first_line = str(error).strip().partition("\n")[0]
        raise DataError(f"cannot read {file}: {first_line[:_LONGEST_MESSAGE]}") from error


_LONGEST, _LONGEST_MESSAGE = 40, 200
