"""The slides' two lines."""

from __future__ import annotations

from backpropcli.render import FORMATS, Options
from backpropcli.result import Result

TWO_LINES = "715\n110 2.2 3.3 165 650\n"


def test_the_slides_two_lines(fruits: Result) -> None:
    """As the slides' scripts print them, less the rounding errors."""
    assert FORMATS["plain"].render([fruits], Options()) == TWO_LINES


def test_full_precision_shows_the_rounding_errors(fruits: Result) -> None:
    """The numbers that Python computes."""
    expected = "715.0000000000001\n110.00000000000001 2.2 3.3000000000000003 165 650\n"
    assert FORMATS["plain"].render([fruits], Options(precision=None)) == expected


def test_fractions_have_no_rounding_errors(exact_fruits: Result) -> None:
    """At full precision too."""
    assert FORMATS["plain"].render([exact_fruits], Options(precision=None)) == TWO_LINES


def test_arrays_have_no_spaces(relu: Result) -> None:
    """A space always ends a value."""
    assert FORMATS["plain"].render([relu], Options()) == "[[1,0],[0,3]]\n[[1,0],[0,1]]\n"


def test_steps_come_first(fruits: Result) -> None:
    """The last two lines are the same with and without them."""
    expected = (
        "(1) mul apple=100 apple_num=2 -> apple_price=200\n"
        "(2) mul orange=150 orange_num=3 -> orange_price=450\n"
        "(3) add apple_price=200 orange_price=450 -> all_price=650\n"
        "(4) mul all_price=650 tax=1.1 -> price=715\n"
    )
    assert FORMATS["plain"].render([fruits], Options(steps=True)) == expected + TWO_LINES


def test_several_results_follow_each_other(fruits: Result, relu: Result) -> None:
    """Two lines for each."""
    assert FORMATS["plain"].render([fruits, relu], Options()) == TWO_LINES + "[[1,0],[0,3]]\n[[1,0],[0,1]]\n"


def test_non_finite_numbers(non_finite: Result) -> None:
    """The sum of inf and -inf is nan."""
    assert FORMATS["plain"].render([non_finite], Options()) == "nan\nnan inf\n"
