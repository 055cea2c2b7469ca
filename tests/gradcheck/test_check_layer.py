"""The check of one layer, on given inputs, samples or generic ones: whatever the class does, it ends in a report."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np
import pytest
from faults import changed

from backpropcli.catalogue.adapter import foreign_spec
from backpropcli.catalogue.registry import layer_spec
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.gradcheck import Kind, Verdict, check_layer
from backpropcli.gradcheck.trials import to_try
from backpropcli.layers.arithmetic import Add, Mul
from backpropcli.layers.extrema import Maximum
from backpropcli.layers.powers import Pow
from backpropcli.layers.relu import Relu
from backpropcli.layers.sigmoid import Tanh
from backpropcli.layers.steps import Sign


@pytest.mark.parametrize("name", ["floor", "round"])
def test_steps_that_are_narrower_than_those_of_the_check_are_not_called_wrong(name: str) -> None:
    """Far out, the next float64 is many whole numbers away, and the function looks like x."""
    found = [finding for finding in check_layer(layer_spec(name), [1e50]).findings if finding.kind is Kind.LOCAL]
    assert {finding.verdict for finding in found} <= {Verdict.UNCHECKED, Verdict.RIGHT}


@pytest.mark.parametrize("precise", [False, True])
@pytest.mark.parametrize("x", [0.0, [0.0, 1.0, -0.0]])
def test_where_a_value_jumps_on_both_sides_the_convention_is_told(x: Any, precise: bool) -> None:
    """As sign does at 0."""
    local = next(f for f in check_layer(layer_spec("sign"), [x], precise=precise).findings if f.kind is Kind.LOCAL)
    assert local.verdict is Verdict.KINK
    assert "the value jumps on both sides; the gradient is 0 on the left and 0 on the right" in (local.note or "")
    assert "convention: out jumps at x = 0, where it is 0; the slope is 0 there as everywhere" in (local.note or "")


@pytest.mark.parametrize("precise", [False, True])
def test_another_slope_where_a_value_jumps_is_wrong(precise: bool) -> None:
    passing = LayerSpec("sign", changed(Sign, lambda _, dout: dout))
    assert check_layer(passing, [0.0], precise=precise).is_wrong


@pytest.mark.parametrize(
    ("x", "y"), [(-0.5, 1e16), (-0.999, 1e17), (-2.0, -1e300), (-1.0, 1e300), ([-0.5, 2.0], [1e17, 2.5])]
)
def test_a_power_of_a_negative_number_has_no_slope_though_floats_show_one(x: Any, y: Any) -> None:
    """All float64 near such an exponent are whole numbers, of which the power is defined."""
    found = check_layer(layer_spec("pow"), [x, y], precise=False).findings
    assert {finding.verdict for finding in found} <= {Verdict.RIGHT, Verdict.UNCHECKED}


def test_another_mistake_beside_such_a_power_is_wrong() -> None:
    def backward(layer: Any, dout: Any) -> Any:
        dx, dy = Pow.backward(layer, dout)
        return dx, 2 * dy

    assert check_layer(LayerSpec("pow", changed(Pow, backward)), [[-0.5, 2.0], [1e17, 2.5]], precise=False).is_wrong


@pytest.mark.parametrize("x", [1e16, -1.7e308])
def test_a_wave_that_is_shorter_than_the_distance_of_floats_is_not_called_wrong(x: float) -> None:
    found = check_layer(layer_spec("sin"), [x], precise=False).findings
    assert {finding.verdict for finding in found if finding.kind is Kind.LOCAL} == {Verdict.UNCHECKED}


def test_what_rounding_leaves_of_a_number_normalized_by_itself_is_right() -> None:
    """Its gradient is 0 but for eps."""
    assert check_layer(layer_spec("rms_norm"), [[-3.7217968999467], [-0.117]]).is_right


def test_the_angle_of_a_far_point_stands_still() -> None:
    report = check_layer(layer_spec("atan2"), [[[1.0, -2.0, 3.0]], [[0.5], [-np.inf]]])
    assert [finding.verdict for finding in report.findings if finding.subject.endswith("input y")] == [Verdict.RIGHT]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("name", "inputs"), [("tan", [-1.7e308]), ("pow", [[271.925], [-np.inf]])])
def test_looking_for_a_mistake_far_out_warns_of_nothing(name: str, inputs: list[Any]) -> None:
    """Where every derivative fails, what is tried overflows."""
    assert check_layer(layer_spec(name), inputs, precise=False).findings


class BookMul:
    """As in the book: no base class, no samples."""

    def forward(self, x: Any, y: Any) -> Any:
        self.x = x
        self.y = y
        return x * y

    def backward(self, dout: Any) -> Any:
        return dout * self.x, dout * self.y


class BookAffine:
    """A layer that takes matrices only."""

    def forward(self, x: Any, w: Any) -> Any:
        self.x = x
        self.w = w
        return np.dot(x, w) if np.ndim(x) == 2 and np.ndim(w) == 2 else np.linalg.inv("no")

    def backward(self, dout: Any) -> Any:
        return np.dot(dout, self.w.T), np.dot(self.x.T, dout)


class Picky:
    """Takes nothing that anyone would think of."""

    def forward(self, x: Any) -> Any:
        raise TypeError(f"{x} is not a word")

    def backward(self, dout: Any) -> Any:
        return dout


class Broken:
    """Fails on the way back."""

    def forward(self, x: Any) -> Any:
        return 2 * x

    def backward(self, dout: Any) -> Any:
        raise KeyError(str(dout > 0))


def spec(cls: Any) -> LayerSpec:
    return foreign_spec(cls.__name__.lower(), cls, "mine.py", None)


def test_given_inputs_are_taken() -> None:
    report = check_layer(layer_spec("relu"), [[1.0, -2.0]], dout=[3.0, 4.0])
    assert report.is_right
    local = next(f for f in report.findings if f.kind is Kind.LOCAL)
    assert (local.subject, local.found.tolist()) == ("relu, input x", [3, 0])


def test_inputs_may_be_texts_as_on_the_command_line() -> None:
    assert check_layer(layer_spec("leaky_relu"), [["1", "-2"]], {"slope": 0.25}, "3").is_right


def test_the_wrong_number_of_inputs_is_a_problem() -> None:
    report = check_layer(layer_spec("mul"), [1.0])
    assert [p.message for p in report.problems] == ["mul takes 2 inputs (x, y), not 1"]


def test_a_missing_parameter_is_a_problem() -> None:
    report = check_layer(layer_spec("max_pool2d"), [[[1.0, 1.0], [1.0, 0.0]]])
    assert [p.message for p in report.problems] == ["max_pool2d needs the parameter kernel"]


def test_shapes_that_do_not_fit_are_a_problem() -> None:
    report = check_layer(layer_spec("mul"), [[1.0, 2.0], [1.0, 2.0, 3.0]])
    assert [p.message for p in report.problems] == ["mul: shapes do not fit: x is (2,), y is (3,)"]


def test_a_dout_that_does_not_fit_is_a_problem() -> None:
    report = check_layer(layer_spec("relu"), [[1.0, -2.0]], dout=[3.0, 4.0, 5.0])
    assert [p.message for p in report.problems] == ["dout is (3,), but the output is (2,)"]


def test_samples_are_numbered() -> None:
    subjects = {f.subject for f in check_layer(layer_spec("mul")).findings}
    assert subjects >= {f"mul, sample {number}, input x" for number in range(1, len(Mul.samples) + 1)}


def test_a_built_in_layer_is_tried_on_batches_on_many_axes_and_on_many_numbers() -> None:
    """Its own samples are small, and off its kinks."""
    tried = [each.isolated.domain.shape(each.isolated.inputs[0]) for each in to_try(layer_spec("tanh"), None, {})]
    assert {shape[0] for shape in tried if len(shape) == 2} >= {1, 2, 3}
    assert max(map(len, tried)) >= 3
    assert max(map(prod, tried)) > 100


@pytest.mark.parametrize("is_wrong", [lambda x: x.ndim > 2, lambda x: x.size > 100, lambda x: len(x) == 1])
def test_a_built_in_layer_that_is_wrong_on_some_shapes_is_found_out(is_wrong: Callable[[Any], bool]) -> None:
    faulty = changed(Tanh, lambda layer, dout: Tanh.backward(layer, dout) * (1 + is_wrong(np.atleast_1d(dout))))
    report = check_layer(LayerSpec("tanh", faulty))
    assert report.is_wrong


def test_a_built_in_maximum_that_gives_both_of_a_tie_all_of_dout_is_wrong() -> None:
    """Either gradient by itself lies between the slopes."""
    faulty = changed(Maximum, lambda layer, dout: (dout * (layer.x >= layer.y), dout * (layer.y >= layer.x)))
    report = check_layer(LayerSpec("maximum", faulty), [[1.0, 3.0], [1.0, 2.0]])
    (wrong,) = [f for f in report.findings if f.verdict is Verdict.WRONG]
    assert wrong.subject == "maximum, inputs x and y together"


def test_a_class_as_in_the_book_is_tried_on_generic_inputs() -> None:
    """The first sample, two numbers, shows that its gradients are swapped."""
    report = check_layer(spec(BookMul))
    wrong = [f for f in report.findings if f.verdict is Verdict.WRONG]
    assert [f.subject for f in wrong] == ["bookmul, sample 1, input x", "bookmul, sample 1, input y"]
    assert all("are swapped" in (f.note or "") for f in wrong)


def test_the_first_sample_that_shows_a_mistake_is_the_last_to_be_tried() -> None:
    assert {f.subject.split(", ")[1] for f in check_layer(spec(BookMul)).findings} == {"sample 1"}


def test_the_first_sample_that_fails_is_the_last_to_be_tried() -> None:
    """Its failure is told once."""
    assert len(check_layer(spec(Broken)).problems) == 1


def test_a_wrong_gradient_can_be_redone_by_hand() -> None:
    """The note has the numbers that the layer was tried with, of few digits."""
    wrong = next(f for f in check_layer(spec(BookMul)).findings if f.verdict is Verdict.WRONG)
    assert wrong.note == "the gradients of x and y are swapped; tried with x = 0.75, y = -1.375, dout = -0.76"
    assert (wrong.found, wrong.reference) == (-0.76 * 0.75, pytest.approx(-0.76 * -1.375))


def test_the_slopes_at_a_kink_are_for_a_dout_that_is_told() -> None:
    local = next(f for f in check_layer(layer_spec("abs"), [0.0]).findings if f.verdict is Verdict.KINK)
    assert "the gradient is -0.38 on the left and 0.38 on the right" in (local.note or "")
    assert "tried with x = 0, dout = 0.38" in (local.note or "")


def test_a_dout_that_was_given_is_not_told_again() -> None:
    report = check_layer(spec(BookMul), [100.0, 2.0], dout=1.1)
    assert {f.note for f in report.findings if f.verdict is Verdict.WRONG} >= {"the gradients of x and y are swapped"}


def test_at_a_kink_the_reference_is_the_nearest_of_the_slopes() -> None:
    """So that the difference is that of the two numbers shown."""
    local = next(f for f in check_layer(layer_spec("relu"), [0.0], dout=1.0).findings if f.kind is Kind.LOCAL)
    assert (local.verdict, local.found, local.reference, local.difference) == (Verdict.KINK, 0, 0, 0)
    assert (local.note or "").startswith("there is a kink: the gradient is 0 on the left and 1 on the right")


def test_beyond_a_kink_the_reference_is_the_nearer_slope() -> None:
    double = changed(Relu, lambda _, dout: 2 * dout)
    wrong = next(f for f in check_layer(spec(double), [[0.0, 1.0]], dout=[1.0, 1.0]).findings if f.kind is Kind.LOCAL)
    assert (wrong.verdict, wrong.reference.tolist()) == (Verdict.WRONG, [pytest.approx(1), pytest.approx(1)])


@pytest.mark.parametrize(
    ("returned", "sentence"),
    [
        (lambda dout: dout, "backward returned 1 gradient for 2 inputs; return dx, dy"),
        (lambda dout: (dout,) * 3, "backward returned 3 gradients for 2 inputs; return dx, dy"),
        (lambda _: None, "backward returned None for 2 inputs; does it end with a return?"),
        (lambda dout: (dout, None), "backward returns no gradient for it"),
        (lambda dout: (dout, sum(dout)), "it is (), but the input is (3,)"),
    ],
)
def test_gradients_of_a_wrong_number_or_shape_are_wrong_and_told_once(returned: Any, sentence: str) -> None:
    faulty = changed(Add, lambda _, dout: returned(dout))
    report = check_layer(spec(faulty), [[1.0, 2.0, 4.0], [3.0, 5.0, 7.0]])
    (wrong,) = [f for f in report.findings if f.verdict is Verdict.WRONG]
    assert (wrong.note or "").startswith(sentence)
    assert report.problems == ()


def test_what_a_class_does_not_take_is_left_out() -> None:
    report = check_layer(spec(BookAffine))
    assert report.is_right
    assert report.problems == ()


def test_a_class_that_takes_nothing_needs_inputs() -> None:
    problem = check_layer(spec(Picky)).problems[0]
    assert problem.message == "picky takes none of the inputs that were tried: TypeError: 0.75 is not a word"
    assert problem.hint == "give it inputs: backprop check picky --x ..."


def test_a_class_that_fails_is_a_problem() -> None:
    report = check_layer(spec(Broken), [3.0])
    assert [p.message for p in report.problems] == ["broken: KeyError: 'False'"]


def test_an_empty_array_is_right() -> None:
    assert check_layer(layer_spec("relu"), [[]]).is_right


@pytest.mark.parametrize("x", [float("nan"), float("inf"), [1.0, float("nan")]])
def test_what_is_not_finite_is_unchecked(x: Any) -> None:
    report = check_layer(layer_spec("sigmoid"), [x])
    assert report.problems == ()
    assert Verdict.UNCHECKED in {f.verdict for f in report.findings}
    assert Verdict.WRONG not in {f.verdict for f in report.findings}
