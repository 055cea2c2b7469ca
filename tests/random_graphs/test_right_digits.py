"""How many digits are right, as a run estimates it, beside a run whose digits are certain, for random graphs."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from math import floor, log10
from typing import Any

from graph_builder import Kind
from graph_strategy import any_graph
from random_graph import RandomGraph
from trial import graphs_of

from backpropcli import api
from backpropcli.result import Result

COUNT = 650  # graphs of numbers, and as many of arrays


def as_texts(value: Any) -> Any:
    """Numbers as they are typed, so that 0.1 is a tenth."""
    return list(map(as_texts, value)) if isinstance(value, (list, tuple)) else repr(value)


def right_digits(graph: RandomGraph, inputs: Any, found: Result) -> int:
    """How many digits of the output are right: of an array as a whole, its elements weighted with dout."""
    truth = api.run_graph(graph.graph(), inputs, dout=as_texts(graph.dout), digits=20)
    wanted = [Fraction(number.text) for number in truth.run.domain.flat(truth.value)]
    numbers, weights = (list(map(Fraction, found.run.domain.flat(x))) for x in (found.value, found.dout))
    error = sum(abs((x - y) * weight) for x, y, weight in zip(numbers, wanted, weights, strict=True))
    whole = sum(abs(y * weight) for y, weight in zip(wanted, weights, strict=True))
    if not error or not whole:
        return 0 if error else 17
    return max(0, min(17, floor(-log10(error / whole))))


def test_at_most_one_estimate_in_a_hundred_claims_too_much_and_by_one_digit_at_most() -> None:
    """Of a thousand random scenarios and more."""
    excess: Counter[int] = Counter()
    for kind in (Kind(is_scalar=True), Kind()):
        for graph in graphs_of(any_graph(kind), COUNT, f"right digits {kind}"):
            inputs = {name: as_texts(value) for name, value in graph.inputs.items()}
            found = api.run_graph(graph.graph(), inputs, dout=as_texts(graph.dout), rounding=True)
            told = found.rounding
            assert told is not None
            if told.digits is not None and told.is_counted:
                excess[told.digits - right_digits(graph, inputs, found)] += 1
    assert excess.total() >= 1000
    assert max(excess) <= 1
    assert excess[1] <= excess.total() / 100
    assert sum(count for digits, count in excess.items() if digits >= -2) >= 0.9 * excess.total()  # it is of use
