"""The rectangular tables: tsv and csv."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from render_results import result_of

from backpropcli.graph import Node
from backpropcli.render import FORMATS, LONG_FORMATS, Options
from backpropcli.result import Result

COLUMNS = ["name", "value", "gradient"]
STEP_COLUMNS = ["step", "layer", "inputs", "locals", "contributions", "parameters"]


def read(text: str, format_name: str) -> list[list[str]]:
    """The fields of tsv or csv text."""
    if format_name == "tsv":
        return [line.split("\t") for line in text.removesuffix("\n").split("\n")]
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_tsv_of_fruits(fruits: Result) -> None:
    """The output and then each gradient, under one header."""
    assert FORMATS["tsv"].render([fruits], Options()) == (
        "name\tvalue\tgradient\n"
        "price\t715\t1\n"
        "apple_num\t2\t110\n"
        "apple\t100\t2.2\n"
        "orange\t150\t3.3\n"
        "orange_num\t3\t165\n"
        "tax\t1.1\t650\n"
    )


def test_csv_of_an_array(relu: Result) -> None:
    """Fields with commas are quoted."""
    assert FORMATS["csv"].render([relu], Options()) == (
        'name,value,gradient\ny,"[[1, 0], [0, 3]]","[[1, 1], [1, 1]]"\nx,"[[1, -0.5], [-2, 3]]","[[1, 0], [0, 1]]"\n'
    )


def test_steps_add_rows_and_columns(fruits: Result) -> None:
    """The columns of steps are empty for the answers."""
    rows = read(FORMATS["tsv"].render([fruits], Options(steps=True)), "tsv")
    assert rows[0] == COLUMNS + STEP_COLUMNS
    assert rows[1] == ["price", "715", "1", "", "", "", "", "", ""]
    assert rows[-1] == ["price", "715", "1", "4", "mul", "all_price tax", "1.1 650", "1.1 650", ""]
    assert rows[-4] == ["apple_price", "200", "1.1", "1", "mul", "apple apple_num", "2 100", "2.2 110", ""]
    assert {len(row) for row in rows} == {9}


@pytest.mark.parametrize("format_name", ["tsv", "csv"])
def test_several_results_share_one_header(format_name: str, fruits: Result, relu: Result) -> None:
    """The last column says where a row comes from."""
    rows = read(FORMATS[format_name].render([fruits, relu], Options()), format_name)
    assert rows[0] == [*COLUMNS, "scenario"]
    assert [row[-1] for row in rows[1:]] == ["fruits.yaml"] * 6 + ["relu.yaml"] * 2


@pytest.mark.parametrize("steps", [False, True])
@pytest.mark.parametrize("format_name", ["tsv", "csv"])
def test_no_name_breaks_the_rectangle(format_name: str, steps: bool, hostile: Result, relu: Result) -> None:
    """Tabs and newlines are escaped, quotes and commas quoted: one line for each record, all equally long."""
    text = FORMATS[format_name].render([hostile, relu], Options(steps=steps))
    rows = read(text, format_name)
    assert len(rows) == text.count("\n") == (7 if steps else 5)
    assert {len(row) for row in rows} == {10 if steps else 4}
    assert rows[2][0] == hostile.run.graph.inputs[0].encode("unicode_escape").decode().replace(
        "\\u6f22\\u5b57", "漢字"
    ).replace("\\\\", "\\")


@pytest.mark.parametrize("format_name", ["tsv", "csv"])
def test_large_arrays_are_whole(format_name: str, large: Result) -> None:
    """Every number from 0 to 2999 is there."""
    value = read(FORMATS[format_name].render([large], Options()), format_name)[1][1]
    assert [int(x) for x in value.replace("[", "").replace("]", "").split(",")] == list(range(3000))


@pytest.mark.parametrize("title", ["=1+1", "@SUM(A1)", "+1+cmd|'/C calc'!A0", "-2+3+cmd|'/C calc'!A0"])
def test_no_text_in_csv_is_a_formula_to_a_spreadsheet(title: str, fruits: Result, relu: Result) -> None:
    """An apostrophe, which a spreadsheet does not show, makes it text."""
    named = replace(fruits, source=title)
    rows = read(FORMATS["csv"].render([named, relu], Options()), "csv")
    assert rows[1][-1] == f"'{title}"


def test_numbers_in_csv_are_no_formulas() -> None:
    negative = result_of([Node("neg", ["x"], "y")], {"x": 1e300})
    assert read(FORMATS["csv"].render([negative], Options(steps=True)), "csv")[1:3] == [
        ["y", "-1e+300", "1", *[""] * 6],
        ["x", "1e+300", "-1", *[""] * 6],
    ]


def test_the_long_form_has_a_row_for_each_element(relu: Result) -> None:
    """With its index; a number has none."""
    assert FORMATS["csv"].render([relu], Options(long=True)) == (
        "name,index,value,gradient\n"
        "y,0 0,1,1\ny,0 1,0,1\ny,1 0,0,1\ny,1 1,3,1\n"
        "x,0 0,1,1\nx,0 1,-0.5,0\nx,1 0,-2,0\nx,1 1,3,1\n"
    )


@pytest.mark.parametrize("format_name", LONG_FORMATS)
def test_the_long_form_of_several_results_and_of_numbers(format_name: str, fruits: Result, relu: Result) -> None:
    """All rows are equally long."""
    rows = read(FORMATS[format_name].render([fruits, relu], Options(long=True)), format_name)
    assert rows[0] == ["name", "index", "value", "gradient", "scenario"]
    assert rows[1] == ["price", "", "715", "1", "fruits.yaml"]
    assert len(rows) == 1 + 6 + 8
    assert {len(row) for row in rows} == {5}


def test_the_long_form_of_what_has_no_gradient() -> None:
    """Every element has the mark for none."""
    inputs = {"w": [[1.0, 2.0], [3.0, 4.0]], "rows": [1.0, 0.0]}
    result = result_of([Node("embedding", ["w", "rows"], "y")], inputs, name="arrays", wanted=["rows"])
    assert read(FORMATS["tsv"].render([result], Options(long=True)), "tsv")[-2:] == [
        ["rows", "0", "1", "-"],
        ["rows", "1", "0", "-"],
    ]
