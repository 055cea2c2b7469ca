from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from backpropcli.errors import ScenarioError
from backpropcli.scenario import Scenario, parse_scenario

Found = list[tuple[str, int, int, str]]


@pytest.fixture
def parse() -> Callable[[bytes | str], Scenario]:
    """The scenario that a text is."""
    return lambda text: parse_scenario(text, "s.yaml", Path())


@pytest.fixture
def problems(parse: Callable[[bytes | str], Scenario]) -> Callable[[bytes | str], Found]:
    """What is wrong with a text: for each problem its message, line, column, and the text that it points at."""

    def found(text: bytes | str) -> Found:
        with pytest.raises(ScenarioError) as caught:
            parse(text)
        result = []
        for problem in caught.value.problems:
            assert problem.place is not None, problem
            _, line, column, length, shown = problem.place
            result.append((problem.message, line, column, shown[column - 1 :][:length]))
        return result

    return found


@pytest.fixture
def hints(parse: Callable[[bytes | str], Scenario]) -> Callable[[bytes | str], list[str | None]]:
    """The hints on what is wrong with a text."""

    def found(text: bytes | str) -> list[str | None]:
        with pytest.raises(ScenarioError) as caught:
            parse(text)
        return [problem.hint for problem in caught.value.problems]

    return found
