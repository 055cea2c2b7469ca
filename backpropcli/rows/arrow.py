"""The package pyarrow, which only tables need, and what it says of types."""

from __future__ import annotations

from typing import Any

from backpropcli.errors import OutputError, Problem

try:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.csv
    import pyarrow.dataset
    import pyarrow.feather
    import pyarrow.json
    import pyarrow.parquet
except ImportError:
    raise OutputError(Problem("tables need the package pyarrow", hint="pip install 'backpropcli[rows]'")) from None

__all__ = ["is_text", "pa", "pc"]


def is_text(kind: Any) -> bool:
    """Whether a type is that of texts."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
