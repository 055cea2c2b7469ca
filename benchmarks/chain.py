"""Forward and backward over a long chain, per node, next to micrograd and autograd in the same run.

python benchmarks/chain.py

The chain takes x through `x * w` and `x + w` in turn. Ours is one chain of 1,000,000 nodes. micrograd recurses, so it
gets many chains of 500 nodes, and one of 100,000 in a thread with a stack of 1 GiB; autograd gets chains of 500.
"""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Callable
from statistics import median

from autograd import grad
from micrograd.engine import Value

from backpropcli.binding import BoundGraph
from backpropcli.domains import domain
from backpropcli.executor import execute
from backpropcli.graph import Graph, Node

LONG = 1_000_000
SHORT = 500
ROUNDS = 5


def chain(count: int) -> Graph:
    """A graph of `count` nodes in a row."""
    nodes = [Node("mul" if i % 2 else "add", (f"x{i}", "w"), f"x{i + 1}") for i in range(count)]
    return Graph(["x0", "w"], nodes)


def micrograd_chain(count: int) -> None:
    """A chain of `count` nodes in micrograd."""
    x, w = Value(1.0), Value(0.5)
    for i in range(count):
        x = x * w if i % 2 else x + w
    x.backward()


def micrograd_short_chains() -> None:
    """Short chains, together a tenth of the long one."""
    for _ in range(LONG // 10 // SHORT):
        micrograd_chain(SHORT)


def micrograd_long_chain() -> None:
    """A tenth of the long chain in one, with a stack that its recursion fits in."""
    sys.setrecursionlimit(LONG)
    threading.stack_size(2**30)
    thread = threading.Thread(target=micrograd_chain, args=(LONG // 10,))
    thread.start()
    thread.join()


def autograd_chains() -> None:
    """Short chains, together a hundredth of the long one: autograd is made for arrays, not for numbers."""

    def short(x: float, w: float) -> float:
        for i in range(SHORT):
            x = x * w if i % 2 else x + w
        return x

    for _ in range(LONG // 100 // SHORT):
        grad(short, (0, 1))(1.0, 0.5)


def microseconds(run: Callable[[], object], nodes: int) -> float:
    """The time that a node takes."""
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) / nodes * 1e6


def main() -> None:
    """Print a table of times per node and ratios."""
    graph, floats = chain(LONG), domain("floats")
    gc.freeze()  # or the peers' collections would visit our million nodes
    runs: dict[str, tuple[Callable[[], object], int]] = {
        "backprop, a chain of 1,000,000": (lambda: execute(BoundGraph(graph, floats, [1.0, 0.5])), LONG),
        "micrograd, chains of 500": (micrograd_short_chains, LONG // 10),
        "micrograd, a chain of 100,000": (micrograd_long_chain, LONG // 10),
        "autograd, chains of 500": (autograd_chains, LONG // 100),
    }
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, (run, nodes) in runs.items():
            times[name].append(microseconds(run, nodes))
    ours = median(times["backprop, a chain of 1,000,000"])
    print("| forward and backward | µs a node | times ours |")
    print("| --- | ---: | ---: |")
    for name, found in times.items():
        print(f"| {name} | {median(found):.2f} | {median(found) / ours:.1f} |")


if __name__ == "__main__":
    main()
