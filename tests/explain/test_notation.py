"""How derivatives are written: of one layer `∂y/∂x`, through all paths `dy/dx`; and what is said once only."""

from __future__ import annotations

import pytest

from backpropcli import api
from backpropcli.explain import EXPLANATION_FORMATS, Options
from backpropcli.explain.from_result import explanation_of


def explained(formula, *names, style="text", **given):
    return EXPLANATION_FORMATS[style].render(explanation_of(api.eval_formula(formula, **given), names), Options())


def test_the_derivative_of_a_layer_and_that_through_all_paths_are_told_apart():
    shown = explained("x * x + x", "x", x=3)
    assert "∂out/∂x = 1\n" in shown
    assert shown.endswith("dout/dx = 3 + 3 + 1 = 7\n")


def test_latex_tells_them_apart_as_well():
    shown = explained("x * x + x", "x", style="latex", x=3)
    assert r"\frac{\partial \mathrm{out}}{\partial x} &= 1 \\" in shown
    assert r"\frac{d \mathrm{out}}{d x} &= 3 + 3 + 1 = 7" in shown


def test_a_product_of_local_derivatives_is_a_gradient():
    assert explained("exp(2 * x)", "x", x=0).endswith("dout/dx = ∂out/∂(1) * ∂(1)/∂x = 1 * 2 = 2\n")


def test_a_terminal_without_the_sign_has_a_letter(backprop):
    done = backprop("explain", "-e", "x * 2", "x=3", "x", env={"PYTHONIOENCODING": "ascii"})
    assert "(1)  out = x * 2   dout/dx = 2\n" in done.stdout
    assert "∂out/∂x = 2\n" in backprop("explain", "-e", "x * 2", "x=3", "x", env={"PYTHONIOENCODING": "utf-8"}).stdout


def test_a_file_has_the_sign_whatever_the_terminal(backprop, tmp_path):
    file = tmp_path / "told.txt"
    backprop("explain", "-e", "x * 2", "x=3", "-o", file, env={"PYTHONIOENCODING": "ascii"}, check=True)
    assert "∂out/∂x = 2" in file.read_text(encoding="utf-8")


def test_with_another_dout_latex_calls_no_gradient_a_derivative():
    shown = explained("x * y", style="latex", dout=3, x=2, y=5)
    assert r"\text{upstream} \quad 3 \\" in shown
    assert r"\frac{d" not in shown


def test_with_another_dout_latex_has_names_for_gradients_of_arrays():
    shown = explained("x * y", style="latex", dout=[3.0, 4.0], x=[1.0, 2.0], y=5)
    assert r"\text{upstream} \quad \mathrm{dout} = \begin{pmatrix} 3 & 4" in shown
    assert r"\text{gets} \quad &\mathrm{dout} \cdot y = " in shown
    assert r"\frac" not in shown


def test_the_same_relation_from_its_other_side_is_not_told_again():
    shown = explained("maximum(x, y)", x=2, y=2)
    assert "∂out/∂y = 1 / 2 = 0.5, as y == x   y gets" in shown


@pytest.mark.parametrize("style", ["text", "latex"])
def test_a_comparison_of_constants_is_no_reason(style):
    assert " as " not in explained("maximum(2.2, 2.2) * x", style=style, x=2).replace(r"\text{as}", " as ")


def test_a_quotient_of_whole_numbers_is_the_fraction_that_it_is(backprop):
    shown = backprop("explain", "-e", "x / 3", "x=1", "--exact").stdout
    assert "out = x / 3 = 1/3\n" in shown
    assert "∂out/∂x = 1/3   x gets 1 * 1/3 = 1/3\n" in shown


def test_an_upstream_gradient_that_formulas_use_is_named():
    assert "(1)  out = mean(x), upstream dout = 1\n" in explained("mean(x)", x=[1.0, 2.0])
    assert r"\text{upstream} \quad \frac{d \mathrm{out}}{d \mathrm{out}} = 1" in explained(
        "mean(x)", style="latex", x=[1.0, 2.0]
    )


def test_a_part_that_is_a_name_gets_no_other():
    shown = explained("cross_entropy(x, t)", x=[[1.0, 2.0]], t=[[0.0, 1.0]])
    assert "x gets dout * (exp(log_softmax(x)) * sum(t, axis=-1, keepdims=true) - t) = [[" in shown
    assert "with t" not in shown


def test_why_gradients_are_zero_reads_well_of_one_and_of_several():
    assert explained("x * y", x=0, y=0).endswith("The gradients of x and y are 0: mul out multiplies by 0.\n")
    assert explained("x * y", x=3, y=0).endswith("The gradient of x is 0: mul out multiplies by 0.\n")


def test_an_array_of_no_elements_gets_nothing_for_each():
    assert "x gets dout for each element = []\n" in explained("sum(x)", x=[])
