"""`backprop eval`: a formula given on the command line."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from backpropcli import api
from backpropcli.cli import options, terminal
from backpropcli.cli.output import emit
from backpropcli.cli.running import Given, prepared, with_run_options
from backpropcli.cli.values import read_assignments
from backpropcli.errors import Problem, UsageError

COMMAND_SETTINGS = {"ignore_unknown_options": True}  # a formula may begin with a minus sign
_FORMULA = re.compile(r"-[^-foh].+|-[^-].*\(.*", re.DOTALL)  # unlike -fjson, -ofile.json and -h


class EvalCommand(TyperCommand):
    """A command that does not look for -f, -o and -h in a formula, as in -softmax(x)."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the command line; a blank before its minus sign makes a formula no cluster of options."""
        return super().parse_args(ctx, [f" {word}" if _FORMULA.fullmatch(word) else word for word in args])


COMMAND_CLASS = EvalCommand


@with_run_options
def command(
    formula: Annotated[str, typer.Argument(metavar="FORMULA", help="For example 'relu(x * w + b)'.")],
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME=VALUE]...",
            help="Values for the names in the formula.",
            autocompletion=options.completed_by("complete_assignment"),
            show_default=False,
        ),
    ] = None,
    *,
    given: Given,
    debug: options.Debug = False,
) -> None:
    """Run a formula forward and backward, and print its value and gradients.

    \b
      backprop eval 'sigmoid(w * x + b)' w=0.5 x=2 b=-1
      backprop eval 'y = x ** 2 / 3' x=0.1 --exact
      backprop eval 'exp(x) - 1' x=1e-9 --digits 50
      backprop eval 'mean(x * x)' x=@data.csv --grad x
      backprop eval 'softmax(x)' x=0,1,2 --jacobian
      backprop eval 'x @ w' x=1,2 w='[[1, 0], [0, 1]]' --dout 1,-1
      backprop eval 'my_relu(x)' x=-1,2 --layers my_layers.py
    """
    formula = formula.removeprefix(" ")
    _check_words(formula, inputs or ())
    asked = prepared(given)
    words = inputs or ()
    with terminal.prints_to_stderr():
        if asked.varied is None:
            found = read_assignments([*words, *(given.set_ or ())])
            results = [api.run_formula(formula, found, **{**asked.settings, "gradients": asked.wanted(list(found))})]
        else:
            from backpropcli.cli.scenarios import read_varied_scenario  # few formulas vary an input
            from backpropcli.cli.varying import run_varied

            scenario = read_varied_scenario(words, formula, given.set_ or (), asked.varied)
            results = run_varied(scenario, asked.varied, asked.run)
    emit(results, asked.written, asked.chosen)


def _check_words(formula: str, words: Sequence[str]) -> None:
    """Raise UsageError for an unknown option, which may pass for a formula, and for a formula without quotes."""
    for word in (formula, *words):
        if word.startswith("--") or (word in words and re.match("-[^=]*$", word)):
            raise UsageError(Problem(f"no such option: {word}", hint="try 'backprop eval --help'"))
    rest = [word for word in words if "=" not in word]
    if rest:
        if re.fullmatch("-[a-z]", formula):
            raise UsageError(Problem(f"no such option: {formula}", hint="try 'backprop eval --help'"))
        raise UsageError(Problem(f"expected NAME=VALUE, not '{rest[0]}'", hint=_meant(formula, words, rest)))


def _meant(formula: str, words: Sequence[str], rest: Sequence[str]) -> str:
    """What was meant by words without an equals sign: a part of the formula, or a value that is written otherwise."""
    if rest[0] == "=" or any(word.startswith("=") or word.endswith("=") for word in words):
        return "write x=1, without blanks"
    if found := re.match(r"([^\W\d]\w*):(.*)", rest[0]):
        value = found[2] or (rest[1] if len(rest) > 1 else "VALUE")
        return f"write {found[1]}={value}"
    if formula.partition("=")[0].isidentifier() and "=" in formula:
        return "the formula comes first, then the values"
    whole = " ".join([formula, *rest])
    are_files = any(Path(word).exists() for word in rest)  # which the shell has put in the place of a *
    return "put the formula into quotes, as in 'x * y'" if are_files else f"put the formula into quotes: '{whole}'"
