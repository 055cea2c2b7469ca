"""The contract of a layer besides its numbers: it leaves inputs and dout alone, and keeps its state to itself.

Reports call it the conduct of a layer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from enum import Enum
from functools import partial
from typing import Any, NamedTuple

from backpropcli.catalogue.adapter_faults import count_problem
from backpropcli.catalogue.randomness import generator_states, shared_state
from backpropcli.catalogue.updates import CHANGED_BY_UPDATE
from backpropcli.domains import Domain, Value
from backpropcli.errors import BackpropError
from backpropcli.gradcheck.closeness import close, identical
from backpropcli.gradcheck.coarseness import rounds_its_input
from backpropcli.gradcheck.isolated_layer import IsolatedLayer

LARGER = 1024  # a power of two, by which products scale without rounding
LINEAR = 1e-5  # of float32, too
SMALLEST = 1e-20
FORGETTING = ("zero_grad", "zero_grads", "zero_gradients", "flush_gradients", "clear_gradients", "reset", "reset_state")
"""Methods of an object that collects what its forwards did, until it is told to forget."""


class Breach(Enum):
    """What a layer must not do."""

    CHANGES_INPUT = "forward changes an input"
    CHANGES_DOUT = "backward changes dout"
    CHANGES_OUT = "backward changes what forward returned"
    NOT_LINEAR = "a larger dout does not give gradients as much larger"
    NARROWS = "gradients have fewer digits than the inputs"
    NOT_REPEATABLE = "the same again gives something else"
    OVERWRITES = "backward computes in what forward kept"
    DRAWS_ANEW = "backward draws random numbers"
    SHARES_STATE = "one object changes another"
    UPDATES_FIRST = "backward updates weights before it uses them"
    LEARNS = "backward updates weights"
    SERVES_ONCE = "the same object fails when it is used again"
    WRONG_COUNT = "the number of gradients"


FORGIVEN = {Breach.OVERWRITES, Breach.SERVES_ONCE, Breach.LEARNS}
"""What does no harm where an object runs forward once, and backward once."""


class Violation(NamedTuple):
    """A breach, a sentence on how it shows, and the method that commits it."""

    breach: Breach
    sentence: str
    method: str = "backward"


_DRAWS_ANEW = Violation(Breach.DRAWS_ANEW, "backward draws new random numbers; it must keep to those that forward drew")

_OVERWRITES = Violation(
    Breach.OVERWRITES, "backward computes in the arrays that forward kept: a second backward gives something else"
)


def is_random(isolated: IsolatedLayer, value: Value) -> bool:
    """Whether a user's forward gives another value than `value`, though nothing that objects share has changed."""
    if isolated.node.spec.origin is None or close(isolated.value(), value, isolated.domain):
        return False
    layer = isolated.fresh()
    before = shared_state(layer)
    isolated.forward(layer, isolated.copies())
    return shared_state(layer) == before


def violations(isolated: IsolatedLayer, dout: Value) -> Iterator[Violation]:
    """Every violation of the contract by a layer. Raises BackpropError if the layer fails."""
    layer, inputs = isolated.fresh(), isolated.copies()
    out, value = isolated.returned(layer, inputs)
    yield from _changed(isolated, inputs)
    if not close(isolated.value(), value, isolated.domain):
        yield Violation(
            Breach.NOT_REPEATABLE, "forward gives a different value the second time, for the same inputs", "forward"
        )
    given = isolated.domain.convert(dout)
    inputs_before = isolated.copies(inputs)
    is_own = isolated.node.spec.origin is not None
    generators = generator_states(layer) if is_own else []
    kept = dict(vars(layer))
    gradients = isolated.backward(layer, given)
    has_drawn = is_own and generator_states(layer) != generators
    yield from _changed_by_backward(isolated, (dout, given), (inputs_before, inputs), (value, out), gradients)
    if miscount := count_problem(isolated.node.spec, isolated.inputs, gradients):
        yield Violation(Breach.WRONG_COUNT, "; ".join(filter(None, (miscount.message, miscount.hint))))
        return
    if is_own and _learns(isolated, dout, value):
        yield Violation(Breach.LEARNS, "backward updates the weights, so that a second one finds others")
        return
    if of_second := _of_a_second_backward(isolated, layer, dout, gradients, kept, has_drawn=has_drawn):
        yield of_second
        if has_drawn:
            return  # what follows would only show that again
    if is_own:  # the catalogue's own are held to it by their tests
        yield from _of_numbers(isolated, layer, dout, value, gradients)
    for shared in _shared_state(isolated, dout, value, gradients):
        yield _DRAWS_ANEW if has_drawn else shared


def _changed_by_backward(
    isolated: IsolatedLayer,
    douts: tuple[Value, Value],
    inputs: tuple[Sequence[Value], Sequence[Value]],
    outs: tuple[Value, Value],
    gradients: Sequence[Value | None],
) -> Iterator[Violation]:
    """What backward changed of dout, the inputs and forward's value, each as it was before and as it is after it."""
    if not identical(*douts, isolated.domain) and not _takes_numbers(isolated, douts[0], gradients):
        yield Violation(Breach.CHANGES_DOUT, "backward changes dout in place, which another layer may still need")
    if not all(identical(before, after, isolated.domain) for before, after in zip(*inputs, strict=True)):
        yield Violation(Breach.CHANGES_INPUT, "backward changes an input of forward in place")
    if not identical(*outs, isolated.domain):
        sentence = "backward changes the array that forward returned in place, which the next layer may still need"
        yield Violation(Breach.CHANGES_OUT, sentence)


def _of_numbers(
    isolated: IsolatedLayer, layer: Any, dout: Value, value: Value, gradients: Sequence[Value | None]
) -> Iterator[Violation]:
    """What shows in the gradients whatever they should be."""
    if getattr(layer, CHANGED_BY_UPDATE, False):
        sentence = "backward updates the weights before it computes the gradient of the input with them"
        yield Violation(Breach.UPDATES_FIRST, sentence)
    yield from _narrowed(isolated, value, gradients)
    yield from _disproportionate(isolated, dout, gradients)


def _of_a_second_backward(
    isolated: IsolatedLayer,
    layer: Any,
    dout: Value,
    gradients: Sequence[Value | None],
    kept: Mapping[str, Any],
    *,
    has_drawn: bool,
) -> Violation | None:
    """Why a second backward gives something else, by what stood on the object before the first and is left there."""
    try:
        again = isolated.backward(layer, isolated.domain.convert(dout))
    except BackpropError as error:
        return _serves_once("a second backward fails", error)
    if _alike(again, gradients, isolated.domain):
        return None
    if has_drawn:
        return _DRAWS_ANEW
    if kept and all(vars(layer).get(name) is value for name, value in kept.items()):
        return _OVERWRITES
    return Violation(Breach.NOT_REPEATABLE, "backward gives a different gradient the second time, for the same dout")


def _learns(isolated: IsolatedLayer, dout: Value, value: Value) -> bool:
    """Whether forward gives another value after a backward, though not after a forward."""
    numbers = isolated.domain
    idle, taught = isolated.fresh(), isolated.fresh()
    try:
        isolated.forward(idle, isolated.copies())
        isolated.forward(taught, isolated.copies())
        isolated.backward(taught, numbers.convert(dout))
        values = [isolated.forward(layer, isolated.copies()) for layer in (idle, taught)]
    except BackpropError:
        return False
    return close(values[0], value, numbers) and not close(values[1], value, numbers)


def _takes_numbers(isolated: IsolatedLayer, dout: Value, gradients: Sequence[Value | None]) -> bool:
    """Whether a dout of one number is changed only because it came as an array: `dout *= 2` leaves a number alone."""
    numbers = isolated.domain
    if numbers.is_scalar or numbers.shape(dout) != ():
        return False
    layer = isolated.fresh()
    isolated.forward(layer, isolated.copies())
    try:
        return _alike(isolated.backward(layer, numbers.rounded(dout)), gradients, numbers)
    except BackpropError:
        return False


def _narrowed(isolated: IsolatedLayer, value: Value, gradients: Sequence[Value | None]) -> Iterator[Violation]:
    """Whether backward alone computes in float32: forward's value of float64 has 16 digits, the gradient 7.

    A forward that computes with its input in float32 has no more digits, either.
    """
    kind_of = isolated.domain.type_name
    if {kind_of(x) for x in (value, *isolated.inputs)} != {"float64"}:
        return
    for number, gradient in enumerate(gradients):
        if gradient is not None and kind_of(gradient) == "float32":
            if rounds_its_input(partial(isolated.value_moved, number), isolated.inputs[number], isolated.domain):
                continue
            name = isolated.node.spec.input_name(number)
            sentence = f"backward gives float32 for {name}, which is float64: nine of its sixteen digits are lost"
            yield Violation(Breach.NARROWS, sentence)


def _disproportionate(isolated: IsolatedLayer, dout: Value, gradients: Sequence[Value | None]) -> Iterator[Violation]:
    """Whether gradients are not proportional to dout, as of a backward that clips; one that ignores dout is no such."""
    numbers = isolated.domain
    if not all(_is_ordinary(x, numbers) for x in (dout, *gradients) if x is not None):
        return
    for factor in (LARGER, -1 / LARGER):
        found = isolated.gradients(factor * dout)
        for number, (scaled, gradient) in enumerate(zip(found, gradients, strict=False)):
            if scaled is None or gradient is None or identical(scaled, gradient, numbers):
                continue
            if not close(scaled, factor * gradient, numbers, LINEAR):
                name = isolated.node.spec.input_name(number)
                times = (
                    f"{LARGER} times larger" if factor == LARGER else f"{LARGER} times smaller, and of the other sign"
                )
                sentence = f"the gradient of {name} is not proportional to dout: dout is {times}, the gradient is not"
                yield Violation(Breach.NOT_LINEAR, sentence)
                return


def _is_ordinary(x: Value, numbers: Domain) -> bool:
    """Whether a value can be made larger and smaller without leaving the range of floats."""
    if numbers.size(x) == 0 or not numbers.is_finite(x):
        return False
    largest = numbers.rounded(numbers.amax(abs(x)))
    return largest == 0 or SMALLEST < largest < 1 / SMALLEST


def _changed(isolated: IsolatedLayer, inputs: Sequence[Value]) -> Iterator[Violation]:
    for number, (now, before) in enumerate(zip(inputs, isolated.inputs, strict=True)):
        if not identical(now, before, isolated.domain):
            name = isolated.node.spec.input_name(number)
            yield Violation(Breach.CHANGES_INPUT, f"forward changes its input {name} in place", "forward")


def _shared_state(
    isolated: IsolatedLayer, dout: Value, value: Value, gradients: Sequence[Value | None]
) -> Iterator[Violation]:
    """Whether a second object disturbs the first between forward and backward, or one use of an object the next."""
    numbers = isolated.domain
    layer = isolated.fresh()
    isolated.forward(layer, isolated.copies())
    _use(isolated, isolated.fresh(), dout)
    if not _alike(isolated.backward(layer, numbers.convert(dout)), gradients, numbers):
        sentence = "state is left over from another node: it is kept on the class or the module, not on self"
        yield Violation(Breach.SHARES_STATE, sentence)
        return
    used = isolated.fresh()
    _use(isolated, used, dout)
    _let_forget(used)
    try:
        again = isolated.forward(used, isolated.copies())
        gradients_again = isolated.backward(used, numbers.convert(dout))
    except BackpropError as error:
        yield _serves_once("an object that has been used before fails", error)
        return
    if not close(again, value, numbers) or not _alike(gradients_again, gradients, numbers):
        yield Violation(Breach.SHARES_STATE, "state is left over from an earlier forward of the same object")


def _serves_once(what: str, error: BackpropError) -> Violation:
    kind, _, _ = error.problems[0].message.partition(":")
    return Violation(Breach.SERVES_ONCE, f"{what} ({kind})")


def _let_forget(layer: object) -> None:
    for name in FORGETTING:
        with suppress(Exception):  # a user's method may raise anything, and then has forgotten nothing
            getattr(layer, name, lambda: None)()


def _use(isolated: IsolatedLayer, layer: object, dout: Value) -> None:
    """Forward and backward of a layer object on other inputs than its own, the first that it takes."""
    varying = isolated.varying()
    changes: tuple[Callable[[Value], Value], ...] = (lambda x: -x / 2, lambda x: x / 2)  # not only the sign: x**2
    for change in changes:
        others = [change(x) if number in varying else x for number, x in enumerate(isolated.inputs)]
        try:
            isolated.forward(layer, isolated.copies(others))
            isolated.backward(layer, isolated.domain.convert(-dout))
        except BackpropError:
            continue
        return


def _alike(found: Sequence[Value | None], wanted: Sequence[Value | None], numbers: Domain) -> bool:
    return len(found) == len(wanted) and all(
        (a is None) == (b is None) and (a is None or close(a, b, numbers)) for a, b in zip(found, wanted, strict=True)
    )
