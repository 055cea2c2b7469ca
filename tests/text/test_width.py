"""How wide a terminal shows a text."""

from __future__ import annotations

import pytest

from backpropcli.text.width import text_width


@pytest.mark.parametrize(
    ("text", "width"),
    [("", 0), ("apple_num", 9), ("größe", 5), ("漢字", 4), ("ｱﾊﾟ", 3), ("Ａ", 2), ("na\u0308", 2), ("a漢e\u0301", 4)],
)
def test_wide_characters_take_two_columns_and_combining_marks_none(text: str, width: int) -> None:
    """As in Unicode's tables of East Asian widths and of combining marks."""
    assert text_width(text) == width
