"""How long whole commands take, as multiples of `python -c 'import numpy'` in the same run, and how long they may.

python benchmarks/startup.py [ROUNDS]

Installs this checkout into an environment of its own, so that bytecode is there as on a user's machine, and runs the
commands in turn, round after round; the medians are compared.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent
HEADER = """\
| command | times `import numpy` | goal |
| --- | ---: | ---: |"""
GOALS = {
    "run fruits.yaml -f plain": 0.8,
    "run fruits.yaml -f table": 1.2,
    "draw fruits.yaml -f svg": 1.04,
    "relu --x [[1,-0.5],[-2,3]]": 1.6,
}


def install(folder: Path) -> Path:
    """Install the checkout, and return the folder with the programs."""
    venv.create(folder, with_pip=True)
    programs = folder / "bin"
    subprocess.run([programs / "pip", "install", "--quiet", ROOT], check=True)
    return programs


def seconds(command: list[str]) -> float:
    """The time that a command takes from its start to its end."""
    start = time.perf_counter()
    subprocess.run(command, check=True, cwd=ROOT / "scenarios", stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main(rounds: int) -> None:
    """Print the table that README shows."""
    with tempfile.TemporaryDirectory() as folder:
        programs = install(Path(folder))
        peer = [str(programs / "python"), "-c", "import numpy"]
        commands = {words: [str(programs / "backprop"), *words.split()] for words in GOALS}
        times: dict[str, list[float]] = {words: [] for words in ("numpy", *commands)}
        for command in (peer, *commands.values()):
            seconds(command)  # the first run fills the caches
        for _ in range(rounds):
            times["numpy"].append(seconds(peer))
            for words, command in commands.items():
                times[words].append(seconds(command))
    base = median(times["numpy"])
    print(f"`import numpy` takes {base * 1000:.0f} ms.\n\n{HEADER}")
    for words, goal in GOALS.items():
        print(f"| `backprop {words}` | {median(times[words]) / base:.2f} | {goal} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 25)
