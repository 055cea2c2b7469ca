"""YAML as such: what is read, what is refused, and where."""

from __future__ import annotations

import pytest
import yaml

from backpropcli.errors import ScenarioError
from backpropcli.scenario import document, tree
from backpropcli.scenario.document import Document, read_document
from backpropcli.scenario.tree import Mapping, Scalar, Sequence, parse_tree

STEP = "\nlayers: [y = 2 * x]\n"


@pytest.mark.parametrize(
    ("text", "line", "column", "pointed_at"),
    [
        ("é: {abc: 1}", 1, 5, "abc"),
        ("a: 1\r\n\r\nb: {'q r': 1}", 3, 5, "'q r'"),
        ("\ufeffa: {b: 1}", 1, 5, "b"),
        ("a: 1\x85b: {c: 1}", 2, 5, "c"),
        ("a: 1\u2028b: {c: 1}", 2, 5, "c"),
    ],
)
def test_places_count_characters_and_yaml_lines(text: str, line: int, column: int, pointed_at: str) -> None:
    found = read_document(text, "f")
    root, _ = parse_tree(found)
    assert isinstance(root, Mapping)
    inner = list(root.values.values())[-1]
    assert isinstance(inner, Mapping)
    place = found.place(inner.keys[0].start, inner.keys[0].end)
    assert (place.line, place.column, place.text[place.column - 1 :][: place.length]) == (line, column, pointed_at)


def test_a_place_past_the_end_is_the_end() -> None:
    assert Document("ab", "f").place(9, 12)[1:4] == (1, 3, 1)


def test_a_place_ends_with_its_line() -> None:
    assert Document("ab\ncd", "f").place(1, 5)[1:4] == (1, 2, 1)


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("", "the file is empty", 1, 1),
        ("# nothing\n", "the file is empty", 1, 1),
        ("a: b: c", "unexpected ':'", 1, 5),
        ("a:\n\tb: 1", "tabs cannot be used for indentation", 2, 1),
        ("a: @x", "a value cannot begin with @", 1, 4),
        ("a: `x", "a value cannot begin with `", 1, 4),
        ("a: 'x\n", "this quotation mark is never closed", 1, 4),
        ("a: [1, 2\nb: 3", "expected ',' or ']'", 2, 2),
        ("a: {b: 1\nc: 3]", "a mapping that begins with '{' is not closed here", 2, 2),
        ("- a\nb: 1", "expected '-'", 2, 1),
        (" a: 1\nb: 2", "unexpected text after the end of the scenario", 2, 1),
        ('a: "\\q"', "unknown escape sequence in double quotes", 1, 5),
        ("a: !x!y z", "tags are not supported", 1, 4),
        ("%YAML 3.0\n---\na: 1", "unsupported version of YAML", 1, 1),
        ("a: 1\nb: \x00", "the character U+0000 is not allowed in YAML", 2, 4),
        ("é: \x1b[31m", "the character U+001B is not allowed in YAML", 1, 4),
        ("a: 1\nb: \ud800", "the character U+D800 is not allowed in YAML", 2, 4),
        (b"a: 1\nb\xc3\xa9: \xff", "the byte 0xff is not valid UTF-8", 2, 5),
        (b"\xef\xbb\xbfa: \xff", "the byte 0xff is not valid UTF-8", 1, 4),
        ("a: 1".encode("utf-16"), "the file is UTF-16", 1, 1),
        ("a: 1\n---\nb: 1", "a second document", 2, 1),
        ("? [a]\n: 1", "a key must be a single word", 1, 3),
        ("a: &x [1]\n*x : 2", "a key must be a single word", 2, 1),
        ("a: *x", "unknown alias *x: no anchor &x comes before it", 1, 4),
        ("a: &x [1, *x]", "*x refers to a value that contains it", 1, 11),
        ("3", "a scenario must be a mapping, not '3'", 1, 1),
        ("[]", "a scenario must be a mapping, not a list", 1, 1),
        ("~", "a scenario must be a mapping, not nothing", 1, 1),
    ],
)
def test_what_cannot_be_read_is_told_in_plain_words(problems, text, message, line, column) -> None:
    assert [found[:3] for found in problems(text)] == [(message, line, column)]


@pytest.mark.parametrize(
    ("text", "tag", "column"),
    [
        ("inputs: {x: !!python/object/apply:os.system [ls]}", "!!python/object/apply:os.system", 13),
        ("inputs: {x: !!int 3}", "!!int", 13),
        ("inputs: {x: &a !t 3}", "!t", 16),
        ("inputs: !!map {x: 3}", "!!map", 9),
    ],
)
def test_tags_are_refused(problems, text, tag, column) -> None:
    assert ("tags are not supported", 1, column, tag) in [
        (m, line, c, t[: len(tag)]) for m, line, c, t in problems(text + STEP)
    ]


def test_a_duplicate_key_points_at_both(problems, hints) -> None:
    text = "inputs: {x: 1}\ninputs: {x: 2}" + STEP
    assert problems(text) == [("duplicate key 'inputs'", 2, 1, "inputs")]
    assert hints(text) == ["first used on line 1"]


def test_merge_keys_are_refused(problems) -> None:
    text = "inputs: {x: 1}\nlayers:\n  - &s {type: relu, inputs: [x], output: y}\n  - {<<: *s, type: relu, output: z}"
    assert problems(text) == [("merge keys (<<) are not supported", 4, 6, "<<")]


def test_an_alias_stands_for_its_anchor(parse) -> None:
    assert parse("inputs: {x: &row [1, 2], y: *row}\nlayers: [z = x * y]").inputs == {"x": ["1", "2"], "y": ["1", "2"]}


def test_an_anchor_can_be_defined_anew(parse) -> None:
    assert parse("inputs: {x: &a 1, y: *a, z: &a 2, u: *a}\nlayers: [v = x * u]").inputs["u"] == "2"


def test_an_alias_bomb_is_refused(problems) -> None:
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 40)]
    ((message, line, _, _),) = problems("\n".join(lines))
    assert (message, line) == ("the aliases expand to more than 100,000 values", 5)


def test_aliases_cannot_nest_an_array_without_limit(problems) -> None:
    """Each line adds twenty levels to the one before, which no single limit on the text would see."""
    lines = ["inputs:", f"  a0: &a0 {'[' * 20}1{']' * 20}"]
    lines += [f"  a{n}: &a{n} {'[' * 20}*a{n - 1}{']' * 20}" for n in range(1, 30)]
    assert "an array has at most 64 axes" in {found[0] for found in problems("\n".join(lines) + STEP)}


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_deep_nesting_is_refused(problems, opening) -> None:
    assert problems(opening * 100_000) == [("nested more than 64 deep", 1, 64 * len(opening) + 1, opening[0])]


def test_too_many_values_are_refused(problems, monkeypatch) -> None:
    monkeypatch.setattr(tree, "MAX_NODES", 100)
    assert problems(f"[{', '.join(['1'] * 200)}]")[0][0] == "more than 100 values"


def test_too_large_a_file_is_refused(monkeypatch) -> None:
    monkeypatch.setattr(document, "MAX_BYTES", 2**20)
    with pytest.raises(ScenarioError, match="larger than the limit of 1 MiB"):
        read_document(b" " * (2**20 + 1), "f")


def test_the_pure_python_loader_gives_the_same_tree(monkeypatch) -> None:
    text = "a: &x [1, 'two', {b: ~}]\nc: *x\nd: |\n  block\ne: plain\n  over lines\n"
    fast = _outline(parse_tree(Document(text, "f"))[0])
    monkeypatch.setattr(tree, "_Loader", yaml.SafeLoader)
    assert _outline(parse_tree(Document(text, "f"))[0]) == fast


def _outline(node: tree.Node) -> object:
    if isinstance(node, Scalar):
        return node.value, node.plain, node.start
    if isinstance(node, Sequence):
        return [_outline(item) for item in node.items]
    return {key: _outline(value) for key, value in node.values.items()}
