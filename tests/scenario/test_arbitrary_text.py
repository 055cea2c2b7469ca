"""Whatever the bytes, the answer is a scenario or a ScenarioError that says where."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backpropcli.errors import Problem, ScenarioError
from backpropcli.scenario import parse_scenario
from backpropcli.scenario.answer_sheet import parse_answer_sheet

VALID = """\
title: T
inputs: {a: 1, b: [[1, 2], [3, 4]], c: &c -1e-3, d: *c}
layers:
  - {name: m, type: mul, inputs: [a, b], output: e}
  - f = sigmoid(e) ** 2 - (c + 'd')
  - {type: sum, axis: 0, keepdims: true}
  - relu
output: (7)
gradients: [a, e]
expect: {values: {e: [[1]]}, gradients: {a: .inf}}
"""
SNIPPETS = (
    *("[", "]", "{", "}", ": ", "- ", "? ", "\n", "  ", "\t", "&a ", "*a", "!!int ", "|", ">", "'", '"', "#", "%"),
    *("---\n", "...", "<<: ", "=", "**", "lambda", "nan", "9**9**9**9"),
    *("\x00", "\x85", "\u2028", "\ud7ff", "\u210c", "\U0001f34e"),
)


def result_or_error(content: bytes | str) -> None:
    """Fail on any exception but ScenarioError, and on a place that is not in the text; as a sheet of answers, too."""
    problems: tuple[Problem, ...] = ()
    for parse in (parse_scenario, partial(parse_answer_sheet, known=("a", "e"))):
        try:
            parse(content, "s.yaml", Path())
        except ScenarioError as error:
            problems += error.problems
    for place in [problem.place for problem in problems if problem.place]:
        assert place.line >= 1
        assert 1 <= place.column <= len(place.text) + 1
        assert place.length >= 1


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_arbitrary_bytes(content: bytes) -> None:
    result_or_error(content)


@settings(max_examples=300)
@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(SNIPPETS), max_size=40).map("".join)))
def test_arbitrary_text(content: str) -> None:
    result_or_error(content)


@settings(max_examples=600)
@given(st.data())
def test_a_valid_file_with_pieces_taken_out_and_put_in(data: st.DataObject) -> None:
    text = VALID
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 8)))
        text = text[:start] + data.draw(st.sampled_from(("", *SNIPPETS))) + text[end:]
    result_or_error(text)


@pytest.mark.parametrize(
    "text",
    [
        f"inputs: {{x: {'9' * 10**6}}}\nlayers: [y = x + 1]",
        f"inputs: {{x: {'a' * 10**6}}}\nlayers: [y = x + 1]",
        f"inputs: {{{'a' * 100_000}: 1}}\nlayers: [relu]",
        f"inputs: {{x: 1}}\nlayers: [{'a' * 10**6}]",
        f"inputs: {{x: 1}}\nlayers:\n - |\n  y = {'(' * 10**6}",
        f"inputs: {{x: 1}}\nlayers:\n - y = {'-' * 50_000}x",
        f"inputs: {{x: 1}}\nlayers: [{{type: {'a' * 10**6}}}]",
        f"inputs: {{x: 1}}\nlayers: [{{type: sum, axis: {'9' * 10**6}}}]",
        "inputs: {x: 1}\nlayers: [y = 9**9**9**9 * x]\nexact: true",
        'title: "' + r"\n" * 10**5 + '"\nlayers: [y = 2 * 3]',
    ],
    ids=range(10),
)
def test_huge_words_are_read_or_refused_at_once(text: str) -> None:
    result_or_error(text)
