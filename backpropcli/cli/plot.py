"""`backprop plot`: a layer and its slope as curves, or an input of a scenario against output and gradient."""

import sys
from typing import Annotated

import typer

from backpropcli.catalogue.registry import is_layer, layer_spec
from backpropcli.cli import options, terminal
from backpropcli.cli.layer_files import use_layers
from backpropcli.cli.output import chosen_format, digits_asked, write
from backpropcli.cli.varying import read_vary
from backpropcli.errors import Problem, UsageError
from backpropcli.picture.plots import PLOT_FORMATS, Look
from backpropcli.picture.plots.functions import LARGEST, MOST_LAYERS, Range, plot_of_layers, plot_of_scenario
from backpropcli.picture.plots.model import Plot
from backpropcli.sources.literals import is_number, to_float

_TEXT, _PNG = "text", "png"
_NARROW = 1e-9  # in parts of x: a range whose points could not be told apart


def command(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="LAYER...",
            help="Layers of one input; or with --vary a scenario file, or - for stdin.",
            autocompletion=options.completed_by("complete_target"),
            show_default=False,
        ),
    ] = None,
    formula: options.Formula = None,
    set_: options.Set = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=FROM:TO",
            help="Plot this input of a scenario against the output, and against its gradient.",
            autocompletion=options.completed_by("complete_assignment"),
            show_default=False,
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="X", help="Mark this point, with its tangent.", show_default=False)
    ] = None,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="A", help="Where x begins; by default -4.", show_default=False)
    ] = None,
    to: Annotated[str | None, typer.Option(metavar="B", help="Where x ends; by default 4.", show_default=False)] = None,
    scale: options.Scale = None,
    layers: options.Layers = None,
    format_: Annotated[str | None, options.format_option(PLOT_FORMATS, on_a_terminal=_TEXT, in_a_pipe=_TEXT)] = None,
    output: options.OutputFile = None,
    precision: Annotated[str | None, options.precision_option("6")] = None,
    color: options.Color = "auto",
    debug: options.Debug = False,
) -> None:
    """Plot a layer and its slope; kinks are marked, with the slope that is used there.

    \b
      backprop plot sigmoid --at 1
      backprop plot relu gelu silu -o activations.svg
      backprop plot log --from 0 --to 10
      backprop plot scenarios/fruits.yaml --vary tax=1:1.5
      backprop plot -e 'x * exp(-x)' --vary x=0:5
    """
    written = options.Output(format_, file=output, precision=precision, color=color)
    chosen = chosen_format(written, PLOT_FORMATS, on_a_terminal=_TEXT, in_a_pipe=_TEXT)
    if scale is not None and chosen.name != _PNG:
        raise UsageError(f"--scale is for PNG files, not for the format {chosen.name}")
    asked = Range(_number(from_, "--from"), _number(to, "--to"), _number(at, "--at"))
    look = Look(
        width=terminal.width(),
        color=terminal.wants_color(sys.stdout if output is None else None, color),
        ascii=output is None and terminal.is_ascii(sys.stdout),
    )
    if precision is not None:
        look = look._replace(precision=digits_asked(written)["precision"])
    use_layers(layers)
    with terminal.prints_to_stderr():
        plot = _plot(words or [], formula, set_ or [], vary or [], asked, look)
    write(chosen.render(plot, look if scale is None else look._replace(scale=scale)), output)


def _plot(words: list[str], formula: str | None, set_: list[str], vary: list[str], asked: Range, look: Look) -> Plot:
    if not vary:
        return _plot_of_layers(words, formula, asked, look)
    if asked.start is not None or asked.stop is not None:
        raise UsageError("--vary NAME=FROM:TO says from where to where; --from and --to are for layers")
    from backpropcli.cli.scenarios import read_varied_scenario  # YAML is read only where a scenario is

    if vary[0].count(":") > 1:
        raise UsageError("--vary NAME=FROM:TO draws a curve, of as many values as it takes")
    varied = read_vary(vary, 2)
    start, stop = (_number(str(varied.values[place]), "--vary") for place in (0, -1))
    scenario = read_varied_scenario(words, formula, set_, varied)
    return plot_of_scenario(scenario, varied.name, _checked(asked._replace(start=start, stop=stop)), look)


def _plot_of_layers(words: list[str], formula: str | None, asked: Range, look: Look) -> Plot:
    if formula is not None or (words and not is_layer(words[0]) and ("." in words[0] or words[0] == "-")):
        raise UsageError(Problem("which input is varied?", hint="add --vary NAME=FROM:TO"))
    if not words:
        raise UsageError(Problem("missing argument 'LAYER...'", hint="try 'backprop plot --help'"))
    if len(words) > MOST_LAYERS:
        raise UsageError(f"{len(words)} layers in one plot; at most {MOST_LAYERS} can be told apart")
    specs = {spec.name: spec for spec in map(layer_spec, words)}
    return plot_of_layers(list(specs.values()), _checked(asked), look)


def _checked(asked: Range) -> Range:
    """The range. Raises UsageError if it is empty, or `at` is not in it."""
    if asked.start is not None and asked.stop is not None and not asked.start < asked.stop:
        raise UsageError(f"x must grow: it is to begin at {asked.start:g} and to end at {asked.stop:g}")
    if asked.start is not None and asked.stop is not None:
        least = max(_NARROW * max(abs(asked.start), abs(asked.stop)), 1 / LARGEST)
        if asked.stop - asked.start < least:
            raise UsageError(f"from {asked.start:g} to {asked.stop:g} there is too little to plot")
    if asked.at is not None and not (asked.start is None or asked.start <= asked.at):
        raise UsageError(f"--at {asked.at:g} is not in the plot, which begins at {asked.start:g}")
    if asked.at is not None and not (asked.stop is None or asked.at <= asked.stop):
        raise UsageError(f"--at {asked.at:g} is not in the plot, which ends at {asked.stop:g}")
    return asked


def _number(text: str | None, option: str) -> float | None:
    if text is None:
        return None
    number = to_float(text) if is_number(text) else float("nan")
    if not abs(number) <= LARGEST:
        raise UsageError(f"{option} must be a number of at most {LARGEST:g}, not '{text}'")
    return number
