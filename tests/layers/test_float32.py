"""On arrays of float32 every elementwise layer, value and gradients, is within 4 ulp of float32."""

from __future__ import annotations

import numpy as np
import pytest
from elementwise import PRECISION, anywhere, points, ulps
from elementwise_cases import CASES
from mpmath import mp, mpf

from backpropcli.catalogue import layer_class

BOUND = 4
SINGLE = "float32"
OF_ANY_SIGN = {"div", "reciprocal", "atan2", "hypot", "xlogy"}


@pytest.mark.parametrize("case", CASES)
def test_value_and_gradients(case: str) -> None:
    """With an upstream gradient of 1 at the points of float64, rounded; then of any size at points of any size."""
    known = [(point, 1.0) for point in points(case)]
    tried = [(point, dout) for point, dout in rounded(known + anywhere(case)) if is_inside(case, point, dout)]
    inputs = np.array([point for point, _ in tried], SINGLE).T
    layer = layer_class(CASES[case].layer)(**CASES[case].parameters)
    with np.errstate(all="ignore"):
        value = layer.forward(*inputs)
        found = layer.backward(np.array([dout for _, dout in tried], SINGLE))
    numbers = [value, *(found if isinstance(found, tuple) else (found,))]
    assert {array.dtype for array in numbers} == {np.dtype(SINGLE)}
    for (point, dout), row in zip(tried, np.array(numbers).T, strict=True):
        with mp.workprec(PRECISION):
            truth, *slopes = CASES[case].truth(*map(mpf, point))
            wanted = [truth, *(None if slope is None else slope * mpf(dout) for slope in slopes)]
        errors = [ulps(float(x), true, SINGLE) for x, true in zip(row, wanted, strict=True) if true is not None]
        assert max(errors) <= BOUND, (point, dout, row, wanted)


def rounded(tried: list) -> list:
    """The points and upstream gradients as float32 has them."""
    with np.errstate(over="ignore"):
        return [(tuple(np.array(point, SINGLE).tolist()), float(np.float32(dout))) for point, dout in tried]


def is_inside(case: str, point: tuple, dout: float) -> bool:
    """Whether float32 has a number there, where the layer has a value and a slope."""
    layer, first = CASES[case].layer, point[0]
    if not np.isfinite((*point, dout)).all() or first in CASES[case].kinks:
        return False
    if layer in {"maximum", "minimum"}:
        return first != point[1]
    if layer in OF_ANY_SIGN:
        return 0 not in point
    if layer in {"pow", "log", "log2", "log10", "sqrt"}:
        return 0 not in point and first > 0
    if layer in {"exp", "expm1", "exp2", "sinh", "cosh"}:
        return dout != 0 or abs(first) < np.log(np.finfo(SINGLE).max)  # 0 times an infinite value is nan
    return layer != "log1p" or first > -1


@pytest.mark.parametrize("name", ["erf", "gelu", "celu", "sigmoid", "pow"])
def test_numbers_without_axes_stay_float32(name: str) -> None:
    """NumPy's scalars have a dtype, too; a Python number as upstream gradient changes none."""
    layer = layer_class(name)()
    inputs = [np.float32(0.5)] * (2 if name == "pow" else 1)
    found = [layer.forward(*inputs), layer.backward(1.0)]
    assert {np.asarray(x).dtype for x in found} == {np.dtype(SINGLE)}
