"""Trying a check out on random graphs."""

from __future__ import annotations

from collections.abc import Callable
from zlib import crc32

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy
from random_graph import RandomGraph

from backpropcli.errors import BackpropError

Check = Callable[[RandomGraph], None]
"""Raises AssertionError where a graph is not as it should be."""

# A clock says what is too slow; one function for all checks would find each other's failures in a database; and which
# lines ran tells nothing of a graph.
PLAIN = settings(suppress_health_check=[HealthCheck.too_slow], database=None, phases=[Phase.generate, Phase.shrink])


def try_out(check: Check, graphs: SearchStrategy[RandomGraph], count: int, name: str) -> None:
    """Raise what the check raises, with the smallest graph that is found to fail.

    Where tests are repeatable, as in CI, the graphs are the same each time, but others for each name.
    """
    test = settings(PLAIN, max_examples=count)(given(graphs)(_test_of(check)))
    (_repeatable(test, name) if settings().derandomize else test)()


def finds_fault(check: Check, graphs: SearchStrategy[RandomGraph], count: int, name: str) -> bool:
    """Whether the check fails, or a run is refused, for one of so many graphs, which are the same each time."""
    test = settings(PLAIN, max_examples=count, phases=[Phase.generate])(given(graphs)(_test_of(check)))
    try:
        _repeatable(test, name)()
    except (AssertionError, BackpropError):
        return True
    return False


def graphs_of(graphs: SearchStrategy[RandomGraph], count: int, name: str) -> list[RandomGraph]:
    """So many graphs, the same each time."""
    found: list[RandomGraph] = []
    _repeatable(settings(PLAIN, max_examples=count)(given(graphs)(_test_of(found.append))), name)()
    return found


def _test_of(check: Check) -> Callable[[RandomGraph], None]:
    def check_example(example: RandomGraph) -> None:
        check(example)

    return check_example


def _repeatable(test: Callable[[], None], name: str) -> Callable[[], None]:
    return seed(crc32(name.encode()))(test)
