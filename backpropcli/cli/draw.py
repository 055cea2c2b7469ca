"""`backprop draw`: a picture of a graph, with what flows forward and back."""

import sys
from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from backpropcli import api
from backpropcli.cli import options, report, terminal
from backpropcli.cli.layer_files import use_layers
from backpropcli.cli.output import chosen_format, digits_asked, render_options, tell_warnings, write
from backpropcli.cli.scenarios import read_scenarios, scenario_files
from backpropcli.cli.values import read_names, read_value
from backpropcli.errors import OutputError, Problem, UsageError
from backpropcli.picture import PICTURE_FORMATS, Look
from backpropcli.picture.from_result import picture_of
from backpropcli.picture.model import Picture
from backpropcli.render import FORMATS
from backpropcli.result import Result
from backpropcli.text.formats import Format, format_called

_TEXT, _SVG, _PNG = "text", "svg", "png"
_DEPTH = 2

PictureFormat = Format[[Picture, Look]]


def command(
    scenario: Annotated[
        list[str] | None,
        options.scenario_argument("SCENARIO", "A scenario file, or a folder of them; - reads stdin."),
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
    collapse: Annotated[
        bool, typer.Option("--collapse", help="Draw each step as one box, and its layers below.")
    ] = False,
    scale: options.Scale = None,
    layers: options.Layers = None,
    format_: Annotated[str | None, options.format_option(PICTURE_FORMATS, on_a_terminal=_TEXT, in_a_pipe=_TEXT)] = None,
    output: options.OutputFile = None,
    precision: Annotated[str | None, options.precision_option("6, and 3 for the elements of arrays")] = None,
    color: options.Color = "auto",
    watch: options.Watch = False,
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
      backprop draw scenarios/ -o gallery/

    A value that is used several times has a fork: in front of it stands its gradient, the sum of what comes back from
    the branches. In the files, the numbers in full are the tooltips. Of a folder every scenario is drawn, and shown on
    the page index.html.
    """
    if not scenario and formula is None:
        raise UsageError(Problem("missing argument 'SCENARIO'", hint="try 'backprop draw --help'"))
    if scenario and len(scenario) > 1 and formula is None:
        raise UsageError("draw takes one scenario")
    folder = scenario[0] if scenario and formula is None and Path(scenario[0]).is_dir() else None
    if folder is not None and around is not None:
        raise UsageError("--around is for one scenario, not for a folder")
    if depth is not None and around is None:
        raise UsageError(Problem("--depth says how far --around goes", hint="add --around NAME"))
    drawing = partial(picture_of, by_step=collapse)
    written = options.Output(format_, file=output, precision=precision, color=color)
    chosen = _format(written) if folder is None else _format_of_gallery(folder, written)
    if scale is not None and chosen.name != _PNG:
        raise UsageError(f"--scale is for PNG files, not for the format {chosen.name}")
    look = _look(written) if scale is None else _look(written)._replace(scale=scale)
    upstream = None if dout is None else read_value(dout, "--dout")
    wanted = None if gradients is None else read_names(gradients)
    use_layers(layers)
    words = scenario or () if folder is None else scenario_files(folder)
    with terminal.prints_to_stderr():
        scenarios = read_scenarios(words, formula, set_ or ())
        results = [api.run(each, dout=upstream, gradients=wanted, exact=exact or None) for each in scenarios]
    if folder is not None and output is not None:
        drawn = [(result, drawing(result, look)) for result in results]
        _write_gallery(Path(folder), drawn, Path(output), chosen, look)
    else:
        (result,) = results
        part = None if around is None else _slots_around(result, around, depth)
        _write(result, drawing(result, look, part), chosen, look, written)
    tell_warnings(results, color)


def _format(written: options.Output) -> PictureFormat:
    return chosen_format(written, PICTURE_FORMATS, on_a_terminal=_TEXT, in_a_pipe=_TEXT)


def _format_of_gallery(folder: str, written: options.Output) -> PictureFormat:
    """SVG, or PNG if that is asked for. Raises UsageError for others, and where there is no folder to write to."""
    if written.file is None:
        raise UsageError(Problem(f"{folder} is a folder", hint="-o FOLDER writes a picture of each scenario in it"))
    chosen = format_called(written.format or _SVG, PICTURE_FORMATS)
    if chosen.name not in {_SVG, _PNG}:
        raise UsageError(f"the pictures of a folder are SVG or PNG files, not of the format {chosen.name}")
    if Path(written.file).exists() and not Path(written.file).is_dir():
        raise UsageError(f"cannot write to {written.file}: it is a file, and pictures of a folder need a folder")
    return chosen


def _write(result: Result, picture: Picture, chosen: PictureFormat, look: Look, written: options.Output) -> None:
    """Write a picture; in its place the steps, if the terminal is too narrow for it."""
    if chosen.name == _TEXT and written.file is None and _is_too_wide(picture, look):
        write(FORMATS["table"].render([result], render_options(written._replace(steps=True))), None)
        hint = "-o picture.svg writes it to a file; --around NAME draws a part of it"
        report.note("the picture is wider than the terminal; these are its steps", hint, written.color)
        return
    write(chosen.render(picture, look), written.file)
    if chosen.name == _PNG:
        _tell_missing_signs(picture, written.color)


def _write_gallery(
    folder: Path, drawn: list[tuple[Result, Picture]], to: Path, chosen: PictureFormat, look: Look
) -> None:
    """Write a picture of each result, below `to` as its scenario is below `folder`, and a page of them all."""
    from backpropcli.picture.gallery import Entry, page  # most pictures stand alone

    entries: list[Entry] = []
    for result, picture in drawn:
        scenario = Path(result.source or "").relative_to(folder)
        file = scenario.with_suffix(chosen.suffix or "")
        try:
            (to / file).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"cannot write to {to}: {error.strerror}") from error
        write(chosen.render(picture, look), str(to / file))
        entries.append(Entry(picture.title, str(scenario), file.as_posix()))
    write(page(folder.resolve().name, entries), str(to / "index.html"))


def _look(written: options.Output) -> Look:
    return Look(
        **digits_asked(written),
        color=terminal.wants_color(sys.stdout if written.file is None else None, written.color),
        ascii=written.file is None and terminal.is_ascii(sys.stdout),
    )


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
