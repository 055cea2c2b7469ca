"""Layers from outside of this package: the classes of a Python file, and the entry points of installed packages."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from inspect import getsourcefile, isabstract
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from backpropcli.catalogue.adapter import foreign_spec
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.catalogue.user_code import raising_line
from backpropcli.errors import LayerError, Place, Problem
from backpropcli.layers.base import Layer

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

_numbers = count(1)
_WORD_STARTS = re.compile(
    r"(?<=[a-z0-9])(?=[A-Z][a-z])"  # Mul|Layer
    r"|(?<=[A-Z0-9][A-Z])(?=[A-Z][a-z])"  # LSTM|Cell, but ReLU
    r"|(?<=[a-z])(?=[A-Z](?:[0-9]|$))"  # Smooth|L1
)


def load_layers(path: str | Path) -> dict[str, LayerSpec]:
    """The layers of a Python file by name: every public class defined in it that has `forward` and `backward`.

    The file is run, as by an import. Raises LayerError with everything that is wrong with it.
    """
    file = str(path)
    source = _read(Path(path))
    with _blaming(file):
        classes = _layer_classes(_run(source, file))
        if not classes:
            hint = "a layer is a class with the methods forward and backward, whose name does not begin with _"
            raise LayerError(Problem(f"{file} has no layers", hint=hint))
        return _specs(classes, file)


def load_entry_point(point: EntryPoint) -> LayerSpec:
    """The layer that an installed package offers. Raises LayerError if it cannot be imported or is none."""
    origin = f"the package {point.dist.name}" if point.dist else point.value
    try:
        cls = point.load()
    except (Exception, SystemExit) as error:
        message = f"cannot import the layer '{point.name}' of {origin}: {type(error).__name__}: {error}"
        raise LayerError(message) from error
    if not _has_methods(cls):
        raise LayerError(
            f"the layer '{point.name}' of {origin}: {point.value} is not a class with forward and backward"
        )
    return foreign_spec(point.name, cls, origin, getsourcefile(cls))


def layer_name(class_name: str) -> str:
    """A class's name in the catalogue: its words in lower case.

    >>> [layer_name(name) for name in ("MyRelu", "MulLayer", "ReLU", "LeakyReLU", "Conv2D", "LSTMCell")]
    ['my_relu', 'mul_layer', 'relu', 'leaky_relu', 'conv2d', 'lstm_cell']
    """
    return _WORD_STARTS.sub("_", class_name).lower()


def _read(path: Path) -> bytes:
    if path.suffix != ".py":
        raise LayerError(Problem(f"{path} is not a Python file", hint="layer files end in .py"))
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise LayerError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from None


def _run(source: bytes, file: str) -> ModuleType:
    """The module that the file's code makes; not by importlib, which reads and writes bytecode beside the file."""
    code = compile(source, file, "exec", dont_inherit=True)
    folder = Path(file).resolve().parent
    module = ModuleType(f"_backprop_layers_{next(_numbers)}")
    module.__file__ = str(folder / Path(file).name)
    module.__package__ = ""  # as a script's: there is no package to import relatively from
    sys.modules[module.__name__] = module  # where dataclasses and type hints look for the names of a class's module
    try:
        with _importable(str(folder)):
            exec(code, module.__dict__)  # noqa: S102 - the user asked for it, with this file's name
    except BaseException:
        del sys.modules[module.__name__]
        raise
    return module


@contextmanager
def _importable(folder: str) -> Iterator[None]:
    """The modules in a folder can be imported meanwhile, and leave no bytecode behind."""
    writes_no_bytecode = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.dont_write_bytecode = writes_no_bytecode
        if folder in sys.path:  # the file may have changed the path itself
            sys.path.remove(folder)


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


def _layer_classes(module: ModuleType) -> dict[type, str]:
    """The classes that are layers, each under the name that the module first gives it."""
    found: dict[type, str] = {}
    for name, value in vars(module).items():
        if not name.startswith("_") and _has_methods(value) and value.__module__ == module.__name__:
            found.setdefault(value, name)
    return found


def _has_methods(value: Any) -> bool:
    """Whether a value is a class with `forward` and `backward` of its own."""
    if not isinstance(value, type) or isabstract(value):
        return False
    methods = [(getattr(value, name, None), getattr(Layer, name)) for name in ("forward", "backward")]
    return all(callable(method) and method is not inherited for method, inherited in methods)


def _specs(classes: dict[type, str], file: str) -> dict[str, LayerSpec]:
    found: dict[str, LayerSpec] = {}
    problems: list[Problem] = []
    for cls, class_name in classes.items():
        name = layer_name(class_name)
        if name in found:
            problems.append(
                Problem(f"{file}: two classes are called '{name}': {found[name].cls.__name__}, {class_name}")
            )
            continue
        try:
            found[name] = foreign_spec(name, cls, file, file)
        except LayerError as error:
            problems += error.problems
    if problems:
        raise LayerError(*problems)
    return found
