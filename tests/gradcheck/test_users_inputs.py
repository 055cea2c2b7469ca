"""The inputs that users' layers are tried on, where only some of what might be tried shows a mistake."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from users_layers import graded, wrong

from backpropcli.gradcheck import Verdict


class Residual:
    """Two weights, the second of which leads back to as many numbers as went in."""

    def __init__(self, W1: Any, W2: Any) -> None:
        self.W1, self.W2 = W1, W2

    def forward(self, x: Any) -> Any:
        self.x, self.h = x, np.maximum(x @ self.W1, 0)
        return x + self.h @ self.W2

    def backward(self, dout: Any) -> Any:
        self.dW2 = self.h.T @ dout
        dh = (dout @ self.W2.T) * (self.h > 0)
        self.dW1 = self.x.T @ dh
        return dout + self.through(dh)

    def through(self, dh: Any) -> Any:
        return dh @ self.W1.T


class Untransposed(Residual):
    """Multiplies matrices that do not fit."""

    def through(self, dh: Any) -> Any:
        return dh @ self.W1


class SkipForgotten(Residual):
    """Lacks the path round the weights."""

    def backward(self, dout: Any) -> Any:
        return super().backward(dout) - dout


def test_weights_of_two_steps_fit_each_other() -> None:
    report = graded(Residual)
    assert report.is_right
    assert {"W1", "W2"} <= {finding.subject.rpartition("input ")[2] for finding in report.findings}
    assert wrong(graded(SkipForgotten)) == ["x"]


def test_a_backward_that_fails_where_all_fits_by_the_names_is_not_right_with_other_weights() -> None:
    (problem,) = graded(Untransposed).problems
    assert "matmul" in problem.message


class RootMeanSquare:
    """Normalizes rows of `dim` numbers; the name might also be that of an axis."""

    def __init__(self, dim: Any) -> None:
        self.weight = np.ones(dim)

    def forward(self, x: Any) -> Any:
        self.x, self.rms = x, np.sqrt((x**2).mean(axis=-1, keepdims=True) + 1e-6)
        return x / self.rms * self.weight

    def backward(self, dout: Any) -> Any:
        normal, scaled = self.x / self.rms, dout * self.weight
        self.dweight = (dout * normal).reshape(-1, self.x.shape[-1]).sum(axis=0)
        return (scaled - normal * (scaled * normal).mean(axis=-1, keepdims=True)) / self.rms


def test_dim_may_be_a_length() -> None:
    assert graded(RootMeanSquare).is_right


class Quotient:
    """Its second argument is called as a bias often is."""

    def forward(self, a: Any, b: Any) -> Any:
        self.a, self.b = a, b
        return a / b

    def backward(self, dout: Any) -> Any:
        return dout / self.b, -dout * self.a / self.b**2


def test_b_beside_a_is_no_bias() -> None:
    report = graded(Quotient)
    assert report.is_right
    assert any("not for inputs that broadcast" in note for note in report.notes)


class Huber:
    """Straight where prediction and target are far apart."""

    def forward(self, pred: Any, target: Any) -> Any:
        self.d = pred - target
        size = np.abs(self.d)
        return np.where(size <= 1, 0.5 * self.d**2, size - 0.5).sum()

    def backward(self, dout: Any) -> Any:
        return dout * np.where(np.abs(self.d) <= 1, self.d, self.slope())

    def slope(self) -> Any:
        return np.sign(self.d)


class HuberWithoutSign(Huber):
    """Wrong far down."""

    def slope(self) -> Any:
        return 1.0


def test_a_loss_is_tried_far_from_its_target() -> None:
    assert graded(Huber).is_right
    assert wrong(graded(HuberWithoutSign)) == ["pred"]


class PoolOfImages:
    """The largest of each two by two numbers; those that tie share dout, or each get all of it."""

    share = True

    def forward(self, x: Any) -> Any:
        n, c, h, w = x.shape
        self.x = x.reshape(n, c, h // 2, 2, w // 2, 2)
        self.out = self.x.max(axis=(3, 5), keepdims=True)
        return self.out[:, :, :, 0, :, 0]

    def backward(self, dout: Any) -> Any:
        mask = self.x == self.out
        count = mask.sum(axis=(3, 5), keepdims=True) if self.share else 1
        n, c, h, _, w, _ = self.x.shape
        return (dout[:, :, :, None, :, None] * mask / count).reshape(n, c, 2 * h, 2 * w)


def test_pools_of_images_have_ties() -> None:
    assert graded(PoolOfImages).is_right
    assert wrong(graded(type("Greedy", (PoolOfImages,), {"share": False}))) == ["x"]


class Every:
    """Every so many rows and columns of images; at 1, a backward that forgets the stride is right."""

    def __init__(self, stride: int = 1) -> None:
        self.stride = stride

    def forward(self, x: Any) -> Any:
        _, _, self.height, self.width = x.shape
        return 2 * x[:, :, :: self.stride, :: self.stride]

    def backward(self, dout: Any) -> Any:
        dx = np.zeros((*dout.shape[:2], self.height, self.width))
        step = self.step()
        dx[:, :, : step * dout.shape[2] : step, : step * dout.shape[3] : step] = 2 * dout
        return dx

    def step(self) -> int:
        return self.stride


class EveryForgotten(Every):
    """Puts what came from afar side by side."""

    def step(self) -> int:
        return 1


def test_images_are_tried_with_a_stride_too_unless_one_is_given() -> None:
    assert graded(Every).is_right
    assert wrong(graded(EveryForgotten)) == ["x"]
    assert graded(EveryForgotten, stride=1).is_right


class Flatten:
    """Leaves matrices as they are."""

    order = "C"

    def forward(self, x: Any) -> Any:
        self.shape = x.shape
        return x.reshape(len(x), -1) if np.ndim(x) else x

    def backward(self, dout: Any) -> Any:
        return dout.reshape(self.shape, order=self.order)


class NotReshaped(Flatten):
    """Passes dout on as it comes."""

    def backward(self, dout: Any) -> Any:
        return dout


def test_what_leaves_matrices_as_they_are_is_made_for_more_axes() -> None:
    assert graded(Flatten).is_right
    assert wrong(graded(NotReshaped)) == ["x"]
    assert wrong(graded(type("Columns", (Flatten,), {"order": "F"}))) == ["x"]


class Cosine:
    """Of two vectors; `dot` would multiply matrices."""

    def forward(self, a: Any, b: Any) -> Any:
        self.a, self.b = a, b
        self.size_a, self.size_b = np.sqrt((a * a).sum()), np.sqrt((b * b).sum())
        self.out = np.dot(a, b) / (self.size_a * self.size_b)
        return self.out

    def backward(self, dout: Any) -> Any:
        a, b = self.a / self.size_a, self.b / self.size_b
        return dout * (b - self.out * a) / self.size_a, dout * (a - self.out * b) / self.size_b


class Bilinear:
    """Two vectors of different lengths, and a matrix between them."""

    def __init__(self, A: Any) -> None:
        self.A = A

    def forward(self, x: Any, z: Any) -> Any:
        self.x, self.z = x, z
        return x @ self.A @ z

    def backward(self, dout: Any) -> Any:
        self.dA = dout * np.outer(self.x, self.z)
        return dout * self.A @ self.z, dout * self.x @ self.A


def test_vectors_are_not_tried_as_matrices() -> None:
    assert graded(Cosine).is_right
    assert graded(Bilinear).is_right


class Deviation:
    """Has no slope where all numbers are the same."""

    def forward(self, x: Any) -> Any:
        self.x = x
        self.out = np.std(x, ddof=1)
        return self.out

    def backward(self, dout: Any) -> Any:
        return dout * (self.x - self.x.mean()) / ((self.x.size - 1) * self.out)


def test_a_tail_is_no_constant_array() -> None:
    assert not any(finding.verdict is Verdict.IMPRECISE for finding in graded(Deviation).findings)


class Logarithm:
    """Is not defined at all that it is tried on."""

    def forward(self, x: Any) -> Any:
        self.x = x
        return np.log(x)

    def backward(self, dout: Any) -> Any:
        return dout / self.x


def test_people_need_not_wonder_what_numpy_warns_of_at_guesses() -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert graded(Logarithm).is_right
    assert not told


class Picky:
    """Takes nothing that is tried."""

    def __init__(self, table: Any) -> None:
        self.table = table

    def forward(self, x: Any) -> Any:
        raise ValueError(f"{x} is not in {self.table}")

    def backward(self, dout: Any) -> Any:
        return dout


def test_what_to_give_is_told_with_the_arguments_of_the_constructor() -> None:
    (problem,) = graded(Picky).problems
    assert problem.hint == "give it inputs: backprop check --layers mine.py picky --init table=... --x ..."
