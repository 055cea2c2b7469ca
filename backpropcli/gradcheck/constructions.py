"""Guesses at what the constructor of a user's layer takes: weights and sizes that fit the guesses at its inputs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from backpropcli.catalogue.spec import LayerSpec, Parameter
from backpropcli.domains import domain
from backpropcli.gradcheck.samples import FEATURES, GATES, HIDDEN, OUTPUTS, is_vector, numbers

_SIZES = {
    *("n", "num", "number", "dim", "dims", "dimension", "size", "sizes", "units", "features", "channels", "ch"),
    *("vocab", "neurons", "nodes", "in", "out", "input", "output", "inputs", "outputs", "hidden", "width", "height"),
}
_PLAIN_SIZES = {"kernel": 3, "kernel_size": 3, "filter_size": 3, "stride": 1, "pad": 1, "padding": 1, "pool": 2, "k": 3}


def constructions(spec: LayerSpec, given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What the constructor may take for the arguments that it needs and that are not given; {} if there are none."""
    names = [name for name in spec.needed if name not in given]
    if not names:
        yield {}
        return
    readable = {
        name: _readable(spec.parameters[name], name, n) for n, name in enumerate(names) if name in spec.parameters
    }
    objects = [name for name in names if name not in readable]
    for values in _objects(objects):
        yield {**readable, **dict(zip(objects, values, strict=True))}


def _objects(names: Sequence[str]) -> Iterator[list[Any]]:
    """Values for arguments without a type: as their names say, and then as layers of several kinds take them."""
    if not names:
        yield []
        return
    yield _by_name(names)
    for window in ((3, 3), (2, 2), (3, 3, FEATURES, OUTPUTS)) if any(map(_is_window, names)) else ():
        yield _by_name(names, window)
    others = range(1, len(names))
    yield [_array((FEATURES, OUTPUTS)), *(_array((OUTPUTS,), n) for n in others)]
    yield [_array((OUTPUTS, FEATURES)), *(_array((OUTPUTS, 1), n) for n in others)]
    yield [FEATURES, *(OUTPUTS for _ in others)]
    yield [_array((FEATURES,), n) for n in range(len(names))]
    for kernel in ((OUTPUTS, FEATURES, 3, 3), (3, 3, FEATURES, OUTPUTS)):
        yield [_array(kernel), *(_array((OUTPUTS,), n) for n in others)]
    for gates in GATES:
        shapes = [(FEATURES, gates * HIDDEN), (HIDDEN, gates * HIDDEN), (gates * HIDDEN,)]
        yield [_array(shapes[min(n, 2)], n) for n in range(len(names))]
    yield [0.5 + 0.25 * n for n in range(len(names))]


def _by_name(names: Sequence[str], window: tuple[int, ...] | None = None) -> list[Any]:
    """Values as the names say; for how large a kernel or pool is, `window`, or else one number."""
    values: list[Any] = []
    sizes = iter((FEATURES, OUTPUTS, *(HIDDEN for _ in names)))
    has_matrix = any(not _is_size(name) and not is_vector(name) for name in names)
    for number, name in enumerate(names):
        if window and _is_window(name):
            values.append(window)
        elif name.lower() in _PLAIN_SIZES:
            values.append(_PLAIN_SIZES[name.lower()])
        elif _is_size(name):
            values.append(next(sizes))
        elif is_vector(name):
            values.append(_array((OUTPUTS if has_matrix else FEATURES,), number))
        else:
            values.append(_array((FEATURES, OUTPUTS), number))
    return values


def _readable(parameter: Parameter, name: str, number: int) -> Any:
    if int in parameter.types and float not in parameter.types:
        return _PLAIN_SIZES.get(name.lower(), (FEATURES, OUTPUTS)[number] if number < 2 else HIDDEN)
    if float in parameter.types:
        return 0.5
    if bool in parameter.types:
        return True
    return parameter.choices[0] if parameter.choices else (2, 2) if _is_window(name) else (2,)


def _is_window(name: str) -> bool:
    """Whether an argument of this name tells how large a kernel or a pool is."""
    return name.lower().removesuffix("_size").removesuffix("_shape") in {"kernel", "filter", "pool", "window"}


def _is_size(name: str) -> bool:
    words = re.split(r"_|(?<=[a-z])(?=[A-Z])", name)
    return any(word.lower() in _SIZES for word in words) or re.fullmatch(r"n(?:in|out|x|y|h)", name.lower()) is not None


def _array(shape: tuple[int, ...], number: int = 0) -> Any:
    """Weights: other numbers than the inputs have, and smaller."""
    return domain("arrays").convert(numbers(shape, number + 3)) / 2
