"""No layer goes without a comparison: PyTorch has a counterpart of each, or of its parts."""

from __future__ import annotations

import pytest
from counterparts import COMPARED, exported
from peer import compare, make

from backpropcli.catalogue import LAYERS


@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_agrees_with_its_counterpart(name: str) -> None:
    """A layer that the table lacks fails."""
    inputs, parameters = COMPARED[name]
    compare(make(name, **parameters), exported(name, **parameters), inputs)
