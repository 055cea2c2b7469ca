"""A student's file: the answers of a scenario whose graph stands elsewhere, in the key."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from backpropcli.collector import collector_paused
from backpropcli.errors import did_you_mean
from backpropcli.graph import canonical_name
from backpropcli.scenario.document import read_content
from backpropcli.scenario.expectation import read_expectation
from backpropcli.scenario.inputs import read_inputs
from backpropcli.scenario.model import Expectation
from backpropcli.scenario.reader import KEYS
from backpropcli.scenario.report import describe, read_root
from backpropcli.scenario.tree import Node, Scalar
from backpropcli.scenario.values import read_value
from backpropcli.sources.literals import Literal


class AnswerSheet(NamedTuple):
    """What a student's file says: answers, and the inputs and the dout that they are for, as far as it has them.

    `unknown` holds in sentences the names of answers that the key does not know.
    """

    source: str
    expect: Expectation
    inputs: dict[str, Literal]
    dout: Literal | None = None
    unknown: tuple[str, ...] = ()


def load_answer_sheet(path: Path, known: Collection[str]) -> AnswerSheet:
    """The answers in a file, to values of these names. Raises ScenarioError with everything that is wrong with it."""
    return parse_answer_sheet(read_content(path), str(path), path.parent, known)


def parse_answer_sheet(text: bytes | str, source: str, directory: Path, known: Collection[str]) -> AnswerSheet:
    """The answers that `text` is; messages call it `source`, and its array files are looked for in `directory`.

    It may be a whole scenario, whose layers are not looked at, or `expect:` alone.
    """
    with collector_paused():
        root, report = read_root(text, source, "a file of answers", "with the key expect:")
        report.check_keys(root, KEYS, "a file of answers")
        names = _Names(known)
        expect = read_expectation(root.values.get("expect"), report, names.read)
        inputs = {
            name: value
            for what in ("input", "constant")
            for name, value in read_inputs(root.values.get(f"{what}s"), report, directory, what).items()
        }
        dout = read_value(root.values["dout"], "dout", report, directory) if "dout" in root.values else None
        if report.problems:
            raise report.error()
        return AnswerSheet(source, expect, inputs, dout, tuple(names.unknown))


class _Names:
    """The names that the key knows, and those that it does not."""

    def __init__(self, known: Collection[str]) -> None:
        self.known = known
        self.unknown: list[str] = []

    def read(self, node: Node) -> str | None:
        """The name that a node is, if the key knows it."""
        name = canonical_name(node.value) if isinstance(node, Scalar) else describe(node)
        if name in self.known:
            return name
        hint = did_you_mean(name, self.known)
        self.unknown.append(f"the key has no value named '{name}'" + (f"; {hint}" if hint else ""))
        return None
