"""Text that a terminal must not obey."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backpropcli.text.escape import (
    escape_latex,
    escape_markdown,
    escape_workflow_data,
    escape_workflow_property,
    printable,
)


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


def test_markdown_is_escaped() -> None:
    """Underscores inside a word are none."""
    assert escape_markdown("<b> _x_ apple_num __init__ `c` [a](b) #1 *") == (
        r"\<b\> \_x\_ apple_num \_\_init\_\_ \`c\` \[a\](b) \#1 \*"
    )


def test_latex_is_escaped() -> None:
    """Every character that LaTeX would obey."""
    assert escape_latex(r"a\b{c}$&#%_^~") == (r"a\textbackslash{}b\{c\}\$\&\#\%\_\textasciicircum{}\textasciitilde{}")


def test_a_row_never_begins_with_what_a_line_break_reads() -> None:
    r"""`\\ [` and `\\ *` take an argument and a star."""
    assert escape_latex("[x]*") == "{[}x{]}{*}"


def test_the_data_of_a_workflow_command_ends_with_its_line() -> None:
    """Of GitHub's runner: line breaks have codes, and so has the sign of a code; all else that acts is shown."""
    assert escape_workflow_data("100%\r\n::error::x, y:\x1b") == "100%25%0D%0A::error::x, y:\\x1b"


def test_a_property_of_a_workflow_command_ends_before_the_next() -> None:
    """So commas and colons have codes, too."""
    assert escape_workflow_property("a,b:c%\n") == "a%2Cb%3Ac%25%0A"


@pytest.mark.parametrize(
    "text", ["::error::no", "a ::set-output name=x::y", "x##[error]no", "##vso[task.setvariable variable=x]y"]
)
def test_no_command_to_a_ci_service_is_left_in_a_text(text):
    assert "::" not in printable(text)
    assert "##" not in printable(text)


@pytest.mark.parametrize("text", ["x[::2]", "x[:, ::-1]", "std::vector", "## heading", "#[1]"])
def test_what_is_no_such_command_stays_as_it_is(text):
    assert printable(text) == text
