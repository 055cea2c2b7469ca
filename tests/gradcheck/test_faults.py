"""The check finds planted faults and names the common ones; it finds none where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from faults import FAULTS, Fault

import backpropcli as bp
from backpropcli.catalogue import LAYERS, layer_class
from backpropcli.catalogue.adapter import foreign_spec
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.gradcheck import Kind, Verdict, check_layer, check_scenario

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
def test_a_planted_fault_is_wrong_and_named(fault: Fault) -> None:
    """The report has a wrong finding, and where the mistake has a name a note that says it."""
    report = check_layer(
        foreign_spec("faulty", fault.cls, "faults.py", None), fault.sample.inputs, fault.sample.parameters
    )
    wrong = [finding for finding in report.findings if finding.verdict is Verdict.WRONG]
    assert wrong
    assert report.problems == ()
    assert fault.says is None or any(fault.says in (finding.note or "") for finding in wrong)


def test_there_are_faults_enough() -> None:
    assert len(FAULTS) >= 30


@pytest.mark.parametrize("name", LAYERS)
def test_no_layer_of_the_catalogue_is_blamed(name: str) -> None:
    """Every number is right on the layer's own samples, at 50 digits where they are numbers, and on others."""
    report = check_layer(LayerSpec(name, layer_class(name)))
    assert report.problems == ()
    assert {finding.verdict for finding in report.findings} <= {Verdict.RIGHT, Verdict.KINK}


@pytest.mark.parametrize("precise", [False, True])
@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.yaml")), ids=lambda path: path.stem)
def test_no_shipped_scenario_is_blamed(path: Path, precise: bool) -> None:
    """Every answer, gradient and layer is looked at, and right; a kink is where the file means it to be."""
    scenario = bp.load(path)
    report = check_scenario(scenario, precise=precise)
    subjects = {kind: [f.subject for f in report.findings if f.kind is kind] for kind in Kind}
    labels = [node.label for node in scenario.graph.nodes]
    assert report.problems == ()
    assert set(subjects[Kind.VALUE]) == set(scenario.expect.values)
    assert set(subjects[Kind.ANSWER]) == set(scenario.expect.gradients)
    assert subjects[Kind.GRADIENT] == list(scenario.gradients)
    assert subjects[Kind.CONDUCT] == labels
    assert {subject.partition(", input")[0] for subject in subjects[Kind.LOCAL]} == set(labels)
    not_right = {f.subject: f.verdict for f in report.findings if f.verdict is not Verdict.RIGHT}
    assert not_right == ({"relu (1), input x": Verdict.KINK} if path.stem == "chain" else {})
