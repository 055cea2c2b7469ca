"""`backprop run`: scenario files."""

from collections.abc import Callable
from typing import Annotated

from backpropcli.cli import options, terminal
from backpropcli.cli.output import check_several, emit
from backpropcli.cli.running import Given, prepared, with_run_options
from backpropcli.cli.scenarios import read_scenarios, read_varied_scenario
from backpropcli.errors import BackpropError, Problem, ScenarioError, UsageError
from backpropcli.result import Result
from backpropcli.scenario import Scenario


@with_run_options
def command(
    scenarios: Annotated[
        list[str] | None, options.scenario_argument("SCENARIO...", "Scenario files; - reads stdin.")
    ] = None,
    formula: options.Formula = None,
    *,
    given: Given,
    watch: options.Watch = False,
    debug: options.Debug = False,
) -> None:
    """Run scenarios forward and backward, and print values and gradients.

    \b
      backprop run scenarios/fruits.yaml
      backprop run scenarios/fruits.yaml --steps --set tax=1.08
      backprop run scenarios/*.yaml -f json | jq '.[].gradients'
      backprop run scenarios/fruits.yaml --vary tax=1:1.5:6
      backprop run scenarios/fruits.yaml --hessian --gradients apple,tax
      backprop run scenarios/fruits.yaml --sigma apple=5 --sigma tax=0.01
      price=$(backprop run scenarios/fruits.yaml --value price)
      backprop run scenarios/fruits.yaml --digits 50
      backprop run - < scenario.yaml
      backprop run -e 'w * x + b' w=0.5 x=2 b=-1
    """
    asked = prepared(given)
    if not scenarios and formula is None:
        raise UsageError(Problem("missing argument 'SCENARIO...'", hint="try 'backprop run --help'"))

    with terminal.prints_to_stderr():
        if asked.varied is None:
            found = read_scenarios(scenarios or (), formula, given.set_ or ())
            check_several(asked.written, asked.chosen, len(found))
            results = _run_all(found, asked.run)
        else:
            from backpropcli.cli.varying import run_varied  # few runs vary an input

            scenario = read_varied_scenario(scenarios or (), formula, given.set_ or (), asked.varied)
            results = run_varied(scenario, asked.varied, asked.run)
    emit(results, asked.written, asked.chosen)


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
