"""`backprop <layer>`: one layer, with an option for each of its inputs and parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import typer

from backpropcli import api
from backpropcli.cli import options
from backpropcli.cli.output import emit
from backpropcli.cli.values import read_value
from backpropcli.graph import Graph, Node
from backpropcli.layers.spec import LayerSpec, Parameter, layer_spec

_SHARED = {
    "dout": (options.Dout, None),
    "exact": (options.Exact, False),
    "value": (options.ShowValue, None),
    "grad": (options.ShowGradient, None),
    "format_": (options.Format, None),
    "json": (options.Json, False),
    "output": (options.OutputFile, None),
    "precision": (options.Precision, "12"),
    "color": (options.Color, "auto"),
    "debug": (options.Debug, False),
}


def layer_command(name: str) -> Callable[..., None]:
    """The function whose options Typer reads: the layer's inputs, its parameters, and the shared ones."""
    spec = layer_spec(name)

    def command(**given: Any) -> None:
        _run(spec, given)

    command.__doc__ = _help(spec)
    command.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # inspect.signature reads it
        [
            *(_keyword(name, str, _input_option(name)) for name in spec.inputs),
            *(_keyword(p.name, str | None, _parameter_option(p)) for p in spec.parameters.values()),
            *(_keyword(name, annotation, default) for name, (annotation, default) in _SHARED.items()),
        ]
    )
    return command


def _run(spec: LayerSpec, given: dict[str, Any]) -> None:
    inputs = {name: read_value(given[name], f"--{name}") for name in spec.inputs}
    parameters = {
        name: parameter.read(given[name]) for name, parameter in spec.parameters.items() if given[name] is not None
    }
    graph = Graph(spec.inputs, [Node(spec, spec.inputs, "out", parameters=parameters)])
    dout = None if given["dout"] is None else read_value(given["dout"], "--dout")
    result = api.run_graph(graph, inputs, dout=dout, exact=given["exact"], title=spec.name)
    emit(
        [result],
        options.Output(
            given["format_"],
            given["json"],
            given["output"],
            given["precision"],
            given["color"],
            value=given["value"],
            grad=given["grad"],
        ),
    )


def _help(spec: LayerSpec) -> str:
    math = "\n".join(f"  {title}: {spec.sections[title]}" for title in ("Math", "Gradient") if title in spec.sections)
    return f"{spec.summary}.\n\n\b\n{math}\n\nbackprop layers {spec.name} tells more."


def _keyword(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


def _input_option(name: str) -> Any:
    return typer.Option(
        ..., f"--{name}", metavar="VALUE", help=f"The input {name}: 3, 1,-0.5, [[1,2],[3,4]], @x.npy, -"
    )


def _parameter_option(parameter: Parameter) -> Any:
    return typer.Option(
        None, f"--{parameter.name}", metavar="VALUE", help=f"{parameter.expected}; by default {parameter.default}"
    )
