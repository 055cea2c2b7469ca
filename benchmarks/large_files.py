"""The whole command on a file of 100,000 steps, as a ratio to PyYAML's fastest reading of that file alone.

python benchmarks/large_files.py
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

STEPS = 100_000
READ = "import sys, yaml; yaml.load(open(sys.argv[1]), Loader=yaml.CSafeLoader)"


def mapping_step(i: int) -> str:
    """A step with everything said."""
    return f"  - {{name: l{i}, type: mul, inputs: [x{i}, w], output: x{i + 1}}}\n"


def assignment_step(i: int) -> str:
    """A step of two layers."""
    return f"  - x{i + 1} = x{i} * w + 1\n"


def seconds(*command: str) -> float:
    """The time of a whole process."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Print a table of times and ratios."""
    print(f"| {STEPS:,} steps | `yaml.load` | whole command | ratio |")
    print("| --- | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        for step in (mapping_step, assignment_step):
            path = Path(folder) / f"{step.__name__}.yaml"
            steps = "".join(step(i) for i in range(STEPS))
            path.write_text(f"inputs:\n  x0: 1\n  w: 1.00001\nlayers:\n{steps}")
            load = min(seconds("-c", READ, str(path)) for _ in range(3))
            run = min(seconds("-m", "backpropcli", "run", str(path), "-f", "plain") for _ in range(3))
            kind = step.__name__.removesuffix("_step")
            print(f"| {kind} | {load:.2f} s | {run:.2f} s | {run / load:.2f} |")


if __name__ == "__main__":
    main()
