"""`backprop run`: scenario files."""

from collections.abc import Callable
from functools import partial
from typing import Annotated

from backpropcli import api
from backpropcli.cli import options, terminal
from backpropcli.cli.layer_files import use_layers
from backpropcli.cli.output import emit, kept_for, result_format
from backpropcli.cli.scenarios import read_scenarios, read_varied_scenario
from backpropcli.cli.values import read_names, read_value
from backpropcli.errors import BackpropError, Problem, ScenarioError, UsageError
from backpropcli.result import Result
from backpropcli.scenario import Scenario


def command(
    scenarios: Annotated[
        list[str] | None, options.scenario_argument("SCENARIO...", "Scenario files; - reads stdin.")
    ] = None,
    formula: options.Formula = None,
    set_: options.Set = None,
    dout: options.Dout = None,
    gradients: options.Gradients = None,
    exact: options.Exact = False,
    digits: options.Digits = None,
    rounding: options.Rounding = False,
    layers: options.Layers = None,
    steps: options.Steps = False,
    long: options.Long = False,
    value: options.ShowValue = None,
    grad: options.ShowGradient = None,
    format_: options.Format = None,
    json: options.Json = False,
    output: options.OutputFile = None,
    precision: options.Precision = None,
    color: options.Color = "auto",
    vary: options.Vary = None,
    watch: options.Watch = False,
    debug: options.Debug = False,
) -> None:
    """Run scenarios forward and backward, and print values and gradients.

    \b
      backprop run scenarios/fruits.yaml
      backprop run scenarios/fruits.yaml --steps --set tax=1.08
      backprop run scenarios/*.yaml -f json | jq '.[].gradients'
      backprop run scenarios/fruits.yaml --vary tax=1:1.5:6
      price=$(backprop run scenarios/fruits.yaml --value price)
      backprop run scenarios/fruits.yaml --digits 50
      backprop run - < scenario.yaml
      backprop run -e 'w * x + b' w=0.5 x=2 b=-1
    """
    number = options.only("--value", value), options.only("--grad", grad)
    varied = options.read_vary(vary) if vary else None
    written = options.Output(
        format_, json, output, precision, color, steps, *number, long, rounding, varied and varied.name
    )
    chosen = result_format(written)  # before the work, as it may be refused
    if not scenarios and formula is None:
        raise UsageError(Problem("missing argument 'SCENARIO...'", hint="try 'backprop run --help'"))
    certain = options.certain_digits(digits, exact=exact, rounding=rounding, precision=precision)
    upstream = None if dout is None else read_value(dout, "--dout")
    wanted = None if gradients is None else read_names(gradients)
    use_layers(layers)
    with terminal.prints_to_stderr():
        keep = kept_for(written, chosen)
        run = partial(
            api.run, dout=upstream, gradients=wanted, exact=exact or None, digits=certain, rounding=rounding, keep=keep
        )
        if varied is None:
            results = _run_all(read_scenarios(scenarios or (), formula, set_ or ()), run)
        else:
            from backpropcli.cli.varying import run_varied  # few runs vary an input

            results = run_varied(read_varied_scenario(scenarios or (), formula, set_ or (), varied), varied, run)
    emit(results, written, chosen)


def _run_all(scenarios: list[Scenario], run: Callable[[Scenario], Result]) -> list[Result]:
    """The result of every scenario. Raises ScenarioError with the problems of all of them, when there are several."""
    if len(scenarios) == 1:
        return [run(scenarios[0])]
    found: list[Result] = []
    problems: list[Problem] = []
    for scenario in scenarios:
        try:
            found.append(run(scenario))
        except BackpropError as error:
            from backpropcli.cli import report

            problems += report.from_source(scenario.source, error.problems)
    if problems:
        raise ScenarioError(*problems)
    return found
