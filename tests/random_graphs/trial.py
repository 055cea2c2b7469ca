"""Trying a check out on random graphs."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy
from random_graph import RandomGraph

from backpropcli.errors import BackpropError

Check = Callable[[RandomGraph], None]
"""Raises AssertionError where a graph is not as it should be."""


# A clock says what is too slow; one function for all checks would find each other's failures in a database; and which
# lines ran tells nothing of a graph.
PLAIN = settings(suppress_health_check=[HealthCheck.too_slow], database=None, phases=[Phase.generate, Phase.shrink])


def try_out(check: Check, graphs: SearchStrategy[RandomGraph], count: int) -> None:
    """Raise what the check raises, with the smallest graph that is found to fail."""
    settings(PLAIN, max_examples=count)(given(graphs)(_test_of(check)))()


def finds_fault(check: Check, graphs: SearchStrategy[RandomGraph], count: int) -> bool:
    """Whether the check fails, or a run is refused, for one of so many graphs, which are the same each time."""
    repeatable = settings(PLAIN, max_examples=count, phases=[Phase.generate], derandomize=True)
    try:
        repeatable(given(graphs)(_test_of(check)))()
    except (AssertionError, BackpropError):
        return True
    return False


def _test_of(check: Check) -> Callable[[RandomGraph], None]:
    def check_example(example: RandomGraph) -> None:
        check(example)

    return check_example
