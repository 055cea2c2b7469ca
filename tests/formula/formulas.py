"""Formulas, for their tests: their nodes, and what is wrong with them and where."""

from __future__ import annotations

import pytest

from backpropcli.errors import BackpropError, Place
from backpropcli.formula import compile_formula


def compiled(text):
    def locate(start, end):
        return Place("formula", 1, start + 1, end - start, text)

    return compile_formula(text, locate)


def wiring(text):
    return [(node.spec.name, tuple(node.inputs), node.output) for node in compiled(text)]


def problem(text):
    with pytest.raises(BackpropError) as caught:
        compiled(text)
    (found,) = caught.value.problems
    return found


def marked(text):
    place = problem(text).place
    return text[place.column - 1 : place.column - 1 + place.length]
