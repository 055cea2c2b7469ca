"""How people lay out a layer: each layout is taken as it is, its right gradients are right and its wrong ones wrong."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from backpropcli.catalogue.own_layers import load_layers
from backpropcli.errors import LayerError
from backpropcli.gradcheck import Verdict, check_layer
from backpropcli.gradcheck.report import Kind

pytestmark = pytest.mark.usefixtures("own_catalogue")

METHODS = """
class Own:
    def {forward}(self, x{more}):
        self.x = x
        return x * x

    def {backward}(self, dout{rate}):
        return 2 * self.x * dout
"""


def with_names(forward, backward, more="", rate=""):
    return METHODS.format(forward=forward, backward=backward, more=more, rate=rate)


CONVENTIONS = {
    "forward_pass and backward_pass": with_names("forward_pass", "backward_pass"),
    "backprop": with_names("forward", "backprop"),
    "a call for forward": with_names("__call__", "backward"),
    "a learning rate": with_names("forward", "backward", rate=", learning_rate"),
    "a mode": with_names("forward", "backward", more=", training"),
    "a flag": with_names("forward_pass", "backward_pass", more=", train_flg", rate=", lr"),
    "results left on the object": """
class Own:
    def forward(self, inputs):
        self.inputs = inputs
        self.output = inputs * inputs

    def backward(self, dvalues):
        self.dinputs = dvalues.copy()
        self.dinputs *= 2 * self.inputs
""",
    "results left in place of None": """
class Own:
    def __init__(self):
        self.out = self.dx = None

    def forward(self, x):
        self.x, self.out = x, x * x

    def backward(self, dout):
        self.dx = 2 * self.x * dout
""",
    "a pair of functions with a cache": """
def own_forward(x):
    return x * x, (x,)

def own_backward(dout, cache):
    x, = cache
    return 2 * x * dout
""",
    "the same, named the other way": """
def forward_own(x):
    return x * x, x

def backward_own(dout, x):
    return 2 * x * dout
""",
    "static methods with a context": """
class Own:
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, dout):
        x, = ctx.saved_tensors
        return 2 * x * dout
""",
    "an input that backward is given again": """
class Own:
    def forward(self, x):
        return x * x

    def backward(self, dout, x):
        return 2 * x * dout
""",
    "a list of gradients": """
class Own:
    def forward(self, x):
        self.x = x
        return x * x

    def backward(self, dout):
        return [2 * self.x * dout]
""",
    "a function that returns a loss and its gradient": """
def own(x, reg):
    loss = (x * x).sum() + reg
    dx = 2 * x
    return loss, dx
""",
    "attributes of a context": """
class Own:
    @staticmethod
    def forward(ctx, x):
        ctx.x = x
        return x * x

    @staticmethod
    def backward(ctx, dout):
        return 2 * ctx.x * dout
""",
}


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_a_layer_is_graded_as_it_is_laid_out(write, convention):
    source = CONVENTIONS[convention]
    assert check_layer(load_layers(write(source)).specs["own"], [[1.5, -2.0]]).is_right
    wrong = check_layer(load_layers(write(source.replace("2 * ", "3 * "))).specs["own"], [[1.5, -2.0]])
    assert not wrong.is_right
    assert not wrong.problems


LOSSES = """
import numpy as np

class Loss:
    def calculate(self, output, y):
        return np.mean(self.forward(output, y))

class SquaredError(Loss):
    def forward(self, y_pred, y_true):
        return np.mean((y_true - y_pred) ** 2, axis=-1)

    def backward(self, dvalues, y_true):
        self.dinputs = -2 * (y_true - dvalues) / dvalues.shape[1]
        self.dinputs = self.dinputs / len(dvalues)

class SummedSquaredError(SquaredError):
    def backward(self, dvalues, y_true):
        self.dinputs = -2 * (y_true - dvalues) / dvalues.shape[1]

class SoftmaxCrossEntropy(Loss):
    def forward(self, inputs, y_true):
        exps = np.exp(inputs - inputs.max(axis=1, keepdims=True))
        self.output = exps / exps.sum(axis=1, keepdims=True)
        return -np.log(self.output[np.arange(len(inputs)), y_true]).mean()

    def backward(self, dvalues, y_true):
        self.dinputs = dvalues.copy()
        self.dinputs[np.arange(len(dvalues)), y_true] -= 1
        self.dinputs = self.dinputs / len(dvalues)

def softmax_loss(W, X, y, reg):
    scores = X @ W
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    probs = exps / exps.sum(axis=1, keepdims=True)
    loss = -np.log(probs[np.arange(len(X)), y]).mean() + reg * (W * W).sum()
    probs[np.arange(len(X)), y] -= 1
    dW = X.T @ probs / len(X) + 2 * reg * W
    return loss, dW
"""


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("squared_error", "right as the gradient of the mean of what forward returns: backward takes no dout"),
        (
            "summed_squared_error",
            "right for a dout of 1 only, which backward leaves out: as of a loss that nothing follows",
        ),
        (
            "softmax_cross_entropy",
            "right for a dout of 1 only, which backward leaves out: as of a loss that nothing follows",
        ),
        ("softmax_loss", None),
    ],
)
def test_a_loss_may_take_no_dout(write, name, note):
    report = check_layer(load_layers(write(LOSSES)).specs[name])
    assert report.is_right
    assert report.notes == (() if note is None else (note,))
    flipped = LOSSES.replace("self.dinputs / len", "-self.dinputs / len").replace("-2 * (y", "3 * (y")
    wrong = check_layer(load_layers(write(flipped.replace("+ 2 * reg", "+ 4 * reg"))).specs[name])
    assert [finding.verdict for finding in wrong.findings if finding.kind is Kind.LOCAL][-1] is Verdict.WRONG


def test_a_loss_without_a_dout_must_be_a_number_to_run_in_a_graph(write):
    source = """
class Distance:
    def forward(self, y_pred, y_true):
        return (y_pred - y_true) ** 2

    def backward(self, y_pred, y_true):
        return 2 * (y_pred - y_true), 2 * (y_true - y_pred)
"""
    ones, zeros = np.ones(2), np.zeros(2)
    loss = load_layers(write(source)).specs["distance"].cls()
    loss.forward(ones, zeros)
    with pytest.raises(LayerError, match="distance has no dout, so that its forward must return one number"):
        loss.backward(ones)
    summed = load_layers(write(source.replace("** 2\n", "** 2 @ [1, 1]\n"))).specs["distance"].cls()
    summed.forward(ones, zeros)
    np.testing.assert_array_equal(summed.backward(np.array(5.0)), [[10, 10], [-10, -10]])


def test_functions_of_several_values_are_no_layer(write):
    source = """
def cell_forward(x, prev_h, prev_c):
    return x * prev_h, x * prev_c, (x, prev_h, prev_c)

def cell_backward(dnext_h, dnext_c, cache):
    return dnext_h, dnext_h, dnext_c
"""
    (problem, *_) = check_layer(load_layers(write(source)).specs["cell"]).problems
    assert (
        problem.message
        == "cell, sample 1: cell_backward takes dnext_h and dnext_c, but a layer has one value, and one dout"
    )


def test_a_learning_rate_leaves_the_weights_as_they_are(write):
    source = """
class Own:
    def __init__(self):
        self.w = 3.0

    def forward(self, x):
        return self.w * x

    def backward(self, dout, learning_rate):
        dx = self.w * dout
        self.w -= learning_rate * dout.sum()
        return dx
"""
    assert check_layer(load_layers(write(source)).specs["own"], [[1.5, -2.0]]).is_right


def test_a_method_that_returns_and_leaves_nothing_is_told(write):
    source = with_names("forward", "backward").replace("return 2 *", "dx = 2 *")
    (wrong,) = [f for f in check_layer(load_layers(write(source)).specs["own"], [[1.5]]).findings if f.note]
    assert wrong.note == "backward returns no gradient for it; does it end with a return?"


def test_arguments_that_are_modes_are_no_inputs(write):
    spec = load_layers(write(with_names("forward", "backward", more=", is_training"))).specs["own"]
    assert spec.inputs == ("x",)


def test_a_file_in_a_package_may_import_relatively_and_from_its_root(tmp_path):
    package = tmp_path / "sibling_nets" / "parts"
    package.mkdir(parents=True)
    for folder in (package, package.parent):
        (folder / "__init__.py").write_text("")
    (package / "helpers.py").write_text("def twice(x):\n    return 2 * x\n")
    source = (
        "from .helpers import twice\nfrom sibling_nets.parts.helpers import *\n\n"
        "class Own:\n    def forward(self, x): return twice(x)\n    def backward(self, dout): return twice(dout)\n"
    )
    (package / "mine.py").write_text(source)
    assert check_layer(load_layers(package / "mine.py").specs["own"], [[1.5, -2.0]]).is_right


def test_a_file_may_stand_in_a_circle_of_imports(tmp_path):
    package = tmp_path / "sibling_circle"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "base.py").write_text("from sibling_circle import ops\n\nclass Base:\n    uses = ops\n")
    source = "from sibling_circle.base import Base\n" + with_names("forward", "backward").replace("Own", "Own(Base)")
    (package / "ops.py").write_text(source)
    assert check_layer(load_layers(package / "ops.py").specs["own"], [[1.5, -2.0]]).is_right
    assert "sibling_circle.ops" not in sys.modules


def test_a_missing_package_blocks_only_what_uses_it(write):
    source = "import no_such_package as nsp\n" + with_names("forward", "backward")
    source += (
        "\nclass Other:\n    def forward(self, x): return nsp.square(x)\n    def backward(self, dout): return dout\n"
    )
    found = load_layers(write(source)).specs
    assert check_layer(found["own"], [[1.5, -2.0]]).is_right
    (problem,) = check_layer(found["other"], [[1.5, -2.0]]).problems
    assert "no_such_package" in problem.message


def test_a_class_whose_base_is_missing_cannot_be_used_and_says_of_what(write):
    source = "import no_such_torch\n\nclass Own(no_such_torch.autograd.Function):\n    pass\n"
    found = load_layers(write(source + with_names("forward", "backward").replace("Own", "Other")))
    assert list(found.specs) == ["other"]
    (problem,) = found.unusable["own"]
    assert problem.message == "Own: no_such_torch.autograd is used, but the package no_such_torch is not installed"
    assert (problem.place.line, problem.place.text) == (3, "class Own(no_such_torch.autograd.Function):")


def test_a_package_that_a_neighbour_misses_blocks_only_what_uses_it(write):
    write(
        "import no_such_package.parts\nfrom no_such_package import draw\n\n"
        "try:\n    import no_gpu\nexcept ImportError:\n    no_gpu = None\n\n"
        "class Base:\n    def show(self): return draw(self)\n",
        "sibling_base.py",
    )
    source = "from sibling_base import Base, no_gpu\n" + with_names("forward", "backward").replace("Own", "Own(Base)")
    spec = load_layers(write(source)).specs["own"]
    assert check_layer(spec, [[1.5, -2.0]]).is_right
    assert "no_such_package" not in sys.modules
    shows = load_layers(write(source.replace("return x * x", "return self.show()"))).specs["own"]
    (problem,) = check_layer(shows, [[1.5, -2.0]]).problems
    assert problem.message == "own: no_such_package.draw is used, but the package no_such_package is not installed"


SCRIPT = """
import numpy as np
np.random.seed(0)
SCALE = 2.0
net = Own()
for epoch in range(3):
    raise RuntimeError("training")
"""


def test_a_script_is_not_run_and_a_note_says_so(write):
    found = load_layers(write(with_names("forward", "backward") + SCRIPT))
    assert list(found.specs) == ["own"]
    assert found.note is not None
    assert "a script of 2 statements, from line 13 on, is not run" in found.note.message


def test_what_stands_below_the_question_for_main_needs_no_note(write):
    source = with_names("forward", "backward") + "\nif __name__ == '__main__':\n    raise RuntimeError\n"
    assert load_layers(write(source)).note is None


RECURRENT = """
import numpy as np

def step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)

def step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    dz = dnext_h * (1 - next_h**2)
    return dz @ Wx.T, dz @ Wh.T, x.T @ dz, prev_h.T @ dz, dz.sum(axis=0)

def rnn_forward(x, h0, Wx, Wh, b):
    hs, caches = [h0], []
    for t in range(x.shape[1]):
        h, cache = step_forward(x[:, t], hs[-1], Wx, Wh, b)
        hs.append(h)
        caches.append(cache)
    return np.stack(hs[1:], axis=1), caches

def rnn_backward(dh, caches):
    dprev, dxs, sums = 0, [], [0, 0, 0]
    for t in reversed(range(dh.shape[1])):
        dx, dprev, *weights = step_backward(dh[:, t] + dprev, caches[t])
        dxs.insert(0, dx)
        sums = [total + part for total, part in zip(sums, weights)]
    return np.stack(dxs, axis=1), dprev, *sums
"""


@pytest.mark.parametrize("name", ["step", "rnn"])
def test_recurrent_functions_are_tried_on_batches_and_on_sequences(write, name):
    assert check_layer(load_layers(write(RECURRENT)).specs[name]).is_right
    wrong = check_layer(load_layers(write(RECURRENT.replace("prev_h.T @ dz", "next_h.T @ dz"))).specs[name])
    assert not wrong.is_right
