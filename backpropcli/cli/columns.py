"""What `rows` and `sql` are told of a table: which inputs its columns are, and which columns come out."""

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any

import typer

from backpropcli import api
from backpropcli.cli.scenarios import read_scenario
from backpropcli.errors import Problem, UsageError, did_you_mean
from backpropcli.graph import canonical_name
from backpropcli.scenario import Scenario

Formula = Annotated[
    str | None,
    typer.Option(
        "-e",
        "--formula",
        metavar="FORMULA",
        help="A formula in place of the scenario; what has no column has its value by --set.",
        show_default=False,
    ),
]
Map = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="INPUT=COLUMN",
        help="Take an input from the column of another name; may be repeated.",
        show_default=False,
    ),
]
Keep = Annotated[
    str | None,
    typer.Option(
        metavar="all|none|A,B",
        help="Which columns of the table come out as well, by default all.",
        show_default=False,
    ),
]
Sigma = Annotated[
    list[str] | None,
    typer.Option(
        "--sigma",
        metavar="INPUT=VALUE|@COLUMN",
        help="The standard uncertainty of an input, for a column of that of the output; may be repeated.",
        show_default=False,
    ),
]
Prefix = Annotated[str, typer.Option(metavar="TEXT", help="What the names of gradients begin with.")]


def read_mapping(words: Sequence[str]) -> dict[str, str]:
    """The columns of inputs. Raises UsageError for another form."""
    return _read_pairs(words, "--map must be INPUT=COLUMN")


def read_sigmas(words: Sequence[str]) -> dict[str, str]:
    """The uncertainties of inputs: numbers, or columns behind an @. Raises UsageError for another form."""
    return _read_pairs(words, "--sigma must be INPUT=VALUE or INPUT=@COLUMN")


def _read_pairs(words: Sequence[str], form: str) -> dict[str, str]:
    """The texts behind the names. Raises UsageError for a word of another form, and for a name given twice."""
    found: dict[str, str] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or not name.strip().isidentifier():
            raise UsageError(f"{form}, not '{word}'")
        name = canonical_name(name.strip())
        if name in found:
            raise UsageError(f"'{name}' is given twice")
        found[name] = text
    return found


def read_keep(text: str | None) -> list[str] | None:
    """The columns of the table that come out as well; None for all."""
    if text == "none":
        return []
    return None if text in {None, "all"} else text.split(",")


def scenario_of_rows(
    word: str | None,
    formula: str | None,
    columns: Collection[str],
    mapping: Mapping[str, str],
    given: Mapping[str, Any],
) -> Scenario:
    """The scenario, or that of a formula, whose inputs are columns, or else are set."""
    if formula is None:
        return api.with_inputs(read_scenario(word or "-"), given)
    from backpropcli.formula.by_itself import names_in_formula  # a scenario file needs none

    names = names_in_formula(formula)
    values = {name: "0" for name in names if name in columns or name in mapping}
    for name in names:
        if name not in values and name not in given:
            hint = did_you_mean(name, columns) or f"--set {name}=VALUE"
            raise UsageError(Problem(f"no column is named '{name}', and no value is set for it", hint=hint))
    return api.formula_scenario(formula, {**values, **given})
