"""Tables from files of every kind that analysts have, read in batches."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from backpropcli.errors import DataError, Problem
from backpropcli.rows.arrow import is_text, pa
from backpropcli.rows.file_batches import BATCH, parquet_batches, text_batches
from backpropcli.rows.files import STDIN, format_of, is_held
from backpropcli.sources.files_read import note_read

NULLS = ["", "NA", "N/A", "NULL", "null", "#N/A"]
"""What stands for no number in a text; nan is one."""

_SEPARATORS = {"csv": ",", "tsv": "\t"}
_FIRST_BYTES = {"gzip": b"\x1f\x8b", "bz2": b"BZh", "lz4": b"\x04\x22\x4d\x18", "zstd": b"\x28\xb5\x2f\xfd"}
_LONGEST_MESSAGE = 200


class Batch(NamedTuple):
    """Some rows, how many rows of their file are before them, and the file where there are several."""

    table: Any
    file: str | None
    rows_before: int

    def place(self, row: int) -> str:
        """What messages call a row of the batch, which counts from 0."""
        number = f"row {self.rows_before + row + 1:,}"
        return number if self.file is None else f"{self.file}, {number}"


class Source:
    """The tables in some files, one after the other.

    `as_text` keeps the columns of text files as they are written; otherwise they have the types that pyarrow sees.
    """

    def __init__(self, files: Sequence[str], *, as_text: bool) -> None:
        self.files = list(files)
        self._held = _unpacked(self.files[0]) if is_held(self.files) else None
        is_stdin = self.files == [STDIN]
        self.format = _format_of_bytes(self._held or b"") if is_stdin else format_of(self.files)
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
        if self._held is not None:
            table = _table_of(self._held, self.format, types)
            names = table.schema.names
            if twice := next((name for name in names if names.count(name) > 1), None):
                raise DataError(f"{_called(self.files[0])} has two columns '{twice}'")
            return pa.dataset.dataset(table)
        format_: Any = self.format
        if format_ in _SEPARATORS:
            parse, convert = _text_options(format_, types)
            format_ = pa.dataset.CsvFileFormat(parse_options=parse, convert_options=convert)
        files = self.files[0] if len(self.files) == 1 else self.files
        return pa.dataset.dataset(files, format=format_, partitioning="hive")

    def _check_columns(self, dataset: Any) -> None:
        """Raise DataError for a file that has other columns than the first."""
        if self._held is not None:
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
        return "text" if is_text(found) else f"{found} values"

    def count(self) -> int | None:
        """How many rows there are, if the files say it."""
        if self.format != "parquet":
            return None
        with _refused(self.files[0]):
            return int(self._dataset.count_rows())

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """The rows, a batch after the other, while the next one is being read."""
        fragments = list(self._dataset.get_fragments())
        for fragment in fragments:
            file = self.files[0] if len(fragments) == 1 else fragment.path
            rows_before = 0
            with _refused(file):
                for table in _one_ahead(self._read(fragment, columns)):
                    yield Batch(table, None if len(fragments) == 1 else file, rows_before)
                    rows_before += table.num_rows

    def _read(self, fragment: Any, columns: Sequence[str]) -> Iterator[Any]:
        """The rows of a file. A scanner would hold whole row groups of Parquet, and all text that is not taken yet."""
        if self._held is not None or self.format not in {*_SEPARATORS, "parquet"}:
            yield from self._scanned(fragment, columns)
            return
        constants = pa.dataset.get_partition_keys(fragment.partition_expression)
        own = [name for name in columns if name not in constants]
        for batch in self._own_rows(fragment.path, own):
            same = {name: pa.array([x] * batch.num_rows, self.type_of(name)) for name, x in constants.items()}
            arrays = [same[name] if name in same else batch.column(name).cast(self.type_of(name)) for name in columns]
            yield pa.record_batch(arrays, names=list(columns))

    def _own_rows(self, path: str, columns: Sequence[str]) -> Iterator[Any]:
        """What the file itself says of its rows, which its folder may say more of."""
        if self.format == "parquet":
            return parquet_batches(path, columns)
        parse, convert = _text_options(self.format, {name: self.type_of(name) for name in columns})
        convert.include_columns = list(columns)
        return text_batches(path, parse, convert)

    def _scanned(self, fragment: Any, columns: Sequence[str]) -> Iterator[Any]:
        scanner = fragment.scanner(
            schema=self._dataset.schema,
            columns=list(columns),
            batch_size=BATCH,
            batch_readahead=1,
            fragment_readahead=1,
            use_threads=False,  # they would read on and on, whether or not the batches are taken
        )
        yield from (batch for batch in scanner.to_batches() if batch.num_rows)


def _one_ahead(batches: Iterator[Any]) -> Iterator[Any]:
    """The batches, each read while the one before it is used."""
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = reader.submit(next, batches, None)
            yield batch


def _unpacked(file: str) -> bytes:
    """All of a file, or of standard input, unpacked."""
    try:
        data = sys.stdin.buffer.read() if file == STDIN else Path(file).read_bytes()
    except OSError as error:
        raise DataError(f"cannot read {file}: {error.strerror}") from error
    if file == STDIN:
        note_read(sys.stdin.fileno())
    for compression, first in _FIRST_BYTES.items():
        if data.startswith(first):
            with _refused(_called(file)), pa.CompressedInputStream(pa.BufferReader(data), compression) as stream:
                return bytes(stream.read())
    return data


def _called(file: str) -> str:
    return "standard input" if file == STDIN else file


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
    """A table in memory, read without threads: one that is alive at the end of a process would abort it."""
    buffer = pa.BufferReader(data)
    if format_ == "parquet":
        table = pa.parquet.read_table(buffer, use_threads=False)
    elif format_ == "feather":
        table = pa.feather.read_table(buffer, use_threads=False)
    elif format_ == "stream":
        table = pa.ipc.open_stream(buffer).read_all()
    elif format_ == "json":
        table = pa.json.read_json(buffer, pa.json.ReadOptions(use_threads=False))
    else:
        parse, convert = _text_options(format_, types)
        options = pa.csv.ReadOptions(use_threads=False)
        table = pa.csv.read_csv(buffer, options, parse_options=parse, convert_options=convert)
    return table


def _text_options(format_: str, types: Mapping[str, Any] | None) -> tuple[Any, Any]:
    """How text is taken apart and understood; what stands for no number is text in a column of texts."""
    parse = pa.csv.ParseOptions(delimiter=_SEPARATORS[format_], newlines_in_values=True)
    return parse, pa.csv.ConvertOptions(null_values=NULLS, strings_can_be_null=False, column_types=types)


@contextmanager
def _refused(file: str) -> Iterator[None]:
    """What pyarrow says of a file that is no table, in one line."""
    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        first_line = str(error).strip().partition("\n")[0]
        is_of_type = "conversion error" in first_line
        hint = "the first rows decide of which type a column is; with -f csv it stays text" if is_of_type else None
        raise DataError(Problem(f"cannot read {file}: {first_line[:_LONGEST_MESSAGE]}", hint=hint)) from error
