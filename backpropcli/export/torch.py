"""A scenario as a script in PyTorch: the model line by line, and backward by autograd."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from backpropcli.export import python_script
from backpropcli.export.calls import lines_of_calls
from backpropcli.export.layout import wrapped
from backpropcli.export.model import Export
from backpropcli.export.names import slot_names
from backpropcli.export.python_script import agreements, nested, paragraphs
from backpropcli.export.torch_calls import CALLS

_FUNCTIONS = "import torch.nn.functional as F"
_DTYPE = "torch.set_default_dtype(torch.float64)"
_AGREE = '''def agree(name, found, wanted, summed=0.0):
    """Exit with 1 unless what PyTorch found is what backprop did."""
    wanted = torch.tensor(wanted)
    size = max([summed, *wanted[wanted.isfinite()].abs().flatten().tolist()])
    if found.shape != wanted.shape or not torch.allclose(found, wanted, 0, TOLERANCE * size, equal_nan=True):
        raise SystemExit(f"{name}: found {found.tolist()}, wanted {wanted.tolist()}")
'''


def render(export: Export) -> str:
    """The script."""
    graph = export.bound.graph
    names = slot_names(graph, lambda name: name in {"torch", "F"} or python_script.is_taken(name))
    asked = [graph.slot(wanted.name) for wanted in export.gradients]
    gradients = [f"{names[slot]}.grad" for slot in asked]
    model = list(_model(export, names, frozenset(asked)))
    imports = ["import torch", *([_FUNCTIONS] if any("F." in line for line in model) else [])]
    return paragraphs(
        [f"# {export.title}: the model in PyTorch, and its gradients by autograd.", *imports, "", _DTYPE],
        (wrapped(_input(names[slot], numbers, slot in asked)) for slot, numbers in export.inputs.items()),
        model,
        _backward(export, names),
        agreements(export, _AGREE, names[graph.output_slot], gradients),
    )


def _input(name: str, numbers: object, is_asked: bool) -> str:
    return f"{name} = torch.tensor({nested(numbers)}{', requires_grad=True' if is_asked else ''})"


def _model(export: Export, names: Mapping[int, str], asked: Collection[int]) -> Iterator[str]:
    """The lines of the nodes; a gradient in between is kept if it is asked for."""
    tracked = set(filter(export.is_input, asked))
    lines = lines_of_calls(export, CALLS, names, "torch.tensor({})")
    for slot, _, sources in export.nodes:
        yield wrapped(f"{names[slot]} = {lines[slot]}")
        is_tracked = not tracked.isdisjoint(sources)
        if slot in asked:
            yield f"{names[slot]}.{'retain_grad' if is_tracked else 'requires_grad_'}()"
        if is_tracked or slot in asked:
            tracked.add(slot)


def _backward(export: Export, names: Mapping[int, str]) -> list[str]:
    if not export.gradients:
        return []
    output = names[export.bound.graph.output_slot]
    if export.dout is not None:
        return [wrapped(f"{output}.backward(torch.tensor({nested(export.dout)}))")]
    return [f"{output}.backward({f'torch.ones_like({output})' if export.value.shape else ''})"]
