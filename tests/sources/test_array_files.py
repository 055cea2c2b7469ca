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
from backpropcli.sources.literals import ARRAY_SUFFIXES, ArrayFile


def savez(**arrays: Any) -> bytes:
    """The bytes of a .npz file."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


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
        (header((0, 10**30)), "no numbers, and too many rows"),
        (header((10**9, 0)), "no numbers, and too many rows"),
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


def test_npz_files_hold_one_array_or_several_by_name(load: Any) -> None:
    """Of several, one is named."""
    w = np.array([[1.5, 2], [3, 4]])
    assert load(savez(w=w), "x.npz").tolist() == w.tolist()
    assert load(savez(a=w[0], w=w), "x.npz", "w").tolist() == w.tolist()


@pytest.mark.parametrize(
    ("content", "part", "message", "hint"),
    [
        (savez(a=1.0, b=2.0), None, "contains 2 arrays", "choose one of a, b, as in @x.npz:a"),
        (savez(weight=1.0), "wieght", "no array is named 'wieght'", "did you mean 'weight'?"),
        (savez(w=1.0), "b", "no array is named 'b'", "it has w"),
        (savez(), None, "contains no array", None),
        (savez(w=["a"]), None, "x.npz:w: the array holds <U1, not numbers", "save it with"),
        (savez(w=np.array([{}], object)), None, "x.npz:w: the array holds object, not numbers", "save it with"),
        (b"PK\x03\x04 and more", None, "not a .npz file", "write it with numpy.savez"),
        (savez(w=np.arange(999.0))[:-30], None, "not a .npz file", "write it with numpy.savez"),
    ],
)
def test_bad_npz_files_are_refused(load: Any, content: bytes, part: str | None, message: str, hint: str | None) -> None:
    """Without unpickling anything."""
    with pytest.raises(DataError, match=message) as caught:
        load(content, "x.npz", part)
    assert (caught.value.problems[0].hint or "").startswith(hint or "")


def test_a_single_array_has_no_parts(load: Any) -> None:
    """A .npy file is one array."""
    with pytest.raises(DataError, match="has no part 'w'"):
        load(npy([1.0]), "x.npy", "w")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("x.dat", "unknown type of file"),
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
        read_literal(ArrayFile(str(tmp_path / name), None), domain("arrays"))


@pytest.mark.parametrize("suffix", ARRAY_SUFFIXES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=200) | st.text('0123456789,.;-e\t\n ab"#[]/').map(str.encode),
    start=st.sampled_from([b"", npy([1.0])[:20], savez(a=1.0)[:150], b"a,b\n"]),
    part=st.sampled_from([None, "a"]),
)
def test_any_bytes_are_an_array_or_an_error(
    tmp_path: Path, suffix: str, content: bytes, start: bytes, part: str | None
) -> None:
    """Nothing else is raised; and so it is for bytes that come from a pipe."""
    path = tmp_path / f"x{suffix}"
    path.write_bytes(start + content)
    for file in (ArrayFile(str(path), part), ArrayFile("standard input", part, start + content)):
        with suppress(DataError):
            assert read_literal(file, domain("arrays")).dtype.kind == "f"
