"""Kinds of value. A layer asks `namespace(*values)` for the functions of the domain that its values belong to.

A domain is an object of a class that derives from `Domain`. Adding one: its module, with the object `DOMAIN`, and a
line in `_DOMAINS`. A domain with state (`balls`, `cells`, `dual`, `traced`) needs no line: its values know it.
"""

from __future__ import annotations

from importlib import import_module

from backpropcli.domains.base import Domain, Over, Value
from backpropcli.errors import DomainError

__all__ = ["Domain", "Over", "Value", "arrays_of", "domain", "namespace", "unbroadcast"]

# name -> the types of its values, by qualified name, so that no domain is imported before one of its values exists.
_DOMAINS = {
    "floats": ("builtins.bool", "builtins.int", "builtins.float"),
    "exact": ("fractions.Fraction",),
    "reals": ("mpmath.ctx_mp_python.mpf",),
    "arrays": ("numpy.ndarray", "numpy.generic"),
}
_by_type: dict[type, Domain] = {}


def domain(name: str) -> Domain:
    """The domain called `name`: floats, exact, reals or arrays."""
    found: Domain = import_module(f"backpropcli.domains.{name}").DOMAIN
    return found


def arrays_of(numbers: Domain) -> Domain:
    """The domain of arrays of these numbers: NumPy's of floats, cells of others; itself if its values are arrays."""
    if not numbers.is_scalar:
        return numbers
    if numbers.is_python:
        return domain("arrays")
    if numbers.array_domain is None:
        from backpropcli.domains.cells import Cells  # imports NumPy

        numbers.array_domain = Cells(numbers)
    return numbers.array_domain


def namespace(*values: Value) -> Domain:
    """The functions for these values; Python numbers go along with the values of any other domain.

    >>> namespace(2.0, 3).name
    'floats'

    Raises DomainError for values that cannot be mixed, and for what is no value.
    """
    chosen: Domain | None = None
    for value in values:
        found = _by_type.get(type(value)) or _domain_of(value)
        if chosen is None or found is chosen or found.includes(chosen):
            chosen = found
        elif not chosen.includes(found):
            raise DomainError(f"{chosen.name} and {found.name} values cannot be mixed")
    if chosen is None:
        raise TypeError("namespace() needs at least one value")
    return chosen


def unbroadcast(gradient: Value, like: Value) -> Value:
    """`gradient` summed over the axes along which `like` was broadcast, so that it has the shape of `like`.

    >>> unbroadcast(2.5, 1.0)
    2.5
    """
    if type(gradient) is float:  # numbers have no axes; this line spares a look-up for every node of a long chain
        return gradient
    return namespace(gradient, like).unbroadcast(gradient, like)


def _domain_of(value: Value) -> Domain:
    kind = type(value)
    own = getattr(value, "domain", None)
    if isinstance(own, Domain):
        return own
    names = [f"{base.__module__}.{base.__qualname__}" for base in kind.__mro__]
    for name in names:
        for called, types in _DOMAINS.items():
            if name in types:
                found = _by_type[kind] = domain(called)
                return found
    raise DomainError(f"a value of type {kind.__qualname__} belongs to no number system")
