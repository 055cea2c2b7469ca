"""How the cost of a command grows with each kind of input: the exponents of its time and of its memory.

python benchmarks/growth.py [KIND...]

An exponent of 1 is cost in proportion. Each is taken from four times as much of a kind, without what the command costs
with next to nothing of it. The exit code is 1 if one is above 1.2.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from math import inf, log
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

Process = get_context("fork").Process
LIMIT = 1.2
TIMES = 4
MOST_TURNS = 6  # of which the least time counts; two, if that is enough
LEAST_SECONDS, LEAST_BYTES = 0.1, 8 * 2**20  # below them a cost cannot be told from noise


class Kind(NamedTuple):
    """A command line, whose `{file}` is made from a number, and that number; the file is also its standard input."""

    command: str
    content: Callable[[int], str]
    number: int


def listed(item: Callable[[int], str], number: int, separator: str = ", ") -> str:
    """Items from the first on."""
    return separator.join(map(item, range(number)))


def scenario(*, inputs: str = "{x: 1}", steps: str = "[y = x * 2]", rest: str = "") -> str:
    """A scenario file."""
    return f"inputs: {inputs}\nlayers: {steps}\n{rest}"


def similar(i: int, length: int) -> str:
    """A name of that length that differs from its like only at the end."""
    return "a" * length + str(i)


def in_a_chain(number: int) -> str:
    """A scenario of layers that each take the value before and the first input."""
    return scenario(steps="\n  - y0 = x * 2\n" + listed(lambda i: f"  - y{i + 1} = sin(y{i}) * x", number, "\n"))


KINDS = {
    "inputs, one a line": Kind(
        "run {file}",
        lambda n: scenario(inputs="\n" + listed(lambda i: f"  x{i}: 1", n, "\n"), steps="[y = x0 * 2]"),
        20_000,
    ),
    "inputs on one line": Kind(
        "run {file} -f json",
        lambda n: scenario(inputs=f"{{{listed(lambda i: f'x{i}: 1', n)}}}", steps="[y = x0 * 2]"),
        20_000,
    ),
    "names of gradients": Kind(
        "run {file}",
        lambda n: scenario(
            inputs=f"{{{listed(lambda i: f'x{i}: 1', n)}}}",
            steps=f"[{{type: concat, inputs: [{listed(lambda i: f'x{i}', n)}]}}]",
            rest=f"gradients: [{listed(lambda i: f'x{i}', n)}, x0]\n",
        ),
        10_000,
    ),
    "expect on one line": Kind(
        "check {file}",
        lambda n: scenario(
            inputs=f"{{{listed(lambda i: f'x{i}: 1', n)}}}",
            steps="[{type: max, inputs: [x0]}]",
            rest=f"expect: {{gradients: {{{listed(lambda i: f'x{i}: 1', n)}}}}}\n",
        ),
        3_000,
    ),
    "steps, one a line": Kind(
        "run {file}", lambda n: scenario(steps="\n" + listed(lambda i: f"  - y{i} = x * {i}", n, "\n")), 20_000
    ),
    "steps on one line": Kind(
        "run {file} -f table --steps", lambda n: scenario(steps=f"[{listed(lambda i: f'y{i} = x * {i}', n)}]"), 2_000
    ),
    "steps in a chain": Kind(
        "run {file} -f csv --steps", lambda n: scenario(steps=f"[{listed(lambda _: 'relu', n)}]"), 10_000
    ),
    "errors: unknown names": Kind(
        "run {file}", lambda n: scenario(steps="\n" + listed(lambda i: f"  - y{i} = z{i} * 2", n, "\n")), 20_000
    ),
    "errors: unknown keys": Kind("run {file}", lambda n: scenario(rest=listed(lambda i: f"k{i}: 1", n, "\n")), 40_000),
    "errors: tags on one line": Kind(
        "run {file}", lambda n: scenario(inputs=f"{{{listed(lambda i: f'x{i}: !t 1', n)}}}"), 20_000
    ),
    "errors: duplicate keys on one line": Kind(
        "run {file}", lambda n: scenario(inputs=f"{{{listed(lambda _: 'x: 1', n)}}}"), 20_000
    ),
    "errors: no numbers on one line": Kind(
        "run {file}", lambda n: scenario(inputs=f"{{{listed(lambda i: f'x{i}: a', n)}}}"), 20_000
    ),
    "line length: an array": Kind(
        "run {file} --value y", lambda n: scenario(inputs=f"{{x: [{listed(str, n)}]}}"), 100_000
    ),
    "line length: a mistake at its end": Kind("run {file}", lambda n: scenario(rest=f"title: [{'a' * n}]"), 2_000_000),
    "line length: a formula": Kind(
        "run {file}", lambda n: scenario(steps=f"['y = {listed(lambda _: 'x', n, ' + ')}']"), 6_000
    ),
    "line length: a formula in Greek": Kind(
        "run {file}",
        lambda n: scenario(inputs="{λ: 1}", steps=f"['y = {listed(lambda _: 'exp(λ)', n, ' + ')}']"),
        2_500,
    ),
    "line length: an unknown layer": Kind("run {file}", lambda n: scenario(steps=f"['y = {'a' * n}(x)']"), 24_000),
    "line length: calls of calls": Kind("run {file}", lambda n: scenario(steps=f"['y = x{'()' * n}']"), 40),
    "name length": Kind(
        "run {file}",
        lambda n: scenario(
            inputs=f"{{{listed(lambda i: f'{similar(i, n)}: 1', 20)}}}",
            steps="\n" + listed(lambda i: f"  - y{i} = {similar(i + 20, n)} * 2", 20, "\n"),
        ),
        4_000,
    ),
    "name length: a layer": Kind("run {file}", lambda n: scenario(steps=f"[{{type: {'relu' * n}}}]"), 100_000),
    "digits of a float": Kind("run {file}", lambda n: scenario(inputs=f"{{x: 0.{'1' * n}}}"), 1_000_000),
    "digits of a fraction": Kind("run {file}", lambda n: scenario(inputs=f"{{x: {'1' * n}/3}}"), 1_000_000),
    "digits, exact": Kind("run {file} --exact", lambda n: scenario(inputs=f"{{x: {'1' * n}}}"), 1_000_000),
    "digits in hexadecimal": Kind("run {file} --exact", lambda n: scenario(inputs=f"{{x: 0x{'f' * n}}}"), 1_000_000),
    "digits of a parameter": Kind(
        "run {file}", lambda n: scenario(steps=f"[{{type: leaky_relu, slope: {'1' * n}}}]"), 1_000_000
    ),
    "blanks in a shape": Kind(
        "run {file}", lambda n: scenario(steps=f"['y = broadcast(x, shape=\"({' ' * n}x\")']"), 20_000
    ),
    "numbers in a shape": Kind(
        "run {file}", lambda n: scenario(steps=f"['y = broadcast(x, shape=({listed(lambda _: '1', n)}, a))']"), 8_000
    ),
    **{
        f"layers: {command.partition(' ')[0]}{command.partition('}')[2]}": Kind(command, in_a_chain, 1_000)
        for command in (
            "explain {file}",
            "derive {file}",
            "export {file} --to numpy",
            "export {file} --to c",
            "run {file} --digits 30",
            "run {file} --rounding",
            "run {file} --jacobian",
            "run {file} --hessian",
        )
    },
    "line length: a formula that is derived": Kind(
        "derive {file}", lambda n: scenario(steps=f"['y = {listed(lambda _: 'sin(x)', n, ' + ')}']"), 200
    ),
    "a value on stdin": Kind("eval sum(x) x=- --value out", lambda n: listed(str, n, ","), 400_000),
    "a value of lists on stdin": Kind(
        "eval sum(x) x=- --value out", lambda n: f"[{listed(lambda i: f'[{i}, {i}]', n)}]", 100_000
    ),
    "a mistake at the end of stdin": Kind("eval sum(x) x=-", lambda n: listed(str, n, ",") + ",x", 400_000),
    "blanks on stdin": Kind("eval sum(x) x=-", lambda n: "1" + " " * n + "x", 200_000),
    "brackets on stdin": Kind("eval sum(x) x=-", lambda n: "[" * n, 200_000),
    "rows of a CSV file": Kind("eval sum(x) x=@{file} --value out", lambda n: listed(str, n, "\n"), 100_000),
    "columns of a CSV file": Kind("eval sum(x) x=@{file} --value out", lambda n: listed(str, n, ","), 100_000),
    "a mistake at the end of a CSV file": Kind("eval sum(x) x=@{file}", lambda n: listed(str, n, ",") + ",x", 100_000),
}


def cost(kind: Kind, number: int, folder: Path) -> tuple[float, int]:
    """The processor time in seconds and the most memory in bytes of one run."""
    file = folder / "input.csv"
    writer = Process(target=_write, args=(file, kind, number))  # whose memory would count as the command's otherwise
    writer.start()
    writer.join()
    command = kind.command.format(file=file).split()
    with file.open() as stdin:
        child = subprocess.Popen(
            [sys.executable, "-m", "backpropcli", *command],
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _, _, usage = os.wait4(child.pid, 0)
    child.returncode = 0
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def _write(file: Path, kind: Kind, number: int) -> None:
    file.write_text(kind.content(number))


def exponent(base: float, once: float, more: float, least: float) -> float:
    """The power with which a cost grows, or less: what cannot be told from noise counts as `least`."""
    return log(max(more - base, least) / max(once - base, least)) / log(TIMES)


def main() -> int:
    """Print a table of exponents."""
    wanted = sys.argv[1:] or [""]
    is_fine = True
    print("| kind | of them | seconds | MiB | exponent of time | of memory |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as name:
        for title, kind in KINDS.items():
            if not any(word in title for word in wanted):
                continue
            numbers = 2, kind.number, kind.number * TIMES
            seconds, most = (inf,) * len(numbers), (0,) * len(numbers)
            for turn in range(MOST_TURNS):
                costs = [cost(kind, number, Path(name)) for number in numbers]  # by turns: machines change their pace
                seconds = tuple(min(best, found) for best, (found, _) in zip(seconds, costs, strict=True))
                most = tuple(max(best, found) for best, (_, found) in zip(most, costs, strict=True))
                of_time, of_memory = exponent(*seconds, LEAST_SECONDS), exponent(*most, LEAST_BYTES)
                if turn and max(of_time, of_memory) <= LIMIT:
                    break
            is_fine = is_fine and max(of_time, of_memory) <= LIMIT
            print(
                f"| {title} | {numbers[-1]:,} | {seconds[-1]:.2f} | {most[-1] / 2**20:.0f} |"
                f" {of_time:.2f} | {of_memory:.2f} |",
                flush=True,
            )
    return 0 if is_fine else 1


if __name__ == "__main__":
    sys.exit(main())
