"""Parameters that choose one of a few words, such as whose convention a layer follows."""

from __future__ import annotations

from typing import Any, Literal, get_args

Convention = Literal["book", "torch"]


def check_choice(parameter: str, word: str, choices: Any) -> None:
    """Raise ValueError for a word that is none of the `choices`, a `Literal[...]`."""
    words = get_args(choices)
    if word not in words:
        raise ValueError(f"{parameter} must be {' or '.join(words)}, not {word!r}")
