"""What a spec reads off a class: sections that a kind has for all its layers."""

from __future__ import annotations

from backpropcli.catalogue.spec import LayerSpec
from backpropcli.layers.base import Elementwise, Layer
from backpropcli.layers.relu import Relu


class Own(Elementwise):
    """One of a user's.

    Source:  here
    Math:    out = x
    """


class Wider(Elementwise):
    """One with a line of its own.

    Shapes:  as it says itself
    """


def test_a_layer_has_the_sections_of_its_kind_at_their_places() -> None:
    assert list(LayerSpec("own", Own).sections.items()) == [
        ("Math", "out = x"),
        ("Shapes", "x, out, dout, dx: (...)"),
        ("Source", "here"),
    ]


def test_what_a_layer_says_itself_goes_before_what_its_kind_says() -> None:
    assert LayerSpec("wider", Wider).sections == {"Shapes": "as it says itself"}


def test_the_sections_of_another_layer_are_not_inherited() -> None:
    """They are about what that one computes; its kind is the derived one's, too."""
    assert LayerSpec("silent", type("Silent", (Relu,), {})).sections == {"Shapes": "x, out, dout, dx: (...)"}


def test_the_contract_is_no_section() -> None:
    assert LayerSpec("bare", type("Bare", (Layer,), {})).sections == {}
