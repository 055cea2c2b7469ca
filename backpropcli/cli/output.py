"""Results on their way out: rendered, then written to stdout or to a file, whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from backpropcli.cli import terminal
from backpropcli.cli.options import Output
from backpropcli.errors import GraphError, OutputError, UsageError
from backpropcli.render import Options, render
from backpropcli.result import Result

_FORMAT_OF_SUFFIX = {
    ".csv": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".md": "markdown",
    ".tex": "latex",
    ".tsv": "tsv",
}


def emit(results: Sequence[Result], output: Output) -> None:
    """Write results as the options say, and their warnings to stderr."""
    options = render_options(output)
    if output.value is None and output.grad is None:
        text = render(results, chosen_format(output), options)
    else:
        if output.format or output.json or output.steps:
            raise UsageError("--value and --grad print bare numbers: no --format, --json or --steps goes with them")
        text = "".join(_wanted_numbers(result, output, options) for result in results)
    write(text, output.file)
    if any(result.warnings for result in results):
        from backpropcli.cli import report

        for result in results:
            several = len(results) > 1
            report.warnings(report.from_source(result.source, result.warnings) if several else result.warnings)


def render_options(output: Output) -> Options:
    """What a renderer has to know."""
    on_screen = output.file is None
    return Options(
        precision=None if output.precision == "full" else int(output.precision),
        steps=output.steps,
        color=terminal.wants_color(sys.stdout if on_screen else None, output.color),
        width=terminal.width(),
        ascii=on_screen and terminal.is_ascii(sys.stdout),
    )


def chosen_format(output: Output, format_of_suffix: Mapping[str, str] = _FORMAT_OF_SUFFIX) -> str:
    """The format asked for, or else the one that fits the file's name, the terminal, or the pipe."""
    if output.json and output.format not in {None, "json"}:
        raise UsageError(f"--json and --format {output.format} contradict each other")
    if output.json:
        return "json"
    if output.format is not None:
        return output.format
    if output.file is not None:
        return format_of_suffix.get(Path(output.file).suffix.lower(), "tsv")
    return "table" if terminal.is_terminal(sys.stdout) else "tsv"


def write(text: str, file: str | None) -> None:
    """Write `text` to a file, or to stdout, also called `-`. Raises OutputError; a file then is as it was before."""
    if file is None or file == "-":
        _write_stdout(text)
        return
    try:
        _write_file(text, Path(file))
    except OSError as error:
        raise OutputError(f"cannot write {file}: {error.strerror or error}") from error


def _write_stdout(text: str) -> None:
    if sys.stdout is None:
        raise OutputError("cannot write the result: standard output is closed")
    sys.stdout.write(text)
    sys.stdout.flush()


def _write_file(text: str, path: Path) -> None:
    # A device or a pipe cannot be replaced, nor a file that a name in /dev stands for: it is open already.
    if path.is_relative_to("/dev") or (path.exists() and not path.is_file()):
        with path.open("a", encoding="utf-8") as stream:
            stream.write(text)
        return
    path = path.resolve()  # through a link: its target is replaced, not the link
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with draft.open("x", encoding="utf-8", newline="") as stream:
            stream.write(text)
        if path.exists():
            draft.chmod(path.stat().st_mode)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _wanted_numbers(result: Result, output: Output, options: Options) -> str:
    from backpropcli.render.numbers import value_text

    numbers = []
    if output.value is not None:
        numbers.append(result.value_of(output.value))
    if output.grad is not None:
        gradient = result.gradient_of(output.grad)
        if gradient is None:
            raise GraphError(f"the output has no gradient with respect to '{output.grad}'")
        numbers.append(gradient)
    return "".join(f"{value_text(number, options.precision, ',')}\n" for number in numbers)
