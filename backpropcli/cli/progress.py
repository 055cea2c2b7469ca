"""How far a long command is, on stderr if that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from backpropcli.cli import terminal

_FEW = 4


@contextmanager
def progress(total: int, color: str) -> Iterator[Callable[[str], None]]:
    """A function to call with the name of each of `total` things as its turn comes; the bar leaves no trace."""
    if total <= _FEW or not terminal.is_terminal(sys.stderr):
        yield lambda _name: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from backpropcli.text.escape import printable

    console = Console(stderr=True, no_color=not terminal.wants_color(sys.stderr, color))
    label = TextColumn("{task.description}", markup=False)
    with Progress(BarColumn(), MofNCompleteColumn(), label, console=console, transient=True) as bar:
        task = bar.add_task("", total=total)
        begun = 0

        def tell(name: str) -> None:
            nonlocal begun
            bar.update(task, completed=begun, description=printable(name))
            begun += 1

        yield tell


@contextmanager
def row_progress(total: int | None, color: str, *, is_shown: bool) -> Iterator[Callable[[int], None]]:
    """A function to call with the number of rows that are done: a bar with their rate and the time that is left."""
    if not is_shown or not terminal.is_terminal(sys.stderr):
        yield lambda _rows: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, no_color=not terminal.wants_color(sys.stderr, color))
    rate = TextColumn("{task.completed:,.0f} rows, {task.fields[rate]}", markup=False)
    with Progress(BarColumn(), rate, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task("", total=total, rate="")

        def tell(rows: int) -> None:
            speed = bar.tasks[0].speed
            bar.update(task, completed=rows, rate=f"{speed:,.0f} a second" if speed else "")

        yield tell
