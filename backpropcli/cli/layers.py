"""`backprop layers`: the catalogue."""

from typing import Annotated

import typer

from backpropcli.catalogue import family_of
from backpropcli.catalogue.registry import all_layers, is_layer, layer_names, layer_spec
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.cli import options, report
from backpropcli.cli.layer_files import use_layers
from backpropcli.cli.output import chosen_format, render_options, write
from backpropcli.errors import GraphError, Problem, did_you_mean
from backpropcli.render.catalogue import CATALOGUE_FORMATS, LAYER_FORMATS


def command(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="The layer to explain, or a word to look for.",
            autocompletion=options.completed_by("complete_layer"),
        ),
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
      backprop layers loss
      backprop layers --layers my_layers.py
    """
    use_layers(layers)
    written = options.Output(format_, json, output, color=color)
    rendering = render_options(written)
    if name is not None and is_layer(name):
        content = chosen_format(written, LAYER_FORMATS).render(layer_spec(name), rendering)
    else:
        specs, problems = all_layers()
        report.warnings(problems, color)
        found = specs if name is None else matching(name, specs)
        content = chosen_format(written, CATALOGUE_FORMATS).render(found, rendering)
    write(content, output)


def matching(word: str, specs: list[LayerSpec]) -> list[LayerSpec]:
    """The layers that a word tells of: it stands in their names, their headings or their summaries.

    Raises GraphError if there are none.
    """
    sought = word.casefold()
    found = [
        spec
        for spec in specs
        if any(sought in text.casefold() for text in (spec.name, family_of(spec.name) or "", spec.summary))
    ]
    if not found:
        hint = did_you_mean(word, layer_names()) or "run 'backprop layers' to list them"
        raise GraphError(Problem(f"no layer is named '{word}' or tells of it", hint=hint))
    return found
