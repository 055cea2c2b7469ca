"""The names of a scenario as identifiers of another language."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from backpropcli.graph import Graph


def free_names(
    names: Iterable[str], is_taken: Callable[[str], bool], spelled: Callable[[str], str] = str
) -> dict[str, str]:
    """An identifier for each name; one that the language has for something else, or that another has, gets a `_`."""
    found: dict[str, str] = {}
    given: set[str] = set()
    for name in names:
        identifier = spelled(name)
        while identifier in given or is_taken(identifier):
            identifier += "_"
        found[name] = identifier
        given.add(identifier)
    return found


def slot_names(graph: Graph, is_taken: Callable[[str], bool]) -> dict[int, str]:
    """An identifier for the value in each slot of an input or a node; one without a name is called by its layer."""
    own = [name for name in graph.slots if name.isidentifier()]
    others = [name for name in graph.slots if not name.isidentifier()]

    def spelled(name: str) -> str:
        if name.isidentifier():
            return name
        return f"{graph.nodes[graph.slots[name] - graph.first_node].spec.name}_{name.strip('()')}"

    return {graph.slots[name]: given for name, given in free_names([*own, *others], is_taken, spelled).items()}
