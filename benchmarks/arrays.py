"""Forward and backward of fruits on arrays of 10,000,000 numbers, next to the same by hand in NumPy.

python benchmarks/arrays.py

The times are taken in one process, by turns of some runs each, as the first run of a turn may have to wait until the
system has memory for it. The memory is the most that a process of its own has taken (`VmHWM`, on
Linux only), less what it took with the inputs alone.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

import backpropcli as bp

COUNT = 10_000_000
TURNS, RUNS = 3, 5
FRUITS = bp.load("scenarios/fruits.yaml")
NUMPY = "NumPy, by hand"


Array = np.ndarray


def by_hand(apple: Array, apple_num: Array, orange: Array, orange_num: Array, tax: Array) -> tuple[Array, ...]:
    """The price and the gradients, with an array for each, as one writes it."""
    apple_price = apple * apple_num
    orange_price = orange * orange_num
    all_price = apple_price + orange_price
    price = all_price * tax
    dprice = np.ones_like(price)
    dtax = dprice * all_price
    dall_price = dprice * tax
    return price, dall_price * apple, dall_price * apple_num, dall_price * orange, dall_price * orange_num, dtax


def runs(count: int) -> dict[str, Callable[[], object]]:
    """What is measured, by name."""
    draw = np.random.default_rng(0)
    inputs = {name: draw.uniform(0.5, 1.5, count) for name in FRUITS.graph.inputs}
    return {
        NUMPY: lambda: by_hand(**inputs),
        '`bp.run(..., keep="results")`': lambda: bp.run(FRUITS, inputs=inputs, keep="results"),
        "`bp.run`": lambda: bp.run(FRUITS, inputs=inputs),
    }


def most_memory() -> float:
    """The most that this process has taken so far, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1000


def memory_of(name: str) -> float:
    """What one run takes beside its inputs, in MB."""
    runs(10)[name]()  # whatever is imported meanwhile
    run = runs(COUNT)[name]
    before = most_memory()
    run()
    return most_memory() - before


def milliseconds(run: Callable[[], object]) -> float:
    """The time of one run."""
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) * 1000


def main() -> None:
    """Print a table of times, memory, and their ratios to NumPy's."""
    measured = runs(COUNT)
    times: dict[str, list[float]] = {name: [] for name in measured}
    for _ in range(TURNS):
        for name, run in measured.items():
            times[name] += [milliseconds(run) for _ in range(RUNS)]
    memory = {name: float(subprocess.check_output([sys.executable, __file__, name], text=True)) for name in measured}
    print(f"| fruits on {COUNT:,} numbers | time | against NumPy | memory beside the inputs | against NumPy |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, found in times.items():
        time_ratio, memory_ratio = median(found) / median(times[NUMPY]), memory[name] / memory[NUMPY]
        print(f"| {name} | {median(found):.0f} ms | {time_ratio:.2f} | {memory[name]:.0f} MB | {memory_ratio:.2f} |")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(memory_of(sys.argv[1]))
    else:
        main()
