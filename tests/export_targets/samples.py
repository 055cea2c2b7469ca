"""Each sample of each layer as a scenario: with a dout of its own, and with numbers off the sample's."""

from __future__ import annotations

import sys
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backpropcli.catalogue import LAYERS, layer_class
from backpropcli.executor import execute
from backpropcli.scenario import Scenario

sys.path.append(str(Path(__file__).parents[1] / "layers"))
from kinds_of_values import CASES, bound_sample, graph_of

__all__ = ["CASES", "scenario_of"]


def scenario_of(name: str, sample: Any) -> Scenario:
    """A graph of one layer on the sample's inputs, with a dout that is no one."""
    graph = graph_of(name, sample)
    run = execute(bound_sample(name, sample))
    shape = run.domain.shape(run.values[graph.output_slot])
    dout = np.random.default_rng(1).normal(size=shape).tolist()
    inputs = dict(zip(graph.inputs, sample.inputs, strict=True))
    return Scenario("sample", graph, inputs, graph.inputs, title=f"{name} of a sample", dout=dout)
