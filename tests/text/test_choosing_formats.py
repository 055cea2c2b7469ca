"""A format is chosen by its name or by a file's extension."""

from __future__ import annotations

import pytest

from backpropcli.errors import UsageError
from backpropcli.render import FORMATS
from backpropcli.render.catalogue import CATALOGUE_FORMATS, LAYER_FORMATS
from backpropcli.render.checks import CHECK_FORMATS
from backpropcli.text.formats import Format, by_name, format_called, format_of_file

DRAWING = Format("drawing", ".png", lambda: b"\x89PNG", is_binary=True)
WORDS = Format("words", None, lambda: "words")
TABLE = by_name(DRAWING, WORDS)


@pytest.mark.parametrize("formats", [FORMATS, CHECK_FORMATS, CATALOGUE_FORMATS, LAYER_FORMATS])
def test_no_two_formats_of_a_command_have_one_extension(formats) -> None:
    suffixes = [each.suffix for each in formats.values() if each.suffix is not None]
    assert len(set(suffixes)) == len(suffixes)


def test_a_name_chooses() -> None:
    assert format_called("words", TABLE) is WORDS


@pytest.mark.parametrize(("name", "hint"), [("drawign", "did you mean 'drawing'?"), ("xyz", "one of drawing, words")])
def test_an_unknown_name_is_an_error_with_the_nearest_or_all(name, hint) -> None:
    with pytest.raises(UsageError, match=f"unknown format '{name}'") as caught:
        format_called(name, TABLE)
    assert caught.value.problems[0].hint == hint


@pytest.mark.parametrize("file", ["a.png", "a.b/c.PNG", "a.txt.png"])
def test_an_extension_chooses(file) -> None:
    assert format_of_file(file, TABLE) is DRAWING


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("a.foo", "cannot write 'a.foo': no format has the extension '.foo'"),
        ("a.FOO", "cannot write 'a.FOO': no format has the extension '.FOO'"),
        ("a.png/b", "cannot write 'a.png/b': it has no extension to choose a format by"),
        (".png", "cannot write '.png': it has no extension to choose a format by"),
        ("", "cannot write '': it has no extension to choose a format by"),
    ],
)
def test_an_extension_that_stands_for_no_format_is_an_error_with_all_that_do(file, message) -> None:
    with pytest.raises(UsageError) as caught:
        format_of_file(file, {**CHECK_FORMATS, "drawing": DRAWING})
    (problem,) = caught.value.problems
    assert problem.message == message
    assert problem.hint == "use one of .tsv, .csv, .json, .md, .xml, .png, or choose one with -f"
