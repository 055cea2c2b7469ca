"""The check of a scenario: its answers, its gradients, and each of its layers."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from backpropcli.api import run
from backpropcli.binding import FLOAT64, bind
from backpropcli.catalogue.randomness import generators_kept
from backpropcli.domains import Domain
from backpropcli.errors import BackpropError, Problem
from backpropcli.gradcheck.answers import check_answers, closeness_of, questions
from backpropcli.gradcheck.draws import with_repeated_draws
from backpropcli.gradcheck.graph_gradients import GraphGradients
from backpropcli.gradcheck.isolated_layer import IsolatedLayer
from backpropcli.gradcheck.layer_gradients import TOLERANCE, Standards, check_node
from backpropcli.gradcheck.neighbours import neighbour, shown_beside
from backpropcli.gradcheck.precision import real_numbers
from backpropcli.gradcheck.replay import Replay
from backpropcli.gradcheck.report import Finding, Kind, Report, Verdict

if TYPE_CHECKING:
    from backpropcli.result import Result
    from backpropcli.scenario import Scenario

FLOAT_AGREEMENT = 1e-6  # floats lose digits where gradients of both signs are added
SMALLEST_NORMAL = sys.float_info.min
FLOAT32_TOLERANCE = 1e-4  # float32 has seven digits, of which a graph loses some


@generators_kept()
def check_scenario(
    scenario: Scenario,
    *,
    exact: bool | None = None,
    tolerance: float | None = None,
    precise: bool | None = None,
    second: bool = False,
) -> Report:
    """Whether the gradients of a scenario are right; what keeps it from running is among the problems of the report.

    The derivatives that they are held against are numeric: of float64, and if `precise`, or by default if mpmath is
    installed, of 50 digits where the scenario is on numbers, and of 400 for what is in doubt. `tolerance` is relative
    to the terms of a gradient; one that is given holds for answers, too. With `second` the Hessian is checked as well.
    """
    scenario = scenario._replace(graph=with_repeated_draws(scenario.graph))
    numeric_tolerance = TOLERANCE if tolerance is None else tolerance
    findings: list[Finding] = []
    failures: tuple[Problem, ...] = ()
    notes: list[str] = []
    result: Result | None = None
    try:
        result = run(scenario, exact=exact)
        for_ones = result if scenario.dout is None else run(scenario._replace(dout=None), exact=exact)
        closeness = closeness_of(scenario.expect, scenario.dtype, tolerance)
        findings += check_answers(questions(scenario.expect), scenario.expect, result, for_ones, closeness)
    except BackpropError as error:
        failures = error.problems
    try:
        replay = _replay(scenario)
        dout = replay.bound.upstream(replay.output)
        reals = real_numbers(precise)
    except BackpropError as error:
        return Report(scenario.source, tuple(findings), failures or error.problems)
    standards = Standards(numeric_tolerance, reals)
    by_node = {
        number: list(check_node(isolated, isolated.node.label, standards))
        for number, isolated in enumerate(replay.layers)
    }
    for number, shown in _shown_nearby(replay.layers, standards):
        if all(isinstance(item, Finding) and item.verdict is not Verdict.WRONG for item in by_node[number]):
            by_node[number] += shown
    found, problems = _split(by_node)
    problems += _unreported(failures, problems, found)
    if result is not None:
        graph_gradients = GraphGradients(replay, reals, dout, found)
        if scenario.dtype == "float32":
            numeric_tolerance = max(numeric_tolerance, FLOAT32_TOLERANCE)
        gradients = {name: gradient for name, gradient in result.gradients.items() if gradient is not None}
        findings += graph_gradients.check_all(gradients, numeric_tolerance)
        notes += graph_gradients.notes
        if second:
            of_second, remarks = _second_derivatives(replay, reals, list(gradients), numeric_tolerance)
            findings += of_second
            notes += remarks
        if result.run.domain.is_exact:
            findings += _beside_floats(result, run(scenario, exact=False))
    findings += [finding for of_node in found.values() for finding in of_node]
    return Report(scenario.source, tuple(findings), tuple(problems), tuple(notes))


def _second_derivatives(
    replay: Replay, reals: Domain | None, names: Sequence[str], tolerance: float
) -> tuple[list[Finding], list[str]]:
    """The findings on second derivatives, and what is to be said about them."""
    from backpropcli.gradcheck.second_derivatives import SecondDerivatives  # rarely asked for

    try:
        checked = SecondDerivatives(replay, reals, names)
        return list(checked.check_all(tolerance)), checked.notes
    except BackpropError as error:
        return [], [f"second derivatives are not checked: {problem.message}" for problem in error.problems]


def _shown_nearby(layers: Sequence[IsolatedLayer], standards: Standards) -> Iterator[tuple[int, list[Finding]]]:
    """What mistakes of users' layers show near points that hide them: once for a class, its parameters and shapes."""
    tried = set()
    for number, isolated in enumerate(layers):
        node = isolated.node
        if node.spec.origin is None:
            continue
        if isolated.kind not in tried and (beside := neighbour(isolated)):
            tried.add(isolated.kind)
            found = check_node(beside, f"{node.label} nearby", standards)
            yield number, list(shown_beside(isolated, found))


def _beside_floats(exact: Result, floats: Result) -> Iterator[Finding]:
    """A finding for each exact gradient that differs from its float."""
    for name, gradient in exact.gradients.items():
        beside = floats.gradients[name]
        if gradient is None or beside is None:
            continue
        found = map(exact.run.domain.rounded, exact.run.domain.elements(gradient))
        pairs = list(zip(found, floats.run.domain.flat(beside), strict=True))
        difference = max((abs(number - near) for number, near in pairs if number != near), default=0.0)
        largest = max((abs(near) for _, near in pairs), default=0.0)
        if not difference <= max(FLOAT_AGREEMENT * largest, SMALLEST_NORMAL):  # below it, floats have fewer digits
            note = "the exact gradient and the float gradient differ"
            yield Finding(Kind.GRADIENT, Verdict.WRONG, name, gradient, beside, difference, note=note)


def _split(items: Mapping[int, Sequence[Finding | Problem]]) -> tuple[dict[int, list[Finding]], list[Problem]]:
    """The findings of each node, and the problems of all."""
    findings = {number: [item for item in found if isinstance(item, Finding)] for number, found in items.items()}
    return findings, [item for found in items.values() for item in found if isinstance(item, Problem)]


def _unreported(
    failures: Sequence[Problem], problems: Sequence[Problem], by_node: Mapping[int, Sequence[Finding]]
) -> list[Problem]:
    """What made the run fail, except for what the check of the layer at that place already reports."""
    wrong = (f.place for findings in by_node.values() for f in findings if f.verdict is Verdict.WRONG)
    told = {*wrong, *(problem.place for problem in problems)} - {None}
    return [failure for failure in failures if failure.place not in told]


def _replay(scenario: Scenario) -> Replay:
    """The scenario's values in float64, whatever it runs on, since derivatives need numbers that can be moved.

    What is 0 or infinite in float32 stays so.
    """
    bound = bind(scenario.graph, scenario.inputs, scenario.dout, place_of=scenario.place_of)
    if scenario.dtype != FLOAT64:
        own = bind(scenario.graph, scenario.inputs, dtype=scenario.dtype)
        bound = bound._replace(inputs=[bound.domain.convert(own.domain.numbers(value)) for value in own.inputs])
    return Replay(bound)
