"""The package onnx, which only models need, and what it says of files that are none (the extra `onnx`)."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from backpropcli.errors import BackpropError, DataError, Problem
from backpropcli.text.escape import visible

try:
    import onnx
    import onnx.checker
    import onnx.defs
    import onnx.inliner
    import onnx.numpy_helper
    import onnx.reference
    import onnx.shape_inference
except ImportError:
    raise DataError(Problem("models need the package onnx", hint="pip install 'backpropcli[onnx]'")) from None

__all__ = ["onnx", "refusing"]

_LONGEST_REASON = 200


@contextmanager
def refusing(what: str) -> Iterator[None]:
    """Whatever onnx makes of a broken model in this block, a DataError of one line that begins with `what`."""
    try:
        with warnings.catch_warnings(action="ignore"):  # of onnx and NumPy, about what is in the file
            yield
    except (BackpropError, MemoryError):
        raise
    except Exception as error:  # it lets out what C++, protobuf and NumPy raise
        lines = [visible(line.strip()) for line in str(error).splitlines()]
        reason = next((line for line in lines if line), type(error).__name__)
        if len(reason) > _LONGEST_REASON:
            reason = f"{reason[:_LONGEST_REASON]}..."
        raise DataError(f"{what}: {reason}") from error
