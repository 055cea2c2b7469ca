"""Inputs and parameters of a layer as options of a command that learns from its arguments which layer it is."""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Collection, Iterable, Sequence
from keyword import iskeyword
from typing import Any, NamedTuple

from typer.core import TyperCommand

from backpropcli.binding import read_literal
from backpropcli.catalogue.spec import LONGEST_INT, LayerSpec
from backpropcli.cli.layer import read_inputs
from backpropcli.cli.values import read_assignments
from backpropcli.domains import domain
from backpropcli.errors import Problem, UsageError, did_you_mean
from backpropcli.sources.literals import Literal, is_number

_META = "backpropcli.layer_options"
_OF_LISTS = ("_list", "_sizes", "_dims", "layers")


class LayerOptions(NamedTuple):
    """The options that the command itself does not have, and the names of those that it has."""

    given: list[tuple[str, str]]
    known: list[str]

    def unknown(self, name: str, layer: LayerSpec | None = None) -> UsageError:
        """The error for an option that the command does not have, nor the layer."""
        own = [*layer.inputs, *layer.parameters] if layer else []
        hint = did_you_mean(f"--{name}", [*(f"--{each}" for each in own), *self.known])
        if layer and not hint:
            hint = f"{layer.name} has {', '.join(f'--{each}' for each in own)}"
        return UsageError(Problem(f"no such option: --{name}", hint=hint))


class CommandWithLayerOptions(TyperCommand):
    """A command that keeps the long options it does not know, each with a value, for `layer_options`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the command line."""
        known = [name for parameter in self.get_params(ctx) for name in (*parameter.opts, *parameter.secondary_opts)]
        given, rest = split_options(args, known)
        ctx.meta[_META] = LayerOptions(given, [name for name in known if name.startswith("--")])
        return super().parse_args(ctx, rest)


def layer_options(ctx: Any) -> LayerOptions:
    """What a CommandWithLayerOptions kept."""
    options: LayerOptions = ctx.meta[_META]
    return options


def split_options(arguments: Iterable[str], known: Collection[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """The long options that are not known, as names and values, and the other arguments.

    >>> split_options(["relu", "--x", "-1,2", "--slope=3", "--json"], ["--json"])
    ([('x', '-1,2'), ('slope', '3')], ['relu', '--json'])
    """
    given: list[tuple[str, str]] = []
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        name, equals, value = word.partition("=")
        if word == "--":
            rest += [word, *words]
        elif word.startswith("--") and name not in known:
            given.append((name.removeprefix("--"), value if equals else next(words, "")))
        else:
            rest.append(word)
    return given, rest


def read_layer_options(layer: LayerSpec, options: LayerOptions) -> tuple[list[Literal] | None, dict[str, Any]]:
    """The inputs in forward's order, None if none are given, and the parameters that are given.

    Raises UsageError for options that the layer does not have and for inputs that are missing, DataError for values
    that cannot be read.
    """
    texts: dict[str, Any] = dict.fromkeys(layer.inputs)
    parameters: dict[str, Any] = {}
    for name, text in options.given:
        if name in parameters or (texts.get(name) is not None and not _repeats(layer, name)):
            raise UsageError(f"--{name} is given twice")
        if name in layer.parameters:
            parameters[name] = layer.parameters[name].read(text)
        elif name not in texts:
            raise options.unknown(name, layer)
        elif _repeats(layer, name):
            texts[name] = [*(texts[name] or []), text]
        else:
            texts[name] = text
    if all(text is None for text in texts.values()):
        return None, parameters
    _check_complete(layer, texts)
    return list(read_inputs(layer, texts).values()), parameters


def read_constructor_options(
    layer: LayerSpec, words: Sequence[str], parameters: Collection[str] = ()
) -> dict[str, Any]:
    """What words like `W=[[1,2],[3,4]]` give to a layer's constructor; a whole number as such, for it may be a size.

    Tuples, dictionaries and words are given as Python writes them, the words also without quotes: `kernel=(3, 3)`,
    `conv_param={'stride': 2, 'pad': 0}`, `padding=same`. A list is an array, unless the argument's name is that of a
    list, as in `hidden_sizes=[3,4]`. `parameters` are the names of those that are given in another way.
    """
    found: dict[str, Any] = {}
    of_python = {name: text for name, text in map(_assignment, words) if _is_of_python(text)}
    numeric = read_assignments(word for word in words if _assignment(word)[0] not in of_python)
    for name, literal in {**numeric, **{name: _python_value(name, text) for name, text in of_python.items()}}.items():
        if name not in layer.constructor:
            takes = f"it takes {', '.join(layer.constructor)}" if layer.constructor else "it takes nothing"
            hint = did_you_mean(name, layer.constructor) or takes
            raise UsageError(Problem(f"the constructor of {layer.name} has no argument {name}", hint=hint))
        if name in parameters:
            raise UsageError(f"{name} is given twice: by --{name} and by --init")
        if name in layer.parameters and isinstance(literal, str):
            found[name] = layer.parameters[name].read(literal)
        else:
            found[name] = literal if name not in numeric else _object(literal, is_list=name.endswith(_OF_LISTS))
    return found


def _assignment(word: str) -> tuple[str, str]:
    name, _, text = word.partition("=")
    return name.strip(), text.strip()


def _is_of_python(text: str) -> bool:
    """Whether a value is a tuple, a dictionary or a word."""
    return text.startswith(("(", "{", "'", '"')) or (text.isidentifier() and not is_number(text))


def _python_value(name: str, text: str) -> Any:
    if text.isidentifier() and not iskeyword(text):
        return text
    try:
        return literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        hint = "write it as in Python, as in --init kernel='(3, 3)' or --init conv_param='{\"stride\": 2}'"
        raise UsageError(Problem(f"cannot read --init {name}: '{text}'", hint=hint)) from None


def _object(literal: Literal, *, is_list: bool) -> Any:
    if isinstance(literal, str):
        is_whole = literal.removeprefix("-").isdecimal() and len(literal) < LONGEST_INT
        return int(literal) if is_whole else domain("floats").number(literal)
    if is_list and isinstance(literal, list):
        return [_object(each, is_list=True) for each in literal]
    return read_literal(literal, domain("arrays"))


def _repeats(layer: LayerSpec, name: str) -> bool:
    return layer.is_variadic and name == layer.inputs[-1]


def _check_complete(layer: LayerSpec, texts: dict[str, Any]) -> None:
    """Refuse a gap: inputs go to forward by position, so none may be missing before the last one given."""
    last = max(number for number, name in enumerate(layer.inputs) if texts[name] is not None)
    needed: Sequence[str] = layer.inputs[: max(last + 1, layer.least_inputs)]
    missing = [f"--{name}" for name in needed if texts[name] is None]
    if missing:
        raise UsageError(f"{layer.name} also needs {', '.join(missing)}")
