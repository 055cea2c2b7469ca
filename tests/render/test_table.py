"""The table for terminals."""

from __future__ import annotations

import re
from unicodedata import east_asian_width

import pytest
from render_results import result_of

from backpropcli.graph import Node
from backpropcli.render import FORMATS, Options
from backpropcli.result import Result

FRUITS = """\
Buy apples and oranges

name         value   gradient
─────────────────────────────
price          715          1
─────────────────────────────
apple_num        2        110
apple          100        2.2
orange         150        3.3
orange_num       3        165
tax            1.1        650
"""

STEPS = """\

step   layer                    name             value   gradient
─────────────────────────────────────────────────────────────────
(1)    mul                      apple              100        2.2
       mul_apple_layer          apple_num            2        110
                                = apple_price      200        1.1
─────────────────────────────────────────────────────────────────
(2)    mul                      orange             150        3.3
       mul_orange_layer         orange_num           3        165
                                = orange_price     450        1.1
─────────────────────────────────────────────────────────────────
(3)    add                      apple_price        200        1.1
       add_apple_orange_layer   orange_price       450        1.1
                                = all_price        650        1.1
─────────────────────────────────────────────────────────────────
(4)    mul                      all_price          650        1.1
       mul_tax_layer            tax                1.1        650
                                = price            715          1
"""


def columns(line: str) -> int:
    """How wide a terminal shows a line."""
    return sum(2 if east_asian_width(c) in {"W", "F"} else 1 for c in line)


def test_table_of_fruits(fruits: Result) -> None:
    """The output above the gradients, numbers to the right."""
    assert FORMATS["table"].render([fruits], Options()) == FRUITS


def test_exact_fruits_look_the_same(exact_fruits: Result) -> None:
    """Fractions with a short decimal are shown as it."""
    assert FORMATS["table"].render([exact_fruits], Options()) == FRUITS


def test_steps_are_a_second_table(fruits: Result) -> None:
    """Each layer's inputs with what their edges contribute, then its value."""
    assert FORMATS["table"].render([fruits], Options(steps=True)) == FRUITS + STEPS


def test_matrices_keep_their_rows(relu: Result) -> None:
    """One below the other."""
    assert FORMATS["table"].render([relu], Options()) == (
        "ReLU\n\n"
        "name            value   gradient\n"
        "────────────────────────────────\n"
        "y            [[1, 0],   [[1, 1],\n"
        "              [0, 3]]    [1, 1]]\n"
        "────────────────────────────────\n"
        "x      [[   1, -0.5],   [[1, 0],\n"
        "        [  -2,    3]]    [0, 1]]\n"
    )


def test_a_large_array_is_summarised_and_a_note_says_so(large: Result) -> None:
    """By shape, least, mean and greatest number."""
    text = FORMATS["table"].render([large], Options())
    assert "float64 (1000, 3)\n" in text
    assert "mean 1499.5" in text
    assert text.endswith("\nLarge arrays are summarised; -f json, csv or tsv shows every number.\n")


def test_several_results_are_separated_by_a_blank_line(fruits: Result, relu: Result) -> None:
    """Each under its title."""
    parts = FORMATS["table"].render([fruits, relu], Options()).split("\n\n")
    assert parts[0::2] == ["Buy apples and oranges", "ReLU"]


def test_a_result_without_a_title_goes_by_its_file_when_there_are_several() -> None:
    """Alone it needs no heading."""
    result = result_of([Node("neg", ["x"], "y")], {"x": 1.0}, source="a.yaml")
    assert FORMATS["table"].render([result], Options()).startswith("name ")
    assert FORMATS["table"].render([result, result], Options()).startswith("a.yaml\n\nname ")


def test_a_narrow_terminal_gets_stacked_cells(fruits: Result) -> None:
    """Name and value on a line, the gradient below."""
    text = FORMATS["table"].render([fruits], Options(width=28, steps=True))
    assert "\nprice: 715\n  gradient: 1\napple_num: 2\n  gradient: 110\n" in text
    assert "\n(1) mul mul_apple_layer\n  apple: 100\n    gradient: 2.2\n" in text
    assert "─" not in text


def test_stacked_matrices_stay_aligned(relu: Result) -> None:
    """Their rows begin in one column."""
    text = FORMATS["table"].render([relu], Options(width=20))
    assert text.endswith("x: [[   1, -0.5],\n    [  -2,    3]]\n  gradient: [[1, 0],\n             [0, 1]]\n")


@pytest.mark.parametrize("steps", [False, True])
@pytest.mark.parametrize("width", [1, 10, 20, 40, 80, 200])
def test_nothing_is_ever_cut(width: int, steps: bool) -> None:
    """Every name and every digit is there at any width, unbroken, and no table is wider than the terminal."""
    names = ["a_name_that_is_rather_longer_than_a_narrow_terminal_shows", "漢字" * 10]
    values = [-1.2345678901234567e-300, 123456.78901234567]
    result = result_of([Node("mul", names, "product")], dict(zip(names, values, strict=True)))
    text = FORMATS["table"].render([result], Options(width=width, steps=steps, precision=None))
    for piece in (*names, *map(repr, values), repr(result.value)):
        assert piece in text
    is_table = "─" in text
    assert is_table == (width > 80)
    if is_table:
        assert max(map(columns, text.splitlines())) <= width


def test_wide_characters_align() -> None:
    """A Japanese name takes two columns for each character."""
    result = result_of([Node("mul", ["漢字", "x"], "y")], {"漢字": 2.0, "x": 3.0})
    lines = FORMATS["table"].render([result], Options()).splitlines()
    assert len({columns(line) for line in lines}) == 1


def test_markup_in_names_and_titles_is_text(hostile: Result) -> None:
    """Square brackets are not read by rich."""
    assert FORMATS["table"].render([hostile], Options(width=200)).count("[red]d[/red]") == 2


def test_ascii_has_no_box_characters(fruits: Result) -> None:
    """For terminals that cannot show them."""
    text = FORMATS["table"].render([fruits], Options(ascii=True, steps=True))
    assert text == (FRUITS + STEPS).replace("─", "-")


def test_colour_changes_no_text(fruits: Result, relu: Result) -> None:
    """Without the colour codes it is the same table."""
    for width in (20, 80):
        plain = FORMATS["table"].render([fruits, relu], Options(steps=True, width=width))
        coloured = FORMATS["table"].render([fruits, relu], Options(steps=True, color=True, width=width))
        assert "\x1b[" in coloured
        bare = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
        assert [line.rstrip() for line in bare.splitlines()] == plain.splitlines()


@pytest.mark.parametrize("variable", ["NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS"])
def test_the_environment_changes_nothing(variable: str, fruits: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    """Options alone say how the text looks."""
    before = FORMATS["table"].render([fruits], Options(color=True))
    monkeypatch.setenv(variable, {"TERM": "dumb", "COLUMNS": "10"}.get(variable, "1"))
    assert FORMATS["table"].render([fruits], Options(color=True)) == before
