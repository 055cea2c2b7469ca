"""What holds for every format."""

from __future__ import annotations

import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from backpropcli.render import FORMATS, Options
from backpropcli.result import Result

HERE = Path(__file__).parent


def output_of(program: str) -> str:
    """What a Python program prints that can import this package and `render_results`."""
    path = os.pathsep.join([str(HERE.parent.parent), str(HERE)])
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, encoding="utf-8", check=True
    ).stdout


@pytest.mark.parametrize("steps", [False, True])
@pytest.mark.parametrize("name", FORMATS)
def test_text_ends_with_one_newline(name: str, steps: bool, results: list[Result]) -> None:
    """One result or several, of any domain."""
    for chosen in ([result] for result in results):
        text = FORMATS[name].render(chosen, Options(steps=steps))
        assert text.endswith("\n")
        assert not text.endswith("\n\n")
    assert FORMATS[name].render(results, Options(steps=steps)).endswith("\n")


@pytest.mark.parametrize("width", [10, 80])
@pytest.mark.parametrize("name", FORMATS)
def test_no_control_character_of_a_file_is_left(name: str, width: int, hostile: Result) -> None:
    """Escapes, DEL, C1 and bidi controls, tabs and newlines of names and titles are shown, not obeyed."""
    text = FORMATS[name].render([hostile, hostile], Options(steps=True, width=width))
    if name == "tsv":
        text = text.replace("\t", "")
    categories = {unicodedata.category(c) for c in text.replace("\n", "")}
    assert categories.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})


@pytest.mark.parametrize("name", FORMATS)
def test_steps_are_built_only_when_asked_for(name: str, fruits: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of a million layers shows its answers at once."""
    monkeypatch.setattr(Result, "steps", property(lambda _: pytest.fail("steps were built")))
    FORMATS[name].render([fruits], Options())


def test_only_the_table_imports_rich_and_none_imports_numpy() -> None:
    """Start-up is a feature; so are frames without colour."""
    program = """
import sys
from render_results import fruits_in
from backpropcli.errors import Place, Problem
from backpropcli.render import FORMATS, Options
from backpropcli.render.frames import frame
before = set(sys.modules)
for name in FORMATS:
    if name != "table":
        FORMATS[name].render([fruits_in("floats")], Options(steps=True))
frame(Problem("m", Place("f", 1, 1, 1, "x")), Options())
frame(Problem("m", Place("f", 1, 1, 1, "x")), Options(color=True))
print(sorted({name.partition(".")[0] for name in set(sys.modules) - before} & {"rich", "numpy", "yaml", "typer"}))
"""
    assert output_of(program) == "[]\n"


def test_plain_needs_no_json_no_csv_and_no_decimal() -> None:
    """The fastest answer imports only what it uses."""
    program = """
import sys
from backpropcli.domains import domain
from backpropcli.binding import BoundGraph
from backpropcli.executor import execute
from backpropcli.graph import Graph, Node
from backpropcli.render import FORMATS, Options
from backpropcli.result import Result
run = execute(BoundGraph(Graph(["x"], [Node("mul", ["x", "x"], "y")]), domain("floats"), [3.0]))
assert FORMATS["plain"].render([Result(run, {"x": run.gradient(0)})], Options()) == "9\\n6\\n"
print(sorted({"json", "csv", "decimal", "fractions", "difflib", "textwrap", "numpy", "rich"} & set(sys.modules)))
"""
    assert output_of(program) == "[]\n"
