"""The answers of `expect:` beside the computed numbers: how a student's work is graded."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from backpropcli.binding import read_literal
from backpropcli.domains import Value
from backpropcli.errors import BackpropError, Place
from backpropcli.gradcheck.diagnose import diagnose
from backpropcli.gradcheck.evidence import ENOUGH, Answer, Evidence
from backpropcli.gradcheck.report import Finding, Kind, Verdict
from backpropcli.gradcheck.written_numbers import agrees, relative_rounding
from backpropcli.result import Result
from backpropcli.scenario import Expectation
from backpropcli.sources.literals import ArrayFile, Literal

COARSEST = 0.05  # an answer of fewer digits fits any mistake


def check_answers(expect: Expectation, result: Result, for_ones: Result) -> Iterator[Finding]:
    """A finding for each answer; `for_ones` is the run with a dout of ones, to which a mistaken answer may belong."""
    for name, literal in expect.values.items():
        yield _graded(Kind.VALUE, name, literal, result.value_of(name), expect.value_places.get(name), result)
    given = {name: _read(literal, result) for name, literal in expect.gradients.items()}
    rights = {name: result.gradient_of(name) for name in given}
    for name, literal in expect.gradients.items():
        right = rights[name]
        if right is None:
            note = "the output has no gradient with respect to it"
            place = expect.gradient_places.get(name)
            yield Finding(Kind.ANSWER, Verdict.WRONG, name, given[name], note=note, place=place)
            continue
        graded = _graded(Kind.ANSWER, name, literal, right, expect.gradient_places.get(name), result)
        if graded.verdict is Verdict.WRONG and given[name] is not None:
            evidence = Evidence(
                name,
                given[name],
                right,
                result.run.domain,
                others={n: Answer(given[n], r) for n, r in rights.items() if n != name and r is not None},
                paths=_paths(result, name),
                lengths=_lengths(result),
                for_ones=partial(for_ones.gradient_of, name),
                tolerance=_tolerance(literal),
            )
            graded = _with_note(graded, diagnose(evidence))
        yield graded


def _graded(kind: Kind, name: str, literal: Literal, right: Value, place: Place | None, result: Result) -> Finding:
    numbers = result.run.domain
    found = _read(literal, result)
    if found is None or numbers.shape(found) != numbers.shape(right):
        note = f"the answer is {_shape(literal)}, but the computed value is {_shape_in_words(numbers.shape(right))}"
        return Finding(kind, Verdict.WRONG, name, found, right, note=note, place=place)
    texts, computed, written = list(_texts(literal)), numbers.flat(right), numbers.flat(found)
    size = max((abs(number) for number in computed), default=0)
    is_right = all(agrees(text, number, float(size)) for text, number in zip(texts, computed, strict=True))
    difference = max((float(abs(a - b)) for a, b in zip(written, computed, strict=True)), default=0.0)
    verdict = Verdict.RIGHT if is_right else Verdict.WRONG
    return Finding(kind, verdict, name, found, right, difference, place=place)


def _with_note(finding: Finding, note: str | None) -> Finding:
    from dataclasses import replace

    return replace(finding, note=note or finding.note)


def _read(literal: Literal, result: Result) -> Value | None:
    """An answer as a value of the run's domain; None if it cannot be one."""
    try:
        return read_literal(literal, result.run.domain)
    except BackpropError:
        return None


def _texts(literal: Literal) -> Iterator[str]:
    """The numbers of an answer as they are written, row by row."""
    if isinstance(literal, str):
        yield literal
    elif not isinstance(literal, ArrayFile):
        for item in literal:
            yield from _texts(item)


def _shape(literal: Literal) -> str:
    lengths = []
    while isinstance(literal, list):
        lengths.append(len(literal))
        literal = literal[0] if literal else ""
    return _shape_in_words(tuple(lengths))


def _shape_in_words(shape: tuple[int, ...]) -> str:
    return f"an array of shape {shape}" if shape else "a number"


def _paths(result: Result, name: str) -> dict[str, Value]:
    """What each edge contributes to the gradient of a named value."""
    run = result.run
    slot = run.graph.slot(name)
    found: dict[str, Value] = {}
    for node, sources, contributions in zip(run.graph.nodes, run.graph.sources, run.contributions, strict=True):
        for number, (source, contribution) in enumerate(zip(sources, contributions, strict=False)):
            if source == slot and contribution is not None:
                label = f"{node.label} (input {node.spec.input_name(number)})"
                found[node.label if node.label not in found else label] = contribution
    return found


def _lengths(result: Result) -> dict[str, int]:
    """What a mean in the graph may divide by."""
    shape_of = result.run.domain.shape
    lengths: dict[str, int] = {}
    for name, value in result.values.items():
        lengths.setdefault(f"the number of elements of {name}", result.run.domain.size(value))
        for axis, length in enumerate(shape_of(value)):
            lengths.setdefault(f"the length of axis {axis} of {name}", length)
    return lengths


def _tolerance(literal: Literal) -> float:
    """How close an answer must be to a number to be taken for it: as close as its digits tell."""
    rounding = [relative_rounding(text) for text in _texts(literal)]
    return min(COARSEST, max([ENOUGH, *rounding]))
