"""`backprop explain`: the chain rule step by step, in numbers."""

import sys
from typing import Annotated

from backpropcli import api
from backpropcli.cli import options, terminal
from backpropcli.cli.layer_files import use_layers
from backpropcli.cli.output import chosen_format, digits_asked, tell_warnings, write
from backpropcli.cli.scenarios import parted, read_scenarios
from backpropcli.cli.values import read_names, read_value
from backpropcli.errors import Problem, UsageError
from backpropcli.explain import EXPLANATION_FORMATS, Options
from backpropcli.explain.from_result import explanation_of

_TEXT = "text"


def command(
    words: Annotated[
        list[str] | None,
        options.scenario_argument(
            "SCENARIO [NAME...]",
            "A scenario file, or - for stdin; then the values whose gradients are explained.",
            "complete_scenario_or_name",
        ),
    ] = None,
    formula: options.Formula = None,
    set_: options.Set = None,
    dout: options.Dout = None,
    gradients: options.Gradients = None,
    exact: options.Exact = False,
    layers: options.Layers = None,
    format_: Annotated[
        str | None, options.format_option(EXPLANATION_FORMATS, on_a_terminal=_TEXT, in_a_pipe=_TEXT)
    ] = None,
    json: options.Json = False,
    output: options.OutputFile = None,
    precision: options.Precision = None,
    color: options.Color = "auto",
    watch: options.Watch = False,
    debug: options.Debug = False,
) -> None:
    """Explain gradients by the chain rule, in numbers.

    \b
      backprop explain scenarios/fruits.yaml
      backprop explain scenarios/fruits.yaml apple
      backprop explain -e 'x * sigmoid(x)' x=2
      backprop explain -e 'x * sigmoid(x)' x=2 x
      backprop explain scenarios/neuron.yaml w1 -f latex

    For one number: every path from it to the output, with the local derivative of each layer on it, their product, and
    the sum over the paths. Otherwise: the backward pass layer by layer, what each one is given and what it gives back.
    """
    if not words and formula is None:
        raise UsageError(Problem("missing argument 'SCENARIO'", hint="try 'backprop explain --help'"))
    written = options.Output(format_, json, output, precision, color)
    chosen = chosen_format(written, EXPLANATION_FORMATS, on_a_terminal=_TEXT, in_a_pipe=_TEXT)
    upstream = None if dout is None else read_value(dout, "--dout")
    wanted = None if gradients is None else read_names(gradients)
    sources, names = parted(words or [], formula)
    use_layers(layers)
    with terminal.prints_to_stderr():
        (scenario,) = read_scenarios(sources, formula, set_ or ())
        result = api.run(scenario, dout=upstream, gradients=wanted, exact=exact or None)
        explanation = explanation_of(result, names)
    write(chosen.render(explanation, _look(written)), output)
    tell_warnings([result], color)


def _look(written: options.Output) -> Options:
    is_shown = written.file is None and terminal.is_terminal(sys.stdout)
    return Options(
        **digits_asked(written),
        width=terminal.width() if is_shown else None,
        color=terminal.wants_color(sys.stdout if written.file is None else None, written.color),
        ascii=written.file is None and terminal.is_without("∂", sys.stdout),
    )
