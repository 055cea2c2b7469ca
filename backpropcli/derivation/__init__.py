"""Gradients as formulas in the names of a scenario, and a module for their formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backpropcli.text.formats import Format, by_name, in_module

if TYPE_CHECKING:
    from backpropcli.derivation.model import Derivation

__all__ = ["DERIVATION_FORMATS"]

DERIVATION_FORMATS: dict[str, Format[[Derivation]]] = by_name(
    Format("text", ".txt", in_module(f"{__name__}.text")),
    Format("markdown", ".md", in_module(f"{__name__}.markdown")),
    Format("latex", ".tex", in_module(f"{__name__}.latex")),
    Format("json", ".json", in_module(f"{__name__}.json")),
)
