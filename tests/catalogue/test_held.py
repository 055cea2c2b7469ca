"""Arrays and counts on an object, and on what it holds."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from backpropcli.catalogue.held import exchange, run_unnoticed, share_memory


def test_an_array_is_exchanged_under_all_its_names() -> None:
    old, other, new = np.ones((2, 3), "float32"), np.ones((2, 3), "float32"), np.zeros((2, 3))
    inner = SimpleNamespace(W=old, others=[other, old], pair=(old, other), turned=old.T)
    layer = SimpleNamespace(params={"W": old}, layers=[(inner,)], again=inner, itself=None)
    layer.itself = layer
    exchange(layer, old, new)
    assert layer.params["W"] is inner.W is inner.others[1] is inner.pair[0] is new
    assert inner.others[0] is inner.pair[1] is other
    assert share_memory(inner.turned, new)
    assert inner.turned.shape == (3, 2)


def test_modules_classes_and_functions_are_left_alone() -> None:
    old, new = np.ones(2), np.zeros(2)

    class Kept:
        W = old

    def function() -> None:
        """Has an attribute."""

    vars(function)["W"] = old
    exchange(SimpleNamespace(cls=Kept, function=function, module=np), old, new)
    assert Kept.W is vars(function)["W"] is old


def test_what_counts_the_runs_of_forward_goes_back_and_what_it_makes_stays() -> None:
    layer: Any = SimpleNamespace(n_in=0, state={"step": 5}, seen=[1])

    def forward() -> None:
        layer.n_in = 3
        layer.made = getattr(layer, "made", [1.0, 2.0])
        layer.state["step"] += 1
        layer.seen.append(layer.n_in)

    run_unnoticed(layer, forward)
    assert layer == SimpleNamespace(n_in=3, state={"step": 5}, seen=[1], made=[1.0, 2.0])
