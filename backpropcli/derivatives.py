"""What Python code calls for derivatives beside the gradients: Jacobian, Hessian, and products with a direction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from backpropcli import api
from backpropcli.domains import Value
from backpropcli.result import Asked

if TYPE_CHECKING:
    from backpropcli.scenario import Scenario


def jacobian(
    scenario: Scenario | str,
    *,
    inputs: Mapping[str, Any] | None = None,
    gradients: Sequence[str] | None = None,
    exact: bool | None = None,
) -> dict[str, Value]:
    """The derivative of every element of the output by every element of the named values, by default of all inputs.

    It is that of a scenario, or of a formula with its inputs. Each has the axes of the output, then those of the value.

    >>> jacobian("x * y", inputs={"x": [1, 2], "y": 3})["x"].tolist()
    [[3.0, 0.0], [0.0, 3.0]]
    """
    asked = Asked(jacobian=True)
    found: dict[str, Value] = _run(scenario, asked, inputs, gradients=gradients, exact=exact).jacobian
    return found


def hessian(
    scenario: Scenario | str,
    *,
    inputs: Mapping[str, Any] | None = None,
    dout: Any = None,
    gradients: Sequence[str] | None = None,
    exact: bool | None = None,
) -> dict[str, dict[str, Value]]:
    """The second derivatives of the output by every two elements of the named inputs, by default of all.

    Of an output that is an array they are those of its elements, weighted by dout, in sum.

    >>> hessian("x ** 2 * y", inputs={"x": 3, "y": 5})
    {'x': {'x': 10.0, 'y': 6.0}, 'y': {'x': 6.0, 'y': 0.0}}
    """
    asked = Asked(hessian=True)
    found: dict[str, dict[str, Value]] = _run(
        scenario, asked, inputs, dout=dout, gradients=gradients, exact=exact
    ).hessian
    return found


def hvp(
    scenario: Scenario | str,
    direction: Mapping[str, Any],
    *,
    inputs: Mapping[str, Any] | None = None,
    dout: Any = None,
    gradients: Sequence[str] | None = None,
    exact: bool | None = None,
) -> dict[str, Value]:
    """The Hessian times a direction, at a few times the cost of a gradient: how fast the gradients move along it.

    >>> hvp("x ** 2 * y", {"x": 1}, inputs={"x": 3, "y": 5})
    {'x': 10.0, 'y': 6.0}
    """
    asked = Asked(hvp=direction)
    found: dict[str, Value] = _run(scenario, asked, inputs, dout=dout, gradients=gradients, exact=exact).hvp
    return found


def jvp(
    scenario: Scenario | str,
    direction: Mapping[str, Any],
    *,
    inputs: Mapping[str, Any] | None = None,
    exact: bool | None = None,
) -> Value:
    """The Jacobian times a direction, by one forward pass: how fast the output moves along it.

    >>> jvp("x ** 2 * y", {"x": 1, "y": 2}, inputs={"x": 3, "y": 5})
    48.0
    """
    asked = Asked(jvp=direction)
    found: Value = _run(scenario, asked, inputs, exact=exact).jvp
    return found


def _run(scenario: Scenario | str, asked: Asked, inputs: Mapping[str, Any] | None, **options: Any) -> Any:
    """The derivatives of a scenario, or of a formula with its inputs, that are asked for."""
    if isinstance(scenario, str):
        scenario, inputs = api.formula_scenario(scenario, inputs or {}), None
    return api.run(scenario, inputs=inputs, keep="results", asked=asked, **options).derivatives
