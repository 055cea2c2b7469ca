"""`backprop derive`: gradients as formulas."""

from typing import TYPE_CHECKING, Annotated

import typer

from backpropcli import api
from backpropcli.cli import options, report, terminal
from backpropcli.cli.layer_files import use_layers
from backpropcli.cli.output import chosen_format, write
from backpropcli.cli.scenarios import parted, read_scenarios
from backpropcli.cli.values import read_value
from backpropcli.derivation import DERIVATION_FORMATS
from backpropcli.derivation.from_result import derivation_of
from backpropcli.errors import Problem, UsageError
from backpropcli.result import Result

if TYPE_CHECKING:
    from backpropcli.derivation.simplification import Simplification

_TEXT = "text"


def command(
    words: Annotated[
        list[str] | None,
        options.scenario_argument(
            "SCENARIO [NAME...]",
            "A scenario file, or - for stdin; then the values whose gradients are derived.",
            "complete_scenario_or_name",
        ),
    ] = None,
    formula: options.Formula = None,
    set_: options.Set = None,
    dout: options.Dout = None,
    expand: Annotated[
        bool, typer.Option("--expand", help="Write out the values that have names, down to the inputs.")
    ] = False,
    simplify: Annotated[
        bool, typer.Option("--simplify", help="Look for shorter formulas of numbers, by the package sympy.")
    ] = False,
    layers: options.Layers = None,
    format_: Annotated[
        str | None, options.format_option(DERIVATION_FORMATS, on_a_terminal=_TEXT, in_a_pipe=_TEXT)
    ] = None,
    json: options.Json = False,
    output: options.OutputFile = None,
    color: options.Color = "auto",
    debug: options.Debug = False,
) -> None:
    """Derive gradients as formulas, in the names of the scenario.

    \b
      backprop derive scenarios/fruits.yaml
      backprop derive scenarios/neuron.yaml w1
      backprop derive scenarios/neuron.yaml w1 --expand
      backprop derive -e 'x * sigmoid(x)' x=2 -f latex
      backprop derive -e 'sin(x) / cos(x)' x=1 --simplify

    The formulas come from the textbook lines of the layers, and can be typed as they are printed. They hold for all
    numbers, and for arrays of these shapes.
    """
    if not words and formula is None:
        raise UsageError(Problem("missing argument 'SCENARIO'", hint="try 'backprop derive --help'"))
    chosen = chosen_format(
        options.Output(format_, json, output, color=color), DERIVATION_FORMATS, on_a_terminal=_TEXT, in_a_pipe=_TEXT
    )
    upstream = None if dout is None else read_value(dout, "--dout")
    sources, names = parted(words or [], formula)
    use_layers(layers)
    with terminal.prints_to_stderr():
        (scenario,) = read_scenarios(sources, formula, set_ or ())
        result = api.run(scenario, dout=upstream)
        simplification = _simplification(result) if simplify else None
        derivation = derivation_of(result, names, expand=expand, rewritten=simplification)
    write(chosen.render(derivation), output)
    for told in simplification.notes() if simplification else ():
        report.note(told, None, color)


def _simplification(result: Result) -> "Simplification":
    from backpropcli.derivation.simplification import Simplification  # imports sympy

    return Simplification(result)
