"""A value typed on the command line is a literal, or an error with its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backpropcli.errors import DataError
from backpropcli.sources.literals import ArrayFile, is_number
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
        ("[1/2, 3]", ["1/2", "3"]),
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
    ],
)
def test_what_a_value_may_look_like(text: str, literal: Any) -> None:
    """Numbers stay text, for the domain to read."""
    assert parse_value(text) == literal


@pytest.mark.parametrize(
    ("text", "message", "column", "length"),
    [
        ("", "a value is missing", 1, 1),
        ("1,", "a value is missing", 3, 1),
        ("abc", "expected a number, not 'abc'", 1, 3),
        ("1, 2x", "expected a number, not '2x'", 4, 2),
        ("1_000", "expected a number, not '1_000'", 1, 5),
        ("1e", "expected a number, not '1e'", 1, 2),
        ("1/0", "expected a number, not '1/0'", 1, 3),
        ("1,,2", "expected a number, not ','", 3, 1),
        ("[1,]", "expected a number, not ']'", 4, 1),
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
    ten, thousand = (steps(lambda count=count: parse_value(",".join(["1.25"] * count))) for count in (10, 1000))
    assert ten == thousand


def test_a_list_of_numbers_takes_little_more_memory_than_its_literal(memory: Memory) -> None:
    """The pattern keeps no way back for each number that it has matched."""
    held, most = memory(lambda: parse_value(",".join(["1.25"] * 100_000)))
    assert most < 2 * held


def test_rows_are_read_once(steps: Steps) -> None:
    """Twice as many take twice as many steps."""
    few, many = (steps(lambda rows=rows: parse_value(",".join(["[1.25, -3e5]"] * rows))) for rows in (500, 1000))
    assert many < 2.1 * few


@pytest.mark.parametrize(
    ("start", "repeated", "end"),
    [("", "1 ", ""), ("1", " ", "x"), ("", " ", ""), ("", "1,", ""), ("", "1", "x"), ("", "x,", ""), ("", "[]", "")],
)
def test_long_nonsense_is_refused_as_soon_as_short(steps: Steps, start: str, repeated: str, end: str) -> None:
    """With a message that is no longer: nothing is read after the first mistake."""

    def refuse(times: int) -> None:
        with pytest.raises(DataError) as caught:
            parse_value(start + repeated * times + end)
        assert len(str(caught.value)) < 100

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
