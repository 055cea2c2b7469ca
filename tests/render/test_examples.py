"""The list of the shipped scenarios."""

from __future__ import annotations

from backpropcli.render import Options
from backpropcli.render.examples import EXAMPLE_FORMATS, Example


def test_titles_are_broken_at_blanks_in_a_narrow_terminal() -> None:
    examples = [Example("fruits", "Buy apples and oranges"), Example("xor", "XOR"), Example("untitled", "")]
    assert EXAMPLE_FORMATS["table"].render(examples, Options(width=24)) == (
        "fruits    Buy apples and\n          oranges\nxor       XOR\nuntitled\n"
    )
