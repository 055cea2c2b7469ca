"""Guesses at what the constructor of a user's layer takes: weights and sizes that fit the guesses at its inputs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from backpropcli.catalogue.arguments import SETTINGS
from backpropcli.catalogue.derivative_functions import derivative_of
from backpropcli.catalogue.spec import LayerSpec, Parameter
from backpropcli.domains import domain
from backpropcli.domains.base import Shape
from backpropcli.gradcheck.samples import FEATURES, GATES, HIDDEN, IMAGES, OUTPUTS, is_matrix, is_vector, numbers

_SIZES = {
    *("n", "num", "number", "dim", "dims", "dimension", "size", "sizes", "units", "features", "channels", "ch"),
    *("vocab", "neurons", "nodes", "depth", "filters", "maps"),
    *("in", "out", "input", "output", "inputs", "outputs", "hidden", "width", "height"),
}
_PLAIN_SIZES = {"kernel": 3, "kernel_size": 3, "filter_size": 3, "stride": 1, "pad": 1, "padding": 1, "pool": 2, "k": 3}

_SHAPES_OF_INPUT = {"input_shape", "in_shape", "image_shape", "x_shape"}
_SIZE_OR_AXIS = {"dim", "dims"}
_MOST_SIZES = 4
_KERNELS = (
    *((OUTPUTS, FEATURES, 3, 3), (3, 3, FEATURES, OUTPUTS), (FEATURES, OUTPUTS, 3, 3)),
    *((OUTPUTS, FEATURES, 3), (FEATURES, 3, 3), (OUTPUTS, FEATURES, FEATURES)),
)
"""Of convolutions with two axes, transposed ones too, with one axis, of each channel by itself; of a bilinear form."""


def constructions(spec: LayerSpec, given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What the constructor may take for the arguments that it needs and that are not given.

    After all else, what is given as a few whole numbers is a tuple of sizes.
    """
    yield from _of_the_lacking(spec, given)
    if sizes := {name: tuple(map(int, value)) for name, value in given.items() if _may_be_sizes(value)}:
        yield from ({**found, **sizes} for found in _of_the_lacking(spec, given))


def _may_be_sizes(given: Any) -> bool:
    shape: tuple[int, ...] = getattr(given, "shape", ())
    return len(shape) == 1 and 1 < shape[0] <= _MOST_SIZES and all(float(x).is_integer() and x >= 0 for x in given)


def shapes_of_input(construction: Mapping[str, Any]) -> list[Shape]:
    """The shapes of an input that a layer is constructed with."""
    return [value for name, value in construction.items() if name in _SHAPES_OF_INPUT and isinstance(value, tuple)]


def are_understood(names: Sequence[str]) -> bool:
    """Whether all names say what they stand for."""
    known = (
        is_vector,
        is_matrix,
        _is_size,
        _is_window,
        _is_vocabulary,
        SETTINGS.__contains__,
        _PLAIN_SIZES.__contains__,
    )
    return all(any(knows(name) for knows in known) for name in names)


def is_of_weights(names: Sequence[str]) -> bool:
    """Whether the names are those of weights, which are arrays."""
    return bool(names) and all(is_vector(name) or is_matrix(name) for name in names)


def longer_strides(spec: LayerSpec, given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What to construct a layer with for another stride than 1, at which a backward that forgets it is right."""
    for name, value in {**spec.defaults, **given}.items():
        for stride in (2, 3):
            if name in {"stride", "strides"} and value == 1:
                yield {name: stride}
            elif isinstance(value, dict) and value.get("stride") == 1:
                yield {name: {**value, "stride": stride}}


def with_rows(construction: Mapping[str, Any]) -> dict[str, Any]:
    """The same with matrices of one row for vectors."""
    return {name: x.reshape(1, -1) if getattr(x, "ndim", 0) == 1 else x for name, x in construction.items()}


def _of_the_lacking(spec: LayerSpec, given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """{} if nothing is lacking."""
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
    yield from _chained(names)
    if _SIZE_OR_AXIS.intersection(names):
        yield [FEATURES if name in _SIZE_OR_AXIS else x for name, x in zip(names, _by_name(names), strict=True)]
    yield _by_name(names)
    yield from _by_name_otherwise(names)
    others = range(1, len(names))
    yield [_array((FEATURES, OUTPUTS)), *(_array((OUTPUTS,), n) for n in others)]
    for bias in ((OUTPUTS, 1), (OUTPUTS,), (1, OUTPUTS)):
        yield [_array((OUTPUTS, FEATURES)), *(_array(bias, n) for n in others)]
    if not is_of_weights(names):
        yield [FEATURES, *(OUTPUTS for _ in others)]
    yield [_array((FEATURES,), n) for n in range(len(names))]
    yield [_array((FEATURES, FEATURES)), *(_array((FEATURES,), n) for n in others)]
    for kernel in _KERNELS:
        yield [_array(kernel), *(_array((OUTPUTS,), n) for n in others)]
    yield [_array((HIDDEN, FEATURES, OUTPUTS)), *(_array((HIDDEN, OUTPUTS), n) for n in others)]
    for gates in GATES:
        shapes = [(FEATURES, gates * HIDDEN), (HIDDEN, gates * HIDDEN), (gates * HIDDEN,)]
        both_ways = len(names) == 2 * len(shapes)
        yield [_array(shapes[n % 3 if both_ways else min(n, 2)], n) for n in range(len(names))]
    if not is_of_weights(names):
        yield [0.5 + 0.25 * n for n in range(len(names))]


def _by_name_otherwise(names: Sequence[str]) -> Iterator[list[Any]]:
    """Other values as the names say: the second for a setting, images, kernels of two axes and of four."""
    if any(name in SETTINGS for name in names):
        yield _by_name(names, which=1)
    if _SHAPES_OF_INPUT.intersection(names):
        yield from (_by_name(names, window, image=image) for image in IMAGES for window in (None, (3, 3)))
    for window in ((3, 3), (2, 2), (3, 3, FEATURES, OUTPUTS)) if any(map(_is_window, names)) else ():
        yield _by_name(names, window)


def _chained(names: Sequence[str]) -> Iterator[list[Any]]:
    """Weights of several steps, W1, b1, W2, b2, each of which takes what the one before it gives."""
    if not is_of_weights(names):
        return
    steps = [int(name[-1]) if name[-1] in "123" else 0 for name in names]
    if set(steps) not in ({1, 2}, {1, 2, 3}):
        return
    if steps == [1, 2, 3]:
        yield [_array(shape, n) for n, shape in enumerate(((FEATURES, HIDDEN), (HIDDEN, FEATURES), (FEATURES, HIDDEN)))]
    for last in (OUTPUTS, FEATURES):
        lengths = [FEATURES, *[HIDDEN] * (max(steps) - 1), last]
        of_steps = [lengths[step - 1 : step + 1] for step in steps]
        yield [_array(tuple(of_steps[n][is_vector(name) :]), n) for n, name in enumerate(names)]


def _by_name(
    names: Sequence[str], window: tuple[int, ...] | None = None, which: int = 0, image: Shape | None = None
) -> list[Any]:
    """Values as the names say; for how large a kernel or pool is, `window`, or else one number; `image` for an input.

    Of what is tried for a setting, it is the first, or that after `which` others.
    """
    values: list[Any] = []
    sizes = iter((FEATURES, OUTPUTS, *(HIDDEN for _ in names)))
    functions = _functions(names)
    has_many = sum(map(_is_size, names)) > 2
    has_matrix = any(not _is_size(name) and not is_vector(name) for name in names)
    for number, name in enumerate(names):
        if name in functions:
            values.append(functions[name])
        elif window and _is_window(name):
            values.append(window)
        elif name.lower() in _PLAIN_SIZES:
            values.append(_PLAIN_SIZES[name.lower()])
        elif image and name in _SHAPES_OF_INPUT:
            values.append(image)
        elif name in SETTINGS:
            values.append(SETTINGS[name][: which + 1][-1])
        elif _is_vocabulary(name):
            values.append(FEATURES)
        elif _is_size(name):
            values.append(FEATURES if has_many and _is_of_classes(name) else next(sizes))
        elif is_vector(name):
            values.append(_array((OUTPUTS if has_matrix else FEATURES,), number))
        else:
            values.append(_array((FEATURES, OUTPUTS), number))
    return values


def _functions(names: Sequence[str]) -> dict[str, Callable[[Any], Any]]:
    """A function for each argument beside which its derivative stands, and that derivative."""
    pairs = [(name, derivative) for name in names if (derivative := derivative_of(name, names)) is not None]
    return {name: made for pair in pairs for name, made in zip(pair, (_tanh, _slope_of_tanh), strict=True)}


def _tanh(x: Any) -> Any:
    return domain("arrays").tanh(x)


def _slope_of_tanh(x: Any) -> Any:
    return 1 - _tanh(x) ** 2


def _readable(parameter: Parameter, name: str, number: int) -> Any:
    if int in parameter.types and float not in parameter.types:
        size = FEATURES if _is_vocabulary(name) else (FEATURES, OUTPUTS)[number] if number < 2 else HIDDEN
        return _PLAIN_SIZES.get(name.lower(), size)
    if float in parameter.types:
        return 0.5
    if bool in parameter.types:
        return True
    return parameter.choices[0] if parameter.choices else (2, 2) if _is_window(name) else (2,)


def _is_window(name: str) -> bool:
    """Whether an argument of this name tells how large a kernel or a pool is."""
    return re.sub(r"(_size|_shape)?\d*$", "", name.lower()) in {"kernel", "filter", "pool", "window"}


def _is_vocabulary(name: str) -> bool:
    """Whether an argument of this name tells how many words there are, of which the guesses have as many as classes."""
    return "vocab" in name.lower()


def _is_of_classes(name: str) -> bool:
    """Whether an argument of this name tells how many numbers a network gives, of which labels have as many classes."""
    return re.search(r"out|class", name.lower()) is not None


def _is_size(name: str) -> bool:
    words = re.split(r"_|(?<=[a-z])(?=[A-Z])", name)
    return any(word.lower() in _SIZES for word in words) or re.fullmatch(r"n(?:in|out|x|y|h)", name.lower()) is not None


def _array(shape: tuple[int, ...], number: int = 0) -> Any:
    """Weights: other numbers than the inputs have, and smaller."""
    return domain("arrays").convert(numbers(shape, number + 3)) / 2
