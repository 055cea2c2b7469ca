"""A pytest plugin: which tests run which functions that are mutated, as JSON in the file that `WITNESSES` names.

The file maps "module.function" to names of tests, quick ones first.
"""

from __future__ import annotations

import json
import os
import sys
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path
from time import perf_counter
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

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename in _NAMES:
            called.add((frame.f_code.co_filename, frame.f_code.co_qualname))

    start = perf_counter()
    sys.setprofile(note)
    try:
        return (yield)
    finally:
        sys.setprofile(None)
        for file, function in called:
            _tests[f"{_NAMES[file]}.{function.split('.<')[0]}"][item.nodeid] = perf_counter() - start


def pytest_sessionfinish() -> None:
    """Write what was noted."""
    found = {function: sorted(tests, key=lambda test: tests[test]) for function, tests in _tests.items()}
    Path(os.environ["WITNESSES"]).write_text(json.dumps(found))
