"""Arrays by name in one file, NumPy's .npz, the same bytes for the same arrays."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from typing import IO, Any

import numpy as np


def write_arrays(stream: IO[bytes], arrays: Mapping[str, Any]) -> None:
    """Write arrays to a stream. NumPy's own savez takes no array that is named `file`, and notes the time."""
    with zipfile.ZipFile(stream, "w") as archive:
        for name, array in arrays.items():
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.asarray(array), allow_pickle=False)
