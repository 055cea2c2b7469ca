"""Exports: a scenario as a program in another language that proves its numbers, and the table of these languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backpropcli.text.formats import Format, by_name, in_module

if TYPE_CHECKING:
    from backpropcli.export.model import Export

__all__ = ["TARGETS"]

TARGETS: dict[str, Format[[Export]]] = by_name(
    Format("torch", ".py", in_module(f"{__name__}.torch")),
    Format("jax", ".py", in_module(f"{__name__}.jax")),
    Format("numpy", ".py", in_module(f"{__name__}.numpy")),
    Format("c", ".c", in_module(f"{__name__}.c")),
    Format("js", ".js", in_module(f"{__name__}.javascript")),
)
