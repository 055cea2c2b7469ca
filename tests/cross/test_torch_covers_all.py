"""No layer goes without a comparison: PyTorch has a counterpart of each, or of its parts."""

from __future__ import annotations

import pytest
from peer import compared

from backpropcli.catalogue import LAYERS, layer_class


def test_every_layer_is_compared(waiting: set[str]) -> None:
    """After a run of all the folder each layer of the catalogue has agreed with PyTorch in some test."""
    if waiting:
        pytest.skip("only a run of all tests of this folder can tell")
    assert [name for name in LAYERS if layer_class(name) not in compared] == []
