"""The conformance checks find the mistakes that layers are known for."""

from __future__ import annotations

import pytest
from conformance import CHECKS, Check
from faults import BREACHES, FAULTS, ROW_AND_COLUMN, Fault

from backpropcli.layers import Layer
from backpropcli.layers.arithmetic import Mul, Sub

PLANTED = {**FAULTS, **BREACHES}


def fails(check: Check, fault: Fault) -> bool:
    try:
        check(fault.cls, fault.sample)
    except Exception:  # noqa: BLE001 - a faulty layer may raise anything
        return True
    return False


@pytest.mark.parametrize("fault", PLANTED.values(), ids=list(PLANTED))
def test_the_fault_is_found(fault: Fault) -> None:
    """Some check fails on the wrong layer; where checks are named, they do."""
    found = {check.__name__.removeprefix("check_") for check in CHECKS if fails(check, fault)}
    assert found
    assert found >= set(fault.finders)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.removeprefix("check_"))
def test_each_check_is_needed_for_a_fault(check: Check) -> None:
    """A check that could not fail would find none."""
    assert any(fails(check, fault) for fault in PLANTED.values())


@pytest.mark.parametrize("layer", [Mul, Sub])
def test_the_right_layer_passes(layer: type[Layer]) -> None:
    """The faults are the faulty layers' own."""
    assert not [check for check in CHECKS if fails(check, Fault(layer, ROW_AND_COLUMN))]
