"""Batches of rows: what each run of the executor keeps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from backpropcli.api import formula_scenario
from backpropcli.executor import execute
from backpropcli.rows.batches import Computation
from backpropcli.rows.plan import Plan


def test_a_batch_keeps_its_results_until_one_is_not_finite(monkeypatch: pytest.MonkeyPatch) -> None:
    """From then on everything, as each such batch would be run twice; the row that is told of is run by itself."""
    kept = []

    def note(*given: Any, keep: Any, **keywords: Any) -> Any:
        kept.append(keep)
        return execute(*given, keep=keep, **keywords)

    monkeypatch.setattr("backpropcli.rows.batches.execute", note)
    scenario = formula_scenario("sqrt(x) * y", {"x": 1, "y": 2})
    columns = {"x": "x", "y": "y"}
    computation = Computation(Plan(scenario, columns, (), "out", {"x": "d_x", "y": "d_y"}, {}, {}))
    for numbers in ([1.0, 4.0], [0.0, 4.0], [9.0, 4.0]):
        x, y = np.array(numbers), np.array([2.0, 3.0])
        found = computation.results({"x": x, "y": y}, np.zeros(2, bool), "row {}".format)
        assert_array_equal(found["out"], np.sqrt(x) * y)
        assert_array_equal(found["d_y"], np.sqrt(x))
        with np.errstate(divide="ignore"):
            assert_array_equal(found["d_x"], y / (2 * np.sqrt(x)))
    assert kept == ["results", "results", "all", "all"]
    number, where, problem = computation.non_finite
    assert (number, where, problem and problem.message) == (
        1,
        "first in row 0",
        "sqrt (1): the gradient of 'x' is not finite",
    )
