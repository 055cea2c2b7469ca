"""Arrays in files: NumPy's .npy and .npz, and tables of numbers as text."""

from __future__ import annotations

import math
import os
import warnings
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import numpy as np

from backpropcli.errors import DataError, Problem, did_you_mean
from backpropcli.sources.files_read import note_read
from backpropcli.sources.literals import ARRAY_SUFFIXES, NPY_START, NPZ_START, ArrayFile, to_float
from backpropcli.sources.text_tables import decoded, read_numbers, read_table

_HEADER_READERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
_BROKEN_ARCHIVE = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError)
_MOST_NAMES = 10
_MOST_EMPTY_ROWS = 1_000_000

Array = Any
Number = Callable[[str], Any]


def load_array(file: ArrayFile, number: Number = to_float) -> Array | list[Any]:
    """The array that a file holds, or in a text file what `number` makes of each number, in lists.

    Raises DataError when the file cannot be read or holds no array of numbers.
    """
    try:
        if file.content is not None:
            return _load_content(file.content, file.path, file.part, number)
        return _load_file(Path(file.path), file.part, number)
    except OSError as error:
        raise DataError(f"cannot read {file.path}: {error.strerror or error}") from None
    except MemoryError:
        raise DataError(f"{file.path}: the array does not fit into memory") from None


def _load_file(path: Path, part: str | None, number: Number) -> Array | list[Any]:
    suffix = path.suffix.lower()
    if suffix not in ARRAY_SUFFIXES:
        hint = f"array files end in {', '.join(ARRAY_SUFFIXES[:-1])} or {ARRAY_SUFFIXES[-1]}"
        raise DataError(Problem(f"{path}: unknown type of file", hint=hint))
    if "\0" in str(path):
        raise DataError("the name of a file cannot contain a NUL character")
    if path.exists() and not path.is_file():
        raise DataError(f"cannot read {path}: not a regular file")
    note_read(path)
    if suffix in {".npy", ".npz"}:
        with path.open("rb") as file:
            load = _load_npy if suffix == ".npy" else _load_npz
            return load(file, os.fstat(file.fileno()).st_size, str(path), part)
    read = read_numbers if suffix == ".txt" else read_table
    return read(decoded(path.read_bytes(), str(path)), str(path), number, part)


def _load_content(content: bytes, source: str, part: str | None, number: Number) -> Array | list[Any]:
    """What bytes hold that no file's name tells the type of."""
    if content.startswith(NPY_START):
        return _load_npy(BytesIO(content), len(content), source, part)
    if content.startswith(NPZ_START):
        return _load_npz(BytesIO(content), len(content), source, part)
    return read_numbers(decoded(content, source), source, number, part)


def _load_npz(file: IO[bytes], _size: int, source: str, part: str | None) -> Array:
    """One array of an archive, the only one if none is named."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
            info = members[_array_name(list(members), source, part)]
            with archive.open(info) as member:
                return _load_npy(member, info.file_size, f"{source}:{info.filename.removesuffix('.npy')}", None)
    except _BROKEN_ARCHIVE:
        raise DataError(Problem(f"{source}: not a .npz file", hint="write it with numpy.savez")) from None


def _array_name(names: list[str], source: str, part: str | None) -> str:
    """The name of the array that is meant. Raises DataError if there is none of this name, or if it is not clear."""
    listed = ", ".join([*names[:_MOST_NAMES], *(["..."] if len(names) > _MOST_NAMES else [])])
    if part is None:
        if len(names) == 1:
            return names[0]
        if not names:
            raise DataError(f"{source}: contains no array")
        example = f"choose one of {listed}, as in @x.npz:{names[0]}"
        raise DataError(Problem(f"{source}: contains {len(names)} arrays", hint=example))
    if part not in names:
        hint = did_you_mean(part, names) or f"it has {listed or 'no array'}"
        raise DataError(Problem(f"{source}: no array is named '{part}'", hint=hint))
    return part


def _load_npy(file: IO[bytes], size: int, source: str, part: str | None) -> Array:
    if part is not None:
        raise DataError(Problem(f"{source}: has no part '{part}'", hint="only tables and .npz files have named parts"))
    try:
        shape, is_fortran, dtype = _read_npy_header(file)
    except Exception as error:  # NumPy lets out whatever Python's tokenizer and compiler raise
        raise DataError(Problem(f"{source}: not a .npy file of numbers", hint="write it with numpy.save")) from error
    if dtype.kind not in "biuf":
        hint = "save it with .astype(float)"
        raise DataError(Problem(f"{source}: the array holds {dtype}, not numbers", hint=hint))
    # Before any memory is asked for: a header of 128 bytes may claim a shape of terabytes.
    claimed = math.prod(shape) * dtype.itemsize
    present = size - file.tell()
    if claimed != present or min(shape, default=0) < 0:
        raise DataError(f"{source}: an array of shape {shape} has {claimed:,} bytes, but the file has {present:,}")
    if 0 in shape and math.prod(max(length, 1) for length in shape) > _MOST_EMPTY_ROWS:
        raise DataError(f"{source}: an array of shape {shape} has no numbers, and too many rows")
    data = np.frombuffer(file.read(), dtype)
    try:
        return data.reshape(shape, order="F" if is_fortran else "C")
    except (TypeError, ValueError):
        raise DataError(f"{source}: {shape} is not the shape of an array") from None


def _read_npy_header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[np.generic]]:
    version = np.lib.format.read_magic(file)
    if version not in _HEADER_READERS:
        raise ValueError(f"version {version} is for arrays of records")
    with warnings.catch_warnings(action="ignore"):  # that a file comes from Python 2
        return _HEADER_READERS[version](file)
