"""Results on their way out: rendered, then written to stdout or to a file, whole or not at all."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from backpropcli.cli import terminal
from backpropcli.cli.options import Output
from backpropcli.errors import GraphError, OutputError, Problem, UsageError
from backpropcli.executor import Keep
from backpropcli.render import BARE_FORMATS, FORMATS, LONG_FORMATS, WHOLE_FORMATS, Options
from backpropcli.result import Asked, Result
from backpropcli.sources.files_written import is_open_already, refuse_terminal, written
from backpropcli.text.formats import Format, Rendered, format_called, format_of_file

ResultFormat = Format[[Sequence[Result], Options]]

_APART = (
    *(("vary", other) for other in ("steps", "long", "jacobian", "hessian", "hvp", "jvp")),
    *(("steps", matrix) for matrix in ("jacobian", "hessian")),
    ("jacobian", "hessian"),
    ("long", "steps"),
    ("long", "sigma"),
    ("rounding", "vary"),
    ("rounding", "long"),
)
"""Options that ask for different tables, by twos."""


def result_format(output: Output) -> ResultFormat | None:
    """The format of results; None where only numbers are asked for. Raises UsageError for contradicting options."""
    given: dict[str, Any] = {"format": output.format, "json": output.json, "steps": output.steps, "long": output.long}
    given |= {"vary": output.varied, "relative": output.relative, "sigma": output.sigma, "rounding": output.rounding}
    given |= (output.asked or Asked())._asdict()
    for first, second in _APART:
        if given[first] and given[second]:
            raise UsageError(f"--{first} and --{second} cannot be used together")
    if output.value is None and output.grad is None:
        chosen = chosen_format(output, FORMATS)
        if output.long:
            _check_long(chosen)
        return chosen
    if other := next((name for name, value in given.items() if value and name != "vary"), None):
        raise UsageError(f"--value and --grad print bare numbers and cannot be used with --{other}")
    return None


def check_several(output: Output, chosen: ResultFormat | None, count: int) -> None:
    """Raise UsageError for the matrices of several scenarios in a format that is one table."""
    has_matrix = output.asked is not None and (output.asked.jacobian or output.asked.hessian)
    if count > 1 and has_matrix and not output.long and chosen is not None and chosen.name in LONG_FORMATS:
        message = f"the matrices of several scenarios are not one table, as {chosen.name} is"
        raise UsageError(Problem(message, hint="add --long for a row for each number, or -f json"))


def _check_long(chosen: ResultFormat) -> None:
    if chosen.name not in LONG_FORMATS:
        named = " and ".join(LONG_FORMATS)
        raise UsageError(Problem(f"--long is for the formats {named}, not {chosen.name}", hint="add -f csv"))


def chosen_format(
    output: Output, formats: Mapping[str, Format[Rendered]], *, on_a_terminal: str = "table", in_a_pipe: str = "tsv"
) -> Format[Rendered]:
    """The format asked for, or else the one of the file's extension, or of the terminal, or of a pipe.

    Raises UsageError for options that contradict each other and for a file whose extension names no format,
    OutputError for a binary format that would go to a terminal.
    """
    if output.json and output.format not in {None, "json"}:
        raise UsageError(f"--json and --format {output.format} cannot be used together")
    if output.json or output.format is not None:
        chosen = format_called(output.format or "json", formats)
    elif output.file is None:
        chosen = formats[on_a_terminal if terminal.is_terminal(sys.stdout) else in_a_pipe]
    elif is_open_already(Path(output.file)):
        chosen = formats[in_a_pipe]
    else:
        chosen = format_of_file(output.file, formats)
    if chosen.is_binary and output.file is None:
        refuse_terminal(sys.stdout)
    return chosen


def kept_for(output: Output, chosen: ResultFormat | None) -> Keep:
    """What the format needs of a run; everything where any name may be asked for."""
    return "all" if chosen is None or output.steps or chosen.name in WHOLE_FORMATS else "results"


def emit(results: Sequence[Result], output: Output, chosen: ResultFormat | None) -> None:
    """Write results in the chosen format, or the numbers asked for alone, and the results' warnings to stderr."""
    options = render_options(output)
    if chosen is None:
        write("".join(_wanted_numbers(result, output, options) for result in results), output.file)
    else:
        write(chosen.render(results, options), output.file)
        if chosen.name in BARE_FORMATS:
            _tell_rounding(results, output.color)
    told = [_with_zero_told(result) for result in results] if output.relative else results
    tell_warnings(told, output.color, are_of_one=output.varied is not None)


def _tell_rounding(results: Sequence[Result], color: str) -> None:
    """Write what a format has no room for to stderr."""
    for result in results:
        if result.rounding is not None:
            from backpropcli.cli import report

            where = f"{result.source}: " if len(results) > 1 else ""
            for sentence in result.rounding.sentences:
                report.note(f"{where}{sentence.removesuffix('.')}", None, color)


def tell_warnings(results: Sequence[Result], color: str, *, are_of_one: bool = False) -> None:
    """Write the warnings of results to stderr; of several scenarios, each names its own, of one, each comes once."""
    if any(result.warnings for result in results):
        from backpropcli.cli import report

        if are_of_one:
            report.warnings(list(dict.fromkeys(w for result in results for w in result.warnings)), color)
            return
        for result in results:
            several = len(results) > 1
            warnings = report.from_source(result.source, result.warnings) if several else result.warnings
            report.warnings(warnings, color)


def _with_zero_told(result: Result) -> Result:
    """The result with a warning if its relative gradients are over an output of 0."""
    numbers = result.run.domain
    if numbers.rounded(numbers.sum(result.value)) != 0:
        return result
    problem = Problem(f"'{result.output}' is 0, and relative gradients are over it")
    return replace(result, warnings=(*result.warnings, problem))


def digits_asked(output: Output) -> dict[str, Any]:
    """The digits of numbers and of the elements of arrays, if they were asked for; None for all of them."""
    if output.precision is None:
        return {}
    asked = None if output.precision == "full" else int(output.precision)
    return {"precision": asked, "element_precision": asked}


def render_options(output: Output) -> Options:
    """What a renderer needs to know."""
    return Options(
        **digits_asked(output),
        steps=output.steps,
        long=output.long,
        relative=output.relative,
        sigma=output.sigma,
        varied=output.varied,
        color=terminal.wants_color(sys.stdout if output.file is None else None, output.color),
        width=terminal.width(),
        ascii=output.file is None and terminal.is_ascii(sys.stdout),
    )


def write(content: str | bytes, file: str | None) -> None:
    """Write text or bytes to a file, or else to stdout.

    Raises OutputError if that fails, which leaves a file as it was before, and for bytes that would go to a terminal.
    """
    if file is None:
        _write_stdout(content)
        return
    try:
        _write_file(content, Path(file))
    except OSError as error:
        raise OutputError(f"cannot write {file}: {error.strerror or error}") from error


def _write_stdout(content: str | bytes) -> None:
    if isinstance(content, str):
        sys.stdout.write(content)
    else:
        refuse_terminal(sys.stdout)
        sys.stdout.buffer.write(content)
    sys.stdout.flush()


def _write_file(content: str | bytes, path: Path) -> None:
    with written(path, is_text=isinstance(content, str)) as stream:
        stream.write(content.encode() if isinstance(content, str) else content)


def _wanted_numbers(result: Result, output: Output, options: Options) -> str:
    from backpropcli.render.values import value_text

    numbers = []
    if output.value is not None:
        numbers.append(result.value_of(output.value))
    if output.grad is not None:
        gradient = result.gradient_of(output.grad)
        if gradient is None:
            raise GraphError(f"the output has no gradient with respect to '{output.grad}'")
        numbers.append(gradient)
    return "".join(f"{value_text(number, options.precision, ',')}\n" for number in numbers)
