"""`backprop draw`: a picture of a graph, with what flows forward and back."""

import sys
from collections.abc import Collection
from typing import Annotated

import typer

from backpropcli import api
from backpropcli.cli import options, report, terminal
from backpropcli.cli.layer_files import use_layers
from backpropcli.cli.output import chosen_format, render_options, write
from backpropcli.cli.scenarios import read_scenarios
from backpropcli.cli.values import read_names, read_value
from backpropcli.errors import Problem, UsageError
from backpropcli.picture import PICTURE_FORMATS, Look
from backpropcli.picture.from_result import picture_of
from backpropcli.picture.model import Picture
from backpropcli.render import FORMATS
from backpropcli.result import Result

_TEXT, _PNG = "text", "png"
_DEPTH = 2


def command(
    scenario: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SCENARIO",
            help="A scenario file; - reads stdin.",
            autocompletion=options.completed_by("complete_scenario"),
            show_default=False,
        ),
    ] = None,
    formula: options.Formula = None,
    set_: options.Set = None,
    dout: options.Dout = None,
    gradients: options.Gradients = None,
    exact: options.Exact = False,
    around: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Draw only what is near this value.",
            autocompletion=options.completed_by("complete_name"),
            show_default=False,
        ),
    ] = None,
    depth: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help="With --around, how many layers away; by default 2.", show_default=False),
    ] = None,
    collapse: Annotated[bool, typer.Option("--collapse", help="Draw each step as one box.")] = False,
    scale: Annotated[
        float | None,
        typer.Option(
            metavar="X", help="How many times as large a PNG is, by default 2.", min=0.1, max=100, show_default=False
        ),
    ] = None,
    layers: options.Layers = None,
    format_: Annotated[str | None, options.format_option(PICTURE_FORMATS, on_a_terminal=_TEXT, in_a_pipe=_TEXT)] = None,
    output: options.OutputFile = None,
    precision: options.Precision = None,
    color: options.Color = "auto",
    debug: options.Debug = False,
) -> None:
    """Draw a graph: values above the wires, gradients below.

    \b
      backprop draw scenarios/fruits.yaml
      backprop draw scenarios/fruits.yaml -o fruits.svg
      backprop draw -e 'x * sigmoid(x)' x=2
      backprop draw scenarios/xor.yaml --around w1 --depth 1
      backprop draw scenarios/attention.yaml --collapse
      backprop draw scenarios/neuron.yaml -f mermaid

    A value that is used several times has a fork: in front of it stands its gradient, the sum of what comes back from
    the branches. In the files, the numbers in full are the tooltips.
    """
    if not scenario and formula is None:
        raise UsageError(Problem("missing argument 'SCENARIO'", hint="try 'backprop draw --help'"))
    if scenario and len(scenario) > 1 and formula is None:
        raise UsageError("draw takes one scenario")
    if depth is not None and around is None:
        raise UsageError(Problem("--depth says how far --around goes", hint="add --around NAME"))
    written = options.Output(format_, file=output, precision=precision, color=color)
    chosen = chosen_format(written, PICTURE_FORMATS, on_a_terminal=_TEXT, in_a_pipe=_TEXT)
    upstream = None if dout is None else read_value(dout, "--dout")
    wanted = None if gradients is None else read_names(gradients)
    use_layers(layers)
    with terminal.prints_to_stderr():
        (loaded,) = read_scenarios(scenario or (), formula, set_ or ())
        result = api.run(loaded, dout=upstream, gradients=wanted, exact=exact or None)
    if scale is not None and chosen.name != _PNG:
        raise UsageError(f"--scale is for PNG files, not for the format {chosen.name}")
    look = _look(written) if scale is None else _look(written)._replace(scale=scale)
    part = None if around is None else _slots_around(result, around, depth)
    picture = picture_of(result, look, part, by_step=collapse)
    if chosen.name == _TEXT and output is None and _is_too_wide(picture, look):
        write(FORMATS["table"].render([result], render_options(written._replace(steps=True))), output)
        hint = "-o picture.svg writes it to a file; --around NAME draws a part of it"
        report.note("the picture is wider than the terminal; these are its steps", hint, color)
    else:
        write(chosen.render(picture, look), output)
        if chosen.name == _PNG:
            _tell_missing_signs(picture, color)
    report.warnings(result.warnings, color)


def _look(written: options.Output) -> Look:
    look = Look(
        color=terminal.wants_color(sys.stdout if written.file is None else None, written.color),
        ascii=written.file is None and terminal.is_ascii(sys.stdout),
    )
    if written.precision is None:
        return look
    asked = None if written.precision == "full" else int(written.precision)
    return look._replace(precision=asked, element_precision=asked)


def _slots_around(result: Result, around: str, depth: int | None) -> Collection[int]:
    from backpropcli.picture.neighbourhood import slots_around  # most pictures are whole

    return slots_around(result.run.graph, around, _DEPTH if depth is None else depth)


def _is_too_wide(picture: Picture, look: Look) -> bool:
    """Whether a picture that goes to a terminal is wider than it."""
    if not terminal.is_terminal(sys.stdout):
        return False
    from backpropcli.picture.text import render, width_of

    return width_of(render(picture, look._replace(color=False))) > terminal.width()


def _tell_missing_signs(picture: Picture, color: str) -> None:
    from backpropcli.picture.png import missing_signs

    if missing := missing_signs(picture):
        message = f"no font here has {'the characters' if len(missing) > 1 else 'the character'} {' '.join(missing)}"
        hint = "a box stands in the PNG; an SVG is shown in the fonts of whoever reads it"
        report.warnings([Problem(message, hint=hint)], color)
