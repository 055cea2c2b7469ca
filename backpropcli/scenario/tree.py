"""The positioned tree of a YAML text: scalars, sequences and mappings that know their places.

It is built from the parser's events in one loop. PyYAML's own composer recurses (deep nesting crashes the process
inside libyaml), reads by YAML 1.1 (`no` is false, `1e-3` is text), runs tags, and takes several times as long.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, NamedTuple, NoReturn

import yaml
from yaml import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from backpropcli.errors import Problem, ScenarioError
from backpropcli.scenario.document import Document
from backpropcli.sources.literals import without_blanks

MAX_DEPTH = 64
MAX_NODES = 10_000_000
MAX_ALIASED_NODES = 100_000

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Scalar:
    """One word or text; `plain` if it is not in quotes."""

    __slots__ = ("end", "plain", "start", "value")

    def __init__(self, value: str, start: int, end: int, plain: bool) -> None:
        self.value = value
        self.start = start
        self.end = end
        self.plain = plain


class Sequence:
    """A list of nodes."""

    __slots__ = ("end", "items", "start")

    def __init__(self, start: int) -> None:
        self.start = start
        self.end = start
        self.items: list[Node] = []


class Mapping:
    """Nodes by key, and the keys' own nodes in the order of the text."""

    __slots__ = ("end", "keys", "start", "values")

    def __init__(self, start: int) -> None:
        self.start = start
        self.end = start
        self.keys: list[Scalar] = []
        self.values: dict[str, Node] = {}

    def key(self, name: str) -> Scalar:
        """The node of an existing key."""
        return next(key for key in self.keys if key.value == name)


Node = Scalar | Sequence | Mapping


class _Anchored(NamedTuple):
    """A node that aliases refer to, and how many nodes it has; no node while it is still open."""

    node: Node | None
    size: int


def parse_tree(document: Document) -> tuple[Node, list[Problem]]:
    """The root of a document, and what is wrong with it as YAML though it can be read.

    Raises ScenarioError for what cannot be read: broken syntax, no document or several, a limit passed.
    """
    try:
        root, problems = _read(document, document.text)
    except (yaml.YAMLError, UnicodeEncodeError) as error:  # the second for half a surrogate pair
        failure = error.with_traceback(None)  # which would keep the unfinished tree
    else:
        if root is None:
            raise ScenarioError(Problem("the file is empty", document.place(0, 0), "it needs inputs: and layers:"))
        return root, problems
    _check_before(failure, document)
    from backpropcli.scenario.syntax import syntax_problem  # costs a file that can be read nothing

    raise ScenarioError(syntax_problem(failure, document))


def _read(document: Document, text: str) -> tuple[Node | None, list[Problem]]:
    """The root of a text, with which the document begins, and its problems."""
    loader = _Loader(text)
    try:
        return _Builder(document).build(loader.get_event)
    finally:
        loader.dispose()


def _check_before(failure: Exception, document: Document) -> None:
    """Raise ScenarioError for a problem of ours that stands before the parser's.

    The parser holds back whatever might still turn out to be a key, an opening bracket too, until it has looked 1,024
    characters ahead for the ':'. An error that it meets there, such as a limit of its own on nesting, keeps us from
    seeing what stands before the error; so that part of the text is read again, by itself.
    """
    mark = getattr(failure, "problem_mark", None)
    if mark is not None:
        with suppress(yaml.YAMLError):
            _read(document, document.text[: mark.index])


class _Builder:
    """A tree in the making.

    `children` are the nodes of the innermost open collection; of a mapping, keys and values in turn.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []
        self.anchors: dict[str, _Anchored] = {}
        self.aliased = 0
        self.root: list[Node] = []
        self.children: list[Any] = self.root
        self.open_collections: list[tuple[Sequence | Mapping, list[Any], str | None, int]] = []

    def build(self, next_event: Any) -> tuple[Node | None, list[Problem]]:
        """The root, if there is one, and the problems; a scenario may have a million events, most of them scalars."""
        for count, event in enumerate(iter(next_event, None)):
            kind = type(event)
            if kind is not ScalarEvent:
                self._structure(event, count)
                continue
            value = event.value
            if not event.style and "/" in value:
                value = without_blanks(value)
            scalar = Scalar(value, event.start_mark.index, event.end_mark.index, not event.style)
            self.children.append(scalar)
            if event.tag is not None:
                self._refuse_tag(event)
            if event.anchor is not None:
                self.anchors[event.anchor] = _Anchored(scalar, 1)
            if count > MAX_NODES:
                self._fail_for_size(event)
        return self.root[0] if self.root else None, self.problems

    def _structure(self, event: Any, count: int) -> None:
        """What an event that is no scalar does to the tree; `count` events came before it."""
        kind = type(event)
        if kind is MappingStartEvent or kind is SequenceStartEvent:
            if count > MAX_NODES:
                self._fail_for_size(event)
            self._check_start(event)
            collection = (Mapping if kind is MappingStartEvent else Sequence)(event.start_mark.index)
            self.children.append(collection)
            self.open_collections.append((collection, self.children, event.anchor, count + self.aliased))
            self.children = []
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            collection, outer, anchor, count_before = self.open_collections.pop()
            collection.end = event.end_mark.index
            self._close(collection, self.children)
            if anchor is not None:
                self.anchors[anchor] = _Anchored(collection, count + self.aliased - count_before)
            self.children = outer
        elif kind is AliasEvent:
            node = self._aliased_node(event)
            if not isinstance(node, Scalar):
                self._check_key(event)
            self.children.append(node)
        elif kind is DocumentStartEvent and self.root:
            self._fail("a second document", event, "a scenario file contains only one")

    def _check_start(self, event: Any) -> None:
        if len(self.open_collections) >= MAX_DEPTH:
            self._fail(f"nested more than {MAX_DEPTH} deep", event)
        self._check_key(event)
        if event.tag is not None:
            self._refuse_tag(event)
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchored(None, 0)

    def _fail_for_size(self, event: Any) -> NoReturn:
        self._fail(f"more than {MAX_NODES:,} values", event, "put large arrays into files of their own")

    def _check_key(self, event: Any) -> None:
        in_mapping = self.open_collections and type(self.open_collections[-1][0]) is Mapping
        if in_mapping and len(self.children) % 2 == 0:
            self._fail("a key must be a single word", event)

    def _close(self, collection: Sequence | Mapping, children: list[Any]) -> None:
        if isinstance(collection, Sequence):
            collection.items = children
            return
        collection.keys = keys = children[::2]
        collection.values = values = dict(zip([key.value for key in keys], children[1::2], strict=True))
        if len(values) < len(keys):
            self._refuse_duplicates(keys)

    def _refuse_duplicates(self, keys: list[Scalar]) -> None:
        first: dict[str, Scalar] = {}
        for key in keys:
            if first.setdefault(key.value, key) is not key:
                line = self.document.place(first[key.value].start, 0).line
                self._add(f"duplicate key '{key.value}'", key.start, key.end, f"first used on line {line}")

    def _aliased_node(self, event: Any) -> Node:
        found = self.anchors.get(event.anchor)
        if found is None:
            self._fail(f"unknown alias *{event.anchor}: no anchor &{event.anchor} comes before it", event)
        if found.node is None:
            self._fail(f"*{event.anchor} refers to a value that contains it", event)
        self.aliased += found.size
        if self.aliased > MAX_ALIASED_NODES:
            self._fail(f"the aliases expand to more than {MAX_ALIASED_NODES:,} values", event)
        return found.node

    def _refuse_tag(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        written = self.document.text[start : max(end, start + 1)]
        # The event of a scalar spans its tag, anchor and value; that of a collection ends after its first bracket.
        tag = next((word for word in written.split() if word.startswith("!")), written)
        start += max(written.find(tag), 0)
        self._add("tags are not supported", start, start + len(tag), "remove the tag")

    def _add(self, message: str, start: int, end: int, hint: str) -> None:
        self.problems.append(Problem(message, self.document.place(start, end), hint))

    def _fail(self, message: str, event: Any, hint: str | None = None) -> NoReturn:
        place = self.document.place(event.start_mark.index, event.end_mark.index)
        raise ScenarioError(Problem(message, place, hint))
