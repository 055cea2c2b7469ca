"""What the rest of the house knows of a layer: its name, inputs, parameters and documentation, read off its class."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import cached_property, partial
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from backpropcli.errors import DataError
from backpropcli.layers.base import Layer
from backpropcli.sources.literals import Constant, is_number

if TYPE_CHECKING:
    from backpropcli.domains import Domain


class Parameter(NamedTuple):
    """A hyper-parameter: a keyword of the layer's constructor.

    `types` are the types that its annotation allows, out of float, int, bool, None's, and tuple for
    `tuple[int, ...]`; `choices` are the words of a `Literal[...]`.
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
        if int in self.types and text.removeprefix("-").isdecimal() and len(text) < LONGEST_INT:
            return int(text)
        if float in self.types and is_number(text):
            return Constant(text)
        if tuple in self.types and re.fullmatch(_WHOLE_NUMBERS, text, re.ASCII):
            return tuple(int(number) for number in re.findall(r"-?\d+", text))
        if text in self.choices:
            return text
        shown = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
        raise DataError(f"the parameter {self.name} must be {self.expected}, not '{shown}'")

    @property
    def required(self) -> bool:
        """Whether the constructor cannot do without it."""
        return self.default is inspect.Parameter.empty

    @property
    def default_text(self) -> str:
        """The default as scenario files write it; three dots where there is none."""
        text = "..." if self.required else str(self.default)
        return {"None": "null", "True": "true", "False": "false"}.get(text, text)

    @property
    def is_readable(self) -> bool:
        """Whether the parameter's values can be written in a scenario."""
        has_words = all(isinstance(word, str) for word in self.choices)
        return has_words and all(isinstance(t, type) and t in _TYPE_WORDS for t in self.types)

    @property
    def expected(self) -> str:
        """The values that the parameter takes, in words."""
        words = [_TYPE_WORDS[t] for t in self.types if t in _TYPE_WORDS]
        return " or ".join([*words, *self.choices])


LONGEST_INT = 18
_LONGEST_SHOWN = 60
_WHOLE_NUMBERS = r"[\[(]?\s*+(?:-?\d{1,17}\s*+(?:,\s*+-?\d{1,17}\s*+)*+(?:,\s*+)?)?[\])]?"
_TYPE_WORDS = {
    float: "a number",
    int: "a whole number",
    tuple: "a list of whole numbers",
    bool: "true or false",
    type(None): "null",
}
_BY_KEYWORD = {inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY}
_NO_INPUT = {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD}


class LayerSpec:
    """One line of the catalogue, with everything that its class says.

    Of a user's own layer, `origin` says where it comes from and `file` is the Python file of its class; a layer that
    `needs_arrays` runs in no other domain. `graded_cls` is the class for `check`: what its backward returns is what the
    user's returns, even if it does not fit.
    """

    def __init__(
        self,
        name: str,
        cls: type[Layer],
        *,
        origin: str | None = None,
        file: str | None = None,
        needs_arrays: bool = False,
    ) -> None:
        self.name = name
        self.cls = cls
        self.graded_cls = cls
        self.origin = origin
        self.file = file
        self.needs_arrays = needs_arrays

    @cached_property
    def _arguments(self) -> list[inspect.Parameter]:
        found = list(inspect.signature(self.cls.forward).parameters.values())[1:]
        return [argument for argument in found if argument.kind not in _NO_INPUT]

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The names of forward's arguments."""
        return tuple(argument.name for argument in self._arguments)

    @cached_property
    def is_variadic(self) -> bool:
        """Whether the last argument of forward stands for any number of inputs, at least one."""
        return bool(self._arguments) and self._arguments[-1].kind is inspect.Parameter.VAR_POSITIONAL

    @cached_property
    def least_inputs(self) -> int:
        """How many inputs the layer needs; arguments of forward with a default may be left out."""
        return sum(argument.default is argument.empty for argument in self._arguments)

    def input_name(self, number: int) -> str:
        """What messages call the input of that number, counted from 0."""
        last = len(self.inputs) - 1
        return f"{self.inputs[last]}[{number - last}]" if self.is_variadic and number >= last else self.inputs[number]

    @property
    def signature(self) -> str:
        """The inputs as help texts write them: `x, y`, `x, [weight], [bias]`, `*xs`."""
        least = self.least_inputs
        names = [name if number < least else f"[{name}]" for number, name in enumerate(self.inputs)]
        if self.is_variadic:
            names[-1] = f"*{names[-1]}"
        return ", ".join(names)

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """The constructor's keywords, by name; without those whose values cannot be written in a scenario."""
        if not self._constructed_with:
            return {}
        hints = _type_hints(self.cls.__init__)
        parameters = [_parameter(p, hints) for p in self._constructed_with]
        return {parameter.name: parameter for parameter in parameters if parameter.is_readable}

    @cached_property
    def _constructed_with(self) -> list[inspect.Parameter]:
        if self.cls.__init__ is object.__init__:
            return []
        found = list(inspect.signature(self.cls.__init__).parameters.values())[1:]
        return [argument for argument in found if argument.kind in _BY_KEYWORD]

    @cached_property
    def constructor(self) -> tuple[str, ...]:
        """The names of everything that the constructor takes."""
        return tuple(argument.name for argument in self._constructed_with)

    @cached_property
    def needed(self) -> tuple[str, ...]:
        """Those that have no default, in their order."""
        return tuple(argument.name for argument in self._constructed_with if argument.default is argument.empty)

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """The defaults of the others."""
        return {a.name: a.default for a in self._constructed_with if a.default is not a.empty}

    @cached_property
    def objects(self) -> tuple[str, ...]:
        """Those of the needed that no scenario can write: weights, sizes, whatever."""
        return tuple(name for name in self.needed if name not in self.parameters)

    @cached_property
    def required_parameters(self) -> frozenset[str]:
        """The names of the constructor's arguments that have no default."""
        return frozenset(self.needed)

    @property
    def _docstring(self) -> str:
        """What the class says itself: a user's class may say nothing, and Layer's docstring is not about it."""
        return inspect.cleandoc(self.cls.__doc__ or "")

    @cached_property
    def summary(self) -> str:
        """The first sentence of the docstring, without its full stop."""
        return (self._docstring or self.name).partition("\n")[0].rstrip(".")

    @cached_property
    def sections(self) -> dict[str, str]:
        """The sections of the docstring (Math, Gradient, Shapes, ...)."""
        from backpropcli.catalogue.docstrings import docstring_sections  # a run asks for no documentation

        return docstring_sections(self.cls)

    def accepts(self, count: int) -> bool:
        """Whether the layer takes this many inputs."""
        return count >= self.least_inputs and (self.is_variadic or count <= len(self.inputs))

    def bind(
        self, parameters: Mapping[str, Any], domain: Domain, cls: type[Layer] | None = None
    ) -> Callable[[], Layer]:
        """What makes a fresh object of `cls`, the layer's own class by default.

        It has these parameters, or else the defaults, as plain numbers of `domain`; of all else it has copies.
        """
        values: dict[str, Any] = {}
        for name, parameter in self.parameters.items():
            value = parameters.get(name, parameter.default)
            if type(value) is float:
                value = Constant(repr(value))
            values[name] = domain.number(value.text) if type(value) is Constant else value
        if given := {name: value for name, value in parameters.items() if name not in self.parameters}:
            return lambda: (cls or self.cls)(**values, **deepcopy(given))
        return partial(cls or self.cls, **values)


def set_signature(function: Any, signature: inspect.Signature) -> None:
    """Let a function be read as having this signature, by `inspect` and so by LayerSpec and Typer."""
    function.__signature__ = signature


def _type_hints(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return get_type_hints(function)
    except Exception:  # noqa: BLE001 - a user's annotation is an expression, which may raise anything
        return {}


def _parameter(parameter: inspect.Parameter, hints: Mapping[str, Any]) -> Parameter:
    annotation = hints.get(parameter.name, _TYPE_OF_DEFAULT.get(type(parameter.default)))
    options = get_args(annotation) if get_origin(annotation) in {Union, UnionType} else (annotation,)
    choices = tuple(word for option in options if get_origin(option) is Literal for word in get_args(option))
    types = tuple(get_origin(option) or option for option in options if get_origin(option) is not Literal)
    return Parameter(parameter.name, parameter.default, types, choices)


_TYPE_OF_DEFAULT = {bool: bool, int: int | float, float: float}
