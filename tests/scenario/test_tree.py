"""YAML as such: what is read, what is refused, and where."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from yaml.scanner import ScannerError

from backpropcli.errors import ScenarioError
from backpropcli.scenario import document, tree
from backpropcli.scenario.document import Document, read_document
from backpropcli.scenario.syntax import syntax_problem
from backpropcli.scenario.tree import Mapping, Scalar, Sequence, parse_tree

STEP = "\nlayers: [y = 2 * x]\n"
KEY = "k" * 1025


@pytest.fixture(params=["in C", "in Python"])
def loader(request, monkeypatch) -> None:
    """PyYAML's parser in C, where there is one, and the one in Python, which takes its place elsewhere."""
    if request.param == "in Python":
        monkeypatch.setattr(tree, "_Loader", yaml.SafeLoader)


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


@pytest.mark.usefixtures("loader")
def test_an_alias_bomb_is_refused(problems) -> None:
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 40)]
    ((message, line, _, _),) = problems("\n".join(lines))
    assert (message, line) == ("the aliases expand to more than 100,000 values", 5)


@pytest.mark.usefixtures("loader")
def test_aliases_cannot_nest_an_array_without_limit(problems) -> None:
    """Each line adds twenty levels to the one before, which no single limit on the text would see."""
    lines = ["inputs:", f"  a0: &a0 {'[' * 20}1{']' * 20}"]
    lines += [f"  a{n}: &a{n} {'[' * 20}*a{n - 1}{']' * 20}" for n in range(1, 30)]
    assert "an array has at most 64 axes" in {found[0] for found in problems("\n".join(lines) + STEP)}


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("[" * 100_000, 1, 65),
        ("{a: " * 100_000, 1, 257),
        ("[{a: " * 100_000, 1, 161),
        ("[\n" * 100_000, 65, 1),
        ("&x [" * 100_000, 1, 257),
        ("- " * 100_000, 1, 129),
        ("".join(f"{' ' * depth}a:\n" for depth in range(2000)), 65, 65),
        ("".join(f"{' ' * 4 * depth}- a:\n" for depth in range(600)), 33, 129),
        ("- " * 40 + "[" * 100_000, 1, 105),
        ("a:\n  b:\n    " + "[{c: " * 100_000, 3, 160),
    ],
    ids=lambda value: repr(value[:12]) if isinstance(value, str) else "",
)
def test_deep_nesting_is_refused(problems, text, line, column) -> None:
    """Where our limit is passed, though PyYAML may have one as well: 1,000 in libyaml 0.2.6."""
    assert [found[:3] for found in problems(text)] == [("nested more than 64 deep", line, column)]


class ImpatientLoader(yaml.SafeLoader):
    """A parser with a limit of its own, which it meets while it looks for the end of the first bracket."""

    def fetch_flow_collection_start(self, token_class: Any) -> None:
        if self.flow_level == 70:
            mark = self.get_mark()
            raise ScannerError("while counting brackets", mark, "that is enough of them", mark)
        super().fetch_flow_collection_start(token_class)


def test_our_limit_on_nesting_comes_before_any_that_a_parser_has(problems, monkeypatch) -> None:
    monkeypatch.setattr(tree, "_Loader", ImpatientLoader)
    assert problems("[" * 100) == [("nested more than 64 deep", 1, 65, "[")]


@pytest.mark.usefixtures("loader")
def test_what_stands_before_a_syntax_error_is_told_first(problems) -> None:
    """Though the parser, looking for the end of what might be a key, meets the error before."""
    assert problems("a: {[b, @c]: 1}") == [("a key must be a single word", 1, 5, "[")]


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        (f"{KEY}: 1", 1, 1026),
        (f"a: 1\n{KEY}: 1", 2, 1026),
        (f'"{KEY}": 1', 1, 1028),
        (f"{{a: 1, {KEY} : 1}}", 1, 1034),
        (f"['{KEY}': 1]", 1, 1029),
    ],
    ids=lambda value: value.replace(KEY, "k") if isinstance(value, str) else "",
)
def test_a_key_that_is_too_long_for_yaml_is_told_as_such(problems, text, line, column) -> None:
    assert problems(text) == [("the key before this ':' is too long", line, column, ":")]


def test_the_longest_key_is_read(parse) -> None:
    assert list(parse(f"inputs: {{{KEY[1:]}: 2}}\nlayers: [square]").inputs) == [KEY[1:]]


def test_a_limit_that_the_process_sets_for_pyyaml_is_told_as_one() -> None:
    """With PyYAML 6.0.4 it may be lower than ours."""
    mark = yaml.Mark("f", 3, 0, 3, None, None)
    error = ScannerError("while increasing flow level", mark, "exceeded maximum nesting depth", mark)
    assert syntax_problem(error, Document("[[[[", "f")).message == "nested deeper than this process lets PyYAML read"


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize("value", ["1", "[]", "{}"])
def test_too_many_values_are_refused(problems, monkeypatch, value) -> None:
    monkeypatch.setattr(tree, "MAX_NODES", 100)
    assert problems(f"[{', '.join([value] * 200)}]")[0][0] == "more than 100 values"


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
