"""Every planted fault is found on the check's own inputs; what most of them are is said."""

from __future__ import annotations

from typing import Any

import many_faults
import pytest
from many_faults import PLANTED

from backpropcli.catalogue.adapter import foreign_spec
from backpropcli.gradcheck import check_layer


@pytest.mark.parametrize("cls", PLANTED.values(), ids=list(PLANTED))
def test_a_planted_fault_is_found(cls: Any) -> None:
    report = check_layer(foreign_spec("planted", cls, "many_faults.py", many_faults.__file__))
    assert report.problems == ()
    assert report.is_wrong


def test_there_are_enough() -> None:
    assert len(PLANTED) >= 60
