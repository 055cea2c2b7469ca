"""Code frames."""

from __future__ import annotations

import re

import pytest

from backpropcli.errors import Place, Problem
from backpropcli.render import Options
from backpropcli.render.frames import frame, frames

LINE = "  - {name: mul_tax_layer, type: mull, inputs: [all_price, tax], output: price}"
MULL = Problem(
    "unknown layer type 'mull'",
    Place("scenarios/fruits.yaml", 12, LINE.index("mull") + 1, 4, LINE),
    "did you mean 'mul'?",
)


def at(text: str, column: int, length: int = 1, line: int = 1) -> Problem:
    """A problem at a place of a line."""
    return Problem("m", Place("f", line, column, length, text))


def pointed_at(text: str) -> str:
    """The characters above the carets of a frame, one column each."""
    source, carets = text.splitlines()[-2:]
    return source[carets.index("^") : carets.rindex("^") + 1]


def test_the_frame() -> None:
    """Message, place, line, carets, hint."""
    assert frame(MULL, Options(width=100)) == (
        "error: unknown layer type 'mull'\n"
        "  --> scenarios/fruits.yaml:12:33\n"
        "   |\n"
        f"12 | {LINE}\n"
        "   |                                 ^^^^ did you mean 'mul'?\n"
    )


def test_a_warning_says_so() -> None:
    """In place of error."""
    assert frame(MULL, Options(), "warning").startswith("warning: unknown")


def test_a_hint_that_is_too_long_for_the_line_of_the_carets_has_its_own() -> None:
    """Within 80 columns, however wide the terminal is."""
    for hint, lines in (("h" * 67, [f"   |     ^^^ {'h' * 67}"]), ("h" * 69, ["   |     ^^^", f"  hint: {'h' * 69}"])):
        problem = at("abcdefg", 5, 3, line=12)._replace(hint=hint)
        assert frame(problem, Options(width=200)).splitlines()[4:] == lines


def test_without_a_place_the_hint_has_its_own_line() -> None:
    """And without a hint there is only the message."""
    assert frame(Problem("m", hint="h"), Options()) == "error: m\n  hint: h\n"
    assert frame(Problem("m"), Options()) == "error: m\n"


@pytest.mark.parametrize("line", [1, 99, 100000])
def test_the_gutter_is_as_wide_as_the_line_number(line: int) -> None:
    """All bars stand below each other, and the caret below its character."""
    lines = frame(at("abc", 2, line=line), Options()).splitlines()
    assert {text.index("|") for text in lines[2:]} == {len(str(line)) + 1}
    assert pointed_at("\n".join(lines)) == "b"


def test_an_empty_place_has_one_caret() -> None:
    """Also behind the end of the line."""
    assert frame(at("abc", 4, 0), Options()).splitlines()[-1] == "  |    ^"


def test_an_empty_line_is_not_shown() -> None:
    """Nor a line that is not to be quoted."""
    assert frame(at("", 5, 0), Options()).splitlines() == ["error: m", " --> f:1:5"]
    assert frame(at("", 5, 0)._replace(hint="h"), Options()).splitlines()[-1] == " hint: h"


def test_tabs_controls_and_wide_characters_keep_the_carets_below() -> None:
    """A tab is four columns, a Japanese character two, an escape as long as it looks, a combining mark none."""
    assert frame(at("\t漢x", 3), Options()).splitlines()[-2:] == ["1 |     漢x", "  |       ^"]
    assert frame(at("漢字x", 1, 2), Options()).splitlines()[-1] == "  | ^^^^"
    assert pointed_at(frame(at("\x1b[0mx", 1), Options())) == r"\x1b"
    assert frame(at("e\u0301x", 3), Options()).splitlines()[-1] == "  |  ^"


@pytest.mark.parametrize("width", [20, 40, 80])
@pytest.mark.parametrize("column", [1, 5, 30, 5000, 9970, 9990, 10000])
def test_a_long_line_is_cut_around_the_place(width: int, column: int) -> None:
    """To the terminal's width; the place itself is shown."""
    text = "".join(f"{i:05d}" for i in range(2000))
    framed = frame(at(text, column, 5), Options(width=width))
    assert max(map(len, framed.splitlines()[3:])) <= max(width, 24)
    assert pointed_at(framed) == text[column - 1 : column + 4]
    assert ("1 | …" in framed) == (column > 30 or (width < 80 and column == 30))


def test_a_long_place_is_cut_too() -> None:
    """The carets stay below what is left of it."""
    framed = frame(at("x" * 100 + "y" * 500, 101, 500), Options(width=60)).splitlines()
    assert max(map(len, framed)) <= 60
    assert set(pointed_at("\n".join(framed))) == {"y"}


def test_ascii_has_no_ellipsis() -> None:
    """Three dots stand for it."""
    assert frame(at("x" * 500, 250), Options(ascii=True)).isascii()


def test_text_from_files_is_never_obeyed() -> None:
    """Messages, sources, lines and hints."""
    bad = "\x1b[31m\n\u202e"
    framed = frame(Problem(bad, Place(bad, 1, 1, 1, bad), bad), Options())
    assert framed.count("\n") == 5
    assert "\x1b" not in framed
    assert "\u202e" not in framed


def test_colour_changes_no_text() -> None:
    """Without the codes it is the same frame."""
    coloured = frame(MULL, Options(color=True))
    assert coloured.startswith("\x1b[1;31merror:\x1b[m ")
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == frame(MULL, Options())


def test_at_most_twenty_problems_are_framed() -> None:
    """The rest is counted."""
    assert frames([Problem("m")] * 20, Options()) == "error: m\n" * 20
    assert frames([Problem("m")] * 23, Options()) == "error: m\n" * 20 + "... and 3 more\n"


def test_frames_are_separated_by_a_blank_line() -> None:
    """One-line problems are not."""
    assert frames([MULL, MULL], Options()) == frame(MULL, Options()) + "\n" + frame(MULL, Options())
