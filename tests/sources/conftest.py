"""A file with given bytes, loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from backpropcli.binding import read_literal
from backpropcli.domains import domain
from backpropcli.sources.literals import ArrayFile


@pytest.fixture
def load(tmp_path: Path) -> Any:
    """What loads a file with the given bytes."""

    def load(content: bytes, name: str = "x.npy", part: str | None = None) -> Any:
        path = tmp_path / name
        path.write_bytes(content)
        return read_literal(ArrayFile(str(path), part), domain("arrays"))

    return load
