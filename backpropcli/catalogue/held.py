"""What an object holds: its attributes, and what stands in the dictionaries, lists and objects there.

An array may have several names there, and several views of one memory may stand for it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any, NamedTuple

Path = tuple[Any, ...]
"""Where something is kept on an object: the attribute, and the key or number in the collection that it holds."""

_COLLECTIONS = {"params", "parameters", "weights", "grads", "gradients", "grad", "dparams"}
_SHARED = (type, ModuleType, FunctionType, BuiltinFunctionType, MethodType)


def all_kept(layer: object) -> Iterator[tuple[Path, Any]]:
    """Everything on an object, and in the dictionaries and lists there."""
    for name, value in vars(layer).items():
        if isinstance(value, dict):
            yield from (((name, key), inner) for key, inner in value.items())
        elif isinstance(value, list) and name in _COLLECTIONS:
            yield from (((name, number), inner) for number, inner in enumerate(value))
        else:
            yield (name,), value


def parameters(layer: object) -> Iterator[tuple[str, Path, Path]]:
    """The objects on an object that hold a weight beside its gradient: name, and where the two are."""
    for name, value in vars(layer).items():
        found = getattr(value, "__dict__", {})
        weight = next((key for key in ("data", "value", "weight") if is_numeric(found.get(key))), None)
        gradient = next((key for key in ("grad", "gradient") if key in found), None)
        if weight is not None and gradient is not None:
            yield name, (name, weight), (name, gradient)


def is_numeric(value: object) -> bool:
    """Whether something is a float or an array of floats."""
    kind = getattr(getattr(value, "dtype", None), "kind", None)
    return kind == "f" or (type(value) is float and kind is None)


def get_at(layer: object, path: Path) -> Any:
    """What stands there; None where nothing does."""
    found: Any = getattr(layer, path[0], None)
    for key in path[1:]:
        try:
            found = _items_of(found)[key]
        except (KeyError, IndexError, TypeError):
            return None
    return found


def has_at(layer: object, path: Path) -> bool:
    """Whether floats stand there."""
    return is_numeric(get_at(layer, path))


def put_at(layer: object, path: Path, value: Any) -> None:
    """Let a weight be a value; in its own array where it can hold it, else in a new one under all names of the old."""
    now = get_at(layer, path)
    if not is_array(now):
        is_number = type(now) is float and value.shape == ()
        set_at(layer, path, float(value) if is_number else value.copy())
    elif now.dtype in (value.dtype, "float64") and now.flags.writeable and now.shape == value.shape:
        now[...] = value
    else:
        exchange(layer, now, value.copy())


def set_at(layer: object, path: Path, value: Any) -> None:
    """Let something stand there."""
    if len(path) == 1:
        setattr(layer, path[0], value)
    else:
        _items_of(getattr(layer, path[0]))[path[1]] = value


def _items_of(holder: Any) -> Any:
    """Where something is found by its key: a collection itself, or the attributes of an object."""
    return getattr(holder, "__dict__", holder)


def run_unnoticed(layer: object, forward: Callable[[], object]) -> None:
    """Run forward for what it makes the first time, and let the object forget that it ran.

    What counts the runs is told by a second one: a whole number that goes on, or a list that grows.
    """
    forward()
    after_one = _counts(layer)
    forward()
    for where, (holder, key, after_two) in _counts(layer).items():
        if where in after_one and (step := after_two - after_one[where].number):
            _set_count(holder, key, after_one[where].number - step)


class _Count(NamedTuple):
    """A whole number in a dictionary, or the length of a list."""

    holder: Any
    key: Any
    number: int


def _counts(layer: object) -> dict[tuple[int, Any], _Count]:
    """The whole numbers and the lengths on an object, by the holder's identity, which lasts as it is kept here."""
    found = {}
    for holder in _holders(layer):
        is_list = isinstance(holder, list)
        numbers = {None: len(holder)} if is_list else {key: n for key, n in holder.items() if type(n) is int}
        found.update({(id(holder), key): _Count(holder, key, number) for key, number in numbers.items()})
    return found


def _set_count(holder: Any, key: Any, number: int) -> None:
    if isinstance(holder, list):
        del holder[max(number, 0) :]
    else:
        holder[key] = number


def _holders(layer: object) -> Iterator[Any]:
    """The attributes of an object, the dictionaries and the lists there, and those of everything that these hold."""
    rest, seen = [layer], set()
    while rest:
        found = rest.pop()
        if isinstance(found, tuple):
            rest.extend(found)
            continue
        is_object = not isinstance(found, (dict, list, *_SHARED))
        holder = getattr(found, "__dict__", None) if is_object else found
        if isinstance(holder, dict | list) and id(holder) not in seen:
            seen.add(id(holder))
            rest.extend(holder.values() if isinstance(holder, dict) else holder)
            yield holder


def exchange(layer: object, old: Any, new: Any) -> None:
    """Let another array be wherever one is, on an object and on what it holds."""

    def renewed(value: Any) -> Any:
        if value is old:
            return new
        if type(value) is tuple:
            return tuple(map(renewed, value))
        return new.T if is_array(value) and is_transposed(value, old) else value

    for holder in _holders(layer):
        for key, value in list(holder.items() if isinstance(holder, dict) else enumerate(holder)):
            if (found := renewed(value)) is not value:
                holder[key] = found


def is_array(value: object) -> bool:
    """Whether something is a NumPy array."""
    numpy: Any = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.ndarray)


def share_memory(one: object, other: object) -> bool:
    """Whether two things are arrays that have numbers in the same memory."""
    return is_array(one) and is_array(other) and bool(sys.modules["numpy"].shares_memory(one, other))


def is_transposed(one: Any, other: Any) -> bool:
    """Whether an array is the transposed view of another."""
    return one.ndim > 1 and layout(one) == layout(other.T)


def layout(array: Any) -> tuple[Any, ...]:
    """What two arrays have in common that are one, or views that show all of it alike."""
    return array.__array_interface__["data"], array.dtype, array.shape, array.strides
