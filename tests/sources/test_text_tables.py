"""Files of numbers as text give rows, columns or a list, or an error that says where in the file."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

from backpropcli.errors import DataError


def savetxt(array: Any, **settings: Any) -> bytes:
    """The bytes of a text file as NumPy writes it."""
    buffer = io.BytesIO()
    np.savetxt(buffer, array, **settings)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (b"1,2\n3,4\n", [[1, 2], [3, 4]]),
        (b"1, -0.5\r\n 1e3 ,0x10", [[1, -0.5], [1000, 16]]),
        (b"a,b\n1,2\n", [[1, 2]]),
        (b'"width","height (cm)"\n1,2\n', [[1, 2]]),
        (b"\xef\xbb\xbf1\n2\n\n", [[1], [2]]),
        (b"\n1,inf\n", [[1, np.inf]]),
        (b"1,2\r3,4\r", [[1, 2], [3, 4]]),
        (b'"1","2"\n"3", "4"\n', [[1, 2], [3, 4]]),
        (b'"height, in cm","a ""b"""\n1,2\n', [[1, 2]]),
        (b"0;0,25;1/2\n0,75;1;-1,25e1\n", [[0, 0.25, 0.5], [0.75, 1, -12.5]]),
        (b"0.25;1\n", [[0.25, 1]]),
        (b"price; net\n1,5;2\n", [[1.5, 2]]),
        (b"1\t2\n3\t4\n", [[1, 2], [3, 4]]),
        (b"name, first\theight\n1\t2\n", [[1, 2]]),
        (b"1 2\n 3   4 \n", [[1, 2], [3, 4]]),
        (b"height (cm)\n1\n2\n", [[1], [2]]),
        (b"# made by hand\n# a,b\n1,2\n# the end\n", [[1, 2]]),
        (b",a,b\n0,1,2\n1,3,4\n", [[0, 1, 2], [1, 3, 4]]),
    ],
)
def test_csv_files_give_rows_and_columns(load: Any, content: bytes, rows: Any) -> None:
    """Always two axes; spaces, a line of names, blank lines, comments, quotes and a byte order mark are fine.

    The separator is a comma, a semicolon, which leaves the comma to decimals, a tab or spaces.
    """
    found = load(content, "x.csv")
    assert found.dtype == np.dtype("float64")
    assert found.tolist() == rows


@pytest.mark.parametrize(
    ("content", "message", "place"),
    [
        (b"1,2\n3\n", "a row of 1 numbers after rows of 2", (2, 1, 1, "")),
        (b"1,2\n3, x4\n", "'x4' is not a number", (2, 4, 2, "   x4")),
        (b'1,2\n"3,5", x4\n', "'3,5' is not a number", (2, 1, 3, "3,5")),
        (b'1,2\n"3","x,4"\n', "'x,4' is not a number", (2, 5, 3, "    x,4")),
        (b"1 2\n3  x4\n", "'x4' is not a number", (2, 4, 2, "   x4")),
        (b"1\t2\n3\tx4\n", "'x4' is not a number", (2, 3, 2, "  x4")),
        (b"1,,2\n", "a number is missing", (1, 3, 1, "  ")),
        (b"1,2,\n", "a number is missing", (1, 5, 1, "    ")),
        (b"1,1_0\n", "'1_0' is not a number", (1, 3, 3, "  1_0")),
        (b"1O\n2\n", "'1O' is not a number", (1, 1, 2, "1O")),
        (b"a,b\nc,d\n", "'c' is not a number", (2, 1, 1, "c")),
        (b"1,5;1.5\n", "'1.5' has a point, but numbers before it have a comma", (1, 5, 3, "    1.5")),
        (b"1.5;2\n0;1,5\n", "'1,5' has a comma, but numbers before it have a point", (2, 3, 3, "  1,5")),
        (b"1.000,5;2\n", "'1.000,5' is not a number", (1, 1, 7, "1.000,5")),
        (b'1,"2\n', "a quotation mark is not closed", (1, 1, 1, "")),
        (b"1e400", "1e400 is too large for a float64", (1, 1, 5, "1e400")),
        (b"1\0", "is not a number", (1, 1, 2, "1\0")),
        (b"1root:secret:0:0:root:/bin/sh", "'1root:secret:0:0:roo...' is not", (1, 1, 20, "1root:secret:0:0:roo")),
    ],
)
def test_a_mistake_in_a_csv_file_is_told_with_its_place(load: Any, content: bytes, message: str, place: Any) -> None:
    """Line, column, length and the cell alone: a file may be a link to one that its reader must not see."""
    with pytest.raises(DataError, match=message) as caught:
        load(content, "x.csv")
    found = caught.value.problems[0].place
    assert found is not None
    assert found[1:] == place
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
    ("content", "column", "numbers"),
    [
        (b"date,price,qty\n2024-01-01,1.5,3\n2024-01-02,2,4\n", "price", [1.5, 2]),
        (b'"date";"unit price"\n"1. 2. 2024";"1,5"\n"x";"2"\n', "unit price", [1.5, 2]),
        (b"# x y\n1 2\n3 4\n", "y", [2, 4]),
        (b"#x\ty\n1\t2\n", "y", [2]),
        (b"country,2023,2024\nA,1,2\nB,3,4\n", "2024", [2, 4]),
        (b",price\n0,1.5\n1,2\n", "price", [1.5, 2]),
    ],
)
def test_a_column_of_a_table_is_a_list_of_its_numbers(load: Any, content: bytes, column: str, numbers: Any) -> None:
    """By its name in the line above the numbers; what other columns hold does not matter."""
    assert load(content, "x.csv", column).tolist() == numbers


@pytest.mark.parametrize(
    ("content", "column", "message", "hint", "line"),
    [
        (b"\ndate,price\n1,2\n", "pirce", "no column is named 'pirce'", "did you mean 'price'?", 2),
        (b"a,b\n1,2\n", "price", "no column is named 'price'", "the names of the columns stand in this line", 1),
        (b"a,a\n1,2\n", "a", "2 columns are named 'a'", "rename all but one of them", 1),
        (b"1,2\n3,4\n", "a", "no line names the columns", "write their names into the first line", None),
        (b"# by hand\n1,2\n", "a", "no line names the columns", "write their names into the first line", None),
        (b"a,b\n1,2\n3,x\n", "b", "'x' is not a number", None, 3),
        (b"a,b\n1,2\n3\n", "a", "a row of 1 numbers after rows of 2", "every row needs as many", 3),
    ],
)
def test_a_mistake_in_a_column_is_told_with_its_line(
    load: Any, content: bytes, column: str, message: str, hint: str | None, line: int | None
) -> None:
    """And with what to do."""
    with pytest.raises(DataError, match=message) as caught:
        load(content, "x.csv", column)
    (problem,) = caught.value.problems
    assert (problem.hint or "").startswith(hint or "")
    assert (problem.place.line if problem.place else None) == line


@pytest.mark.parametrize("array", [np.array(2.5), np.array([1.5, -2, 1e-30]), np.array([[1.5, -2], [3, 4]])], ids=str)
@pytest.mark.parametrize("settings", [{}, {"delimiter": ","}, {"header": "made by hand"}], ids=str)
def test_txt_files_are_what_numpy_saved(load: Any, array: Any, settings: Any) -> None:
    """As its loadtxt reads them: a list from a column of numbers."""
    assert load(savetxt(np.atleast_1d(array), **settings), "x.txt").tolist() == array.tolist()


@pytest.mark.parametrize("text", [b"[1, 2]", b"[1. 2.]\n", b"array([1.,\n       2.])"])
def test_txt_files_may_hold_a_list_in_brackets(load: Any, text: bytes) -> None:
    """As --value and --grad print an array, or Python does."""
    assert load(text, "x.txt").tolist() == [1, 2]


def test_a_mistake_in_brackets_is_told_without_what_stands_around_it(load: Any) -> None:
    """As in a table."""
    with pytest.raises(DataError, match="expected a number, not 'x4'") as caught:
        load(b"[1, x4, secret]", "x.txt")
    place = caught.value.problems[0].place
    assert place is not None
    assert place[1:] == (1, 5, 2, "    x4")


@pytest.mark.parametrize(
    ("content", "message"), [(b"", "no numbers"), (b"a,b\n", "no numbers"), (b"\xff\xfe1", "not UTF-8")]
)
def test_a_csv_file_without_numbers_is_refused(load: Any, content: bytes, message: str) -> None:
    """The error names the file."""
    with pytest.raises(DataError, match=rf"x\.csv: .*{message}"):
        load(content, "x.csv")
