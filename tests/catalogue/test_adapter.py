"""A user's own layers at work: what their methods are handed, what is taken back, and what is told when they fail."""

from __future__ import annotations

import numpy as np
import pytest
from own_layers import BOOK, NATIVE, method

import backpropcli as bp
from backpropcli.binding import BoundGraph
from backpropcli.catalogue.own_layers import load_layers
from backpropcli.catalogue.registry import add_layers, layer_spec
from backpropcli.domains import domain
from backpropcli.errors import DomainError, LayerError
from backpropcli.executor import execute
from backpropcli.graph import Graph, Node

pytestmark = pytest.mark.usefixtures("own_catalogue")

ARRAYS = domain("arrays")


def test_classes_as_in_the_book_give_the_slides_numbers(write):
    add_layers(write(BOOK))
    result = bp.eval_formula("mul_layer(mul_layer(apple, apple_num), tax)", apple=100, apple_num=2, tax=1.1)
    assert float(result.value) == pytest.approx(220)
    assert {k: float(v) for k, v in result.gradients.items()} == pytest.approx(
        {"apple": 2.2, "apple_num": 110, "tax": 200}
    )


def test_a_class_of_the_book_works_on_numbers_arrays_and_float32(write):
    add_layers(write(BOOK))
    assert float(bp.eval_formula("relu(x)", x=2).gradients["x"]) == 1
    assert bp.eval_formula("relu(x)", x=[-1, 2]).value.tolist() == [0, 2]
    assert bp.eval_formula("relu(x)", x=np.ones(2, "float32")).gradients["x"].dtype == "float32"


def test_a_class_of_the_book_takes_a_dout_that_cannot_be_written_to(write):
    """As `sum` and `--dout` give it: NumPy's broadcast arrays are read-only."""
    add_layers(write(BOOK))
    assert bp.eval_formula("sum(relu(x))", x=[-1, 2]).gradients["x"].tolist() == [0, 1]
    assert bp.eval_formula("relu(x)", x=[-1, 2], dout=3).gradients["x"].tolist() == [0, 3]


def test_what_a_class_writes_into_its_dout_reaches_the_callers_array(write):
    """The book's Relu gives [0, 4] where [3, 4] is right."""
    layer = load_layers(write(BOOK)).specs["relu"].cls()
    dout = np.array([3.0, 2.0])
    layer.forward(np.array([-1.0, 1.0]))
    assert (dout + layer.backward(dout)[0]).tolist() == [0, 4]


def test_what_a_class_writes_into_its_input_reaches_the_callers_array(write):
    layer = load_layers(write(method("x[x < 0] = 0; return x"))).specs["own"].cls()
    x = np.array([-1.0, 1.0])
    assert layer.forward(x) is x
    assert x.tolist() == [0, 1]


def test_state_on_a_class_stays_shared(write):
    spec = load_layers(write(method("type(self).kept = x; return x", "return self.kept"))).specs["own"]
    first, second = spec.cls(), spec.cls()
    first.forward(np.array(1.0))
    second.forward(np.array(2.0))
    assert first.backward(np.array(1.0)) == (2.0,)


def test_a_class_that_derives_from_layer_runs_on_every_domain(write):
    add_layers(write(NATIVE))
    assert not layer_spec("triple").needs_arrays
    assert bp.eval_formula("triple(x)", x=2).value == 6.0
    assert str(bp.eval_formula("triple(x)", x="0.1", exact=True).value) == "3/10"
    assert bp.eval_formula("triple(x)", x=[1, 2]).gradients["x"].tolist() == [3, 3]
    assert layer_spec("triple").cls.samples[0].inputs == (2.0,)


def test_a_class_of_the_book_has_no_exact_fractions(write):
    add_layers(write(BOOK))
    with pytest.raises(DomainError, match=r"^relu out: cannot compute with exact fractions$"):
        bp.eval_formula("relu(x)", x=2, exact=True)


def test_defaults_of_the_constructor_are_parameters_of_the_layer(write):
    head = (
        "def __init__(self, slope=0.5, times=2, flip: bool = False, kind='a', *, eps: 'float | None' = None):\n"
        "        self.factor = slope * times"
    )
    spec = load_layers(write(method("return x * self.factor", head=head))).specs["own"]
    assert {name: p.expected for name, p in spec.parameters.items()} == {
        "slope": "a number",
        "times": "a whole number or a number",
        "flip": "true or false",
        "eps": "a number or null",
    }
    add_layers(write(method("return x * self.factor", head=head)))
    assert float(bp.eval_formula("own(x, slope=0.25, times=1.5)", x=8).value) == 3


def test_inputs_may_be_optional_or_many(write):
    add_layers(write(method(forward="self, x, train=True, *, mode=1, **others")))
    assert layer_spec("own").signature == "x, [train]"
    add_layers(write(method("return sum(xs)", "return (dout, dout, dout)", "self, *xs")))
    assert float(bp.eval_formula("own(x, x, x)", x=2).gradients["x"]) == 3


def test_numbers_of_other_types_are_taken_back_as_floats(write):
    add_layers(write(method("return (x > 0)", "import numpy as np; return np.float16(dout)")))
    result = bp.eval_formula("own(x) * 2", x=3)
    assert (result.value.dtype, float(result.value), result.gradients["x"].dtype) == ("float64", 2.0, "float64")


REAL = "it must return real numbers, or arrays of them"


@pytest.mark.parametrize(
    ("source", "message", "line"),
    [
        (method("return x.nothing"), "own out: AttributeError: 'numpy.ndarray' object has no attribute 'nothing'", 4),
        (method("raise ValueError('of mine')"), "own out: ValueError: of mine", 4),
        (method(backward="return 1 / 0"), "own out: ZeroDivisionError: division by zero", 7),
        (method("exit()"), "own out: forward exits the program", 4),
        (method(head="def __init__(self): self.x = y"), "own out: NameError: name 'y' is not defined", 2),
        (method("pass"), f"own out: forward returned None; {REAL}", 3),
        (method("return 'text'"), f"own out: forward returned a value of type str; {REAL}", 3),
        (method("return [x, x]"), f"own out: forward returned a value of type list; {REAL}", 3),
        (method("yield x"), f"own out: forward returned a value of type generator; {REAL}", 3),
        (method("return x * 1j"), f"own out: forward returned an array of complex128; {REAL}", 3),
        (method(backward="return dout.astype(object)"), f"own out: backward returned an array of object; {REAL}", 6),
        (method(backward="pass"), "own out: backward returned None as the gradient of x", 6),
        (method(backward="return dout, dout"), "own out: backward returned 2 gradients for 1 input", 6),
        (method(backward="return dout[:1]"), "own out: the gradient of x is (1,), but x is (2,)", 6),
    ],
)
def test_what_goes_wrong_in_a_run_is_told_with_node_and_line(write, source, message, line):
    path = write(source)
    add_layers(path)
    with pytest.raises(LayerError) as caught:
        bp.eval_formula("own(x)", x=[1.0, 2.0])
    (problem,) = caught.value.problems
    assert (problem.message, problem.place.source, problem.place.line) == (message, str(path), line)


@pytest.mark.parametrize("returned", ["None", "'text'", "1j", "[x]"])
def test_a_class_that_derives_from_layer_must_return_numbers_too(write, returned):
    add_layers(write(NATIVE.replace("return 3 * x", f"return {returned}")))
    with pytest.raises(LayerError, match=r"^triple out: forward returned .*; it must return real numbers"):
        bp.eval_formula("triple(x)", x=2)


def test_a_gradient_of_the_wrong_shape_is_blamed_on_the_layer_that_returned_it(write):
    """Also where it fails only later: in a sum over two paths, or in the layer before."""
    add_layers(write(method(backward="return dout[:1]")))
    for formula in ("own(x) + x * 2", "own(x @ w)"):
        with pytest.raises(LayerError, match=r"^own .*: the gradient of x is \(1,\), but x is \(3,\)$"):
            bp.eval_formula(formula, x=[1.0, 2.0, 3.0], w=np.ones((3, 3)))


def test_backward_may_return_none_for_an_input_that_has_no_gradient(write):
    source = method("return x", "return dout, None", "self, x, mask", head="constant_inputs = {'mask'}")
    add_layers(write(source))
    assert bp.eval_formula("own(x, m)", x=2, m=1).gradients["m"] is None
    add_layers(write(source.replace("constant_inputs", "other")))
    with pytest.raises(LayerError, match="backward returned None as the gradient of mask"):
        bp.eval_formula("own(x, m)", x=2, m=1)


def test_backward_may_return_none_for_a_constant_of_a_formula(write):
    add_layers(write(method("return x", "return dout, None", "self, x, y")))
    assert float(bp.eval_formula("own(x, 3)", x=2).gradients["x"]) == 1


def test_a_graph_may_be_run_twice(write):
    spec = load_layers(write(BOOK)).specs["mul_layer"]
    graph = Graph(["x", "y"], [Node(spec, ["x", "y"], "out")])
    first, second = (execute(BoundGraph(graph, ARRAYS, [np.array(2.0), np.array(3.0)])) for _ in range(2))
    assert first.gradients == second.gradients == [3.0, 2.0, 1.0]
