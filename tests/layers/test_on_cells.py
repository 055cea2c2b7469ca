"""Every layer on arrays of fractions, of 50-digit reals and of balls gives what it gives on NumPy's arrays."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from kinds_of_values import CASES, results, run_sample
from numpy.testing import assert_allclose

from backpropcli.catalogue.registry import layer_spec
from backpropcli.domains import Domain, domain
from backpropcli.domains.balls import Balls
from backpropcli.errors import DataError, DomainError
from backpropcli.layers import Sample

IN_WORDS = {"attention", "cross_entropy", "softmax_with_loss"}  # in some cases, and not computed as written


def compare(name: str, sample: Sample, numbers: str | Domain, tolerance: float) -> Any:
    """Run on floats and on other numbers, and compare every result; the run on the others."""
    numbers = domain(numbers) if isinstance(numbers, str) else numbers
    wanted, run = run_sample(name, sample), run_sample(name, sample, numbers)
    found = results(run)
    assert found.keys() == results(wanted).keys()
    for key, value in results(wanted).items():
        assert run.domain.shape(found[key]) == wanted.domain.shape(value)
        floats = [run.domain.rounded(element) for element in run.domain.elements(found[key])]
        assert_allclose(floats, wanted.domain.flat(value), rtol=tolerance, atol=tolerance)
    return run


@pytest.mark.parametrize(("name", "sample"), CASES)
def test_on_reals(name: str, sample: Sample) -> None:
    """Arrays of 50 digits agree with float64."""
    compare(name, sample, "reals", 1e-14)


@pytest.mark.parametrize(("name", "sample"), CASES)
def test_on_balls(name: str, sample: Sample) -> None:
    """Arrays of balls, in which layers compute by their lines, agree with float64 in numbers and in shapes."""
    try:
        compare(name, sample, Balls(20, 40), 1e-14)
    except DomainError as error:
        assert "no textbook line" in str(error)
        assert name in IN_WORDS


@pytest.mark.parametrize(("name", "sample"), CASES)
def test_on_fractions(name: str, sample: Sample) -> None:
    """Arrays of fractions stay fractions and agree with float64; a layer that lacks them says so in its docstring."""
    try:
        run = compare(name, sample, "exact", 1e-14)
    except (DomainError, DataError):
        assert "on exact fractions" in layer_spec(name).sections["Errors"]
        return
    found = [element for value in results(run).values() for element in run.domain.elements(value)]
    assert {type(element) for element in found} <= {Fraction}
