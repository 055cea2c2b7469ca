"""`backprop export`: a scenario as a program in another language that proves its numbers."""

import sys
from pathlib import PurePath
from typing import Annotated

import typer

from backpropcli import api
from backpropcli.cli import options, report, terminal
from backpropcli.cli.layer_files import use_layers
from backpropcli.cli.memory import lift_memory_limit
from backpropcli.cli.output import write
from backpropcli.cli.scenarios import read_scenarios
from backpropcli.cli.values import read_names, read_value
from backpropcli.errors import Problem, UsageError, did_you_mean
from backpropcli.export import TARGETS
from backpropcli.export.model import export_of

EXIT_WRONG = 1


def _check_target(name: str | None) -> str | None:
    if name is not None and name not in TARGETS:
        hint = did_you_mean(name, TARGETS) or f"one of {', '.join(TARGETS)}"
        raise UsageError(Problem(f"unknown target '{name}'", hint=hint))
    return name


def command(
    scenario: Annotated[
        list[str] | None, options.scenario_argument("SCENARIO", "A scenario file; - reads stdin.")
    ] = None,
    formula: options.Formula = None,
    to: Annotated[
        str | None,
        typer.Option(
            metavar="|".join(TARGETS),
            help="The framework or language of the script.",
            callback=_check_target,
            autocompletion=lambda incomplete: [name for name in TARGETS if name.startswith(incomplete)],
            show_default=False,
        ),
    ] = None,
    run: Annotated[bool, typer.Option("--run", help="Run the script, in place of printing it.")] = False,
    set_: options.Set = None,
    dout: options.Dout = None,
    gradients: options.Gradients = None,
    layers: options.Layers = None,
    output: options.OutputFile = None,
    color: options.Color = "auto",
    debug: options.Debug = False,
) -> None:
    """Export a scenario as a script that computes its value and gradients elsewhere, and asserts that they are ours.

    \b
      backprop export scenarios/fruits.yaml --to torch
      backprop export scenarios/xor.yaml --to numpy --run
      backprop export scenarios/neuron.yaml --to jax -o neuron.py
      backprop export -e 'x * sigmoid(x)' x=2 --to c -o silu.c
      backprop export scenarios/attention.yaml --to js

    In PyTorch and JAX the model is written line by line, and the gradients are those of the framework's own autodiff.
    In NumPy each operation of a layer is a line, forward and backward. In C and JavaScript both are one function. With
    --run the exit code is 1 if the numbers are not ours.
    """
    if not scenario and formula is None:
        raise UsageError(Problem("missing argument 'SCENARIO'", hint="try 'backprop export --help'"))
    if scenario and len(scenario) > 1 and formula is None:
        raise UsageError("export takes one scenario")
    target = _target(to, output)
    if run:
        from backpropcli.export.running import check_installed

        check_installed(target)
    upstream = None if dout is None else read_value(dout, "--dout")
    wanted = None if gradients is None else read_names(gradients)
    use_layers(layers)
    with terminal.prints_to_stderr():
        (found,) = read_scenarios(scenario or (), formula, set_ or ())
        export = export_of(found if upstream is None else api.with_dout(found, upstream), wanted)
        code = str(TARGETS[target].render(export))
    if output is not None or not run:
        write(code, output)
    report.warnings(export.warnings, color)
    if run:
        _run(target, code)


def _target(to: str | None, output: str | None) -> str:
    """The target asked for, or else the one of the file's extension. Raises UsageError if the two contradict."""
    suffix = PurePath(output or "").suffix.lower()
    fitting = [name for name, each in TARGETS.items() if each.suffix == suffix]
    if to is None:
        if len(fitting) == 1:
            return fitting[0]
        raise UsageError(Problem("missing option --to", hint=f"one of {', '.join(fitting or TARGETS)}"))
    if fitting and to not in fitting:
        hint = f"end its name with {TARGETS[to].suffix}, or leave out --to"
        raise UsageError(Problem(f"cannot write '{output}': {suffix} is not for {to}", hint=hint))
    return to


def _run(target: str, code: str) -> None:
    from backpropcli.export.running import agrees

    sys.stdout.flush()
    lift_memory_limit()  # which is ours, not the script's
    if not agrees(target, code):
        raise typer.Exit(EXIT_WRONG)
