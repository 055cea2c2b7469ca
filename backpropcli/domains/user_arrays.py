"""Arrays on their way to NumPy code that knows nothing of domains, and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from backpropcli.domains.base import Value
from backpropcli.errors import DataError

Array = Any

_FLOATS = {np.dtype("float32"), np.dtype("float64")}


def handed_over(x: Value) -> Array:
    """A value as an array that can be written to: itself if it is one, so that what is written there is not hidden.

    A number becomes an array without axes, as the scalars of NumPy have no items to assign; only a `float` becomes one.
    """
    if type(x) is float:
        return np.float64(x)
    found = np.asarray(x)
    return found if found.flags.writeable else found.copy()


def taken_back(found: object) -> Array:
    """What such code returned, as an array of floats: itself if it is one. Raises DataError for anything else."""
    if not isinstance(found, np.ndarray | np.generic | int | float):
        raise DataError(f"a value of type {type(found).__qualname__} is not an array")
    array = np.asarray(found)
    if array.dtype.kind not in "biuf":
        raise DataError(f"an array of {array.dtype} is not an array of numbers")
    return array if array.dtype in _FLOATS else array.astype("float64")
