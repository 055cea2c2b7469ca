"""The check finds planted faults and names the common ones; it finds none where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from conformance import CHECKS, Check
from faults import FAULTS, Fault

import backpropcli as bp
from backpropcli.catalogue import LAYERS, layer_class
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.gradcheck import Verdict, check_layer, check_scenario

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
def test_a_planted_fault_is_wrong_and_named(fault: Fault) -> None:
    """The report has a wrong finding, and where the mistake has a name a note that says it."""
    report = check_layer(
        LayerSpec("faulty", fault.cls, origin="faults.py"), fault.sample.inputs, fault.sample.parameters
    )
    wrong = [finding for finding in report.findings if finding.verdict is Verdict.WRONG]
    assert wrong
    assert report.problems == ()
    assert fault.says is None or any(fault.says in (finding.note or "") for finding in wrong)


def test_there_are_faults_enough() -> None:
    assert len(FAULTS) >= 30


@pytest.mark.parametrize("name", LAYERS)
def test_no_layer_of_the_catalogue_is_blamed(name: str) -> None:
    """Every number is right on the layer's own samples, at 50 digits where they are numbers."""
    report = check_layer(LayerSpec(name, layer_class(name)))
    assert report.problems == ()
    assert {finding.verdict for finding in report.findings} == {Verdict.RIGHT}


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.yaml")), ids=lambda path: path.stem)
def test_no_shipped_scenario_is_blamed(path: Path) -> None:
    """Every number is right; a kink is where the file means it to be."""
    report = check_scenario(bp.load(path))
    assert report.problems == ()
    assert {finding.verdict for finding in report.findings} <= {Verdict.RIGHT, Verdict.KINK}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
def test_a_planted_fault_fails_the_conformance_tests(fault: Fault) -> None:
    """What check calls wrong, the tests of our own layers would not let in."""
    assert any(fails(check, fault) for check in CHECKS)


def fails(check: Check, fault: Fault) -> bool:
    try:
        check(fault.cls, fault.sample)
    except Exception:  # noqa: BLE001 - a faulty layer may raise anything
        return True
    return False
