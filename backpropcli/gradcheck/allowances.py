"""What a user's layer is measured by: exactly, and then as people write losses on purpose, which is forgiven."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from backpropcli.catalogue.weights import with_mean_updates
from backpropcli.domains import Value
from backpropcli.errors import BackpropError
from backpropcli.gradcheck.isolated_layer import IsolatedLayer
from backpropcli.gradcheck.layer_gradients import TOLERANCE, Standards
from backpropcli.gradcheck.user_layer import with_inputs

LOOSE = 3e-5  # as much as a constant of 1e-7 does within the logarithm of a probability
CONSTANT_LEFT_OUT = (
    "right to 4 digits, not to 6: as where forward adds a small constant, such as 1e-7 within a logarithm, "
    "and backward leaves it out"
)
DOUT_LEFT_OUT = "right only for an upstream gradient of 1: backward does not use dout, as is usual for the final loss"
OF_THE_MEAN = "right as the gradient of the mean of what forward returns: backward takes no dout"


MEAN_UPDATES = "right as updates by the mean over the examples: backward divides what it subtracts by their number"


class Allowance(NamedTuple):
    """What is forgiven a user's layer, with a note: a looser tolerance, a dout of ones, updates by a mean."""

    note: str | None
    standards: Standards
    dout: Value | None
    isolated: IsolatedLayer


def allowances_of(isolated: IsolatedLayer, standards: Standards, dout: Value | None) -> Iterator[Allowance]:
    """How a layer may be right, for the dout that was given or a generic one; the strictest comes first."""
    takes_dout = dout is not None or isolated.has_dout
    value = _value(isolated)
    if takes_dout or value is None:  # for the check to tell what fails
        yield Allowance(None, standards, dout, isolated)
    if value is None or isolated.node.spec.origin is None or (takes_dout and standards.tolerance != TOLERANCE):
        return
    for number in _numbers_of_examples(isolated):
        by_mean = with_mean_updates(isolated.node.spec, number)
        yield Allowance(MEAN_UPDATES, standards, dout, with_inputs(isolated, by_mean, isolated.inputs))
    loose = replace(standards, tolerance=max(LOOSE, standards.tolerance))
    if takes_dout:
        yield Allowance(CONSTANT_LEFT_OUT, loose, dout, isolated)
    if dout is None and may_do_without_dout(isolated):
        ones = isolated.domain.ones_like(value)
        if isolated.domain.shape(ones):
            yield Allowance(OF_THE_MEAN, loose, ones / isolated.domain.size(ones), isolated)
        yield Allowance(DOUT_LEFT_OUT, loose, ones, isolated)


def may_do_without_dout(isolated: IsolatedLayer) -> bool:
    """Whether it is a loss whose backward takes no dout, or may be called without one if forward returns a number."""
    value = _value(isolated)
    is_number = value is not None and isolated.domain.shape(value) == ()
    arguments = list(inspect.signature(isolated.node.spec.cls.backward).parameters.values())[1:2]
    has_default = any(argument.default is not argument.empty for argument in arguments)
    return (is_number and has_default) or not isolated.has_dout


def _numbers_of_examples(isolated: IsolatedLayer) -> list[int]:
    """How many examples there may be, as rows or as columns, where backward updates weights."""
    shape = isolated.domain.shape(isolated.inputs[0])
    lengths = [length for length in dict.fromkeys((*shape[:1], *shape[-1:])) if length > 1]
    return lengths if getattr(isolated.node.spec.graded_cls, "by_update", ()) else []


def _value(isolated: IsolatedLayer) -> Value | None:
    """The layer's value; None where its forward fails."""
    try:
        with isolated.domain.quiet():
            return isolated.value()
    except BackpropError:
        return None
