"""What `run` and `eval` share: the options of a run, and what is made of them before it begins."""

import inspect
from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from backpropcli import api
from backpropcli.catalogue.spec import set_signature
from backpropcli.cli import options
from backpropcli.cli.layer_files import use_layers
from backpropcli.cli.options import Output
from backpropcli.cli.output import ResultFormat, kept_for, result_format
from backpropcli.cli.values import read_assignments, read_names, read_value
from backpropcli.errors import UsageError
from backpropcli.result import Asked, Result
from backpropcli.text.numbers import MOST_DIGITS

if TYPE_CHECKING:
    from backpropcli.cli.varying import Varied
    from backpropcli.scenario import Scenario


def _check_digits(text: str | None) -> str | None:
    if text is not None and not (text.isascii() and text.isdecimal() and 0 < int(text[:9]) <= MOST_DIGITS):
        raise UsageError(f"--digits must be a whole number from 1 to {MOST_DIGITS:,}, not '{text}'")
    return text


Digits = Annotated[
    str | None,
    typer.Option(
        metavar="N",
        help="Print only digits that are certain, N of each number.",
        callback=_check_digits,
        show_default=False,
    ),
]
Rounding = Annotated[bool, typer.Option("--rounding", help="Tell how many digits are right, and what costs most.")]
Sigma = Annotated[
    list[str] | None,
    options.assignments_option(
        "--sigma", "The standard uncertainty of an input, for that of the output; may be repeated."
    ),
]
Jacobian = Annotated[
    bool, typer.Option("--jacobian", help="Show the derivative of every element of the output by every input.")
]
Hessian = Annotated[bool, typer.Option("--hessian", help="Show the second derivatives by every two of the inputs.")]
Hvp = Annotated[
    list[str] | None,
    options.assignments_option(
        "--hvp", "Show the Hessian times a direction: how fast the gradients move along it; may be repeated."
    ),
]
Jvp = Annotated[
    list[str] | None,
    options.assignments_option(
        "--jvp", "Show the Jacobian times a direction: how fast the output moves along it; may be repeated."
    ),
]

_NOT_CERTAIN = ("exact", "rounding", "precision", "jacobian", "hessian", "hvp", "jvp")
"""What cannot be asked for of digits that are certain."""


class Given(NamedTuple):
    """The options of a run as Typer reads them, in the order of the help."""

    set_: options.Set = None
    dout: options.Dout = None
    gradients: options.Gradients = None
    exact: options.Exact = False
    digits: Digits = None
    rounding: Rounding = False
    layers: options.Layers = None
    jacobian: Jacobian = False
    hessian: Hessian = False
    hvp: Hvp = None
    jvp: Jvp = None
    relative: options.Relative = False
    sigma: Sigma = None
    steps: options.Steps = False
    long: options.Long = False
    value: options.ShowValue = None
    grad: options.ShowGradient = None
    format_: options.Format = None
    json: options.Json = False
    output: options.OutputFile = None
    precision: options.Precision = None
    color: options.Color = "auto"
    vary: options.Vary = None


class Prepared(NamedTuple):
    """A run that has been asked for: how it is written, what varies, and what `api.run` is to be told."""

    written: Output
    chosen: ResultFormat | None
    varied: "Varied | None"
    settings: dict[str, Any]

    def run(self, scenario: "Scenario") -> Result:
        """The result of a scenario."""
        return api.run(scenario, **{**self.settings, "gradients": self.wanted(scenario.gradients)})

    def wanted(self, names: Sequence[str]) -> list[str]:
        """The gradients to ask for: those that are named, or else these, and those of uncertain inputs."""
        asked = self.settings["gradients"]
        return list(dict.fromkeys((*(names if asked is None else asked), *(self.written.sigma or ()))))


def with_run_options(function: Callable[..., None]) -> Callable[..., None]:
    """The command whose parameter `given` is, for Typer, all the options of a run."""
    own = list(inspect.signature(function).parameters.values())
    place = [parameter.name for parameter in own].index("given")
    shared = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)
        for (name, annotation), default in zip(
            Given.__annotations__.items(), Given._field_defaults.values(), strict=True
        )
    ]

    @wraps(function)
    def command(**values: Any) -> None:
        given = Given(**{name: values.pop(name) for name in Given._fields if name in values})
        function(given=given, **values)

    parameters = [*own[:place], *shared, *own[place + 1 :]]
    set_signature(command, inspect.Signature([p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in parameters]))
    return command


def prepared(given: Given) -> Prepared:
    """What is to be done for these options. Raises UsageError for those that contradict each other."""
    varied = options.read_vary(given.vary) if given.vary else None
    asked = _asked(given)
    written = Output(
        format=given.format_,
        json=given.json,
        file=given.output,
        precision=given.precision,
        color=given.color,
        steps=given.steps,
        value=options.only("--value", given.value),
        grad=options.only("--grad", given.grad),
        long=given.long,
        varied=varied and varied.name,
        asked=asked,
        rounding=given.rounding,
        relative=given.relative,
        sigma=read_assignments(given.sigma or ()),
    )
    chosen = result_format(written)  # before the work, as it may be refused
    settings = {
        "dout": None if given.dout is None else read_value(given.dout, "--dout"),
        "gradients": None if given.gradients is None else read_names(given.gradients),
        "exact": given.exact or None,
        "digits": _certain_digits(given),
        "rounding": given.rounding,
        "keep": kept_for(written, chosen),
        "asked": asked,
    }
    use_layers(given.layers)
    return Prepared(written, chosen, varied, settings)


def _certain_digits(given: Given) -> int | None:
    """What was given to --digits. Raises UsageError beside what is about other numbers or other digits."""
    if given.digits is None:
        return None
    if other := next((name for name in _NOT_CERTAIN if getattr(given, name)), None):
        raise UsageError(f"--{other} and --digits cannot be used together")
    return int(given.digits)


def _asked(given: Given) -> Asked | None:
    """The derivatives that are asked for beside the gradients; None if none is."""
    hvp, jvp = (read_assignments(words) if words else None for words in (given.hvp, given.jvp))
    asked = Asked(given.jacobian, given.hessian, hvp, jvp)
    return asked if any(asked) else None
