"""Layers from outside of this package: the classes of a Python file, and the entry points of installed packages."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from inspect import getsourcefile, isabstract
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Any, NamedTuple

from backpropcli.catalogue.adapter import foreign_spec
from backpropcli.catalogue.conventions import has_layer_methods, layer_class_of
from backpropcli.catalogue.derivative_functions import function_pairs, with_derivatives
from backpropcli.catalogue.function_layers import losses
from backpropcli.catalogue.networks import networks
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.catalogue.user_code import raising_line
from backpropcli.catalogue.user_module import UserModule
from backpropcli.errors import LayerError, Place, Problem
from backpropcli.sources.files_read import note_read

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

_WORD_STARTS = re.compile(
    r"(?<=[a-z0-9])(?=[A-Z][a-z])"  # Mul|Layer
    r"|(?<=[A-Z0-9][A-Z])(?=[A-Z][a-z])"  # LSTM|Cell, but ReLU
    r"|(?<=[a-z])(?=[A-Z](?:[0-9]|$))"  # Smooth|L1
)


class UserLayers(NamedTuple):
    """The layers of a file by name, the problems of those that cannot be used, and a note on what was not run."""

    specs: dict[str, LayerSpec]
    unusable: dict[str, tuple[Problem, ...]]
    note: Problem | None = None


def load_layers(path: str | Path) -> UserLayers:
    """The layers of a Python file: its public classes and functions that are laid out in a way that we know.

    Its definitions are run, as by an import. Raises LayerError if it has no layer that can be used.
    """
    file = str(path)
    source = _read(Path(path))
    with _blaming(file):
        read = UserModule(file, source)
        with _forgotten_if_it_fails(read):
            read.run()
            found = _user_layers(read)
            if not found.specs:
                problems = [problem for problems in found.unusable.values() for problem in problems]
                hint = (
                    "a layer is a class with the methods forward and backward, or a pair of functions such as "
                    "relu_forward and relu_backward, or relu and relu_prime, whose name does not begin with _"
                )
                raise LayerError(*(problems or [Problem(f"{file} has no layers", hint=hint)]))
        return found


def load_entry_point(point: EntryPoint) -> LayerSpec:
    """The layer that an installed package offers. Raises LayerError if it cannot be imported or is none."""
    origin = f"the package {point.dist.name}" if point.dist else point.value
    try:
        cls = point.load()
    except (Exception, SystemExit) as error:
        message = f"cannot import the layer '{point.name}' of {origin}: {type(error).__name__}: {error}"
        raise LayerError(message) from error
    if not _is_layer(cls):
        raise LayerError(
            f"the layer '{point.name}' of {origin}: {point.value} is not a class with forward and backward"
        )
    return foreign_spec(point.name, layer_class_of(cls), origin, getsourcefile(cls))


def layer_name(class_name: str) -> str:
    """A class's name in the catalogue: its words in lower case.

    >>> [layer_name(name) for name in ("MyRelu", "MulLayer", "ReLU", "LeakyReLU", "Conv2D", "LSTMCell")]
    ['my_relu', 'mul_layer', 'relu', 'leaky_relu', 'conv2d', 'lstm_cell']
    """
    return _WORD_STARTS.sub("_", class_name).lower()


def _read(path: Path) -> bytes:
    if path.suffix != ".py":
        raise LayerError(Problem(f"{path} is not a Python file", hint="layer files end in .py"))
    note_read(path)
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise LayerError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from None


@contextmanager
def _forgotten_if_it_fails(read: UserModule) -> Iterator[None]:
    try:
        yield
    except BaseException:
        sys.modules.pop(read.module.__name__, None)
        raise


@contextmanager
def _blaming(file: str) -> Iterator[None]:
    """Whatever the code of a file raises is told as an error of that file."""
    try:
        yield
    except LayerError:
        raise
    except SyntaxError as error:
        raise LayerError(Problem(f"cannot import {file}: {error.msg}", _syntax_place(error))) from error
    except (Exception, SystemExit) as error:
        message = f"cannot import {file}: {type(error).__name__}: {error}".removesuffix(": ")
        raise LayerError(Problem(message, raising_line(error, file))) from error


def _syntax_place(error: SyntaxError) -> Place | None:
    if error.filename is None or error.lineno is None or error.text is None:
        return None
    column = max(error.offset or 1, 1)
    is_on_one_line = error.end_lineno == error.lineno and error.end_offset is not None
    length = error.end_offset - column if is_on_one_line and error.end_offset is not None else 1
    return Place(error.filename, error.lineno, column, max(length, 1), error.text.rstrip())


def _user_layers(read: UserModule) -> UserLayers:
    specs: dict[str, LayerSpec] = {}
    unusable: dict[str, tuple[Problem, ...]] = {
        layer_name(name): (problem._replace(message=f"{name}: {problem.message}"),)
        for name, problem in read.failed.items()
    }
    for written_name, cls in _candidates(read):
        name = layer_name(written_name)
        if name in specs:
            message = f"{read.file}: two layers are called '{name}': {specs[name].cls.__name__}, {written_name}"
            unusable[name] = (Problem(message),)
            continue
        try:
            specs[name] = foreign_spec(name, layer_class_of(cls), read.file, read.file)
        except LayerError as error:
            unusable[name] = error.problems
    for name in unusable:
        specs.pop(name, None)
    return UserLayers(specs, unusable, _note(read))


def _candidates(read: UserModule) -> Iterator[tuple[str, type]]:
    """The classes and functions that are layers, each under the name that the module first gives it."""
    module = read.module
    classes: dict[type, str] = {}
    functions = {}
    for name, value in vars(module).items():
        if name.startswith("_"):
            continue
        if _is_layer(value) and value.__module__ == module.__name__:
            classes.setdefault(value, name)
        elif isinstance(value, FunctionType) and value.__module__ == module.__name__:
            functions[name] = value
    found = [(name, cls) for cls, name in classes.items()]
    found += [*networks(vars(module), read.tree), *function_pairs(functions), *losses(functions, read.tree)]
    taken = {layer_name(name) for name, _ in found}  # whose functions may be no more than what these layers use
    yield from found
    yield from (each for each in with_derivatives(functions) if layer_name(each[0]) not in taken)


def _is_layer(value: Any) -> bool:
    return isinstance(value, type) and not isabstract(value) and has_layer_methods(value) and not _is_base(value)


def _is_base(cls: type) -> bool:
    """Whether a class leaves a method to its subclasses."""
    codes = [getattr(method, "__code__", None) for method in vars(cls).values()]
    return bool(cls.__subclasses__()) and any(code and "NotImplementedError" in code.co_names for code in codes)


def _note(read: UserModule) -> Problem | None:
    """What of a file was not run, and where it begins."""
    if not read.skipped:
        return None
    lines = sorted(read.skipped)
    count = "1 statement" if len(lines) == 1 else f"{len(lines)} statements"
    hint = "of a file of layers only imports, definitions and constants are; put a script into a file of its own"
    return Problem(f"{read.file}: a script of {count}, from line {lines[0]} on, is not run", hint=hint)
