"""Array files give arrays, or an error that names the file and what is wrong with it."""

from __future__ import annotations

import io
import tracemalloc
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backpropcli.binding import read_literal
from backpropcli.domains import domain
from backpropcli.errors import DataError
from backpropcli.sources.literals import ArrayFile


def load_file(path: Path) -> Any:
    """The array in a file."""
    return read_literal(ArrayFile(str(path)), domain("arrays"))


def npy(array: Any, version: tuple[int, int] | None = None) -> bytes:
    """The bytes of a .npy file."""
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.asanyarray(array), version)
    return buffer.getvalue()


def header(shape: tuple[int, ...], descr: str = "<f8") -> bytes:
    """The bytes of a .npy file that claims a shape and has no data."""
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": descr, "fortran_order": False, "shape": shape})
    return buffer.getvalue()


# Each makes NumPy's reader raise something else: TokenError, SyntaxError, TypeError, RecursionError or MemoryError.
BROKEN_HEADERS = [
    b"{'descr': '<f8",
    b"{'descr': ',', 'fortran_order': False, 'shape': ()}",
    b"{1: 2, 'shape': 3}",
    b"{[]: 1}",
    b"-" * 9000 + b"1",
    b"(" * 9000,
]


@pytest.fixture
def load(tmp_path: Path) -> Any:
    """What loads a file with the given bytes."""

    def load(content: bytes, name: str = "x.npy") -> Any:
        path = tmp_path / name
        path.write_bytes(content)
        return load_file(path)

    return load


@pytest.mark.parametrize(
    "array",
    [
        np.array([[1.5, -2], [3, 4]]),
        np.array(2.5),
        np.arange(6).reshape(2, 3),
        np.asfortranarray([[1.0, 2], [3, 4]]),
        np.array([1.0, 2], ">f8"),
        np.array([True, False]),
        np.zeros((0, 3)),
        np.float16([1.5]),
    ],
    ids=str,
)
@pytest.mark.parametrize("version", [(1, 0), (2, 0)])
def test_npy_files_give_float64(load: Any, array: Any, version: tuple[int, int]) -> None:
    """In any order, byte order and kind of number."""
    found = load(npy(array, version))
    assert found.dtype == np.dtype("float64")
    assert found.shape == array.shape
    assert found.tolist() == array.tolist()


def test_npy_files_of_float32_stay_float32(load: Any) -> None:
    """The file says what precision its numbers have."""
    assert load(npy(np.float32([1, 2]))).dtype == np.dtype("float32")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a .npy file"),
        (b"hello, world", "not a .npy file"),
        (npy([1.0])[:40], "not a .npy file"),
        *((b"\x93NUMPY\1\0" + len(text).to_bytes(2, "little") + text, "not a .npy file") for text in BROKEN_HEADERS),
        (npy([1.0, 2.0])[:-1], "16 bytes, but the file has 15"),
        (npy([1.0, 2.0]) + b"x", "16 bytes, but the file has 17"),
        (header((10**12,)), "has 8,000,000,000,000 bytes, but the file has 0"),
        (header((10**30, 10**30)), "but the file has 0"),
        (header((-1, -1)) + b"12345678", "but the file has 8"),
        (header((0,) * 65), "not the shape of an array"),
        (header((0, 10**30)), "not the shape of an array"),
        (header((1,), "|O") + b"12345678", ", not numbers"),
        (npy([1j]), ", not numbers"),
        (npy(["a"]), ", not numbers"),
        (npy(np.array(["2020-01-01"], "M8[D]")), ", not numbers"),
        (npy(np.zeros(1, [("a", "f8")])), ", not numbers"),
        (npy(np.zeros(1, [("ä", "f8")]), (3, 0)), "not a .npy file"),
    ],
)
def test_bad_npy_files_are_refused(load: Any, content: bytes, message: str) -> None:
    """Before memory is asked for, and without unpickling anything."""
    tracemalloc.start()
    with pytest.raises(DataError, match=message) as caught:
        load(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**24
    assert "x.npy" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (b"1,2\n3,4\n", [[1, 2], [3, 4]]),
        (b"1, -0.5\r\n 1e3 ,0x10", [[1, -0.5], [1000, 16]]),
        (b"a,b\n1,2\n", [[1, 2]]),
        (b'"width","height (cm)"\n1,2\n', [[1, 2]]),
        (b"\xef\xbb\xbf1\n2\n\n", [[1], [2]]),
        (b"\n1,inf\n", [[1, np.inf]]),
    ],
)
def test_csv_files_give_rows_and_columns(load: Any, content: bytes, rows: Any) -> None:
    """Always two axes; spaces, a line of names, blank lines and a byte order mark are fine."""
    found = load(content, "x.csv")
    assert found.dtype == np.dtype("float64")
    assert found.tolist() == rows


@pytest.mark.parametrize(
    ("content", "message", "place"),
    [
        (b"1,2\n3\n", "a row of 1 numbers after rows of 2", (2, 1)),
        (b"1,2\n3, x4\n", "'x4' is not a number", (2, 4)),
        (b"1,,2\n", "a number is missing", (1, 3)),
        (b"1,2,\n", "a number is missing", (1, 5)),
        (b"1,1_0\n", "'1_0' is not a number", (1, 3)),
        (b"1O\n2\n", "'1O' is not a number", (1, 1)),
        (b"a,b\nc,d\n", "'c' is not a number", (2, 1)),
        (b"1;2\n", "'1;2' is not a number", (1, 1)),
        (b"1e400", "1e400 is too large for a float64", (1, 1)),
        (b"1\0", "is not a number", (1, 1)),
    ],
)
def test_a_mistake_in_a_csv_file_is_told_with_its_place(load: Any, content: bytes, message: str, place: Any) -> None:
    """The line and the column; what else stands in the line is not quoted."""
    with pytest.raises(DataError, match=message) as caught:
        load(content, "x.csv")
    found = caught.value.problems[0].place
    assert found is not None
    assert found[1:] == (*place, 1, "")
    assert found.source.endswith("x.csv")


def test_no_more_of_a_file_is_quoted_than_the_beginning_of_the_cell(load: Any) -> None:
    """A scenario may name a file that its reader must not see, by a link that ends in .csv."""
    with pytest.raises(DataError) as caught:
        load(b"1,root:$6$salt$hash-of-a-password,secret\n", "x.csv")
    message = str(caught.value)
    assert "'root:$6$salt$hash-of...' is not a number" in message
    assert "password" not in message
    assert "secret" not in message


@pytest.mark.parametrize(
    ("content", "message"), [(b"", "no numbers"), (b"a,b\n", "no numbers"), (b"\xff\xfe1", "not UTF-8")]
)
def test_a_csv_file_without_numbers_is_refused(load: Any, content: bytes, message: str) -> None:
    """The error names the file."""
    with pytest.raises(DataError, match=rf"x\.csv: .*{message}"):
        load(content, "x.csv")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("x.txt", "unknown type of file"),
        ("x", "unknown type of file"),
        ("missing.npy", "No such file"),
        ("missing.csv", "No such file"),
        ("folder.npy", "not a regular file"),
        ("nul\0.npy", "NUL"),
        ("x" * 300 + ".npy", "File name too long"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, name: str, message: str) -> None:
    """The error says why."""
    (tmp_path / "folder.npy").mkdir()
    with pytest.raises(DataError, match=message):
        load_file(tmp_path / name)


@pytest.mark.parametrize("suffix", [".npy", ".csv"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200) | st.text("0123456789,.-e\n ab").map(str.encode), npy_start=st.booleans())
def test_any_bytes_are_an_array_or_an_error(tmp_path: Path, suffix: str, content: bytes, npy_start: bool) -> None:
    """Nothing else is raised."""
    path = tmp_path / f"x{suffix}"
    path.write_bytes(npy([1.0])[:20] + content if npy_start else content)
    with suppress(DataError):
        assert load_file(path).dtype.kind == "f"
