"""What the rest of the house knows of a layer: its name, inputs, parameters and documentation, read off its class."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache, cached_property, partial
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from backpropcli.domains import Domain
from backpropcli.domains.literals import Constant, is_number
from backpropcli.errors import DataError, GraphError, Problem, did_you_mean
from backpropcli.layers import LAYERS, Layer, layer_class


class Parameter(NamedTuple):
    """A hyper-parameter: a keyword of the layer's constructor.

    `types` are the types that its annotation allows, out of float, int, bool, str and None's; `choices` are the words
    of a `Literal[...]`.
    """

    name: str
    default: Any
    types: tuple[type, ...]
    choices: tuple[str, ...]

    def read(self, text: str) -> Any:
        """The value that `text` stands for; a float stays a Constant, for the domain to read.

        Raises DataError if the text fits none of the types.
        """
        if type(None) in self.types and text in {"null", "none", "None", "~", ""}:
            return None
        if bool in self.types and text in {"true", "false", "True", "False"}:
            return text.lower() == "true"
        if int in self.types and text.removeprefix("-").isdecimal() and len(text) < _LONGEST_INT:
            return int(text)
        if float in self.types and is_number(text):
            return Constant(text)
        if text in self.choices:
            return text
        raise DataError(f"the parameter {self.name} must be {self.expected}, not '{text}'")

    @property
    def required(self) -> bool:
        """Whether the constructor cannot do without it."""
        return self.default is inspect.Parameter.empty

    @property
    def expected(self) -> str:
        """The values that the parameter takes, in words."""
        words = [_TYPE_WORDS[t] for t in self.types if t in _TYPE_WORDS]
        return " or ".join([*words, *self.choices])


_LONGEST_INT = 18
_TYPE_WORDS = {float: "a number", int: "a whole number", bool: "true or false", type(None): "null"}


class LayerSpec:
    """One line of the catalogue, with everything that its class says."""

    def __init__(self, name: str, cls: type[Layer]) -> None:
        self.name = name
        self.cls = cls

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The names of forward's arguments; a `*` before the last one says that it takes any number."""
        arguments = list(inspect.signature(self.cls.forward).parameters.values())[1:]
        return tuple(f"*{a.name}" if a.kind is a.VAR_POSITIONAL else a.name for a in arguments)

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """The constructor's keywords, by name."""
        if self.cls.__init__ is object.__init__:
            return {}
        hints = get_type_hints(self.cls.__init__)
        found = list(inspect.signature(self.cls.__init__).parameters.values())[1:]
        return {p.name: _parameter(p.name, p.default, hints[p.name]) for p in found}

    @cached_property
    def summary(self) -> str:
        """The first sentence of the docstring, without its full stop."""
        return (inspect.getdoc(self.cls) or self.name).partition("\n")[0].rstrip(".")

    @cached_property
    def sections(self) -> dict[str, str]:
        """The sections of the docstring (Math, Gradient, Shapes, ...), each with its lines."""
        lines = (inspect.getdoc(self.cls) or "").splitlines()
        found: dict[str, str] = {}
        title = ""
        for line in lines[1:]:
            if line.startswith(">>>"):
                break
            head, colon, rest = line.partition(":")
            if colon and head.isalpha() and head[0].isupper():
                title = head
                found[title] = rest.strip()
            elif title and line.strip():
                found[title] += "\n" + line.strip()
        return found

    def accepts(self, count: int) -> bool:
        """Whether the layer takes this many inputs."""
        if self.inputs and self.inputs[-1].startswith("*"):
            return count >= len(self.inputs)
        return count == len(self.inputs)

    def bind(self, parameters: Mapping[str, Any], domain: Domain) -> Callable[[], Layer]:
        """What makes a fresh layer object with these parameters, the numbers among them read by `domain`."""
        values = {key: domain.number(v.text) if type(v) is Constant else v for key, v in parameters.items()}
        return partial(self.cls, **values)


@cache
def layer_spec(name: str) -> LayerSpec:
    """The spec of a layer of the catalogue.

    >>> layer_spec("mul").inputs
    ('x', 'y')
    """
    if name not in LAYERS:
        raise GraphError(Problem(f"unknown layer type '{name}'", hint=did_you_mean(name, LAYERS)))
    return LayerSpec(name, layer_class(name))


def _parameter(name: str, default: Any, annotation: Any) -> Parameter:
    options = (annotation,) if get_origin(annotation) in {None, Literal} else get_args(annotation)
    choices = tuple(word for option in options if get_origin(option) is Literal for word in get_args(option))
    types = tuple(option for option in options if get_origin(option) is not Literal)
    return Parameter(name, default, types, choices)
