"""The catalogue of layers."""

from __future__ import annotations

import json
from typing import Literal

import pytest

from backpropcli.catalogue.registry import layer_spec
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.errors import UsageError
from backpropcli.layers.base import Layer
from backpropcli.render import Options
from backpropcli.render.catalogue import render_catalogue, render_layer


class Leaky(Layer):
    """Leaky rectifier, elementwise.

    Math:      out = x where x > 0, a|x| elsewhere
    Gradient:  dx = dout where x > 0,
               a * dout elsewhere
    Kinks:     none

    >>> 1
    1
    """

    def __init__(self, slope: float = 0.01, axis: int | None = None, kind: Literal["soft", "hard"] = "soft") -> None:
        """Keep nothing."""

    def forward(self, x: float) -> float:
        """Return x."""
        return x


LEAKY = LayerSpec("leaky", Leaky)
MUL = layer_spec("mul")


def test_the_catalogue_is_calls_and_summaries() -> None:
    """As a formula calls the layers, without their parameters."""
    assert render_catalogue([MUL, LEAKY], "table", Options(width=90)) == (
        "mul(x, y)  Multiplication, elementwise\nleaky(x)   Leaky rectifier, elementwise\n"
    )


def test_a_long_call_has_its_summary_below() -> None:
    """So that it does not push the others to the right."""
    assert render_catalogue([layer_spec("relu"), layer_spec("layer_norm")], "table", Options(width=56)).startswith(
        "relu(x)  Rectified linear unit, elementwise\nlayer_norm(x, [gamma], [beta])\n         Layer normalization: "
    )


def test_a_narrow_catalogue_breaks_summaries_at_spaces() -> None:
    """And goes on in their column."""
    assert render_catalogue([MUL], "table", Options(width=26)) == (
        "mul(x, y)  Multiplication,\n           elementwise\n"
    )


def test_one_layer() -> None:
    """Its sections, and one for its parameters."""
    assert render_layer(LEAKY, "table", Options()) == (
        "leaky(x, slope=0.01, axis=null, kind=soft)\n"
        "\n"
        "  Leaky rectifier, elementwise.\n"
        "\n"
        "  Parameters  slope: a number; 0.01 by default\n"
        "              axis: a whole number or null; null by default\n"
        "              kind: soft or hard; soft by default\n"
        "  Math        out = x where x > 0, a|x| elsewhere\n"
        "  Gradient    dx = dout where x > 0, a * dout elsewhere\n"
        "  Kinks       none\n"
    )


CLIP = layer_spec("clip")


def test_each_clause_of_formulas_is_on_a_line_of_its_own() -> None:
    """Below one another, as people read them."""
    assert (
        "  Math        when min is null and max is null: out = x\n"
        "              when min is null: out = minimum(x, max)\n"
        "              when max is null: out = maximum(x, min)\n"
        "              otherwise: out = minimum(maximum(x, min), max)\n"
    ) in render_layer(CLIP, "table", Options(width=80))


def test_a_long_clause_has_a_line_for_each_statement() -> None:
    """Below its guard, and further in where one is too long itself."""
    assert (
        "              otherwise:\n"
        "                m = mean(mean(y, axis=-1, keepdims=true), axis=0, keepdims=true)\n"
        "                v = mean(mean((y - m) ** 2, axis=-1, keepdims=true), axis=0,\n"
        "                  keepdims=true)\n"
        "              then: s = sqrt(v + epsilon); normal = (y - m) / s\n"
    ) in render_layer(layer_spec("batch_norm"), "table", Options(width=80))


def test_words_are_wrapped() -> None:
    """They have no statements."""
    assert (
        "  Math        (in words) out is xs[0][0], xs[0][1], ..., xs[1][0], xs[1][1], ...\n"
        "              along the axis\n"
    ) in render_layer(layer_spec("concat"), "table", Options(width=80))


def test_clauses_are_told_apart_on_one_line_too() -> None:
    """By a semicolon in texts of one line, by the line in JSON."""
    assert "Math\twhen min is null and max is null: out = x; when min is null: out =" in render_layer(
        CLIP, "tsv", Options()
    )
    assert json.loads(render_layer(CLIP, "json", Options()))["sections"]["Math"].count("\n") == 3


def test_tsv() -> None:
    """One line for each layer."""
    assert render_catalogue([MUL, LEAKY], "tsv", Options()) == (
        "name\tinputs\tparameters\tsummary\n"
        "mul\tx y\t\tMultiplication, elementwise\n"
        "leaky\tx\tslope=0.01 axis=null kind=soft\tLeaky rectifier, elementwise\n"
    )
    assert "Gradient\tdx = dout where x > 0, a * dout elsewhere\n" in render_layer(LEAKY, "tsv", Options())


def test_json() -> None:
    """Everything that the class says."""
    tree = json.loads(render_layer(LEAKY, "json", Options()))
    assert tree["name"] == "leaky"
    assert tree["inputs"] == ["x"]
    assert tree["parameters"]["axis"] == {"default": None, "expected": "a whole number or null"}
    assert list(tree["sections"]) == ["Math", "Gradient", "Kinks"]
    assert json.loads(render_catalogue([MUL, LEAKY], "json", Options()))[1] == tree


def test_markdown() -> None:
    """Bars in the text are escaped."""
    assert "| `mul(x, y)` | Multiplication, elementwise |\n" in render_catalogue([MUL], "markdown", Options())
    assert r"- **Math:** out = x where x \> 0, a\|x\| elsewhere" in render_layer(LEAKY, "markdown", Options())


def test_an_unknown_format_is_a_usage_error() -> None:
    """The catalogue has four."""
    with pytest.raises(UsageError, match="unknown format 'latex'"):
        render_catalogue([MUL], "latex", Options())
