"""A pytest plugin: which tests run which functions that are mutated, as JSON in the file that `WITNESSES` names.

The file maps "module.function" to the seconds that each of its tests takes.
"""

from __future__ import annotations

import json
import os
import sys
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from mutations import SOURCES

_NAMES = {str(path): name for name, path in SOURCES.items()}
_tests: dict[str, dict[str, float]] = defaultdict(dict)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """Note the functions that the test and its fixtures call."""
    called = set()

    def note(frame: FrameType, _event: str, _: object) -> None:
        if frame.f_code.co_filename in _NAMES:
            called.add(frame.f_code)

    start = _seconds()
    sys.settrace(note)  # of calls only, as it returns None
    try:
        return (yield)
    finally:
        sys.settrace(None)
        for code in called:
            function = code.co_qualname.replace(".<locals>", "").split(".<")[0]
            _tests[f"{_NAMES[code.co_filename]}.{function}"][item.nodeid] = _seconds() - start


def _seconds() -> float:
    """The time of the processor, which does not hang on what else it does."""
    return sum(os.times()[:4])  # with that of subprocesses


def pytest_sessionfinish() -> None:
    """Write what was noted."""
    Path(os.environ["WITNESSES"]).write_text(json.dumps(_tests))
