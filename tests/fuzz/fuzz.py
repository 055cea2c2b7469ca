"""Runs the command on random inputs, and prints what is neither a result nor an error of ours.

python tests/fuzz/fuzz.py [--seconds N] [--first N] [--case N]

Every case has a number, from which alone it is made. A case fails that ends with another exit code than the design
has, says that it met a bug, lets a warning of NumPy or a traceback out, prints JSON that is none, takes more than five
seconds of processor time, or asks for more than a gigabyte. All run in one process, through the code of the command
line. The exit code is 1 if any failed; `--case` prints one and what came of it.
"""

from __future__ import annotations

import argparse
import faulthandler
import gc
import io
import json
import os
import resource
import shlex
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from types import FrameType
from typing import NamedTuple, NoReturn

from commands import Case, Commands

from backpropcli.cli.main import main as command

MOST_SECONDS = 5
MOST_BYTES = 2**30
MOST_FAILURES = 20
CASES_WITH_GARBAGE = 500
STDIN = "stdin"
CODES = {"check": {0, 1, 2}}
NO_MEMORY = ("does not fit into memory", "too little memory")


class Outcome(NamedTuple):
    """What a command left: no exit code if it raised something."""

    code: int | None
    stdout: str
    stderr: str
    seconds: float


class TooSlow(BaseException):
    """A case has taken more than its time; no handler of errors may catch it."""


def case_of(number: int) -> Case:
    """The case of a number."""
    return Commands(Random(number)).case()


@contextmanager
def streams(stdin: Path) -> Iterator[tuple[io.BytesIO, io.BytesIO]]:
    """What the command writes, in memory; it reads a file."""
    before = sys.stdin, sys.stdout, sys.stderr
    stdout, stderr = io.BytesIO(), io.BytesIO()
    sys.stdin = stdin.open()
    sys.stdout, sys.stderr = (io.TextIOWrapper(stream, "utf-8", write_through=True) for stream in (stdout, stderr))
    try:
        yield stdout, stderr
    finally:
        sys.stdin.close()
        sys.stdin, sys.stdout, sys.stderr = before


def outcome(case: Case) -> Outcome:
    """What comes of a case, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in {**case.files, STDIN: case.stdin}.items():
            Path(folder, name).write_bytes(content)
        os.chdir(folder)
        sys.argv = ["backprop", *case.words]
        with streams(Path(STDIN)) as (stdout, stderr):
            start = time.process_time()
            code = exit_code()
            seconds = time.process_time() - start
            texts = [stream.getvalue().decode(errors="replace") for stream in (stdout, stderr)]
        os.chdir("/")
    return Outcome(code, *texts, seconds)


def exit_code() -> int | None:
    """What the command ends with, if it ends; it has some seconds."""
    signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS + 1)
    faulthandler.dump_traceback_later(60, exit=True, file=sys.__stderr__)  # where no signal is looked at
    try:
        return command()
    except TooSlow:
        return None
    except BaseException:  # noqa: BLE001 - whatever escapes the command is the fault that is looked for, SystemExit too
        traceback.print_exc(file=sys.stderr)
        return None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        faulthandler.cancel_dump_traceback_later()


def failure(case: Case, found: Outcome) -> str | None:
    """What is wrong with an outcome."""
    if found.seconds > MOST_SECONDS:
        return "too slow"
    if found.code not in CODES.get(case.words[0], {0, 2}):
        return f"exit code {found.code}"
    for word in ("Traceback", "a bug in backprop", "Warning:", *NO_MEMORY):
        if word in found.stderr or word in found.stdout:
            return word
    if (found.code == 0) != (found.stderr.find("error:") < 0) and case.words[0] != "check":
        return "an error message and exit code 0, or neither"
    if found.code == 0 and "json" in case.words:
        try:
            json.loads(found.stdout, parse_constant=_refuse_constant)
        except ValueError as error:
            return f"no JSON: {error}"
    return None


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number of JSON")


def told(number: int, case: Case, found: Outcome, what: str) -> str:
    """A failure as people read it."""
    files = "".join(f"\n  {name}: {content[:500]!r}" for name, content in case.files.items())
    said = found.stderr.strip()[-1500:] or found.stdout[:500]
    return f"case {number}: {what} ({found.seconds:.1f} s)\n  backprop {shlex.join(case.words)}{files}\n  {said}\n"


def _time_is_up(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise TooSlow


def main() -> int:
    """Run cases for some time."""
    parser = argparse.ArgumentParser(description="Run backprop on random inputs.")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--first", type=int, default=0, metavar="CASE")
    parser.add_argument("--case", type=int)
    options = parser.parse_args()
    warnings.simplefilter("error")
    signal.signal(signal.SIGPROF, _time_is_up)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (MOST_BYTES, resource.getrlimit(resource.RLIMIT_DATA)[1]))
    if options.case is not None:
        case = case_of(options.case)
        found = outcome(case)
        print(told(options.case, case, found, failure(case, found) or f"exit code {found.code}"), found.stdout[:2000])
        return 0
    number, failures, codes = options.first, 0, dict.fromkeys((0, 1, 2), 0)
    end = time.monotonic() + options.seconds
    while time.monotonic() < end and failures < MOST_FAILURES:
        case = case_of(number)
        found = outcome(case)
        if (what := failure(case, found)) is not None:
            failures += 1
            print(told(number, case, found, what), flush=True)
        if found.code in codes:
            codes[found.code] += 1
        number += 1
        if number % CASES_WITH_GARBAGE == 0:  # the command does not look for any, as it lives for one case only
            gc.collect()
    by_code = ", ".join(f"{count:,} with exit code {code}" for code, count in codes.items())
    print(f"{number - options.first:,} cases from {options.first} on: {by_code}; {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
