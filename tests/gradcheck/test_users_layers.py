"""Users' layers as `check` tries them: weights are inputs, labels need no gradient, a guess is not their fault."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backpropcli.catalogue.adapter import foreign_spec
from backpropcli.catalogue.conventions import layer_class_of
from backpropcli.gradcheck import Report, Verdict, check_layer


def graded(cls: Any, *inputs: Any, **parameters: Any) -> Report:
    spec = foreign_spec(cls.__name__.lower(), layer_class_of(cls), "mine.py", "mine.py")
    return check_layer(spec, list(inputs) or None, parameters)


def wrong(report: Report) -> list[str]:
    """The names of the inputs whose gradients are wrong."""
    subjects = [finding.subject for finding in report.findings if finding.verdict is Verdict.WRONG]
    return [subject.rpartition("input ")[2] for subject in subjects]


class Affine:
    """Attributes W and b, with dW and db."""

    def __init__(self, W: Any, b: Any) -> None:
        self.W, self.b = W, b
        self.dW = self.db = None

    def forward(self, x: Any) -> Any:
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout: Any) -> Any:
        self.dW, self.db = self.x.T @ dout, dout.sum(axis=0)
        return dout @ self.W.T


class SevenTimes(Affine):
    """Its dW is too large."""

    def backward(self, dout: Any) -> Any:
        found = super().backward(dout)
        self.dW = 7 * self.dW
        return found


class Unsummed(Affine):
    """Its db has a row for each example."""

    def backward(self, dout: Any) -> Any:
        found = super().backward(dout)
        self.db = dout
        return found


class Listed:
    """Lists params and grads, as in the book's second volume."""

    def __init__(self, W: Any, b: Any) -> None:
        self.params, self.grads = [W, b], [np.zeros_like(W), np.zeros_like(b)]

    def forward(self, x: Any) -> Any:
        W, b = self.params
        self.x = x
        return x @ W + b

    def backward(self, dout: Any) -> Any:
        self.grads[0][...], self.grads[1][...] = self.x.T @ dout, dout.sum(axis=0)
        return dout @ self.params[0].T


class Lazy:
    """Dictionaries that the first forward fills, in float32, with random weights."""

    def __init__(self, n_out: int) -> None:
        self.n_out, self.params, self.grads = n_out, {}, {}

    def forward(self, inputs: Any) -> Any:
        if not self.params:
            self.params["w"] = np.random.randn(inputs.shape[1], self.n_out).astype("float32")
        self.inputs = inputs
        return inputs @ self.params["w"]

    def backward(self, grad: Any) -> Any:
        self.grads["w"] = self.inputs.T @ grad
        return grad @ self.params["w"].T


class Adding(Affine):
    """Adds to its gradients, and has other names for them."""

    def __init__(self, n_in: int, n_out: int) -> None:
        self.weights, self.biases = np.full((n_in, n_out), 0.25), np.zeros((1, n_out))
        self.dweights, self.dbiases = np.zeros_like(self.weights), np.zeros_like(self.biases)

    def forward(self, x: Any) -> Any:
        self.x = x
        return x @ self.weights + self.biases

    def backward(self, dout: Any) -> Any:
        self.dweights += self.x.T @ dout
        self.dbiases += dout.sum(axis=0, keepdims=True)
        return dout @ self.weights.T


class Returned(Affine):
    """Returns the gradients of the weights behind that of x."""

    def __init__(self, W: Any, b: Any) -> None:
        self.W, self.b = W, b

    def backward(self, dout: Any) -> Any:
        return dout @ self.W.T, self.x.T @ dout, dout.sum(axis=0)


@pytest.mark.parametrize("cls", [Affine, Listed, Lazy, Adding, Returned])
def test_the_weights_of_an_object_are_checked_like_inputs(cls: Any) -> None:
    report = graded(cls)
    assert report.is_right
    assert any(f.subject.endswith(("input W", "input w", "input weights", "input params_0")) for f in report.findings)


def test_wrong_gradients_of_weights_are_wrong() -> None:
    assert wrong(graded(SevenTimes)) == ["W"]
    assert wrong(graded(Unsummed)) == ["b"]


def test_a_weight_that_was_given_is_tried_with_inputs_that_fit() -> None:
    report = graded(SevenTimes, W=np.ones((2, 5)), b=np.ones(5))
    assert wrong(report) == ["W"]


class Cached:
    """What forward keeps is no weight, though backward puts something beside it that looks like its gradient."""

    def forward(self, z: Any) -> Any:
        self.z = z
        return z * z

    def backward(self, dout: Any) -> Any:
        self.dz = 17 * dout
        return 2 * self.z * dout


def test_what_forward_keeps_is_no_weight() -> None:
    report = graded(Cached)
    assert report.is_right
    assert {f.subject.rpartition("input ")[2] for f in report.findings if "input" in f.subject} == {"z"}


def softmax(x: Any) -> Any:
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


class CrossEntropy:
    """Class numbers or one-hot labels; backward gives the gradient of x only."""

    def forward(self, x: Any, t: Any) -> Any:
        self.t = t if t.ndim == 1 else t.argmax(axis=1)
        self.y = softmax(x)
        return -np.log(self.y[np.arange(len(x)), self.t]).mean()

    def backward(self, dout: Any = 1) -> Any:
        dx = self.y.copy()
        dx[np.arange(len(dx)), self.t] -= 1
        return dout * dx / len(dx)


class LastLayer(CrossEntropy):
    """Leaves dout out."""

    def backward(self, dout: Any = 1) -> Any:  # noqa: ARG002 - that is the point
        return super().backward(1)


class PlusConstant(CrossEntropy):
    """Keeps the logarithm finite, which backward does not know."""

    def forward(self, x: Any, t: Any) -> Any:
        super().forward(x, t)
        return -np.log(self.y[np.arange(len(x)), self.t] + 1e-7).mean()


class NotAveraged(CrossEntropy):
    """Sums where forward has a mean."""

    def backward(self, dout: Any = 1) -> Any:
        return super().backward(dout) * len(self.y)


class Embedding:
    """Class numbers index rows of the object's own table."""

    def __init__(self, W: Any) -> None:
        self.W = W

    def forward(self, idx: Any) -> Any:
        self.idx = idx
        return self.W[idx]

    def backward(self, dout: Any) -> None:
        self.dW = np.zeros_like(self.W)
        np.add.at(self.dW, self.idx, dout)


class Overwriting(Embedding):
    """Rows that are taken twice have the gradient of the last."""

    def backward(self, dout: Any) -> None:
        self.dW = np.zeros_like(self.W)
        self.dW[self.idx] = dout


@pytest.mark.parametrize("cls", [CrossEntropy, Embedding])
def test_labels_and_indices_need_no_gradient(cls: Any) -> None:
    assert graded(cls).is_right
    assert not graded(cls).notes


def test_wrong_gradients_beside_labels_are_wrong() -> None:
    assert wrong(graded(NotAveraged)) == ["x"]
    assert wrong(graded(Overwriting)) == ["W"]


def test_whole_numbers_that_are_given_stay_whole_numbers() -> None:
    assert graded(CrossEntropy, [[0.5, -1.0, 2.0]], [2]).is_right


class Product:
    """An input that has a gradient is none the less wrong where backward forgets it."""

    def forward(self, x: Any, y: Any) -> Any:
        self.y = y
        return x * y

    def backward(self, dout: Any) -> Any:
        return dout * self.y


def test_an_input_that_moves_the_value_is_no_label() -> None:
    assert graded(Product).is_wrong


@pytest.mark.parametrize(
    ("cls", "note"), [(LastLayer, "right for a dout of 1 only"), (PlusConstant, "right to 4 digits, not to 6")]
)
def test_what_people_do_on_purpose_is_right_with_a_note(cls: Any, note: str) -> None:
    report = graded(cls)
    assert report.is_right
    assert report.notes[0].startswith(note)


class Drawn:
    """Dropout by NumPy's generator."""

    def forward(self, x: Any) -> Any:
        self.mask = np.random.rand(*x.shape) > 0.5
        return x * self.mask

    def backward(self, dout: Any) -> Any:
        return dout * self.mask


def test_a_layer_that_draws_is_checked_for_what_it_drew() -> None:
    np.random.seed(5)
    before = np.random.get_state()[1].copy()
    assert graded(Drawn).is_right
    np.testing.assert_array_equal(np.random.get_state()[1], before)


class OwnGenerator:
    """Draws by a generator that nobody can seed."""

    def __init__(self) -> None:
        self.generator = np.random.default_rng()

    def forward(self, x: Any) -> Any:
        return x * self.generator.uniform()

    def backward(self, dout: Any) -> Any:
        return dout


def test_a_forward_that_stays_random_cannot_be_checked() -> None:
    (problem,) = graded(OwnGenerator).problems
    assert "forward is random" in problem.message


class Rescaled(CrossEntropy):
    """Writes into dout, which is a number: there is nothing to write into."""

    def backward(self, dout: Any = 1) -> Any:
        dout *= 2
        return super().backward(dout) / 2


class Reusing(CrossEntropy):
    """Computes the gradient in the array that forward kept, as a second backward would notice."""

    def backward(self, dout: Any = 1) -> Any:
        dx = self.y
        dx[np.arange(len(dx)), self.t] -= 1
        dx *= dout / len(dx)
        return dx


def test_a_dout_that_is_a_number_cannot_be_changed() -> None:
    report = graded(Rescaled)
    assert report.is_right
    assert not report.notes


def test_a_backward_that_runs_once_is_right_with_a_note() -> None:
    report = graded(Reusing)
    assert report.is_right
    assert report.notes == (
        "right, but backward computes in the arrays that forward kept: a second backward gives something else",
    )


class LabelledSteps:
    """Classes for each step of a sequence."""

    def forward(self, xs: Any, ts: Any) -> Any:
        batch, steps, _ = xs.shape
        self.place = np.arange(batch)[:, None], np.arange(steps), ts
        e = np.exp(xs - xs.max(axis=2, keepdims=True))
        self.y = e / e.sum(axis=2, keepdims=True)
        return -np.log(self.y[self.place]).sum()

    def backward(self, dout: Any) -> Any:
        dx = self.y.copy()
        dx[self.place] -= 1
        return dout * dx


class DoubledSteps(LabelledSteps):
    """Is twice too large."""

    def backward(self, dout: Any) -> Any:
        return 2 * super().backward(dout)


def test_each_step_of_a_sequence_may_have_a_label() -> None:
    assert graded(LabelledSteps).is_right
    assert wrong(graded(DoubledSteps)) == ["xs"]


class Probabilities:
    """Cuts off what is no probability, which backward does not know."""

    def forward(self, y_pred: Any, y_true: Any) -> Any:
        self.p, self.t = np.clip(y_pred, 1e-7, 1 - 1e-7), y_true
        return -np.log(self.p[np.arange(len(self.p)), y_true]).sum()

    def backward(self, dout: Any) -> Any:
        dx = np.zeros_like(self.p)
        rows = np.arange(len(dx))
        dx[rows, self.t] = -dout / self.p[rows, self.t]
        return dx


def test_predictions_are_probabilities() -> None:
    assert graded(Probabilities).is_right


class LastChannels:
    """A convolution over images whose last axis is that of the channels, with the shape of its kernel."""

    def __init__(self, kernel: Any) -> None:
        height, width, n_in, n_out = kernel
        self.w = np.linspace(-1, 1, height * width * n_in * n_out).reshape(kernel)

    def forward(self, images: Any) -> Any:
        windows = np.lib.stride_tricks.sliding_window_view(images, self.w.shape[:2], axis=(1, 2))
        self.windows, self.images = windows, images
        return np.einsum("nyxchw,hwco->nyxo", windows, self.w)

    def backward(self, dout: Any) -> Any:
        self.dw = np.einsum("nyxchw,nyxo->hwco", self.windows, dout)
        dx = np.zeros_like(self.images)
        for y, x in np.ndindex(dout.shape[1:3]):
            dx[:, y : y + 3, x : x + 3] += np.einsum("no,hwco->nhwc", dout[:, y, x], self.w)
        return dx


def test_a_kernel_may_be_given_by_its_shape() -> None:
    report = graded(LastChannels)
    assert report.is_right
    assert any(finding.subject.endswith("input w") for finding in report.findings)


class Collecting:
    """Keeps what each forward was given until it is told to forget; its weights are made by the first."""

    def __init__(self, n_out: int) -> None:
        self.n_out, self.X, self.params, self.grads = n_out, [], {}, {}

    def forward(self, X: Any) -> Any:
        if "W" not in self.params:
            self.params["W"] = np.full((X.shape[1], self.n_out), 0.25)
            self.grads["W"] = np.zeros_like(self.params["W"])
        self.X.append(X)
        return X @ self.params["W"]

    def backward(self, dout: Any) -> Any:
        for X in self.X:
            self.grads["W"] += X.T @ dout
        return [dout @ self.params["W"].T for _ in self.X]

    def zero_grad(self) -> None:
        self.X = []
        self.grads["W"][...] = 0


class NeverForgetting(Collecting):
    """Keeps them for ever."""

    zero_grad = None


def test_an_object_that_collects_until_it_is_told_to_forget_is_right() -> None:
    assert graded(Collecting).is_right
    assert graded(NeverForgetting).is_wrong
