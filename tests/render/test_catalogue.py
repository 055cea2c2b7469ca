"""The catalogue of layers."""

from __future__ import annotations

import json
from typing import Literal

from backpropcli.catalogue import ALIASES, FAMILIES, LAYERS, family_of
from backpropcli.catalogue.registry import layer_spec
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.layers.base import Layer
from backpropcli.render import Options
from backpropcli.render.catalogue import CATALOGUE_FORMATS, LAYER_FORMATS


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
    """As a formula calls the layers, without their parameters, below the headings of their families."""
    assert CATALOGUE_FORMATS["table"].render([MUL, layer_spec("log"), LEAKY], Options(width=90)) == (
        "Arithmetic:\n"
        "  mul(x, y)  Multiplication, elementwise\n"
        "\n"
        "Elementary functions:\n"
        "  log(x)     Natural logarithm, elementwise (also ln)\n"
        "\n"
        "Of your own:\n"
        "  leaky(x)   Leaky rectifier, elementwise\n"
    )


def test_every_family_has_a_heading() -> None:
    """Each one, and every alias is that of a layer."""
    assert all(family_of(name) for name in LAYERS)
    modules = {module for module, _ in LAYERS.values()}
    assert sorted(module for below in FAMILIES.values() for module in below) == sorted(modules)
    assert set(ALIASES.values()) <= set(LAYERS)
    assert not set(ALIASES) & set(LAYERS)


def test_a_long_call_has_its_summary_below() -> None:
    """So that it does not push the others to the right."""
    text = CATALOGUE_FORMATS["table"].render([layer_spec("relu"), layer_spec("layer_norm")], Options(width=56))
    assert text.startswith(
        "Activations:\n  relu(x)  Rectified linear unit, elementwise\n\n"
        "Network layers:\n  layer_norm(x, [gamma], [beta])\n           Layer normalization: "
    )


def test_a_narrow_catalogue_breaks_summaries_at_spaces() -> None:
    """And goes on in their column."""
    assert CATALOGUE_FORMATS["table"].render([MUL], Options(width=26)) == (
        "Arithmetic:\n  mul(x, y)  Multiplication,\n             elementwise\n"
    )


def test_one_layer() -> None:
    """Its sections, and one for its parameters."""
    assert LAYER_FORMATS["table"].render(LEAKY, Options()) == (
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
    ) in LAYER_FORMATS["table"].render(CLIP, Options(width=80))


def test_a_long_clause_has_a_line_for_each_statement() -> None:
    """Below its guard, and further in where one is too long itself."""
    assert (
        "              otherwise:\n"
        "                m = mean(mean(y, axis=-1, keepdims=true), axis=0, keepdims=true)\n"
        "                v = mean(mean((y - m) ** 2, axis=-1, keepdims=true), axis=0,\n"
        "                  keepdims=true)\n"
        "              then: s = sqrt(v + epsilon); normal = (y - m) / s\n"
    ) in LAYER_FORMATS["table"].render(layer_spec("batch_norm"), Options(width=80))


def test_words_are_wrapped() -> None:
    """They have no statements."""
    assert (
        "  Math        (in words) out is xs[0][0], xs[0][1], ..., xs[1][0], xs[1][1], ...\n"
        "              along the axis\n"
    ) in LAYER_FORMATS["table"].render(layer_spec("concat"), Options(width=80))


def test_clauses_are_told_apart_on_one_line_too() -> None:
    """By a semicolon in texts of one line, by the line in JSON."""
    assert "Math\twhen min is null and max is null: out = x; when min is null: out =" in LAYER_FORMATS["tsv"].render(
        CLIP, Options()
    )
    assert json.loads(LAYER_FORMATS["json"].render(CLIP, Options()))["sections"]["Math"].count("\n") == 3


def test_tsv() -> None:
    """One line for each layer."""
    assert CATALOGUE_FORMATS["tsv"].render([MUL, LEAKY], Options()) == (
        "name\tinputs\tparameters\tsummary\tfamily\talso\n"
        "mul\tx y\t\tMultiplication, elementwise\tArithmetic\t\n"
        "leaky\tx\tslope=0.01 axis=null kind=soft\tLeaky rectifier, elementwise\tOf your own\t\n"
    )
    assert "Gradient\tdx = dout where x > 0, a * dout elsewhere\n" in LAYER_FORMATS["tsv"].render(LEAKY, Options())


def test_json() -> None:
    """Everything that the class says."""
    tree = json.loads(LAYER_FORMATS["json"].render(LEAKY, Options()))
    assert tree["name"] == "leaky"
    assert tree["inputs"] == ["x"]
    assert tree["parameters"]["axis"] == {"default": None, "expected": "a whole number or null"}
    assert list(tree["sections"]) == ["Math", "Gradient", "Kinks"]
    assert json.loads(CATALOGUE_FORMATS["json"].render([MUL, LEAKY], Options()))[1] == tree


def test_markdown() -> None:
    """Bars in the text are escaped."""
    assert "| `mul(x, y)` | Multiplication, elementwise |\n" in CATALOGUE_FORMATS["markdown"].render([MUL], Options())
    assert r"- **Math:** out = x where x \> 0, a\|x\| elsewhere" in LAYER_FORMATS["markdown"].render(LEAKY, Options())


def test_one_layer_has_the_formats_of_all() -> None:
    """So that one option -f serves both."""
    assert [(f.name, f.suffix) for f in LAYER_FORMATS.values()] == [
        (f.name, f.suffix) for f in CATALOGUE_FORMATS.values()
    ]
