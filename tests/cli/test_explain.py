"""`backprop explain`: the chain rule step by step, in numbers."""

from __future__ import annotations

import json

import pytest

FRUITS = "scenarios/fruits.yaml"
APPLE = """\
Buy apples and oranges

How price changes with apple, at apple = 100, price = 715

  (1)  apple_price = apple * apple_num          ∂apple_price/∂apple = apple_num = 2
  (3)  all_price = apple_price + orange_price   ∂all_price/∂apple_price = 1
  (4)  price = all_price * tax                  ∂price/∂all_price = tax = 1.1

dprice/dapple = ∂price/∂all_price * ∂all_price/∂apple_price * ∂apple_price/∂apple = 1.1 * 1 * 2 = 2.2
"""
WHOLE = """\
w * x + b

Forward
  (1) = w * x = 0.5 * 2 = 1
  (2)  out = (1) + b = 1 + (-1) = 0

Backward, from dout/dout = 1
  (2)  out = (1) + b, upstream 1
       ∂out/∂(1) = 1   (1) gets 1 * 1 = 1
       ∂out/∂b = 1     b gets 1 * 1 = 1
  (1) = w * x, upstream 1
       ∂(1)/∂w = x = 2     w gets 1 * 2 = 2
       ∂(1)/∂x = w = 0.5   x gets 1 * 0.5 = 0.5

Gradients
  dout/dw = 2
  dout/dx = 0.5
  dout/db = 1
"""
ARRAYS = """\
x * y

Forward
  (1)  out = x * y = [[3, 6], [4, 8]]

Backward, from dout/dout = [[1, 1], [1, 1]]
  (1)  out = x * y, upstream dout = [[1, 1], [1, 1]]
       x gets dout * y summed over axis 0 = [7, 7]
       y gets dout * x summed over axis 1 = [[3], [3]]

Gradients
  gradient of x = [7, 7]
  gradient of y = [[3], [3]]
"""


def explained(backprop, *arguments, stdin=""):
    done = backprop("explain", *arguments, stdin=stdin)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_one_gradient_is_the_product_of_the_local_derivatives(backprop):
    assert explained(backprop, FRUITS, "apple") == APPLE


def test_without_a_name_every_layer_is_explained(backprop):
    assert explained(backprop, "-e", "w * x + b", "w=0.5", "x=2", "b=-1") == WHOLE


def test_arrays_say_what_they_are_summed_over(backprop):
    assert explained(backprop, "-e", "x * y", "x=1,2", "y=[[3],[4]]") == ARRAYS


def test_what_is_repeated_says_so(backprop):
    assert "x gets dout / 4 for each element = [0.25, 0.25, 0.25, 0.25]" in explained(
        backprop, "-e", "mean(x)", "x=1,2,3,4"
    )


def test_transposes_are_written(backprop):
    shown = explained(backprop, "scenarios/attention.yaml")
    assert "v gets transpose(weights) @ dout" in shown
    assert "gets weights * (dweights - sum(dweights * weights, axis=-1, keepdims=true))" in shown


def test_large_arrays_are_told_by_shape(backprop):
    shown = explained(backprop, "-e", "square(x)", "x=" + ",".join(map(str, range(40))))
    assert "x gets 2 * dout * x = an array of shape (40,)" in shown


def test_several_paths_are_added(backprop):
    shown = explained(backprop, "-e", "x * x + x", "x=3", "x")
    assert "Path 2 of 3" in shown
    assert "  adds 1 * 3 = 3\n" in shown
    assert shown.endswith("\ndout/dx = 3 + 3 + 1 = 7\n")


def test_of_many_paths_those_are_shown_that_contribute_most(backprop):
    """2 ** 20 paths: the sum of squares of a number doubled twenty times."""
    steps = ["x1 = x * 1 + x * 3", *(f"x{n} = x{n - 1} * 1 + x{n - 1} * 3" for n in range(2, 21))]
    scenario = "inputs: {x: 1}\nlayers:\n" + "".join(f"  - {step}\n" for step in steps)
    shown = explained(backprop, "-", "x", stdin=scenario)
    assert shown.count("Path ") == 8
    assert "Path 1 of 1,048,576" in shown
    assert "= 3486784401\n" in shown  # 3 ** 20, the largest
    assert "The other 1,048,568 paths add " in shown
    assert shown.endswith(" = 1.09951162778e+12\n")  # 4 ** 20


def test_paths_without_number_are_told(backprop):
    steps = ["x1 = x + x", *(f"x{n} = x{n - 1} + x{n - 1}" for n in range(2, 71))]
    scenario = "inputs: {x: 1}\nlayers:\n" + "".join(f"  - {step}\n" for step in steps)
    assert "Path 8 of more than 1,000,000,000,000,000" in explained(backprop, "-", "x", stdin=scenario)


def test_a_long_chain_is_explained(backprop):
    steps = "".join(f"  - x{n} = x{n - 1} + 1\n" for n in range(1, 3001))
    shown = explained(backprop, "-", "x0", stdin=f"inputs: {{x0: 1}}\nlayers:\n{steps}")
    assert shown.count("∂x") >= 6000


def test_choices_are_told_by_what_decides_them(backprop):
    assert "∂(1)/∂x = 1, as x > 0" in explained(backprop, "-e", "relu(x) * 2", "x=3", "x")
    assert "∂(1)/∂x = 0, as x == 0" in explained(backprop, "-e", "relu(x) * 2", "x=0", "x")


def test_why_a_gradient_is_zero(backprop):
    reason = "The gradient of x is 0: relu (1) is off, as its input is not above 0.\n"
    assert explained(backprop, "-e", "relu(x) * 2", "x=-3", "x").endswith(f"\n\n{reason}")
    assert explained(backprop, "-e", "relu(x) * 2", "x=-3").endswith(f"\n\n{reason}")
    assert reason.strip() in explained(backprop, "-e", "relu(x) * 2", "x=-3", "-f", "markdown")
    assert json.loads(explained(backprop, "-e", "relu(x) * 2", "x=-3", "--json"))["why_zero"] == [reason.strip()]


def test_a_branch_that_is_not_taken_is_no_path(backprop):
    shown = explained(backprop, "-e", "where(x > 0, sqrt(x), 0) * x", "x=0", "x")
    assert "  adds 0 * 0 * inf = 0, as (3) lets nothing through\n" in shown


def test_dout_is_a_factor(backprop):
    shown = explained(backprop, FRUITS, "apple", "--dout", "10")
    assert shown.endswith("\ngradient of apple = 10 * 1.1 * 1 * 2 = 22\n")


def test_an_inner_value_can_be_explained(backprop):
    shown = explained(backprop, FRUITS, "apple_price")
    assert "(1)" not in shown
    assert shown.endswith("\ndprice/dapple_price = ∂price/∂all_price * ∂all_price/∂apple_price = 1.1 * 1 = 1.1\n")


def test_the_output_itself_can_be_asked_for(backprop):
    assert explained(backprop, FRUITS, "price") == "Buy apples and oranges\n\ndprice/dprice = 1\n"


def test_what_is_not_finite_is_shown_as_it_is(backprop):
    shown = backprop("explain", "-e", "log(x) * 0", "x=0").stdout
    assert "  (2)  out = (1) * 0 = -inf * 0 = nan\n" in shown
    assert shown.endswith("  dout/dx = nan\n")


def test_a_part_of_a_formula_that_is_not_finite_is_left_out(backprop):
    """The formula stands alone, without numbers in it."""
    shown = backprop("explain", "-e", "mish(w)", "w=nan", "w").stdout
    assert "∂out/∂w = t + w * (1 - t * t) * sigmoid(w) = nan, with t = tanh(softplus(w))" in shown


def test_infinite_numbers_in_arrays_raise_no_warning(backprop):
    done = backprop(
        "explain", "-e", "log(repeat(cosh(x) - cosh(x), repeats=4))", "x=inf", env={"PYTHONWARNINGS": "error"}
    )
    assert done.returncode == 0
    assert "nan" in done.stdout


def test_parameters_are_numbers_in_formulas(backprop):
    shown = explained(backprop, "-e", "leaky_relu(x, slope=0.2) * 3", "x=-1", "x")
    assert "(1) = leaky_relu(x, slope=0.2)" in shown
    assert "∂(1)/∂x = 0.2, as x < 0" in shown


def test_arrays_without_numbers_are_explained(backprop):
    assert "  (1) = x[0:0] = []\n" in explained(backprop, "-e", "sum(x[0:0])", "x=1,2")


def test_several_names_restrict_the_pass(backprop):
    shown = explained(backprop, FRUITS, "apple", "apple_num")
    assert "orange gets" not in shown
    assert "  dprice/dapple_num = 110\n" in shown


def test_fractions_stay_exact(backprop):
    assert "= 1/7 * 2 = 2/7\n" in explained(backprop, "-e", "x ** 2 / 7", "x=1", "x", "--exact")


def test_digits_are_chosen(backprop):
    assert "sigmoid(x) = 1 / (1 + exp(-x)) = 1 / (1 + exp(-0.5)) = 0.622\n" in explained(
        backprop, "-e", "sigmoid(x)", "x=0.5", "--precision", "3"
    )


def test_a_layer_of_a_users_own_has_a_prime(backprop, tmp_path):
    cube = "class Cube:\n    def forward(self, x):\n        self.x = x\n        return x**3\n"
    (tmp_path / "cube.py").write_text(f"{cube}    def backward(self, dout):\n        return dout * 3 * self.x**2\n")
    shown = explained(backprop, "--layers", tmp_path / "cube.py", "-e", "cube(x)", "x=2", "x")
    assert "∂out/∂x = cube'(x) = 12" in shown


def test_what_does_not_matter_has_a_gradient_of_0(backprop):
    scenario = "inputs: {x: 2, u: 7}\nlayers:\n  - v = u * 2\n  - y = x * 3\n"
    assert backprop("explain", "-", "u", stdin=scenario).stdout.endswith("\ndy/du = 0: y does not depend on u\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "missing argument 'SCENARIO'"),
        ((FRUITS, "aple"), "did you mean 'apple'?"),
        (("scenarios/xor.yaml", "-f", "svg"), "unknown format 'svg'"),
        (("scenarios/softmax_with_loss.yaml", "labels"), "the output has no gradient with respect to 'labels'"),
        (("fruit.yaml", "apple"), "there is no scenario fruit.yaml"),
        ((FRUITS, "-o", "x.pdf"), "no format has the extension '.pdf'"),
    ],
)
def test_what_is_wrong_is_said(backprop, arguments, message):
    done = backprop("explain", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert not done.stdout


def test_an_upstream_gradient_is_no_derivative_of_the_output(backprop):
    assert "Backward, from an upstream gradient of 3\n" in explained(
        backprop, "-e", "x * y", "x=2", "y=5", "--dout", "3"
    )
    assert "Backward, from dout/dout = 1\n" in explained(backprop, "-e", "x * y", "x=2", "y=5")


BLOCKED = ("-e", "where(x > 1, 3, log(0 * x))", "x=2")


def test_a_branch_that_lets_nothing_through_is_told_of_the_only_path(backprop):
    """Nothing times infinity is nan elsewhere, and nothing here."""
    shown = backprop("explain", *BLOCKED, "x", "-f", "text").stdout
    assert "= 0 * inf * 0 = 0, as (4) lets nothing through\n" in shown
    assert r"\text{as (4) lets nothing through}" in backprop("explain", *BLOCKED, "x", "-f", "latex").stdout
    found = json.loads(backprop("explain", *BLOCKED, "x", "-f", "json").stdout)
    assert [path["blocked_at"] for path in found["paths"]] == [4]
