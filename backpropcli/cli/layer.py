"""`backprop <layer>`: one layer, with an option for each of its inputs and parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import typer
from typer.core import TyperCommand

from backpropcli import api
from backpropcli.catalogue.docstrings import FORMULAS, clause_lines
from backpropcli.catalogue.registry import layer_spec
from backpropcli.catalogue.spec import LayerSpec, Parameter, set_signature
from backpropcli.cli import options
from backpropcli.cli.output import emit, kept_for, result_format
from backpropcli.cli.values import read_value
from backpropcli.errors import Problem, UsageError
from backpropcli.graph import Graph, Node
from backpropcli.sources.literals import Literal, is_number

_HELP_WIDTH = 72
_SHARED = {
    "dout": (options.Dout, None),
    "exact": (options.Exact, False),
    "long": (options.Long, False),
    "value": (options.ShowValue, None),
    "grad": (options.ShowGradient, None),
    "format_": (options.Format, None),
    "json": (options.Json, False),
    "output": (options.OutputFile, None),
    "precision": (options.Precision, None),
    "color": (options.Color, "auto"),
    "debug": (options.Debug, False),
}


class LayerCommand(TyperCommand):
    """The command of a layer; for words that are no options it says which option was meant."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the command line. Raises UsageError for a value without its option, and for a value given twice."""
        if self.name and (strays := list(_strays(self.get_params(ctx), args))):
            raise UsageError(_stray_problem(layer_spec(self.name), args, strays))
        rest = super().parse_args(ctx, list(args))
        _, _, in_order = self.make_parser(ctx).parse_args(list(args))
        for option in in_order:
            if option.name not in _SHARED and not option.multiple and in_order.count(option) > 1:
                raise UsageError(f"{option.opts[0]} is given twice")
        return rest


def layer_command(name: str) -> Callable[..., None]:
    """The function whose options Typer reads: the layer's inputs, its parameters, and the shared ones."""
    spec = layer_spec(name)

    def command(**given: Any) -> None:
        _run(spec, given)

    command.__doc__ = _help(spec)
    options = [
        *(_input(spec, number) for number in range(len(spec.inputs))),
        *(_parameter(p) for p in spec.parameters.values()),
        *(_keyword(name, annotation, default) for name, (annotation, default) in _SHARED.items()),
    ]
    set_signature(command, inspect.Signature(options))
    return command


def _run(spec: LayerSpec, given: dict[str, Any]) -> None:
    written = options.Output(
        given["format_"],
        given["json"],
        given["output"],
        given["precision"],
        given["color"],
        value=options.only("--value", given["value"]),
        grad=options.only("--grad", given["grad"]),
        long=given["long"],
    )
    chosen = result_format(written)  # before the work, as it may be refused
    inputs = read_inputs(spec, given)
    parameters = {
        name: parameter.read(given[name]) for name, parameter in spec.parameters.items() if given[name] is not None
    }
    graph = Graph(tuple(inputs), [Node(spec, tuple(inputs), "out", parameters=parameters)])
    dout = None if given["dout"] is None else read_value(given["dout"], "--dout")
    numbers, keep = api.numbers_of(exact=given["exact"]), kept_for(written, chosen)
    result = api.run_graph(graph, inputs, dout=dout, numbers=numbers, title=spec.name, keep=keep)
    emit([result], written, chosen)


def read_inputs(spec: LayerSpec, given: dict[str, Any]) -> dict[str, Literal]:
    """The inputs by name; a variadic layer numbers the ones that its option repeats.

    Raises UsageError if an input is given and one before it is not: inputs go to forward in order.
    """
    found: dict[str, Literal] = {}
    missing = [name for name in spec.inputs if given[name] is None]
    for name in spec.inputs:
        if missing and given[name] is not None and spec.inputs.index(name) > spec.inputs.index(missing[0]):
            raise UsageError(f"--{name} needs --{missing[0]}, the input before it")
        if isinstance(given[name], list):
            found |= {f"{name}{number}": read_value(text, f"--{name}") for number, text in enumerate(given[name], 1)}
        elif given[name] is not None:
            found[name] = read_value(given[name], f"--{name}")
    return found


def _strays(parameters: Iterable[Any], arguments: Sequence[str]) -> Iterator[str]:
    """The words that are neither options nor their values."""
    flags = {name for parameter in parameters if getattr(parameter, "is_flag", False) for name in parameter.opts}
    short = {name for parameter in parameters for name in parameter.opts if not name.startswith("--")} - flags
    words = iter(arguments)
    for word in words:
        if (word.startswith("--") and "=" not in word and word not in flags) or word in short:
            next(words, None)
        elif not word.startswith("-") or is_number(word):
            yield word


def _stray_problem(spec: LayerSpec, arguments: Sequence[str], strays: Sequence[str]) -> Problem:
    """What was meant by words without an option: a value with blanks, `x=1`, or the value of the first input."""
    first = strays[0]
    before = arguments[arguments.index(first) - 1]
    if before.count("[") > before.count("]"):
        value = " ".join([before, *strays])
        return Problem("a value with blanks in it needs quotes", hint=f"write '{value}'")
    name, equals, value = first.partition("=")
    if equals and name in (*spec.inputs, *spec.parameters):
        spelled = f"--{name} {value}"
    else:
        spelled = " ".join(f"--{name} {value}" for name, value in zip(spec.inputs, strays, strict=False))
    return Problem(f"{spec.name} takes its inputs as options", hint=f"write {spelled}")


def _help(spec: LayerSpec) -> str:
    titles = [title for title in FORMULAS if title in spec.sections]
    math = "\n".join(line for title in titles for line in _formulas(title, spec.sections[title]))
    return f"{spec.summary}.\n\n\b\n{math}\n\nSee also: backprop layers {spec.name}"


def _formulas(title: str, text: str) -> list[str]:
    """A section of formulas: on one line, or below its title."""
    from textwrap import wrap

    lines = [line for clause in text.splitlines() for line in clause_lines(clause, _HELP_WIDTH)]
    if len(lines) == 1 and len(f"{title}: {text}") <= _HELP_WIDTH:
        return [f"  {title}: {text}"]
    parts = [part for line in lines for part in wrap(line, _HELP_WIDTH, subsequent_indent="    ")]
    return [f"  {title}:", *(f"    {part}" for part in parts)]


def _keyword(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


def _input(spec: LayerSpec, number: int) -> inspect.Parameter:
    name = spec.inputs[number]
    is_repeated = spec.is_variadic and number == len(spec.inputs) - 1
    is_optional = number >= spec.least_inputs
    help_text = f"The input {name}: 3, 1,-0.5, [[1,2],[3,4]], @x.npy, -"
    default = None if is_optional else ...
    completed = options.completed_by("complete_value")
    option = typer.Option(default, f"--{name}", metavar="VALUE", help=help_text, autocompletion=completed)
    return _keyword(name, list[str] if is_repeated else str | None if is_optional else str, option)


def _parameter(parameter: Parameter) -> inspect.Parameter:
    help_text = (
        parameter.expected if parameter.required else f"{parameter.expected}; by default {parameter.default_text}"
    )
    option = typer.Option(... if parameter.required else None, f"--{parameter.name}", metavar="VALUE", help=help_text)
    return _keyword(parameter.name, str if parameter.required else str | None, option)
