"""Which operations of ONNX there are as layers: a function for each type, from an `Operation` to layers.

A function returns what the first output is: a call of a layer, whose operands may be calls, or an operand as it is; or
a list, with one for each output. It raises UnknownOperationError, with the reason, for what no layer can do.
"""

from __future__ import annotations

from backpropcli.models.operation import Operation, UnknownOperationError, Value
from backpropcli.models.operations import elementwise, losses, matrices, reductions, selection, shapes, windows
from backpropcli.models.operations import normalization as norms

TRANSLATIONS = {
    **elementwise.TRANSLATIONS,
    **matrices.TRANSLATIONS,
    **shapes.TRANSLATIONS,
    **selection.TRANSLATIONS,
    **reductions.TRANSLATIONS,
    **norms.TRANSLATIONS,
    **windows.TRANSLATIONS,
    **losses.TRANSLATIONS,
}


def layers_of(operation: Operation) -> list[Value]:
    """What each output of an operation is; fewer than there are where the last cannot be imported."""
    translate = TRANSLATIONS.get(operation.kind)
    if translate is None:
        raise UnknownOperationError
    found = translate(operation)
    return found if isinstance(found, list) else [found]
