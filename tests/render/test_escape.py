"""Text that a terminal must not obey."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backpropcli.render.escape import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain 漢字 é\u3000x", "plain 漢字 é\u3000x"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\tb\nc\rd", "a\\tb\\nc\\rd"),
        ("\x7f\x85\x9b", "\\x7f\\x85\\x9b"),
        ("\u202eevil\u2066", "\\u202eevil\\u2066"),
        ("\u2028", "\\u2028"),
        ("\ud800", "\\ud800"),
    ],
)
def test_escapes(text: str, shown: str) -> None:
    """Visible characters and spaces stay; what would act shows as an escape."""
    assert printable(text) == shown


@given(st.text(st.characters(codec=None)))
def test_nothing_that_acts_is_left(text: str) -> None:
    """No control, format, surrogate or separator character survives."""
    categories = {unicodedata.category(c) for c in printable(text)}
    assert categories.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})
