"""What Python code calls: read a scenario, run it, or run a formula."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backpropcli.binding import FLOAT64, BoundGraph, bind
from backpropcli.domains import Domain, domain
from backpropcli.errors import DomainError, GraphError, Place, Problem, did_you_mean, nowhere
from backpropcli.executor import Keep, Run, execute
from backpropcli.graph import Graph
from backpropcli.layers.base import check_choice
from backpropcli.result import Asked, Derivatives, Result
from backpropcli.text.numbers import MOST_DIGITS

if TYPE_CHECKING:
    from backpropcli.scenario import Scenario


def load(path: str | Path) -> Scenario:
    """Read and check a scenario file. Raises ScenarioError with everything that is wrong with it."""
    from backpropcli.scenario import load_scenario  # YAML is read only where a scenario is

    return load_scenario(Path(path))


def run(
    scenario: Scenario,
    *,
    inputs: Mapping[str, Any] | None = None,
    dout: Any = None,
    gradients: Sequence[str] | None = None,
    exact: bool | None = None,
    digits: int | None = None,
    rounding: bool = False,
    keep: Keep = "all",
    asked: Asked | None = None,
) -> Result:
    """Run a scenario forward and backward.

    `inputs` replaces values of the scenario's inputs: numbers, lists, arrays, or text as on the command line. `dout`,
    `gradients` and `exact` take the place of what the scenario says. With `digits`, so many digits of every number are
    certain: the run computes from the text of numbers, in balls, by the textbook lines of layers. With `rounding` the
    result tells how many digits of a run in float64 are right.

    With `keep="all"` arrays among the inputs are copied, and everything is kept. With `keep="results"` they are read
    where they are, and the result holds `value`, `dout`, `gradients` and `warnings`; whatever else was not kept, as the
    steps of a run on arrays, raises GraphError when it is asked for.

    `asked` says which derivatives the result is to have beside the gradients.

    Raises GraphError for unknown names, DataError, DomainError or ShapeError for values that do not fit.
    """
    scenario = with_inputs(scenario, inputs or {})
    if dout is not None:
        scenario = with_dout(scenario, dout)
    return run_graph(
        scenario.graph,
        scenario.inputs,
        dout=scenario.dout,
        gradients=scenario.gradients if gradients is None else gradients,
        numbers=numbers_of(exact=scenario.exact if exact is None and digits is None else bool(exact)),
        digits=digits,
        rounding=rounding,
        dtype=scenario.dtype,
        title=scenario.title,
        source=scenario.source,
        warnings=scenario.warnings,
        place_of=scenario.place_of,
        keep=keep,
        asked=asked,
    )


def with_inputs(scenario: Scenario, inputs: Mapping[str, Any]) -> Scenario:
    """The scenario with other values for some of its inputs and constants. Raises GraphError for unknown names."""
    given = _read_texts(inputs)
    for name in given:
        if name not in scenario.inputs:
            raise GraphError(Problem(f"no input is named '{name}'", hint=did_you_mean(name, scenario.inputs)))
    return scenario._replace(inputs={**scenario.inputs, **given}, place_of=_places_except(given, scenario.place_of))


def with_dout(scenario: Scenario, dout: Any) -> Scenario:
    """The scenario with another upstream gradient, which does not stand in its file."""
    return scenario._replace(dout=_read_text("dout", dout), place_of=_places_except(("dout",), scenario.place_of))


def formula_scenario(formula: str, inputs: Mapping[str, Any]) -> Scenario:
    """A formula and the values of the inputs that it names, as a scenario. Raises as `run_formula` does."""
    from backpropcli.formula.by_itself import formula_graph  # costs a scenario without formulas nothing
    from backpropcli.scenario import Scenario

    graph, unused = formula_graph(formula, inputs)
    given = _read_texts(inputs)
    return Scenario(formula, graph, given, tuple(given), title=formula, warnings=unused)


def eval_formula(
    formula: str,
    /,
    *,
    dout: Any = None,
    gradients: Sequence[str] | None = None,
    exact: bool = False,
    digits: int | None = None,
    rounding: bool = False,
    **inputs: Any,
) -> Result:
    """Run a formula forward and backward on the inputs that it names.

    >>> eval_formula("x * y + 1", x=2, y=3).gradients
    {'x': 3.0, 'y': 2.0}

    Raises FormulaError for what is not a formula, and what `run` raises.
    """
    return run_formula(formula, inputs, dout=dout, gradients=gradients, exact=exact, digits=digits, rounding=rounding)


def run_formula(
    formula: str,
    inputs: Mapping[str, Any],
    *,
    dout: Any = None,
    gradients: Sequence[str] | None = None,
    exact: bool | None = None,
    digits: int | None = None,
    rounding: bool = False,
    keep: Keep = "all",
    asked: Asked | None = None,
) -> Result:
    """`eval_formula` with the inputs in a mapping, for names that Python would not take as keywords.

    `keep` and `asked` say what the result is to hold, as in `run`.
    """
    from backpropcli.formula.by_itself import formula_graph  # costs a scenario without formulas nothing

    graph, unused = formula_graph(formula, inputs)
    given = _read_texts(inputs)
    upstream = _read_text("dout", dout)
    return run_graph(
        graph,
        given,
        dout=upstream,
        gradients=gradients,
        numbers=numbers_of(exact=exact),
        digits=digits,
        rounding=rounding,
        title=formula,
        warnings=unused,
        keep=keep,
        asked=asked,
    )


def numbers_of(*, exact: bool | None) -> Domain | None:
    """The numbers to compute with: exact fractions, or else what the given values are."""
    return domain("exact") if exact else None


def check_digits(digits: int, numbers: Domain | None = None) -> int:
    """The number of digits that are to be certain. Raises DomainError for one out of range, and beside fractions."""
    if numbers is not None:
        raise DomainError(f"{numbers.title} have all their digits: ask either for them or for digits")
    if not 1 <= digits <= MOST_DIGITS:
        raise DomainError(f"from 1 to {MOST_DIGITS:,} digits can be certain, not {digits:,}")
    return digits


def run_graph(
    graph: Graph,
    inputs: Mapping[str, Any],
    *,
    dout: Any = None,
    gradients: Sequence[str] | None = None,
    numbers: Domain | None = None,
    digits: int | None = None,
    rounding: bool = False,
    dtype: str = FLOAT64,
    title: str | None = None,
    source: str | None = None,
    warnings: tuple[Problem, ...] = (),
    place_of: Callable[[str], Place | None] = nowhere,
    keep: Keep = "all",
    asked: Asked | None = None,
) -> Result:
    """Run a graph on `inputs`, which has a value for each of the graph's inputs.

    `numbers` is the domain of single numbers to compute with, floats by default; the run is on arrays of them if any
    value is a list, an array or a file, or if a layer needs arrays. With `digits` they are balls, in which so many
    digits are certain; with `rounding` everything is kept. `place_of` tells where the value of a name is given. `keep`
    and `asked` say what the result is to hold, as in `run`.
    """
    check_choice("keep", keep, Keep)
    wanted = tuple(graph.inputs if gradients is None else gradients)
    slots = [(name, graph.slot(name)) for name in wanted]
    lends = keep == "results" and not graph.has_own_layers  # which may write to their arrays

    def bound_to(numbers: Domain | None) -> BoundGraph:
        return bind(graph, inputs, dout, numbers=numbers, dtype=dtype, place_of=place_of, lends=lends)

    def attempt(numbers: Domain | None) -> Run:
        return execute(bound_to(numbers), wanted=wanted, keep="all" if rounding else keep)

    if digits is None:
        found = attempt(numbers)
    else:
        from backpropcli.certified import certified_run  # few runs are certified

        found, uncertain = certified_run(attempt, check_digits(digits, numbers))
        warnings = (*warnings, *uncertain)
    told = None
    if rounding:
        from backpropcli.rounding import rounding_of  # rarely asked for

        told = rounding_of(found, attempt)
    if not found.is_finite:
        from backpropcli.non_finite import non_finite_problems  # rarely needed

        warnings = (*warnings, *non_finite_problems(found))
    beside = Derivatives()
    if asked is not None:
        from backpropcli.differentiation import differentiate  # few runs go beyond the gradients

        if digits is not None:
            raise DomainError("digits are certain of values and gradients, not of derivatives beside them")
        beside, at_kinks = differentiate(bound_to(numbers), found, wanted, _with_texts_read(asked), dtype)
        warnings = (*warnings, *at_kinks)
    return Result(
        run=found,
        gradients={name: found.gradient(slot) for name, slot in slots},
        title=title,
        source=source,
        warnings=warnings,
        rounding=told,
        derivatives=beside,
    )


def _places_except(names: Collection[str], place_of: Callable[[str], Place | None]) -> Callable[[str], Place | None]:
    """The places of values, but for the names whose values have been replaced."""
    return partial(_place_unless_in, frozenset(names), place_of)


def _place_unless_in(names: frozenset[str], place_of: Callable[[str], Place | None], name: str) -> Place | None:
    return None if name in names else place_of(name)


def _with_texts_read(asked: Asked) -> Asked:
    """What is asked for, with directions that are text read as on the command line."""
    hvp, jvp = (directions and _read_texts(directions) for directions in (asked.hvp, asked.jvp))
    return asked._replace(hvp=hvp, jvp=jvp)


def _read_texts(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by name, each a literal if it is text."""
    return {name: _read_text(name, value) for name, value in values.items()}


def _read_text(name: str, value: Any) -> Any:
    """The literal that a value is if it is text, as on the command line; any other value as it is."""
    if not isinstance(value, str):
        return value
    from backpropcli.sources.value_parser import parse_value  # scenarios have been read

    return parse_value(value, name)
