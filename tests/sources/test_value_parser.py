"""A value typed on the command line is a literal, or an error with its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backpropcli.errors import DataError
from backpropcli.sources.literals import ArrayFile, is_number, nested_numbers, to_float
from backpropcli.sources.value_parser import parse_value

Steps = Callable[[Callable[[], object]], int]
Memory = Callable[[Callable[[], object]], tuple[int, int]]


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("3", "3"),
        (" -1e-3\n", "-1e-3"),
        ("-inf", "-inf"),
        ("-1/3", "-1/3"),
        ("1 / 3", "1/3"),
        ("[1/2, 3]", ["1/2", "3"]),
        ("[1 / 2, -3/ 4]", ["1/2", "-3/4"]),
        ("1,-0.5", ["1", "-0.5"]),
        ("0x1F , 0o7", ["0x1F", "0o7"]),
        ("[1.5]", ["1.5"]),
        ("[[1.0, -0.5], [-2.0, 3.0]]", [["1.0", "-0.5"], ["-2.0", "3.0"]]),
        ("[1, 2],[3, 4]", [["1", "2"], ["3", "4"]]),
        ("[ [1],\n  [2] ]", [["1"], ["2"]]),
        ("[]", []),
        ("[[],[]]", [[], []]),
        ("@x.npy", ArrayFile("x.npy")),
        ("@a b/[1].csv", ArrayFile("a b/[1].csv")),
        ("@a.csv:unit price", ArrayFile("a.csv", "unit price")),
        ("@A.NPZ:w:0", ArrayFile("A.NPZ", "w:0")),
        ("@a:b", ArrayFile("a:b")),
        ("1,2,", ["1", "2"]),
        ("1,", ["1"]),
        ("[[1, 2,], [3, 4],]", [["1", "2"], ["3", "4"]]),
    ],
)
def test_what_a_value_may_look_like(text: str, literal: Any) -> None:
    """Numbers stay text, for the domain to read."""
    assert parse_value(text) == literal


@pytest.mark.parametrize(
    ("text", "message", "column", "length"),
    [
        ("", "a value is missing", 1, 1),
        (",", "expected a number, not ','", 1, 1),
        ("abc", "expected a number, not 'abc'", 1, 3),
        ("1, 2x", "expected a number, not '2x'", 4, 2),
        ("1_000", "expected a number, not '1_000'", 1, 5),
        ("1e", "expected a number, not '1e'", 1, 2),
        ("1/0", "expected a number, not '1/0'", 1, 3),
        ("1,,2", "expected a number, not ','", 3, 1),
        ("[1,,]", "expected a number, not ','", 4, 1),
        ("[1, 2 3]", "expected ',' before '3'", 7, 1),
        ("[1 2, 3]", "commas and spaces both separate the items of this list", 5, 1),
        ("[0. 1. ... 9.]", "the array is abbreviated: '...' stands for numbers", 8, 3),
        ("array([1, 2", "expected a number, not 'array('", 1, 6),
        ("1 2", "expected ',' before '2'", 3, 1),
        ("[1][2]", "expected ',' before '['", 4, 1),
        ("1]", "this ']' has no matching '['", 2, 1),
        ("[[1]", "this '[' is never closed", 1, 1),
        ("[1, [2", "this '[' is never closed", 5, 1),
        (" @ ", "a file's name is missing after '@'", 2, 1),
        ("__import__('os')", "expected a number, not '__import__('os')'", 1, 16),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, message: str, column: int, length: int) -> None:
    """So that a caret can be shown under it."""
    with pytest.raises(DataError) as caught:
        parse_value(text, "--x")
    (problem,) = caught.value.problems
    assert problem.message == message
    assert problem.place == ("--x", 1, column, length, text)
    assert problem.hint


def test_a_mistake_on_a_later_line() -> None:
    """Lines count from 1, and the place shows its own."""
    with pytest.raises(DataError) as caught:
        parse_value("[[1, 2],\n [3, x]]", "standard input")
    assert caught.value.problems[0].place == ("standard input", 2, 6, 1, " [3, x]]")


@pytest.mark.parametrize(
    "array",
    [
        np.array([1.0, -2.5, 1e-30, np.inf]),
        np.array([[1.0, 2.0], [-3.0, np.nan]]),
        np.arange(24).reshape(2, 3, 4),
        np.array([0.1, 1.0], "float32"),
        np.array(0.5),
        np.array([]),
    ],
    ids=str,
)
def test_what_numpy_prints_is_read(array: Any) -> None:
    """With and without its name and type, and as a list of NumPy's numbers."""
    for text in (str(array), repr(array), repr(list(array.flat)), f"np.{array!r}"):
        found = np.array(nested_numbers(parse_value(text), to_float)).reshape(array.shape)
        np.testing.assert_array_equal(found.astype(array.dtype), array)


@pytest.mark.parametrize(
    "text",
    [
        "tensor([1., -2.], requires_grad=True)",
        "tensor([ 1., -2.], device='cuda:0', dtype=torch.float64)",
        "Array([ 1., -2.], dtype=float32)",
        "tensor([1., -2.], grad_fn=<MulBackward0>)",
        '["1", "-2"]',
    ],
)
def test_what_other_programs_print_is_read(text: str) -> None:
    """PyTorch, JAX, and JSON with numbers in quotes."""
    assert [to_float(number) for number in parse_value(text)] == [1, -2]


def test_the_words_that_json_has_for_what_is_no_number_are_read() -> None:
    """As our own JSON writes them, and as Python's does."""
    assert parse_value('["Infinity", "-Infinity", "NaN", "1/3"]') == ["inf", "-inf", "NaN", "1/3"]
    assert parse_value("[Infinity, -Infinity]") == ["inf", "-inf"]


def test_lists_are_64_deep_at_most() -> None:
    """As deep as a NumPy array has axes; a million brackets are refused at the 65th."""
    assert parse_value("[" * 64 + "1" + "]" * 64)
    for text in ("[" * 65 + "1" + "]" * 65, "[" * 1_000_000):
        with pytest.raises(DataError, match="64 deep") as caught:
            parse_value(text)
        place = caught.value.problems[0].place
        assert place is not None
        assert place.column == 65


def test_a_list_of_numbers_takes_no_step_for_each(steps: Steps) -> None:
    """A thousand are read in as many lines of Python as ten."""
    parse_value("[1]")  # imports what reads lists
    ten, thousand = (steps(lambda count=count: parse_value(",".join(["1.25"] * count))) for count in (10, 1000))
    assert ten == thousand


def test_a_list_of_numbers_takes_little_more_memory_than_its_literal(memory: Memory) -> None:
    """The pattern keeps no way back for each number that it has matched."""
    held, most = memory(lambda: parse_value(",".join(["1.25"] * 100_000)))
    assert most < 2 * held


def test_rows_are_read_once(steps: Steps) -> None:
    """Twice as many take twice as many steps."""
    parse_value("[1]")  # imports what reads lists
    few, many = (steps(lambda rows=rows: parse_value(",".join(["[1.25, -3e5]"] * rows))) for rows in (500, 1000))
    assert many < 2.1 * few


@pytest.mark.parametrize(
    ("start", "repeated", "end"),
    [
        ("", "1 ", ""),
        ("1", " ", "x"),
        ("", " ", ""),
        ("", "1,", ","),
        ("", "1", "x"),
        ("", "x,", ""),
        ("", "[]", ""),
        ("[1 ", "2 ", ", 3]"),
        ("array([1]", " ", "x"),
        ("array([1]", ",", "x"),
    ],
)
def test_long_nonsense_is_refused_as_soon_as_short(steps: Steps, start: str, repeated: str, end: str) -> None:
    """With a message that is no longer: nothing is read after the first mistake."""

    def refuse(times: int) -> None:
        with pytest.raises(DataError) as caught:
            parse_value(start + repeated * times + end)
        assert len(str(caught.value)) < 100

    refuse(50)  # what reads lists is imported by the first one
    assert steps(lambda: refuse(300_000)) < 2 * steps(lambda: refuse(50))


@given(st.text() | st.text("[],0.1-e@x \n"))
def test_any_text_is_a_literal_or_an_error_with_a_place_in_it(text: str) -> None:
    """Nothing else is raised, and what is read holds numbers only."""
    try:
        literal = parse_value(text)
    except DataError as error:
        place = error.problems[0].place
        assert place is not None
        assert 1 <= place.line <= text.count("\n") + 1
        assert place.text in text
        assert 1 <= place.column <= len(place.text) + 1
    else:
        assert isinstance(literal, ArrayFile) or _all_numbers(literal)


NESTED = st.recursive(
    st.floats().map(repr) | st.integers().map(str), lambda item: st.lists(item, min_size=1, max_size=4), max_leaves=20
)


@given(st.lists(NESTED, min_size=2, max_size=4), st.sampled_from([",", ", ", " ,\n"]))
def test_what_is_written_is_read(items: list[Any], comma: str) -> None:
    """A literal, written with brackets and any spaces, is read as itself."""

    def written(item: Any) -> str:
        return item if isinstance(item, str) else f"[{comma.join(map(written, item))}]"

    assert parse_value(comma.join(map(written, items))) == items


def _all_numbers(literal: Any) -> bool:
    return is_number(literal) if isinstance(literal, str) else all(map(_all_numbers, literal))
