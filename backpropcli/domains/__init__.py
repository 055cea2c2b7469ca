"""Number systems. A layer asks `namespace(*values)` for the functions of the system that its values belong to.

A domain is a module that offers the functions of `Domain`. Adding one: the module, and a line in `_MODULES` for each
type of its values.
"""

from __future__ import annotations

from importlib import import_module
from typing import cast

from backpropcli.domains.base import Domain, Value
from backpropcli.errors import DomainError

__all__ = ["Domain", "Value", "domain", "namespace", "unbroadcast"]

# By the type's qualified name, so that no domain is imported before one of its values exists.
_MODULES = {
    "builtins.bool": "floats",
    "builtins.int": "floats",
    "builtins.float": "floats",
    "fractions.Fraction": "exact",
    "numpy.ndarray": "arrays",
    "numpy.generic": "arrays",
    "mpmath.ctx_mp_python.mpf": "reals",
}
_domains: dict[type, Domain] = {}


def domain(name: str) -> Domain:
    """The domain called `name`: floats, exact, reals or arrays."""
    return cast("Domain", import_module(f"backpropcli.domains.{name}"))


def namespace(*values: Value) -> Domain:
    """The functions for these values; Python numbers go along with the values of any other domain.

    >>> namespace(2.0, 3).name
    'floats'
    """
    chosen: Domain | None = None
    for value in values:
        kind = type(value)
        found = _domains.get(kind) or _domain_of_type(kind)
        if chosen is None or chosen.name == "floats":
            chosen = found
        elif found is not chosen and found.name != "floats":
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


def _domain_of_type(kind: type) -> Domain:
    for base in kind.__mro__:
        module = _MODULES.get(f"{base.__module__}.{base.__qualname__}")
        if module is not None:
            found = _domains[kind] = domain(module)
            return found
    raise DomainError(f"a value of type {kind.__qualname__} belongs to no number system")
