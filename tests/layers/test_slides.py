"""The slides' scripts run as they stand, and print the slides' numbers."""

from __future__ import annotations

import numpy as np
import pytest

from backpropcli.layers import AddLayer, MulLayer, Relu, Sigmoid


def test_buy_apples() -> None:
    """220, and 2.2 110 200."""
    apple = 100
    apple_num = 2
    tax = 1.1

    mul_apple_layer = MulLayer()
    mul_tax_layer = MulLayer()

    apple_price = mul_apple_layer.forward(apple, apple_num)
    price = mul_tax_layer.forward(apple_price, tax)

    dprice = 1
    dapple_price, dtax = mul_tax_layer.backward(dprice)
    dapple, dapple_num = mul_apple_layer.backward(dapple_price)

    assert price == pytest.approx(220, rel=1e-12)
    assert [dapple, dapple_num, dtax] == pytest.approx([2.2, 110, 200], rel=1e-12)


def test_buy_apples_and_oranges() -> None:
    """715, and 110 2.2 3.3 165 650."""
    apple = 100
    apple_num = 2
    orange = 150
    orange_num = 3
    tax = 1.1

    mul_apple_layer = MulLayer()
    mul_orange_layer = MulLayer()
    add_apple_orange_layer = AddLayer()
    mul_tax_layer = MulLayer()

    apple_price = mul_apple_layer.forward(apple, apple_num)
    orange_price = mul_orange_layer.forward(orange, orange_num)
    all_price = add_apple_orange_layer.forward(apple_price, orange_price)
    price = mul_tax_layer.forward(all_price, tax)

    dprice = 1
    dall_price, dtax = mul_tax_layer.backward(dprice)
    dapple_price, dorange_price = add_apple_orange_layer.backward(dall_price)
    dorange, dorange_num = mul_orange_layer.backward(dorange_price)
    dapple, dapple_num = mul_apple_layer.backward(dapple_price)

    assert price == pytest.approx(715, rel=1e-12)
    assert [dapple_num, dapple, dorange, dorange_num, dtax] == pytest.approx([110, 2.2, 3.3, 165, 650], rel=1e-12)


def test_relu_on_the_boolean_array() -> None:
    """The entries that are not positive become 0, forward and backward, and x is left as it was."""
    x = np.array([[1.0, -0.5], [-2.0, 3.0]])
    layer = Relu()
    assert layer.forward(x).tolist() == [[1, 0], [0, 3]]
    assert layer.backward(np.array([[5.0, 6.0], [7.0, 8.0]])).tolist() == [[5, 0], [0, 8]]
    assert x.tolist() == [[1, -0.5], [-2, 3]]


def test_relu_leaves_a_shared_dout_alone() -> None:
    """Where the slides' Relu gives [0, 4], because its zeros reach the other consumer of dout."""
    dout = np.array([3.0, 2.0])
    layer = Relu()
    layer.forward(np.array([-1.0, 1.0]))
    assert (dout + layer.backward(dout)).tolist() == [3, 4]


def test_sigmoid_on_an_array() -> None:
    """1 / (1 + exp(-x)), and dout * y * (1 - y) of numbers worked by hand: y is 1/2, 2/3, 1/5 at 0, log 2, -log 4."""
    layer = Sigmoid()
    assert layer.forward(np.log([1, 2, 0.25])).tolist() == pytest.approx([1 / 2, 2 / 3, 1 / 5], rel=1e-12)
    assert layer.backward(np.array([4.0, 9.0, 25.0])).tolist() == pytest.approx([1, 2, 4], rel=1e-12)


def test_what_the_slides_layers_keep_is_there_by_the_same_name() -> None:
    """A script of the slides that prints the mask, the output or the factors finds them."""
    x = np.array([[1.0, -0.5], [-2.0, 3.0]])
    relu, sigmoid, mul = Relu(), Sigmoid(), MulLayer()
    relu.forward(x)
    out = sigmoid.forward(x)
    mul.forward(100, 2)
    assert relu.mask.tolist() == [[False, True], [True, False]]
    assert sigmoid.out is out
    assert (mul.x, mul.y) == (100, 2)
