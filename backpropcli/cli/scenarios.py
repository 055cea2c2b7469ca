"""Scenarios as commands are given them: files, `-` for stdin, or a formula with the values of its inputs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from backpropcli import api
from backpropcli.cli.report import from_source
from backpropcli.cli.suffixes import SCENARIO_SUFFIXES
from backpropcli.cli.values import read_assignments, read_stdin
from backpropcli.errors import BackpropError, Problem, ScenarioError, UsageError
from backpropcli.scenario import Scenario, load_scenario, parse_scenario

if TYPE_CHECKING:
    from backpropcli.cli.varying import Varied


def read_scenario(word: str) -> Scenario:
    """The scenario in a file, or for - on stdin. Raises ScenarioError with everything that is wrong with it."""
    return parse_scenario(read_stdin(), "<stdin>", Path()) if word == "-" else load_scenario(Path(word))


def read_scenarios(words: Sequence[str], formula: str | None, set_: Sequence[str] = ()) -> list[Scenario]:
    """Every scenario that words stand for, or the one of a formula, whose values they are; inputs are `set_` anew.

    Raises ScenarioError with the problems of all.
    """
    if formula is not None:
        return [api.formula_scenario(formula, read_assignments([*words, *set_]))]
    inputs = read_assignments(set_)
    found: list[Scenario] = []
    wrong: list[Problem] = []
    for word in words:
        if (problem := misplaced(word)) is not None:
            wrong.append(problem)
            continue
        try:
            found.append(api.with_inputs(read_scenario(word), inputs))
        except BackpropError as error:
            wrong += error.problems if len(words) == 1 else from_source(word, error.problems)
    if wrong:
        raise ScenarioError(*wrong)
    return found


def parted(words: list[str], formula: str | None) -> tuple[list[str], list[str]]:
    """The words that stand for a scenario, or for the values of a formula's inputs, and the names behind them."""
    if formula is None:
        return words[:1], words[1:]
    are_values = [("=" in word or word.endswith(SCENARIO_SUFFIXES), word) for word in words]  # to be refused as a value
    return [word for is_value, word in are_values if is_value], [word for is_value, word in are_values if not is_value]


def read_varied_scenario(words: Sequence[str], formula: str | None, set_: Sequence[str], varied: Varied) -> Scenario:
    """The one scenario that words stand for, or the one of a formula, which needs no value for what varies.

    Raises UsageError for several scenarios.
    """
    is_given = any(word.partition("=")[0].strip() == varied.name for word in (*words, *set_))
    if formula is not None and not is_given:
        set_ = [*set_, f"{varied.name}={varied.values[0]}"]
    found = read_scenarios(words, formula, set_)
    if len(found) > 1:
        raise UsageError("--vary is for one scenario")
    return found[0]


def scenario_files(folder: str) -> list[str]:
    """Every scenario file below a folder, sorted, without what is hidden."""
    found = []
    for path, folders, files in os.walk(folder, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        visible = (name for name in files if not name.startswith("."))
        found += [str(Path(path, name)) for name in visible if name.endswith(SCENARIO_SUFFIXES)]
    if not found:
        raise UsageError(f"no scenario files (*.yaml, *.yml) found in {folder}")
    return sorted(found)


def _refuse(error: OSError) -> NoReturn:
    raise UsageError(f"cannot read {error.filename}: {error.strerror}") from error


def misplaced(word: str) -> Problem | None:
    """What is wrong with a word that stands where a scenario should, and what was meant; None for a scenario."""
    path = Path(word)
    try:
        is_there, is_folder = path.exists(), path.is_dir()
    except (OSError, ValueError):
        return None  # reading it tells why
    if is_folder:
        return Problem(f"{word} is a folder", hint=f"name its scenarios: {word.rstrip('/')}/*.yaml")
    if is_there and path.suffix == ".py":
        hint = f"--layers {word} adds its layers; backprop check {word} checks them"
        return Problem(f"{word} is a Python file, not a scenario", hint=hint)
    return None if is_there or word.startswith("-") else Problem(f"there is no scenario {word}", hint=_meant(word))


def _meant(word: str) -> str | None:
    name, equals, _ = word.partition("=")
    if equals and name.isidentifier():
        return f"--set {word} changes the input {name}"
    if hint := _near(Path(word)):
        return hint
    from backpropcli.cli.example import example_files  # most files are there
    from backpropcli.suggestions import nearest

    shipped = nearest(Path(word).stem, example_files())
    return f"backprop example {shipped} prints a scenario that is shipped" if shipped else None


def _near(path: Path) -> str | None:
    """The hint for a file that is not there: one whose name is like its own, or is its own but for the ending."""
    try:
        names = sorted(p.name for p in path.parent.iterdir() if p.suffix in SCENARIO_SUFFIXES)
    except OSError:
        return None
    folder = "" if str(path.parent) == "." and "/" not in str(path) else f"{path.parent}/"
    from backpropcli.suggestions import nearest  # most names are right

    near = nearest(path.stem, [Path(name).stem for name in names])
    found = next((name for name in names if Path(name).stem == near), None)
    return None if found is None else f"did you mean '{folder}{found}'?"
