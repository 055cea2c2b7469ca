"""A scenario as a script in JAX: the model line by line as a function, and backward by its reverse mode."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from backpropcli.export import python_script
from backpropcli.export.calls import lines_of_calls
from backpropcli.export.jax_calls import CALLS
from backpropcli.export.jax_functions import FUNCTIONS
from backpropcli.export.layout import wrapped
from backpropcli.export.model import Export
from backpropcli.export.names import free_names, slot_names
from backpropcli.export.python_script import NUMPY_AGREE, agreements, nested, paragraphs

_HEAD = """import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)"""
_OWN = {"jax", "jnp", "np", "model", "backward", *FUNCTIONS}


def render(export: Export) -> str:
    """The script."""
    graph = export.bound.graph
    names = slot_names(graph, lambda name: name in _OWN or python_script.is_taken(name))
    lines = lines_of_calls(export, CALLS, names, "jnp.array({})")
    asked = [graph.slot(wanted.name) for wanted in export.gradients]
    values = set(names.values())
    nudged = [slot for slot in asked if not export.is_input(slot)]
    found = free_names([f"nudge_{names[slot]}" for slot in nudged], values.__contains__)
    nudges = dict(zip(nudged, found.values(), strict=True))
    arguments = [names[slot] if export.is_input(slot) else nudges[slot] for slot in asked]
    gradients = list(free_names([f"d_{names[slot]}" for slot in asked], {*values, *arguments}.__contains__).values())
    return paragraphs(
        [f"# {export.title}: the model in JAX, and its gradients by reverse mode.", _HEAD],
        _functions(lines.values()),
        (wrapped(f"{names[slot]} = jnp.array({nested(numbers)})") for slot, numbers in export.inputs.items()),
        _model(export, names, lines, nudges, arguments),
        _backward(export, names, asked, gradients),
        agreements(export, NUMPY_AGREE, names[graph.output_slot], gradients),
    )


def _functions(lines: Iterable[str]) -> list[str]:
    """The functions that lines call, and those that these call."""
    called = set(_calls(*lines))
    for name in reversed(FUNCTIONS):
        if name in called:
            called |= _calls(FUNCTIONS[name])
    return [text for name, text in FUNCTIONS.items() if name in called]


def _calls(*texts: str) -> set[str]:
    return {name for text in texts for name in re.findall(r"(?<![\w.])\w+(?=\()", text)}


def _model(
    export: Export,
    names: Mapping[int, str],
    lines: Mapping[int, str],
    nudges: Mapping[int, str],
    arguments: Sequence[str],
) -> Iterator[str]:
    """The function of what gradients are asked for; to a value in between a nudge is added, which is 0."""
    yield ""
    yield wrapped(f"def model({', '.join(arguments)}):")
    for slot, line in lines.items():
        nudge = f" + {nudges[slot]}" if slot in nudges else ""
        yield wrapped(f"    {names[slot]} = {line}{nudge}")
    yield f"    return {names[export.bound.graph.output_slot]}"
    yield ""


def _backward(
    export: Export, names: Mapping[int, str], asked: Sequence[int], gradients: Sequence[str]
) -> Iterator[str]:
    output = names[export.bound.graph.output_slot]
    if not asked:
        yield f"{output} = model()"
        return
    points = [names[slot] if export.is_input(slot) else f"jnp.zeros({export.shape(slot)})" for slot in asked]
    yield f"{output}, backward = " + wrapped(f"jax.vjp(model, {', '.join(points)})")
    found = gradients[0] + "," if len(gradients) == 1 else ", ".join(gradients)
    dout = f"jnp.ones_like({output})" if export.dout is None else f"jnp.array({nested(export.dout)})"
    yield wrapped(f"({found}) = backward({dout})")
