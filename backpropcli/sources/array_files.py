"""Arrays in files: NumPy's .npy, and .csv with numbers."""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from backpropcli.errors import BackpropError, DataError, Place, Problem
from backpropcli.sources.files_read import note_read
from backpropcli.sources.literals import is_number, to_float

_LONGEST_SHOWN = 20  # characters of a cell

_HEADER_READERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}

Array = Any
Number = Callable[[str], Any]


def load_file(path: Path, number: Number = to_float) -> Array | list[list[Any]]:
    """The array in a .npy file, or the rows in a .csv file of what `number` makes of each text.

    Raises DataError when the file cannot be read or holds no array of numbers.
    """
    suffix = path.suffix.lower()
    if suffix not in {".npy", ".csv"}:
        raise DataError(Problem(f"{path}: unknown type of file", hint="array files end in .npy or .csv"))
    if "\0" in str(path):
        raise DataError("the name of a file cannot contain a NUL character")
    try:
        if path.exists() and not path.is_file():
            raise DataError(f"cannot read {path}: not a regular file")
        note_read(path)
        return _load_npy(path) if suffix == ".npy" else _load_csv(path, number)
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror or error}") from None
    except MemoryError:
        raise DataError(f"{path}: the array does not fit into memory") from None


def _load_npy(path: Path) -> Array:
    with path.open("rb") as file:
        try:
            shape, is_fortran, dtype = _read_npy_header(file)
        except Exception:  # noqa: BLE001 - NumPy lets out whatever Python's tokenizer and compiler raise
            raise DataError(Problem(f"{path}: not a .npy file of numbers", hint="write it with numpy.save")) from None
        if dtype.kind not in "biuf":
            hint = "save it with .astype(float)"
            raise DataError(Problem(f"{path}: the array holds {dtype}, not numbers", hint=hint))
        # Before any memory is asked for: a header of 128 bytes may claim a shape of terabytes.
        claimed = math.prod(shape) * dtype.itemsize
        present = os.fstat(file.fileno()).st_size - file.tell()
        if claimed != present or min(shape, default=0) < 0:
            raise DataError(f"{path}: an array of shape {shape} has {claimed:,} bytes, but the file has {present:,}")
        data = np.frombuffer(file.read(), dtype)
    try:
        return data.reshape(shape, order="F" if is_fortran else "C")
    except (TypeError, ValueError):
        raise DataError(f"{path}: {shape} is not the shape of an array") from None


def _read_npy_header(file: BinaryIO) -> tuple[tuple[int, ...], bool, np.dtype[np.generic]]:
    version = np.lib.format.read_magic(file)
    if version not in _HEADER_READERS:
        raise ValueError(f"version {version} is for arrays of records")
    with warnings.catch_warnings(action="ignore"):  # that a file comes from Python 2
        return _HEADER_READERS[version](file)


def _load_csv(path: Path, number: Number) -> list[list[Any]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError:
        raise DataError(Problem(f"{path}: not UTF-8 text", hint="save the file as UTF-8")) from None
    rows: list[list[Any]] = []
    names_may_come = True
    for line_number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        cells = line.split(",")
        if names_may_come and all(_is_name(cell) for cell in cells):
            names_may_come = False
            continue
        names_may_come = False
        # What stands in the line is not shown: a scenario may name any file, of secrets too.
        line_start = Place(str(path), line_number, 1, 1, "")
        rows.append([_read_cell(cells, column, line_start, number) for column in range(len(cells))])
        if len(cells) != len(rows[0]):
            message = f"{path}: a row of {len(cells)} numbers after rows of {len(rows[0])}"
            raise DataError(Problem(message, line_start, "every row needs as many numbers as the first"))
    if not rows:
        raise DataError(f"{path}: contains no numbers")
    return rows


def _is_name(cell: str) -> bool:
    """Whether a cell of the first line is the name of a column, rather than a number with a mistake."""
    text = cell.strip().strip('"')
    return text[:1].isalpha() and not is_number(text)


def _read_cell(cells: list[str], column: int, line_start: Place, number: Number) -> Any:
    text = cells[column].strip()
    try:
        if is_number(text):
            return number(text)
        shown = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
        message = f"'{shown}' is not a number" if text else "a number is missing"
    except BackpropError as error:  # of the domain whose number it is to be
        message = str(error)
    before = sum(len(cell) + 1 for cell in cells[:column])
    indent = len(cells[column]) - len(cells[column].lstrip())
    place = line_start._replace(column=before + indent + 1)
    hint = "separate the numbers with commas" if len(cells) == 1 else None
    raise DataError(Problem(f"{line_start.source}: {message}", place, hint))
