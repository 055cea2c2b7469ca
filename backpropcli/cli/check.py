"""`backprop check`: whether gradients are right."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Annotated, Any, NamedTuple

import typer

from backpropcli import api
from backpropcli.catalogue.adapter import settled_spec
from backpropcli.cli import options, report, terminal
from backpropcli.cli.answer_key import grade, read_key, sheets_beside
from backpropcli.cli.layer_files import use_layers
from backpropcli.cli.layer_options import (
    CommandWithLayerOptions,
    LayerOptions,
    layer_options,
    read_constructor_options,
    read_layer_options,
)
from backpropcli.cli.output import chosen_format, render_options, write
from backpropcli.cli.progress import progress
from backpropcli.cli.scenarios import read_scenario, read_scenarios
from backpropcli.cli.targets import Target, find_targets
from backpropcli.cli.values import read_assignments, read_value
from backpropcli.errors import BackpropError, DataError, LayerError, Problem, UsageError
from backpropcli.gradcheck import Key, Report, check_layer, check_scenario
from backpropcli.gradcheck.layer_gradients import TOLERANCE
from backpropcli.render import Options
from backpropcli.render.checks import CHECK_FORMATS, FORMATS_FOR_PEOPLE, GRADE_FORMATS, Detail
from backpropcli.sources.literals import Literal, is_number, to_float
from backpropcli.text.formats import Format

COMMAND_CLASS = CommandWithLayerOptions

EXIT_WRONG = 1
EXIT_ERROR = 2

CheckFormat = Format[[Sequence[Report], Options, Detail]]
_IN_A_PIPE = "table"  # a log is read by people, too


class _Outcome(NamedTuple):
    """A report, and what goes to stderr besides."""

    report: Report
    warnings: tuple[Problem, ...] = ()
    error: BackpropError | None = None


def _read_tolerance(text: str) -> float:
    with suppress(DataError):
        if is_number(text) and 0 < (tolerance := to_float(text)) < 1:
            return tolerance
    raise UsageError(f"--tolerance must be a number between 0 and 1, not {text}")


def command(
    ctx: typer.Context,
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TARGET...",
            help=(
                "Scenario files, directories of them, - for stdin, layers, or Python files for all of their layers; "
                "with --key, files of answers."
            ),
            autocompletion=options.completed_by("complete_target"),
            show_default=False,
        ),
    ] = None,
    formula: options.Formula = None,
    set_: options.Set = None,
    key: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Grade answers by the inputs, the graph and the questions of this scenario.",
            autocompletion=options.completed_by("complete_scenario"),
            show_default=False,
        ),
    ] = None,
    tolerance: Annotated[
        float | None,
        typer.Option(
            metavar="T",
            help=f"The largest relative difference that counts as right, by default {TOLERANCE:g} for derivatives; "
            "answers are held to it only if it is given.",
            parser=_read_tolerance,
            show_default=False,
        ),
    ] = None,
    precise: Annotated[
        bool | None,
        typer.Option(help="Also check numbers at 50 digits; the default if mpmath is installed.", show_default=False),
    ] = None,
    second: Annotated[
        bool, typer.Option("--second", help="Check the second derivatives of scenarios, too.", show_default=False)
    ] = False,
    exact: options.Exact = False,
    dout: Annotated[
        str | None,
        typer.Option(
            metavar="VALUE",
            help="The upstream gradient of the layer.",
            autocompletion=options.completed_by("complete_value"),
            show_default=False,
        ),
    ] = None,
    init: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="What to construct the layer of a Python file with, or a setting of a function; may be repeated.",
            show_default=False,
        ),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show what is right as well.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show only the summary.")] = False,
    layers: options.Layers = None,
    format_: Annotated[str | None, options.format_option(CHECK_FORMATS, in_a_pipe=_IN_A_PIPE)] = None,
    json: options.Json = False,
    output: options.OutputFile = None,
    precision: options.Precision = None,
    color: options.Color = "auto",
    watch: options.Watch = False,
    debug: options.Debug = False,
) -> None:
    """Check answers against computed numbers, and gradients against numeric derivatives.

    \b
      backprop check scenarios/
      backprop check homework.yaml
      backprop check --key homework.yaml answers/ -f csv
      backprop check -e 'x * sigmoid(x)' x=2 --second
      backprop check relu
      backprop check relu --x -1,2 --dout 3,4
      backprop check my_layers.py
      backprop check --layers my_layers.py my_relu --x -1,2
      backprop check scenarios/ -f junit -o report.xml

    A layer's inputs and parameters are given as options; without inputs it is checked on its samples. What else its
    constructor takes, or a function besides numbers, is given by --init, as in --init W='[[1,2],[3,4]]'
    --init kernel='(3, 3)' --init mode=train. The exit code is 0 if all is right, 1 if something is wrong, 2 if
    something could not be checked.
    """
    if not targets and not layers and formula is None:
        raise UsageError(Problem("missing argument 'TARGET...'", hint="try 'backprop check --help'"))
    if targets or formula is not None:
        use_layers(layers)
    written = options.Output(format_, json, output, precision, color)
    detail = _detail(verbose=verbose, quiet=quiet)
    chosen = _format(written, detail, CHECK_FORMATS if key is None else GRADE_FORMATS)
    found = _targets(targets or (), formula, set_ or (), layers or (), key)
    found = [_with_settings(target, init or []) for target in found]
    given = _given(found, layer_options(ctx), init or [], dout)
    if exact and all(target.is_layer for target in found):
        raise UsageError("--exact applies to scenarios only; layers are checked with floats")
    if second and (key is not None or all(target.is_layer for target in found)):
        raise UsageError("--second applies to scenarios only")
    inputs = {} if formula is not None else read_assignments(set_ or ())
    settings: dict[str, Any] = {"tolerance": tolerance, "precise": precise}
    outcomes: list[_Outcome] = []
    with progress(len(found), color) as tell, terminal.prints_to_stderr():
        graded_by = None if key is None else read_key(key, exact=exact or None, **settings)
        for target in found:
            tell(target.word)
            outcomes.append(_check(target, given, settings, graded_by, inputs, exact=exact or None, second=second))
    reports = [outcome.report for outcome in outcomes]
    write(chosen.render(reports, render_options(written), detail), output)
    _tell(outcomes, ctx.ensure_object(options.ErrorDisplay))
    if code := _exit_code(reports):
        raise typer.Exit(code)


def _targets(
    words: Sequence[str], formula: str | None, set_: Sequence[str], layers: Sequence[str], key: str | None
) -> list[Target]:
    """What is to be checked: what the words stand for, or the formula whose values they are."""
    if formula is not None and key is None:
        return [Target(formula, scenario=read_scenarios(words, formula, set_)[0])]
    found = find_targets(words or layers)
    if key is not None:
        if set_ or formula is not None:
            raise UsageError("--key says what is graded: it takes no formula and no --set")
        return sheets_beside(key, found)
    if set_ and (layer := next((target for target in found if target.is_layer), None)):
        hint = f"give a layer its inputs: backprop check {layer.word} --x ..."
        raise UsageError(Problem("--set applies to scenarios", hint=hint))
    return found


def _with_settings(target: Target, init: Sequence[str]) -> Target:
    """A target whose function has settings where the names of --init are arguments of it."""
    if target.layer is None or not init:
        return target
    return target._replace(layer=settled_spec(target.layer, [word.partition("=")[0].strip() for word in init]))


def _detail(*, verbose: bool, quiet: bool) -> Detail:
    if verbose and quiet:
        raise UsageError("--verbose and --quiet cannot be used together")
    return Detail.EVERYTHING if verbose else Detail.SUMMARY if quiet else Detail.EXCEPTIONS


def _format(written: options.Output, detail: Detail, formats: Mapping[str, CheckFormat]) -> CheckFormat:
    chosen = chosen_format(written, formats, in_a_pipe=_IN_A_PIPE)
    if detail is Detail.SUMMARY and chosen.name not in FORMATS_FOR_PEOPLE:
        raise UsageError(
            f"--quiet works with {' and '.join(FORMATS_FOR_PEOPLE)} only; {chosen.name} always has everything"
        )
    return chosen


def _given(targets: Sequence[Target], given: LayerOptions, init: Sequence[str], dout: str | None) -> dict[str, Any]:
    """The inputs, parameters and dout for the one layer that is checked."""
    names = [*(name for name, _ in given.given), *(["init"] if init else []), *(["dout"] if dout is not None else [])]
    layers = [target.layer for target in targets if target.layer]
    if not names or (len(targets) == 1 and targets[0].problems):
        return {}
    if not layers and given.given:
        raise given.unknown(names[0])
    if not layers or len(targets) > 1:
        raise UsageError(
            Problem(f"--{names[0]} applies to a single layer", hint="backprop check relu --x -1,2 --dout 3,4")
        )
    inputs, parameters = read_layer_options(layers[0], given)
    return {
        "inputs": inputs,
        "parameters": parameters | read_constructor_options(layers[0], init, parameters),
        "dout": None if dout is None else read_value(dout, "--dout"),
    }


def _check(
    target: Target,
    given: dict[str, Any],
    settings: dict[str, Any],
    key: Key | None,
    inputs: Mapping[str, Literal],
    *,
    exact: bool | None,
    second: bool,
) -> _Outcome:
    """Check one target; a failure is part of its outcome, so that the other targets are checked all the same."""
    if target.problems:
        return _Outcome(Report(_title(target), (), target.problems), error=LayerError(*target.problems))
    try:
        if key is not None:
            return _Outcome(grade(target, key))
        if target.layer:
            for_layers = {**settings, "tolerance": settings["tolerance"] or TOLERANCE}
            found = replace(check_layer(target.layer, **given, **for_layers), target=_title(target))
            warnings: tuple[Problem, ...] = ()
        else:
            scenario = api.with_inputs(target.scenario or read_scenario(target.word), inputs)
            found, warnings = check_scenario(scenario, exact=exact, second=second, **settings), scenario.warnings
    except BackpropError as error:
        return _Outcome(Report(_title(target), (), error.problems), error=error)
    return _Outcome(found, warnings, BackpropError(*found.problems) if found.problems else None)


def _title(target: Target) -> str:
    """What a report calls its target: for the layers of a file the file too, as others may have their like."""
    return target.word if target.file is None else f"{target.file} {target.word}"


def _tell(outcomes: Sequence[_Outcome], display: options.ErrorDisplay) -> None:
    """Report warnings and errors on stderr, all problems as one list."""
    report.warnings([warning for outcome in outcomes for warning in outcome.warnings], display.color)
    failed = [(outcome.report.target, outcome.error) for outcome in outcomes if outcome.error]
    if len(outcomes) == 1 and failed:
        report.user_error(failed[0][1], display)
    elif failed:
        problems = (problem for target, error in failed for problem in report.from_source(target, error.problems))
        report.user_error(BackpropError(*problems), display)


def _exit_code(reports: Sequence[Report]) -> int:
    if any(found.problems for found in reports):
        return EXIT_ERROR
    if any(found.is_wrong for found in reports):
        return EXIT_WRONG
    return 0 if all(found.is_right for found in reports) else EXIT_ERROR
