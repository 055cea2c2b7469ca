"""GitHub's Markdown."""

from __future__ import annotations

import re

from backpropcli.render import FORMATS, Options
from backpropcli.result import Result


def test_markdown_of_fruits(fruits: Result) -> None:
    """A heading and a table."""
    assert FORMATS["markdown"].render([fruits], Options()) == (
        "### Buy apples and oranges\n"
        "\n"
        "| name | value | gradient |\n"
        "| :--- | ---: | ---: |\n"
        "| price | 715 | 1 |\n"
        "| apple_num | 2 | 110 |\n"
        "| apple | 100 | 2.2 |\n"
        "| orange | 150 | 3.3 |\n"
        "| orange_num | 3 | 165 |\n"
        "| tax | 1.1 | 650 |\n"
    )


def test_steps_are_a_second_table(fruits: Result) -> None:
    """With a row for each edge."""
    text = FORMATS["markdown"].render([fruits], Options(steps=True))
    assert (
        "\n\n| step | layer | name | value | upstream | local | gradient |\n"
        "| :--- | :--- | :--- | ---: | ---: | ---: | ---: |\n"
    ) in text
    assert (
        "| (1) | mul | apple | 100 | 1.1 | 2 | 2.2 |\n|  | mul_apple_layer | apple_num | 2 | 1.1 | 100 | 110 |\n"
    ) in text


def test_every_row_has_the_columns_of_its_header(hostile: Result, large: Result) -> None:
    """Bars in names are escaped."""
    text = FORMATS["markdown"].render([hostile, large], Options(steps=True))
    tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert len(tables) == 4
    for table in tables:
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}) == 1
