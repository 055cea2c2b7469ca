"""Names of a model, which may be any text, as names of a scenario, each of its own."""

from __future__ import annotations

import re

from backpropcli.graph import canonical_name
from backpropcli.scenario.names import is_name

_LONGEST = 200


class Names:
    """The name in the scenario for each name of the model, given when it is first asked for."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._taken: dict[str, int] = {}

    def of(self, name: str) -> str:
        """The scenario's name for a value of the model.

        >>> names = Names()
        >>> [names.of(name) for name in ("/fc1/Relu_output_0", "fc1.weight", "onnx::Gemm_5", "fc1_weight", "7", "if")]
        ['fc1_Relu_output_0', 'fc1_weight', 'onnx_Gemm_5', 'fc1_weight_2', 'v7', 'if_']
        """
        if name not in self._names:
            self._names[name] = self.fresh(name)
        return self._names[name]

    def fresh(self, name: str) -> str:
        """A name like this one that is not taken, for a value that the model does not have."""
        base = as_name(name)
        number = self._taken.get(base, 0) + 1
        found = base if number == 1 else f"{base}_{number}"
        while found in self._taken:
            number += 1
            found = f"{base}_{number}"
        self._taken[base] = number
        self._taken.setdefault(found, 1)
        return found


def as_name(text: str) -> str:
    """A name of the scenario's grammar that is like a text; it may be taken."""
    found = re.sub(r"\W+", "_", canonical_name(text[:_LONGEST])).strip("_")
    if not found.isidentifier():
        found = "v" + re.sub(r"\W+", "_", found, flags=re.ASCII).strip("_")
    return found if is_name(found) else f"{found}_"
