"""What a layer raises, which may be anything, as an error that says what the user can mend."""

from __future__ import annotations

from collections.abc import Sequence

from backpropcli.domains import Value, namespace
from backpropcli.errors import BackpropError, DataError, LayerError, ShapeError
from backpropcli.graph import Node


def user_error(node: Node, inputs: Sequence[Value] | None, error: Exception) -> BackpropError:
    """What a layer raised as an error that the user can mend; without the node's label.

    A built-in layer refuses parameters and shapes with a ValueError, as NumPy does. Anything else that it raises is a
    bug of ours, and is raised as it is. `inputs` is empty for the constructor, and None for backward, where parameters
    and shapes are fine. What goes wrong in a user's own layer is a LayerError already.
    """
    if isinstance(error, BackpropError):
        return error
    if isinstance(error, MemoryError):
        return DataError("the value does not fit into memory")
    if inputs is None or not isinstance(error, ValueError):
        error.add_note(f"in {node.label}")
        raise error
    if len(inputs) > 1:
        shapes = (f"{node.spec.input_name(i)} is {namespace(value).shape(value)}" for i, value in enumerate(inputs))
        return ShapeError(f"shapes do not fit: {', '.join(shapes)}")
    return LayerError(str(error))


def failure_of(node: Node, inputs: Sequence[Value] | None, error: Exception) -> BackpropError:
    """What went wrong in a layer, which may raise anything, as an error that names the node."""
    found = user_error(node, inputs, error)
    problems = (node.problem(f"{node.label}: {p.message}", place=p.place, hint=p.hint) for p in found.problems)
    return type(found)(*problems)
