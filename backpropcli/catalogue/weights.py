"""The weights that a user's layer keeps on its object, and their gradients, as inputs of a layer that is checked.

A weight is found by the name of its gradient: `W` by `dW`, `weights` by `dweights`, `w` by `grad_w`, `params["W"]` by
`grads["W"]` and `params[0]` by `grads[0]`, and private ones alike; by its update; or backward returns its gradient
behind those of the inputs. The layer that `weighted` makes takes the weights behind its inputs, puts them on the
object, and returns their gradients. An array that a collection holds twice is one weight, whose gradient is the sum of
those of its entries.
"""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import wraps
from typing import Any, NamedTuple

from backpropcli.catalogue.adapter import subclass
from backpropcli.catalogue.held import (
    Path,
    all_kept,
    get_at,
    has_at,
    is_array,
    is_numeric,
    is_transposed,
    layout,
    parameters,
    put_at,
    run_unnoticed,
    set_at,
    share_memory,
)
from backpropcli.catalogue.spec import LayerSpec, set_signature
from backpropcli.catalogue.updates import UPDATES
from backpropcli.domains import Value
from backpropcli.layers.base import Layer

_OF_GRADIENTS = {"grads", "gradients", "grad", "dparams", "gradient", "d", UPDATES}
_GRADIENT_NAMES = (
    r"d_?(.+)",
    r"grad(?:ient)?s?_?(.+)",
    r"(.+?)_?grad(?:ient)?s?",
    r"delta_(.+)",
    r"nabla_(.+)",
    r"g_(.+)",
)
_SYNONYMS = {"weights": "w", "weight": "w", "kernel": "w", "biases": "b", "bias": "b"}


class Entry(NamedTuple):
    """Where one more part of a weight's gradient is, and whether it is that of the transposed weight."""

    gradient: Path
    is_transposed: bool


class Weight(NamedTuple):
    """A weight: its name, where it is kept, and where its gradient is, or its number behind those of the inputs.

    `tied` are the other entries of the same array, as of a network that uses it twice.
    """

    name: str
    path: Path
    gradient: Path | int
    tied: tuple[Entry, ...] = ()

    @property
    def is_by_update(self) -> bool:
        """Whether the gradient is what backward subtracts from the weight."""
        return not isinstance(self.gradient, int) and self.gradient[0] == UPDATES

    @property
    def gradients(self) -> list[Path | int]:
        """Where everything is of which the gradient is the sum."""
        return [self.gradient, *(entry.gradient for entry in self.tied)]


def candidates(layer: object, returned: int) -> Iterator[Weight]:
    """What may be the weights of a layer that has been forward and backward, and returned further gradients."""
    kept = {path: value for path, value in all_kept(layer) if is_numeric(value)}
    gradients = [(_gradient_bases(path), path) for path in kept]
    found: dict[Path, Path] = {}
    for path in kept:
        if _is_of_gradients(path):
            continue
        for bases, gradient in gradients:
            if _base(path) in bases and gradient != path:
                found[path] = gradient
                break
    yield from _each_once(found, kept)
    yield from itertools.starmap(Weight, parameters(layer))
    rest = [path for path in kept if path not in found and not _is_of_gradients(path)]
    yield from (Weight(_name(path), path, number) for number in range(returned) for path in rest)


def without_gradient(layer: object, found: Collection[Weight]) -> list[Weight]:
    """The weights that stand beside some of those found, and have no gradient."""
    collections = {weight.path[0] for weight in found if len(weight.path) > 1}
    known = [get_at(layer, weight.path) for weight in found]
    return [
        Weight(_name(path), path, path)
        for path, value in all_kept(layer)
        if path[0] in collections and is_numeric(value) and not any(_is_one(value, other) for other in known)
    ]


def _is_one(value: Any, other: Any) -> bool:
    return value is other or share_memory(value, other)


def _each_once(gradients: Mapping[Path, Path], kept: Mapping[Path, Any]) -> list[Weight]:
    """The weights that have these gradients, without those whose array is that of one before, or a view of it.

    Such an entry of the same collection has a part of the gradient; anywhere else it is another name.
    """
    found: list[Weight] = []
    for path, gradient in gradients.items():
        same = [number for number, weight in enumerate(found) if share_memory(kept[weight.path], kept[path])]
        if not same:
            found.append(Weight(_name(path), path, gradient))
        elif path[0] == found[same[0]].path[0]:
            found[same[0]] = _tied(found[same[0]], path, gradient, kept)
    return found


def _tied(weight: Weight, path: Path, gradient: Path, kept: Mapping[Path, Any]) -> Weight:
    """A weight with the gradient of another entry, of all of its array, where it is not the same gradient."""
    turned = is_transposed(kept[path], kept[weight.path])
    is_whole = turned or layout(kept[path]) == layout(kept[weight.path])
    counted = [kept[place] for place in weight.gradients if not isinstance(place, int)]
    if not is_whole or any(share_memory(kept[gradient], before) for before in counted):
        return weight
    return weight._replace(tied=(*weight.tied, Entry(gradient, turned)))


def weighted(
    spec: LayerSpec,
    inputs: Sequence[str],
    weights: Sequence[Weight] = (),
    constant: Sequence[str] = (),
    whole: Collection[int] = (),
) -> LayerSpec:
    """The spec with `weights` as further inputs; it is one for checks only.

    `inputs` are the names of those inputs that are given: `constant` have no gradient, and the numbers of those that
    are handed over as whole numbers are `whole`.
    """
    base: Any = spec.graded_cls
    count = len(inputs)

    @wraps(base.forward)
    def forward(self: Any, *values: Value) -> Value:
        handed = [x.astype("int64") if number in whole else x for number, x in enumerate(values[:count])]
        if not all(has_at(self, weight.path) for weight in weights):
            run_unnoticed(self, lambda: base.forward(self, *(x.copy() for x in handed)))
        self.weights_given = values[count:]
        _put_all(self, weights, self.weights_given)
        return base.forward(self, *handed)

    @wraps(base.backward)
    def backward(self: Any, dout: Value) -> tuple[Value | None, ...]:
        _reset(self, [place for weight in weights for place in weight.gradients])
        found = base.backward(self, dout)
        own = [_gradient(self, weight, found[count:]) for weight in weights]
        _put_all(self, weights, self.weights_given)  # which backward may have updated
        times = [self.examples if weight.is_by_update else 1 for weight in weights]
        return (
            *_placed(found[:count], count, whole),
            *(None if x is None else n * x for n, x in zip(times, own, strict=True)),
        )

    names = ["self", *inputs, *(weight.name for weight in weights)]
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    signature = inspect.Signature([inspect.Parameter(name, kind) for name in names])
    set_signature(forward, signature)
    constant_inputs = frozenset(constant) | getattr(base, "constant_inputs", frozenset())
    methods = {"forward": forward, "backward": backward, "constant_inputs": constant_inputs, "examples": 1}
    methods["by_update"] = frozenset(weight.name for weight in weights if weight.is_by_update)
    return _made(spec, subclass(spec.cls, (base,), methods))


def with_mean_updates(spec: LayerSpec, examples: int) -> LayerSpec:
    """The spec of a layer with weights, whose updates are by the mean over so many examples: the gradient is the sum.

    It is one for checks only.
    """
    base: Any = spec.graded_cls
    return _made(spec, subclass(spec.cls, (base,), {"examples": examples}))


def _made(spec: LayerSpec, cls: type[Layer]) -> LayerSpec:
    return LayerSpec(spec.name, cls, origin=spec.origin, file=spec.file, needs_arrays=spec.needs_arrays)


def _placed(found: Sequence[Value | None], count: int, whole: Collection[int]) -> list[Value | None]:
    """A gradient or None for each input: fewer are those of the first, or of all that are not whole numbers."""
    others = [number for number in range(count) if number not in whole]
    numbers = others if len(found) == len(others) else range(len(found))
    placed: list[Value | None] = [None] * count
    for number, gradient in zip(numbers, found, strict=True):
        placed[number] = gradient
    return placed


def value_of(before: object, after: object, weight: Weight, returned: Sequence[Value | None]) -> Any:
    """What a weight is `before` a backward, which may update it, with as many digits as its gradient has `after` that.

    `returned` are the gradients that backward returned behind those of the inputs.
    """
    value, gradient = get_at(before, weight.path), _gradient(after, weight, returned)
    has_more = getattr(value, "dtype", None) == "float32" and getattr(gradient, "dtype", None) == "float64"
    return value.astype("float64") if has_more else value


def _name(path: Path) -> str:
    """The name of a weight in messages: an identifier."""
    last = path[-1]
    return f"{path[0]}_{last}" if isinstance(last, int) else re.sub(r"\W", "_", str(last))


def _base(path: Path) -> str:
    name = _public(path).lower()
    return _SYNONYMS.get(name, name)


def _public(path: Path) -> str:
    """The last name of a path without the underscores, or those and the class, that make it private."""
    return re.sub(r"^(_[^\W_]+__|_+)(?=.)", "", str(path[-1]))


def _is_of_gradients(path: Path) -> bool:
    return len(path) > 1 and path[0].lower() in _OF_GRADIENTS


def _gradient_bases(path: Path) -> set[str]:
    """What the gradient may be of that stands there, by its name."""
    name = _public(path)
    bases = {found[1].lower() for pattern in _GRADIENT_NAMES if (found := re.fullmatch(pattern, name, re.IGNORECASE))}
    if _is_of_gradients(path):
        bases.add(name.lower())
    return {_SYNONYMS.get(base, base) for base in bases}


def _put_all(layer: Any, weights: Sequence[Weight], values: Sequence[Value]) -> None:
    for weight, value in zip(weights, values, strict=True):
        put_at(layer, weight.path, value)


def _reset(layer: Any, paths: Sequence[Path | int]) -> None:
    """Let the gradients be what they were before the first backward, for a layer that adds to them."""
    attributes = vars(layer)
    if "_gradients_before" not in attributes:
        places = [path for path in paths if not isinstance(path, int)]
        attributes["_gradients_before"] = {path: (found := get_at(layer, path), _copy(found)) for path in places}
    for path, (first, before) in attributes["_gradients_before"].items():
        if get_at(layer, path) is None:
            continue
        if first is not None:
            if is_array(first):
                first[...] = before
            set_at(layer, path, first)
        elif len(path) == 1 or hasattr(get_at(layer, path[:1]), "__dict__"):
            set_at(layer, path, None)


def _copy(value: Any) -> Any:
    return value.copy() if hasattr(value, "copy") else value


def _gradient(layer: object, weight: Weight, returned: Sequence[Value | None]) -> Value | None:
    """The gradient of a weight, in sum over its entries."""
    total = _part(layer, weight.gradient, returned)
    for entry in weight.tied:
        part = _part(layer, entry.gradient, returned)
        if part is not None:
            turned = part.T if entry.is_transposed else part
            total = turned if total is None else total + turned
    return total


def _part(layer: object, where: Path | int, returned: Sequence[Value | None]) -> Value | None:
    if isinstance(where, int):
        return returned[where] if where < len(returned) else None
    found = get_at(layer, where)
    return _as_value(_copy(found)) if found is not None else None


def _as_value(found: Any) -> Value:
    from backpropcli.domains.arrays import DOMAIN as ARRAYS  # imports NumPy

    return ARRAYS.accept(found)
