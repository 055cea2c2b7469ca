"""Reading long values as on the command line, right and wrong ones, next to one pass over the text: `text.split(",")`.

python benchmarks/values.py

That no text makes the pattern go back and forth cannot be counted from Python, so it is measured here.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

from backpropcli.errors import DataError
from backpropcli.sources.value_parser import parse_value

COUNT = 1_000_000
TEXTS = {
    "numbers": ",".join(["1.25"] * COUNT),
    "rows of two": ",".join(["[1.25, -3e5]"] * (COUNT // 2)),
    "numbers without commas": "1 " * COUNT,
    "a number, spaces, a word": "1" + " " * COUNT + "x",
    "spaces": " " * COUNT,
    "numbers, and a comma at the end": "1," * COUNT,
    "digits, and a letter at the end": "1" * COUNT + "x",
    "opening brackets": "[" * COUNT,
}


def seconds(read: Callable[[str], object], text: str) -> float:
    """The best time of three."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        with suppress(DataError):
            read(text)
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Print a table of times and ratios."""
    print(f"| {COUNT:,} | `split` | read or refused | ratio |")
    print("| --- | ---: | ---: | ---: |")
    for name, text in TEXTS.items():
        peer, ours = seconds(lambda each: each.split(","), text), seconds(parse_value, text)
        print(f"| {name} | {peer * 1000:.2f} ms | {ours * 1000:.2f} ms | {ours / peer:.1f} |")


if __name__ == "__main__":
    main()
