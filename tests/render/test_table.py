"""The table for terminals."""

from __future__ import annotations

import re
from unicodedata import east_asian_width

import pytest
from render_results import result_of

from backpropcli.binding import bind
from backpropcli.domains import domain
from backpropcli.executor import execute
from backpropcli.graph import Graph, Node
from backpropcli.render import FORMATS, Options
from backpropcli.result import Result

FRUITS = """\
Buy apples and oranges

name         value   gradient
─────────────────────────────
price        715          1
─────────────────────────────
apple_num      2        110
apple        100          2.2
orange       150          3.3
orange_num     3        165
tax            1.1      650
"""

STEPS = """\

step   layer                    name             value   local   gradient
─────────────────────────────────────────────────────────────────────────
(1)    mul                      apple            100       2          2.2
       mul_apple_layer          apple_num          2     100        110
                                = apple_price    200                  1.1
─────────────────────────────────────────────────────────────────────────
(2)    mul                      orange           150       3          3.3
       mul_orange_layer         orange_num         3     150        165
                                = orange_price   450                  1.1
─────────────────────────────────────────────────────────────────────────
(3)    add                      apple_price      200       1          1.1
       add_apple_orange_layer   orange_price     450       1          1.1
                                = all_price      650                  1.1
─────────────────────────────────────────────────────────────────────────
(4)    mul                      all_price        650       1.1        1.1
       mul_tax_layer            tax                1.1   650        650
                                = price          715                  1

The terminal is too narrow for the column upstream: it is the gradient in the
row of the step's value.
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


def test_a_contribution_stands_beside_its_factors(fruits: Result) -> None:
    """Where the terminal is wide enough: the upstream gradient, the local derivative, and their product."""
    lines = FORMATS["table"].render([fruits], Options(width=100, steps=True)).splitlines()
    assert ["step", "layer", "name", "value", "upstream", "local", "gradient"] in map(str.split, lines)
    assert ["(1)", "mul", "apple", "100", "1.1", "2", "2.2"] in map(str.split, lines)


def test_steps_leave_out_upstream_where_the_terminal_is_too_narrow(fruits: Result) -> None:
    """And a note says so."""
    text = FORMATS["table"].render([fruits], Options(width=80, steps=True))
    assert ["step", "layer", "name", "value", "local", "gradient"] in map(str.split, text.splitlines())
    assert "\n\nThe terminal is too narrow for the column upstream: " in text


def test_matrices_keep_their_rows(relu: Result) -> None:
    """One below the other."""
    assert FORMATS["table"].render([relu], Options()) == (
        "ReLU\n\n"
        "name          value   gradient\n"
        "──────────────────────────────\n"
        "y          [[1, 0],   [[1, 1],\n"
        "            [0, 3]]    [1, 1]]\n"
        "──────────────────────────────\n"
        "x      [[ 1, -0.5],   [[1, 0],\n"
        "        [-2,  3]]      [0, 1]]\n"
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
    """Name and value on a line, the other numbers below."""
    text = FORMATS["table"].render([fruits], Options(width=28, steps=True))
    assert "\nprice: 715\n  gradient: 1\napple_num: 2\n  gradient: 110\n" in text
    assert "\n(1) mul mul_apple_layer\n  apple: 100\n    upstream: 1.1\n    local: 2\n    gradient: 2.2\n" in text
    assert "─" not in text


def test_stacked_matrices_stay_aligned(relu: Result) -> None:
    """Their rows begin in one column."""
    text = FORMATS["table"].render([relu], Options(width=20))
    assert text.endswith("x: [[ 1, -0.5],\n    [-2,  3]]\n  gradient: [[1, 0],\n             [0, 1]]\n")


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


def test_numbers_of_a_column_stand_with_their_points_below_each_other() -> None:
    """Whole numbers, decimals, exponents and infinities; in front of arrays, which stand on the right."""
    nodes = [Node("add", ["a", "b"], "c"), Node("mul", ["c", "d"], "e"), Node("add", ["e", "f"], "y")]
    values = {"a": 1234.5, "b": 1e-7, "d": -0.25, "f": float("inf")}
    text = FORMATS["table"].render([result_of(nodes, values)], Options())
    values_of = {line.split()[0]: line for line in text.splitlines()[2:] if "─" not in line}
    assert [values_of[name][5:18].rstrip() for name in ("y", "a", "b", "d", "f")] == [
        "   inf",
        "  1234.5",
        "     1e-07",
        "    -0.25",
        "   inf",
    ]


@pytest.mark.parametrize(("width", "lines"), [(40, 15), (80, 6), (160, 3)])
def test_the_width_of_the_terminal_is_used(width: int, lines: int) -> None:
    """A vector has as many lines as the terminal makes it have, and no number is broken."""
    vector = [number / 7 for number in range(1, 31)]
    result = result_of([Node("relu", ["x"], "y")], {"x": vector}, name="arrays")
    text = FORMATS["table"].render([result], Options(width=width))
    assert max(map(columns, text.splitlines())) <= width
    assert len(text.split("─\n")[-1].splitlines()) == lines
    shown = {float(number) for number in re.findall(r"[\d.]+", text)}
    assert shown >= {float(f"{number:.6g}") for number in vector}


def test_where_a_table_would_be_narrow_and_long_the_cells_are_stacked() -> None:
    """One number a line beside a short column is no table."""
    inputs = {"x": [float(number) for number in range(1, 31)], "k": 7.0}
    result = result_of([Node("div", ["x", "k"], "y")], inputs, name="arrays", wanted=["x"])
    text = FORMATS["table"].render([result], Options(width=40))
    assert text.startswith("y: [0.142857, 0.285714, 0.428571,\n    0.571429, 0.714286, 0.857143,\n")
    assert "\n  gradient: [0.142857, 0.142857,\n             0.142857, 0.142857,\n" in text


@pytest.mark.parametrize("steps", [False, True])
@pytest.mark.parametrize("width", [40, 80, 160])
def test_no_line_is_wider_than_the_terminal(width: int, steps: bool) -> None:
    """Matrices of long numbers and long names included: what does not fit beside its name stands below it."""
    names = ["weights", "the_second_of_them"]
    first, second = [[1 / 3, -1e-7 / 3], [2e10 / 3, 5.0]], [[1e5 / 3] * 4, [-7.0] * 4]
    inputs = dict(zip(names, (first, second), strict=True))
    result = result_of([Node("matmul", names, "y")], inputs, name="arrays", title="A title of some more words")
    text = FORMATS["table"].render([result], Options(width=width, steps=steps))
    assert max(map(columns, text.splitlines())) <= width
    for number in ("0.333333", "-3.33333e-08", "6.66667e+09", "33333.3"):
        assert number in text


def test_elements_of_arrays_have_six_digits_and_numbers_twelve() -> None:
    """And as many as are asked for, if any are."""
    nodes = [Node("sum", ["x"], "y")]
    result = result_of(nodes, {"x": [1 / 3, 2 / 3]}, name="arrays")
    text = FORMATS["table"].render([result_of([Node("mul", ["a", "b"], "y")], {"a": 1 / 3, "b": 1.0})], Options())
    assert "0.333333333333" in text
    assert "[0.333333, 0.666667]" in FORMATS["table"].render([result], Options())
    assert "[0.33, 0.67]" in FORMATS["table"].render([result], Options(precision=2, element_precision=2))


def test_elements_of_exact_arrays_are_exact() -> None:
    """A third has no six digits."""
    graph = Graph(["x"], [Node("neg", ["x"], "y")])
    bound = bind(graph, {"x": ["1/3", "22222222/3"]}, numbers=domain("exact"))
    text = FORMATS["table"].render([Result(execute(bound), {})], Options())
    assert "[-1/3, -22222222/3]" in text
