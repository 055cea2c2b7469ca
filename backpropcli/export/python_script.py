"""What the scripts in Python have in common."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator, Sequence
from keyword import kwlist, softkwlist
from typing import Any

from backpropcli.export.calls import literal
from backpropcli.export.layout import wrapped
from backpropcli.export.model import TOLERANCE, Export, Wanted

NUMPY_AGREE = '''def agree(name, found, wanted, summed=0.0):
    """Exit with 1 unless what was found is what backprop did."""
    found, wanted = np.asarray(found), np.asarray(wanted)
    size = np.max(np.abs(wanted), where=np.isfinite(wanted), initial=summed)
    if found.shape != wanted.shape or not np.allclose(found, wanted, 0, TOLERANCE * size, equal_nan=True):
        raise SystemExit(f"{name}: found {found.tolist()}, wanted {wanted.tolist()}")
'''
_TOLERANCE = f"TOLERANCE = {TOLERANCE}  # of the largest number in an array, or of the largest that it sums up"
_OWN = frozenset(("TOLERANCE", "agree", *kwlist, *softkwlist, *dir(builtins)))


def is_taken(name: str) -> bool:
    """Whether a script in Python has the name for something else."""
    return name in _OWN


def nested(numbers: Any) -> str:
    """Nested lists of floats."""
    return f"[{', '.join(map(nested, numbers))}]" if isinstance(numbers, list) else literal(numbers)


def agreements(export: Export, agree: str, value: str, gradients: Sequence[str]) -> Iterator[str]:
    """The end of a script, which holds what it found against what is wanted, and says what agrees.

    `agree` is the source of the function of that name; `value` and `gradients` are what stands for them.
    """
    yield "# What backprop found"
    yield _TOLERANCE
    yield from ("", "", agree, "")
    yield wrapped(f'agree("{export.value.name}", {value}, {_wanted(export.value)})')
    for wanted, gradient in zip(export.gradients, gradients, strict=True):
        yield wrapped(f'agree("gradient of {wanted.name}", {gradient}, {_wanted(wanted)})')
    yield f'print(f"{export.summary} agree within {{TOLERANCE}}")'


def _wanted(wanted: Wanted) -> str:
    summed = "" if wanted.summed is None else f", summed={wanted.summed:.1e}"
    return f"{nested(wanted.numbers)}{summed}"


def paragraphs(*parts: Iterable[str]) -> str:
    """Lines, with an empty one between parts."""
    return "\n".join("\n".join((*lines, "")) for lines in map(list, parts) if lines)
