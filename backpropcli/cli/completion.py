"""What a shell is offered for a word that is being typed: files, and the names of the scenario on the command line.

Typer hands words to the shells without quotes, and zsh evaluates them: a word that a shell would not take as it stands
is left to the shell's own completion, which quotes it. Nothing is run and no layers are loaded for a completion, and
what is wrong with a scenario is no matter here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import typer

from backpropcli.catalogue import LAYERS
from backpropcli.cli.suffixes import LAYER_SUFFIX, MODEL_SUFFIX, SCENARIO_SUFFIXES
from backpropcli.errors import BackpropError
from backpropcli.graph import Graph
from backpropcli.sources.literals import ARRAY_SUFFIXES
from backpropcli.text.escape import is_plain_in_shells

_TABLES = (".csv", ".tsv", ".jsonl", ".json", ".parquet", ".arrow", ".feather", ".gz")
_BREAKS = frozenset("=:@")  # at which bash ends a word on the line


def complete_scenario(_ctx: typer.Context | None, incomplete: str) -> list[str]:
    """The scenario files and the folders that begin like this, or array files behind a formula's NAME=@."""
    return _assigned(incomplete) if "=" in incomplete else complete_file(incomplete, SCENARIO_SUFFIXES)


def complete_scenario_or_name(ctx: typer.Context, incomplete: str) -> list[str]:
    """Scenario files, and behind the first of them, or a formula, the values that have a name."""
    formula, words = _formula_and_words(ctx)
    is_first = formula is None and not words
    return complete_scenario(ctx, incomplete) if is_first or "=" in incomplete else complete_name(ctx, incomplete)


def complete_scenario_or_table(ctx: typer.Context, incomplete: str) -> list[str]:
    """A scenario file, and behind it files of tables."""
    formula, words = _formula_and_words(ctx)
    return complete_file(incomplete, _TABLES if words or formula is not None else SCENARIO_SUFFIXES)


def complete_model(_ctx: typer.Context | None, incomplete: str) -> list[str]:
    """The models and the folders that begin like this."""
    return complete_file(incomplete, (MODEL_SUFFIX,))


def complete_file(incomplete: str, suffixes: Sequence[str]) -> list[str]:
    """The files with one of the suffixes, and the folders, that begin like this."""
    folder, _, start = incomplete.rpartition("/")
    base = Path(f"{folder}/" if folder or incomplete.startswith("/") else ".")
    found = sorted(p for p in base.glob("*") if p.name.startswith(start) and (start or not p.name.startswith(".")))
    prefix = incomplete[: len(incomplete) - len(start)]
    offered = (
        f"{prefix}{path.name}{'/' if path.is_dir() else ''}"
        for path in found
        if path.is_dir() or path.suffix.lower() in suffixes
    )
    return [word for word in offered if is_plain_in_shells(word)]


def complete_value(_ctx: typer.Context | None, incomplete: str) -> list[str]:
    """The array files, behind their @."""
    return [f"@{file}" for file in complete_file(incomplete[1:], ARRAY_SUFFIXES)] if incomplete[:1] == "@" else []


def complete_layer(_ctx: typer.Context | None, incomplete: str) -> list[str]:
    """The layers whose names begin like this."""
    return [name for name in LAYERS if name.startswith(incomplete)]


def complete_target(ctx: typer.Context | None, incomplete: str) -> list[str]:
    """The scenario files, the Python files, the folders and the layers that begin like this."""
    return [*complete_file(incomplete, (*SCENARIO_SUFFIXES, LAYER_SUFFIX)), *complete_layer(ctx, incomplete)]


def complete_assignment(ctx: typer.Context, incomplete: str) -> list[str]:
    """The inputs of the scenario, each with its `=`, and behind that array files.

    Shells set a blank behind the only word that fits, which would part `x=` from its value: then `x=@` is one, too.
    """
    if "=" in incomplete:
        return _assigned(incomplete)
    found = [f"{word}=" for word in _offered((word for names in _named(ctx) for word in names.inputs), incomplete)]
    return [*found, f"{found[0]}@"] if len(found) == 1 else found


def complete_name(ctx: typer.Context, incomplete: str) -> list[str]:
    """The values that have a name, of the scenario, the formula or the layer."""
    return _offered((word for names in _named(ctx) for word in (*names.results, *names.inputs)), incomplete)


def complete_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """The same for the last name of a list with commas."""
    before, comma, last = incomplete.rpartition(",")
    given = before.split(",")
    return [f"{before}{comma}{name}" for name in complete_name(ctx, last) if name not in given]


def _assigned(incomplete: str) -> list[str]:
    name, _, value = incomplete.partition("=")
    return [f"{name}={file}" for file in complete_value(None, value)]


class _Names(NamedTuple):
    """The names of a graph's inputs, and those of its output and of the values between."""

    inputs: Sequence[str]
    results: Sequence[str]


def _offered(names: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in dict.fromkeys(names) if name.startswith(incomplete) and is_plain_in_shells(name)]


def _named(ctx: typer.Context) -> Iterator[_Names]:
    """The names of everything on the command line, as far as it can be read; stdin is left alone."""
    from backpropcli.catalogue.registry import is_layer, layer_spec  # a command that runs completes nothing
    from backpropcli.scenario import load_scenario

    formula, words = _formula_and_words(ctx)
    command = ctx.info_name or ""
    if formula is not None:
        yield _names_of_formula(formula, words)
    elif is_layer(command):
        yield _Names([name for name in layer_spec(command).inputs if isinstance(ctx.params.get(name), str)], ["out"])
    else:
        for word in words:
            with suppress(BackpropError):
                graph = load_scenario(Path(word)).graph
                yield _Names(graph.inputs, _results(graph))


def _formula_and_words(ctx: typer.Context) -> tuple[str | None, list[str]]:
    """The formula on the command line and the other words that belong to no option.

    Typer leaves the words in a list of their own where the last one is an option that has no value yet.
    """
    words = [
        word for name in ("inputs", "scenario", "scenarios", "targets", "words") for word in ctx.params.get(name) or ()
    ] + ctx.args
    formula = ctx.params.get("formula")
    is_first_word = any(each.name == "formula" and each.param_type_name == "argument" for each in ctx.command.params)
    return (words[0], words[1:]) if formula is None and is_first_word and words else (formula, words)


def _names_of_formula(formula: str, words: Sequence[str]) -> _Names:
    from backpropcli.api import formula_scenario

    inputs = [word.partition("=")[0] for word in words if "=" in word]
    with suppress(BackpropError):
        return _Names(inputs, _results(formula_scenario(formula, dict.fromkeys(inputs, "0")).graph))
    return _Names(inputs, [])


def _results(graph: Graph) -> list[str]:
    return [graph.output, *(node.output for node in graph.nodes)]


@contextmanager
def whole_words_in_bash() -> Iterator[None]:
    """A context in which a line of bash is completed by whole words.

    Bash ends a word at `=`, `:` and before `@`, so of `x=@da` it gives and takes only the last part.
    """
    words, place = _joined(os.environ.get("COMP_WORDS", "").split("\n"), int(os.environ.get("COMP_CWORD", "0")))
    os.environ["COMP_WORDS"], os.environ["COMP_CWORD"] = "\n".join(words), str(place)
    typed = words[place] if place < len(words) else ""
    start = max(map(typed.rfind, "=:")) + 1
    with redirect_stdout(StringIO()) as shown:
        try:
            yield
        finally:
            offered = shown.getvalue().split("\n")
            replacing = [word[start:] if word.startswith(typed) else word for word in offered]
            print("\n".join(replacing), end="", file=sys.__stdout__)


def _joined(parts: Sequence[str], place: int) -> tuple[list[str], int]:
    """The words up to the one that is being typed, and its place: `x`, `=@` and `da` are one."""
    words: list[str] = []
    is_open = False
    for part in parts[: place + 1]:
        is_break = bool(part) and set(part) <= _BREAKS
        if words and (is_open or (is_break and not part.startswith("@"))):
            words[-1] += part
        else:
            words.append(part)
        is_open = is_break
    is_new = len(parts) <= place and not is_open
    return words, len(words) if is_new else len(words) - 1
