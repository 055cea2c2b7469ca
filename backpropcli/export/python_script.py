"""What the scripts in Python have in common."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from keyword import kwlist, softkwlist
from typing import Any

from backpropcli.export.calls import literal
from backpropcli.export.model import TOLERANCE, Export, Wanted

TOLERANCE_LINE = f"TOLERANCE = {TOLERANCE}  # of the largest number in an array, or of the largest that it sums up"
NUMPY_AGREE = '''
def agree(name, found, wanted, summed=0.0):
    """Exit with 1 unless what was found is what backprop did."""
    found, wanted = np.asarray(found), np.asarray(wanted)
    size = np.max(np.abs(wanted), where=np.isfinite(wanted), initial=summed)
    if found.shape != wanted.shape or not np.allclose(found, wanted, 0, TOLERANCE * size, equal_nan=True):
        sys.exit(f"{name}: found {found.tolist()}, wanted {wanted.tolist()}")
'''
_OWN = frozenset(("TOLERANCE", "agree", "sys", *kwlist, *softkwlist, *dir(builtins)))


def is_taken(name: str) -> bool:
    """Whether a script in Python has the name for something else."""
    return name in _OWN


def nested(numbers: Any) -> str:
    """Nested lists of floats."""
    return f"[{', '.join(map(nested, numbers))}]" if isinstance(numbers, list) else literal(numbers)


def agreement(what: str, found: str, wanted: Wanted) -> str:
    """The line that holds a number or an array against what is wanted."""
    summed = "" if wanted.summed is None else f", summed={wanted.summed:.1e}"
    return f'agree("{what}", {found}, {nested(wanted.numbers)}{summed})'


def last_line(export: Export) -> str:
    """The line that says what agrees, which is reached if all does."""
    return f'print(f"{export.summary} agree within {{TOLERANCE}}")'


def paragraphs(*parts: Iterator[str] | list[str]) -> str:
    """Lines, with an empty one between parts."""
    return "\n".join("\n".join((*part, "")) for part in map(list, parts) if part)
