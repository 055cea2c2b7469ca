"""The names of a scenario as identifiers of another language."""

from __future__ import annotations

from collections.abc import Callable

from backpropcli.graph import Graph


def slot_names(graph: Graph, is_taken: Callable[[str], bool]) -> dict[int, str]:
    """A name for the value in each slot of an input or a node: its own, or one of its layer where it has none.

    A name that the language has for something else, or that another value has, gets an underscore.
    """
    own = {slot: name for name, slot in graph.slots.items() if name.isidentifier()}
    of_layers = {
        slot: f"{graph.nodes[slot - graph.first_node].spec.name}_{name.strip('()')}"
        for name, slot in graph.slots.items()
        if slot not in own
    }
    names: dict[int, str] = {}
    given: set[str] = set()
    for slot, wanted in (own | of_layers).items():
        name = wanted
        while name in given or is_taken(name):
            name += "_"
        names[slot] = name
        given.add(name)
    return names
