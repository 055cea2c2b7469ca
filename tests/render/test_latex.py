"""LaTeX."""

from __future__ import annotations

import re

import pytest

from backpropcli.render import FORMATS, Options
from backpropcli.render.latex import cell
from backpropcli.result import Result


def test_latex_of_fruits(fruits: Result) -> None:
    """A tabular with plain lines."""
    assert FORMATS["latex"].render([fruits], Options()) == (
        "% Buy apples and oranges, computed by backprop\n"
        "\n"
        "\\begin{tabular}{lrr}\n"
        "\\hline\n"
        "name & value & gradient \\\\\n"
        "\\hline\n"
        "price & $715$ & $1$ \\\\\n"
        "\\hline\n"
        "apple\\_num & $2$ & $110$ \\\\\n"
        "apple & $100$ & $2.2$ \\\\\n"
        "orange & $150$ & $3.3$ \\\\\n"
        "orange\\_num & $3$ & $165$ \\\\\n"
        "tax & $1.1$ & $650$ \\\\\n"
        "\\hline\n"
        "\\end{tabular}\n"
    )


def test_numbers_are_in_math_mode() -> None:
    """Powers of ten are written as such."""
    assert cell(-1.5e-7, Options()) == r"$-1.5 \times 10^{-7}$"


@pytest.mark.parametrize("steps", [False, True])
def test_every_row_has_the_columns_of_its_tabular(steps: bool, hostile: Result, relu: Result, large: Result) -> None:
    """And every brace is closed."""
    text = FORMATS["latex"].render([hostile, relu, large], Options(steps=steps))
    code = "\n".join(line for line in text.splitlines() if not line.startswith("%"))
    tables = re.findall(r"\\begin{tabular}{(\w+)}\n(.*?)\\end{tabular}", code, re.DOTALL)
    assert len(tables) == (6 if steps else 3)
    for columns, body in tables:
        rows = [line for line in body.splitlines() if line != "\\hline"]
        assert all(row.endswith(" \\\\") for row in rows)
        assert {len(re.findall(r"(?<!\\)&", row)) for row in rows} == {len(columns) - 1}
    bare = re.sub(r"\\[{}\\]", "", code)
    assert bare.count("{") == bare.count("}")
    assert len(re.findall(r"(?<!\\)\$", code)) % 2 == 0
