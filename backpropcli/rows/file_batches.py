"""The rows of one file, a batch after the other, in little memory, however large the file's own parts are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from backpropcli.rows.arrow import pa

BATCH = 65_536
"""How many rows a batch has."""

_BATCH_BYTES = 2**23  # or about so many bytes, where rows are long
_BUFFER = 2**16  # bytes that are read at once of a column of Parquet
_BLOCKS = 2**18, 2**24, 2**30  # bytes of text, many of which are read ahead; a row must fit into one
_TOO_LONG = "straddl"  # what pyarrow says of a row that does not


def parquet_batches(path: str, columns: Sequence[str]) -> Iterator[Any]:
    """The rows of a file of Parquet."""
    with pa.parquet.ParquetFile(path, pre_buffer=False, buffer_size=_BUFFER) as file:
        if file.num_row_groups:
            count = _rows_at_once(file.metadata.row_group(0), columns)
            yield from file.iter_batches(count, columns=list(columns), use_threads=False)


def text_batches(path: str, parse: Any, convert: Any) -> Iterator[Any]:
    """The rows of a text file, by these options of pyarrow."""
    several: list[Any] = []
    for batch in _small_batches(path, parse, convert):
        several.append(batch)
        if sum(each.num_rows for each in several) >= BATCH or sum(each.nbytes for each in several) >= _BATCH_BYTES:
            yield from _joined(several)
            several = []
    yield from _joined(several)


def _small_batches(path: str, parse: Any, convert: Any) -> Iterator[Any]:
    """The rows, one block of text after the other, in larger blocks from the first row on that is too long."""
    done = 0
    for size in _BLOCKS:
        left = done
        try:
            with pa.csv.open_csv(path, pa.csv.ReadOptions(block_size=size), parse, convert) as reader:
                for batch in reader:
                    fresh = batch.slice(min(left, batch.num_rows))
                    left -= batch.num_rows - fresh.num_rows
                    done += fresh.num_rows
                    yield fresh
        except pa.ArrowInvalid as error:
            if _TOO_LONG not in str(error) or size == _BLOCKS[-1]:
                raise
        else:
            return


def _joined(batches: Sequence[Any]) -> Iterator[Any]:
    """The rows of several batches as one."""
    if batches:
        yield from pa.Table.from_batches(batches).combine_chunks().to_batches()


def _rows_at_once(group: Any, columns: Sequence[str]) -> int:
    """How many rows of these columns a batch may have, by the metadata of a row group."""
    chunks = (group.column(number) for number in range(group.num_columns))
    size: int = sum(each.total_uncompressed_size for each in chunks if each.path_in_schema.partition(".")[0] in columns)
    rows: int = group.num_rows
    return max(1, min(BATCH, _BATCH_BYTES * rows // max(size, 1)))
