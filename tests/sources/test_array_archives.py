"""Arrays in one file, by name."""

from __future__ import annotations

from io import BytesIO

import numpy as np

from backpropcli.sources.array_archives import write_arrays


def test_arrays_of_any_name_are_read_back_with_their_types_and_bits():
    arrays = {"file": np.array([0.1, np.inf]), "x": np.arange(6, dtype=np.int64).reshape(2, 3).T, "n": np.float32(1.5)}
    stream = BytesIO()
    write_arrays(stream, arrays)
    stream.seek(0)
    with np.load(stream, allow_pickle=False) as found:
        assert set(found) == set(arrays)
        for name, array in arrays.items():
            assert found[name].dtype == array.dtype
            np.testing.assert_array_equal(found[name], array)
