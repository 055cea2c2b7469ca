"""`backprop layers`: the catalogue."""

from typing import Annotated

import typer

from backpropcli.catalogue import LAYERS
from backpropcli.catalogue.registry import all_layers, layer_spec
from backpropcli.cli import options, report
from backpropcli.cli.layer_files import use_layers
from backpropcli.cli.output import chosen_format, render_options, write
from backpropcli.render.catalogue import CATALOGUE_FORMATS, LAYER_FORMATS


def complete_layer(incomplete: str) -> list[str]:
    """The layers whose names begin like this."""
    return [name for name in LAYERS if name.startswith(incomplete)]


def command(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="The layer to explain.", autocompletion=complete_layer),
    ] = None,
    layers: options.Layers = None,
    format_: Annotated[str | None, options.format_option(CATALOGUE_FORMATS)] = None,
    json: options.Json = False,
    output: options.OutputFile = None,
    color: options.Color = "auto",
    debug: options.Debug = False,
) -> None:
    """List the layers, or explain one: its math, shapes, kinks and source.

    \b
      backprop layers
      backprop layers sigmoid
      backprop layers --layers my_layers.py
    """
    use_layers(layers)
    written = options.Output(format_, json, output, color=color)
    rendering = render_options(written)
    if name is None:
        specs, problems = all_layers()
        report.warnings(problems, color)
        content = chosen_format(written, CATALOGUE_FORMATS).render(specs, rendering)
    else:
        content = chosen_format(written, LAYER_FORMATS).render(layer_spec(name), rendering)
    write(content, output)
