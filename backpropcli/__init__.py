"""A backpropagation calculator: values and gradients of a graph of layers.

>>> import backpropcli as bp
>>> result = bp.eval_formula("(apple * 2 + orange * 3) * tax", apple=100, orange=150, tax=1.1)
>>> f"{result.value:.12g}"
'715'
>>> {name: f"{gradient:.12g}" for name, gradient in result.gradients.items()}
{'apple': '2.2', 'orange': '3.3', 'tax': '650'}
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing's own would have typing imported before an interrupt can be waited for

if TYPE_CHECKING:
    from typing import Any

    from backpropcli.api import eval_formula, load, run
    from backpropcli.catalogue.registry import add_layers
    from backpropcli.derivatives import hessian, hvp, jacobian, jvp
    from backpropcli.errors import BackpropError
    from backpropcli.result import Result
    from backpropcli.scenario import Scenario
    from backpropcli.sensitivity import Uncertainty
    from backpropcli.steps import Edge, Step

__all__ = [
    "BackpropError",
    "Edge",
    "Result",
    "Scenario",
    "Step",
    "Uncertainty",
    "add_layers",
    "eval_formula",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "load",
    "run",
]

__version__ = "0.1.0"

# Imported when first used, so that `import backpropcli` costs a command nothing.
_HOMES = {
    "BackpropError": "errors",
    "Edge": "steps",
    "Result": "result",
    "Scenario": "scenario",
    "Step": "steps",
    "Uncertainty": "sensitivity",
    "add_layers": "catalogue.registry",
    "eval_formula": "api",
    "hessian": "derivatives",
    "hvp": "derivatives",
    "jacobian": "derivatives",
    "jvp": "derivatives",
    "load": "api",
    "run": "api",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
