"""Recorded arrays: what a record holds of a run, and that the run is that of plain arrays."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from backpropcli.domains import domain, namespace
from backpropcli.domains.recorded import Record
from backpropcli.errors import DomainError

ARRAYS = domain("arrays")


def names(record):
    return [operation.name for operation in record.operations]


def test_the_same_operation_is_recorded_once():
    record = Record(ARRAYS)
    x = record.input("x", [1.0, 2.0])
    assert (record.exp(x) * 2).number == (record.exp(x) * 2).number
    assert (x * 1).number != (x * 1.0).number
    assert names(record) == ["input", "exp", "mul", "mul", "mul"]


def test_what_changes_nothing_is_not_recorded():
    record = Record(ARRAYS)
    x = record.input("x", [1.0, 2.0])
    same = [record.reshape(x, (2,)), record.broadcast_to(x, (2,)), record.unbroadcast(x, x), record.squeeze(x, ())]
    assert all(found is x for found in (*same, record.expand_dims(x, ())))
    assert names(record) == ["input"]


def test_a_key_may_hold_recorded_arrays():
    record = Record(ARRAYS)
    x, places = record.input("x", [[1.0, 2.0], [3.0, 4.0]]), record.input("places", [1.0, 0.0, 1.0])
    key = (slice(None), record.as_indices(places, 2, "index"))
    assert record.numbers(x[key]) == [[2.0, 1.0, 2.0], [4.0, 3.0, 4.0]]
    assert record.operations[-1].arguments == (x, key)


def test_a_zero_does_not_near_the_limits():
    """As it does among plain arrays, where a product of zeros is taken apart without harm."""
    record = Record(ARRAYS)
    assert not record.nears_limits(record.input("x", [0.0, 1.0]))
    assert record.nears_limits(record.input("x", [1e-300, 1.0]))
    x = record.input("x", [1e200])
    with record.quiet():
        assert record.numbers(record.times(x, x, record.input("y", [1e-200]))) == pytest.approx([1e200])


def test_two_records_do_not_mix():
    one, two = (Record(ARRAYS).input("x", 1.0) for _ in range(2))
    with pytest.raises(DomainError, match="cannot be mixed"):
        namespace(one, two)


def test_a_record_goes_to_no_other_process():
    with pytest.raises(TypeError, match="stays in the process"):
        pickle.dumps(Record(ARRAYS))


def test_a_constant_is_no_input():
    record = Record(ARRAYS)
    (two,) = record.constants(["2"], [])
    assert names(record) == ["constant"]
    assert np.asarray(two.array) == 2
