"""What is wrong with a file, gathered so that it can be reported all at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from backpropcli.errors import Problem, ScenarioError, did_you_mean
from backpropcli.graph import MAX_PROBLEMS
from backpropcli.scenario.document import Document, read_document
from backpropcli.scenario.scalars import is_boolean, is_null, is_number
from backpropcli.scenario.tree import Mapping, Node, Scalar, Sequence, parse_tree

_ASSIGNMENT = r"(\w+)\s*=\s*(\S+)"
_LONGEST_HINT = 40


class Report:
    """The problems found in a document so far."""

    def __init__(self, document: Document, problems: Iterable[Problem] = ()) -> None:
        self.document = document
        self.problems = list(problems)

    def add(self, node: Node, message: str, hint: str | None = None) -> None:
        """Note a problem at a node."""
        self.extend([Problem(message, self.document.place(node.start, node.end), hint)])

    def extend(self, problems: Iterable[Problem]) -> None:
        """Note problems that have their places. Raises ScenarioError when there are too many."""
        self.problems += problems
        if len(self.problems) >= MAX_PROBLEMS:
            del self.problems[MAX_PROBLEMS:]
            self.problems.append(Problem(f"stopped after {MAX_PROBLEMS} problems"))
            raise self.error()

    def error(self) -> ScenarioError:
        """The error with all the problems, in the order of the text."""
        return ScenarioError(*sorted(self.problems, key=_position))

    def check_keys(self, mapping: Mapping, known: Iterable[str], where: str) -> None:
        """Note every key of a mapping that is not a known one."""
        for key in mapping.keys:
            if key.value not in known:
                self.unknown_key(key, known, where)

    def unknown_key(self, key: Scalar, known: Iterable[str], where: str) -> None:
        """Note a key that is not a known one."""
        if key.value == "<<":
            self.add(key, "merge keys (<<) are not supported", "write the keys out")
        else:
            self.add(key, f"unknown key '{key.value}' in {where}", did_you_mean(key.value, known))

    def mapping(self, node: Node | None, what: str) -> Mapping:
        """The node if it is a mapping; else an empty one, and a note if there is a node at all."""
        if isinstance(node, Mapping):
            return node
        if node is not None:
            self.add(node, f"{what} must be a mapping, not {describe(node)}", _as_mapping(node))
        return Mapping(0)

    def names(self, mapping: Mapping) -> Iterator[Scalar]:
        """The keys of a mapping from names to numbers, but what a decimal comma split off, which is noted."""
        before: Node | None = None
        for key in mapping.keys:
            value = mapping.values[key.value]
            if is_number(key) and is_null(value):
                hint = f"write {before.value}.{key.value}" if before is not None and is_number(before) else None
                self.add(key, "a comma ends an entry of {...}", hint)
            else:
                yield key
            before = value

    def sequence(self, node: Node | None, what: str) -> Sequence | None:
        """The node if it is a list; else None, and a note if there is a node at all."""
        if node is None or isinstance(node, Sequence):
            return node
        self.add(node, f"{what} must be a list, not {describe(node)}", _as_list(node))
        return None


def read_root(text: bytes | str, source: str, what: str, hint: str) -> tuple[Mapping, Report]:
    """The mapping that a whole file is, and its problems so far. Raises ScenarioError if it is something else."""
    document = read_document(text, source)
    root, problems = parse_tree(document)
    report = Report(document, problems)
    if not isinstance(root, Mapping):
        report.add(root, f"{what} must be a mapping, not {describe(root)}", hint)
        raise report.error()
    return root, report


def describe(node: Node) -> str:
    """A node as messages describe it."""
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    if is_null(node):
        return "nothing"
    return node.value if is_boolean(node) else f"'{_shortened(node.value)}'"


def _as_mapping(node: Node) -> str | None:
    """How to write as a mapping what has been written as an assignment, or as a list."""
    if isinstance(node, Sequence) and node.items:
        hint = _as_mapping(node.items[0])
        return "leave out the dashes" if isinstance(node.items[0], Mapping) else hint and f"{hint}, without a dash"
    if isinstance(node, Scalar) and (assignment := re.match(_ASSIGNMENT, node.value)):
        return f"write {assignment[1]}: {assignment[2]}"
    return None


def _as_list(node: Node) -> str | None:
    """How to write as a list what has been written as its only entry, or as a mapping of steps."""
    if isinstance(node, Scalar) and not is_null(node):
        is_short = len(node.value) <= _LONGEST_HINT and not set(node.value) & set(",[]{}")
        return f"write [{node.value}]" if is_short else "begin each entry with a dash"
    if isinstance(node, Mapping) and node.keys and isinstance(step := node.values[node.keys[0].value], Scalar):
        return f"write - {node.keys[0].value} = {step.value}" if len(step.value) <= _LONGEST_HINT else None
    return None


def _shortened(text: str) -> str:
    longest = 60
    return text if len(text) <= longest else f"{text[:longest]}..."


def _position(problem: Problem) -> tuple[int, int]:
    return (problem.place.line, problem.place.column) if problem.place else (2**63, 0)
