"""Programs: what traced values recorded, as let-bound operations, and one printer for each language."""

from __future__ import annotations

from backpropcli.program.program import Program, Result, program_of

__all__ = ["Program", "Result", "program_of"]
