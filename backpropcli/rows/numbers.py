"""The columns of a batch as numbers."""

from __future__ import annotations

from typing import Any, NamedTuple

from backpropcli.errors import DataError
from backpropcli.rows.arrow import is_text, pa, pc
from backpropcli.rows.reading import NULLS, Batch

_LARGEST_EXACT = 2**53
_LONGEST = 40


class Numbers(NamedTuple):
    """A column as float64, 0 where it has no number, and where that is; what a float64 cannot hold makes it inexact."""

    array: Any
    is_null: Any
    is_inexact: bool


def numbers_of(batch: Batch, name: str) -> Numbers:
    """A column of a batch as numbers. Raises DataError for a text that is none, with its row."""
    column = batch.table.column(name)
    inexact = False
    types = pa.types
    if is_text(column.type):
        texts = pc.utf8_trim_whitespace(column)
        texts = pc.if_else(pc.is_in(texts, pa.array(NULLS, texts.type)), None, texts)
        column = _parsed(texts, name, batch)
        inexact = _loses_digits(texts, column)
    elif types.is_integer(column.type):
        ends = pc.min_max(column).as_py().values()
        inexact = any(end is not None and abs(end) > _LARGEST_EXACT for end in ends)
    elif types.is_decimal(column.type):
        floats = pc.cast(column, pa.float64())
        back = pc.cast(floats, pa.decimal256(76, column.type.scale))
        inexact = not pc.all(pc.equal(back, pc.cast(column, back.type))).as_py()
        column = floats
    elif types.is_boolean(column.type):
        column = pc.cast(column, pa.int8())
    floats = pc.cast(column, pa.float64(), safe=False)
    is_null = pc.is_null(column).to_numpy(zero_copy_only=False)
    return Numbers(pc.fill_null(floats, 0.0).to_numpy(zero_copy_only=False), is_null, inexact)


def _parsed(texts: Any, name: str, batch: Batch) -> Any:
    """Texts as numbers, true and false as 1 and 0."""
    for type_ in (pa.float64(), pa.bool_()):
        try:
            return pc.cast(pc.cast(texts, type_), pa.float64())
        except pa.ArrowInvalid:
            pass
    row = next(row for row, text in enumerate(texts) if not _is_number(text))
    text = str(texts[row])[:_LONGEST]
    raise DataError(f"{batch.place(row)}: '{text}' in the column '{name}' is not a number")


def _is_number(text: Any) -> bool:
    try:
        text.cast(pa.float64())
    except pa.ArrowInvalid:
        return False
    return True


def _loses_digits(texts: Any, numbers: Any) -> bool:
    """Whether a whole number among texts has more digits than a float64 can hold."""
    large = texts.filter(pc.greater_equal(pc.abs(numbers), _LARGEST_EXACT))
    whole = large.filter(pc.match_substring_regex(large, r"^[+-]?\d+$"))
    return any(int(text) != int(float(text)) for text in whole.to_pylist())
