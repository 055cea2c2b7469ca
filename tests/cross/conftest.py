"""What of this folder has run, however its tests were selected and ordered."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

_waiting = {path.name for path in Path(__file__).parent.glob("test_*.py")}


@pytest.fixture
def waiting() -> set[str]:
    """The files that are not collected, and of the others the tests that have not begun."""
    return _waiting


@pytest.hookimpl(wrapper=True)
def pytest_pycollect_makeitem(collector: pytest.Module) -> Generator[None, Any, Any]:
    """Note the tests of a file before any selection leaves some out."""
    made = yield
    _waiting.discard(collector.path.name)
    _waiting.update(item.nodeid for item in made or () if isinstance(item, pytest.Item))
    return made


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The test that counts what was compared comes last."""
    items.sort(key=lambda item: item.path.name == "test_torch_covers_all.py")


def pytest_runtest_call(item: pytest.Item) -> None:
    """A test begins."""
    _waiting.discard(item.nodeid)
