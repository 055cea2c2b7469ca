"""JSON Lines: the object of `json` for each result, on a line of its own."""

from __future__ import annotations

from collections.abc import Sequence

from backpropcli.render import Options
from backpropcli.render.json import document
from backpropcli.result import Result


def render(results: Sequence[Result], options: Options) -> str:
    """One line for each result."""
    import json

    return "".join(f"{json.dumps(document(result, options), allow_nan=False)}\n" for result in results)
