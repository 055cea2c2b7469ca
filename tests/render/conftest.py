"""Results to render."""

from __future__ import annotations

import pytest
from render_results import fruits_in, result_of

from backpropcli.graph import Node
from backpropcli.result import Result


@pytest.fixture
def fruits() -> Result:
    """715, and 110 2.2 3.3 165 650, in floats."""
    return fruits_in("floats")


@pytest.fixture
def exact_fruits() -> Result:
    """The same in fractions."""
    return fruits_in("exact")


@pytest.fixture
def relu() -> Result:
    """The slides' boolean-array example: x is 2x2."""
    return result_of(
        [Node("relu", ["x"], "y")], {"x": [[1.0, -0.5], [-2.0, 3.0]]}, name="arrays", title="ReLU", source="relu.yaml"
    )


@pytest.fixture
def large() -> Result:
    """The numbers 0 to 2999, as 1000 rows, through relu."""
    rows = [[3.0 * i, 3.0 * i + 1, 3.0 * i + 2] for i in range(1000)]
    return result_of([Node("relu", ["x"], "y")], {"x": rows}, name="arrays", title="Large")


@pytest.fixture
def non_finite() -> Result:
    """An inf as input, which makes a nan: inf + -inf."""
    inf = float("inf")
    return result_of([Node("add", ["x", "y"], "z"), Node("mul", ["z", "x"], "w")], {"x": inf, "y": -inf})


@pytest.fixture
def hostile() -> Result:
    """Names and a title that are markup, control characters, separators and wide letters."""
    bad = 'a|b\t"c", [red]d[/red] \x1b[31m\u202e\\ $%&#_{}~^<漢字>\x7f\x9b\n'
    return result_of([Node("neg", [bad], "=1+1")], {bad: 2.0}, title=bad, source=bad)


@pytest.fixture
def results(fruits: Result, exact_fruits: Result, relu: Result, large: Result, non_finite: Result) -> list[Result]:
    """One of each kind."""
    return [fruits, exact_fruits, relu, large, non_finite]
