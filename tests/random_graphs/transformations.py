"""The same graph, written in another way: what has the same value and the same gradients."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from random import Random

from random_graph import RandomGraph, Source, Step

from backpropcli.sources.literals import Constant

_OPERATORS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**", "matmul": "@"}


def renamed(example: RandomGraph) -> RandomGraph:
    """Every value by another name, in another order of the alphabet."""
    names = [*example.inputs, *(step.output for step in example.steps)]
    new: dict[Source, str] = {name: f"value_{len(names) - number}" for number, name in enumerate(names)}
    return RandomGraph(
        {new[name]: numbers for name, numbers in example.inputs.items()},
        [s._replace(sources=_replaced(s.sources, new), output=new[s.output]) for s in example.steps],
        new[example.output],
        example.dout,
    )


def reordered(example: RandomGraph, rng: Random) -> RandomGraph:
    """The steps, and the inputs, in another order in which every value is still made before it is used."""
    inputs = list(example.inputs)
    rng.shuffle(inputs)
    made, waiting, steps = set(inputs), list(example.steps), []
    while waiting:
        ready = [step for step in waiting if made.issuperset(names_in(step))]
        step = rng.choice(ready)
        waiting.remove(step)
        steps.append(step)
        made.add(step.output)
    return RandomGraph({name: example.inputs[name] for name in inputs}, steps, example.output, example.dout)


def with_neutral_step(example: RandomGraph, name: str, layer: str, number: str) -> RandomGraph:
    """A value plus 0, or times 1, in the place of the value."""
    same = f"{name}_again"
    neutral = Step(layer, (name, Constant(number)), same, {})
    place = next((place for place, step in enumerate(example.steps, 1) if step.output == name), 0)
    later = [step._replace(sources=_replaced(step.sources, {name: same})) for step in example.steps[place:]]
    output = same if example.output == name else example.output
    return RandomGraph(example.inputs, [*example.steps[:place], neutral, *later], output, example.dout)


def with_split_inputs(example: RandomGraph) -> tuple[RandomGraph, dict[str, list[str]]]:
    """An input of its own, with the same numbers, for every use of an input; these, in the order of backward."""
    uses: dict[str, list[str]] = {name: [] for name in example.inputs}
    steps = []
    for step in reversed(example.steps):
        sources = list(step.sources)
        for place, source in enumerate(step.sources):
            if isinstance(source, str) and source in uses:
                sources[place] = f"{source}_{len(uses[source])}"
                uses[source].append(f"{source}_{len(uses[source])}")
        steps.append(step._replace(sources=tuple(sources)))
    inputs = {use: numbers for name, numbers in example.inputs.items() for use in uses[name] or [name]}
    return RandomGraph(inputs, steps[::-1], example.output, example.dout), uses


def inlined(example: RandomGraph) -> tuple[list[str], list[Step]]:
    """Assignments in which values that are used once stand inside of a formula; the steps as these take them."""
    used = [name for step in example.steps for name in names_in(step)]
    inner = {s.output: s for s in example.steps if used.count(s.output) == 1 and s.output != example.output}
    outer = [step for step in example.steps if step.output not in inner]
    texts = [f"{step.output} = {formula_of(step, inner)}" for step in outer]
    return texts, [s for step in outer for s in _inner_first(step, inner)]


def size_of_formula(example: RandomGraph) -> int:
    """How many layers a single formula for the output has."""
    sizes = dict.fromkeys(example.inputs, 0)
    for step in example.steps:
        sizes[step.output] = 1 + sum(sizes[name] for name in names_in(step))
    return sizes[example.output]


def formula_of(step: Step, inner: Mapping[str, Step]) -> str:
    """A step as a formula, in which the steps of `inner` stand for their values."""
    operands = [_operand(source, inner) for source in step.sources]
    if step.layer in _OPERATORS:
        return f" {_OPERATORS[step.layer]} ".join(operands)
    if step.layer == "neg":
        return f"-{operands[0]}"
    return f"{step.layer}({', '.join([*operands, *(f'{k}={v!r}' for k, v in step.parameters.items())])})"


def _operand(source: Source, inner: Mapping[str, Step]) -> str:
    if isinstance(source, Constant):
        return f"({source.text})"
    return f"({formula_of(inner[source], inner)})" if source in inner else source


def _inner_first(step: Step, inner: Mapping[str, Step]) -> list[Step]:
    return [*(s for name in names_in(step) if name in inner for s in _inner_first(inner[name], inner)), step]


def has_same_order(steps: Iterable[Step], others: Iterable[Step]) -> bool:
    """Whether every value is used by the same steps in the same order, so that contributions add up alike."""
    return _users(steps) == _users(others)


def _users(steps: Iterable[Step]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for step in steps:
        for name in names_in(step):
            found.setdefault(name, []).append(step.output)
    return found


def names_in(step: Step) -> list[str]:
    """The values that a step uses."""
    return [source for source in step.sources if isinstance(source, str)]


def _replaced(sources: Sequence[Source], new: Mapping[Source, str]) -> tuple[Source, ...]:
    return tuple(new.get(source, source) for source in sources)
