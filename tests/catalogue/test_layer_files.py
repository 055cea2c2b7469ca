"""Python files of a user's own layers: what is taken from them, and what is told when it cannot be."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from own_layers import BOOK, NATIVE, method

import backpropcli as bp
from backpropcli.catalogue import LAYERS, layer_class
from backpropcli.catalogue.own_layers import layer_name, load_layers
from backpropcli.catalogue.registry import add_layers, is_layer
from backpropcli.errors import LayerError

pytestmark = pytest.mark.usefixtures("own_catalogue")


@pytest.mark.parametrize(
    ("class_name", "name"),
    [
        ("MyRelu", "my_relu"),
        ("MulLayer", "mul_layer"),
        ("ReLU", "relu"),
        ("LeakyReLU", "leaky_relu"),
        ("PReLU", "prelu"),
        ("Conv2D", "conv2d"),
        ("Conv2DTranspose", "conv2d_transpose"),
        ("LSTMCell", "lstm_cell"),
        ("My_Relu", "my_relu"),
        ("MulA", "mul_a"),
        ("softmax", "softmax"),
    ],
)
def test_a_layer_is_called_by_the_words_of_its_class(class_name, name):
    assert layer_name(class_name) == name


def test_the_names_of_the_catalogue_follow_the_same_rule():
    assert {layer_name(layer_class(name).__name__) for name in LAYERS} == set(LAYERS)


def test_the_summary_is_the_classes_own_docstring_or_else_its_name(write):
    found = load_layers(write(BOOK + NATIVE)).specs
    assert [spec.summary for spec in found.values()] == ["Multiplication, as in the book", "relu", "triple"]


def test_only_the_files_own_public_classes_with_both_methods_are_layers(write):
    source = BOOK + (
        "from abc import ABC, abstractmethod\nfrom backpropcli.layers import Layer, Sigmoid\n"
        "Alias = Relu\n"
        "class _Hidden(Relu): pass\n"
        "class OnlyForward:\n    def forward(self, x): return x\n"
        "class Unfinished(Layer):\n    def forward(self, x): return x\n"
        "class Abstract(ABC):\n"
        "    @abstractmethod\n    def forward(self, x): ...\n"
        "    def backward(self, dout): ...\n"
    )
    assert list(load_layers(write(source)).specs) == ["mul_layer", "relu"]


def test_a_file_may_import_its_neighbours_and_leaves_nothing_behind(write, tmp_path):
    write("FACTOR = 5\n", "sibling.py")
    path = write("import sibling\n" + method("return x * sibling.FACTOR"))
    before = list(sys.path)
    add_layers(path)
    assert sys.path == before
    assert float(bp.eval_formula("own(x)", x=2).value) == 10
    assert {p.name for p in tmp_path.iterdir()} == {"my_layers.py", "sibling.py"}


def test_a_file_is_not_run_as_a_script_and_knows_where_it_is(write):
    source = "if __name__ == '__main__': raise SystemExit\nfrom pathlib import Path\nHERE = Path(__file__)\n"
    path = write(source + method("assert HERE.is_absolute(); return x"))
    add_layers(path)
    assert bp.eval_formula("own(x)", x=2).value == 2


def problem_of(path):
    """The one problem of a file: its message, and the line of the file."""
    with pytest.raises(LayerError) as caught:
        load_layers(path)
    (problem,) = caught.value.problems
    return problem.message.replace(str(path), "FILE"), problem.place and problem.place.line


FAILED = "cannot import FILE: "


@pytest.mark.parametrize(
    ("source", "message", "line"),
    [
        ("class Own\n", FAILED + "expected ':'", 1),
        ("x = 1\n", "FILE has no layers", None),
        ("", "FILE has no layers", None),
        (method(forward="self"), "Own: forward takes no inputs", 3),
        (method(forward="self, x, *, w"), "Own: forward needs w by keyword; inputs are given by position", 3),
        (method(dout="self"), "Own: backward must take one argument, the upstream gradient", 6),
        (method(head="@staticmethod"), "Own: forward must be a method whose first argument is self", 2),
        (method() + method().replace("Own", "OWN"), "FILE: two layers are called 'own': Own, OWN", None),
        ("class Own:\n    x = 1 / 0\n", "Own: cannot be defined: ZeroDivisionError: division by zero", 2),
        ("class Own:\n    raise SystemExit(3)\n", "Own: cannot be defined: SystemExit: 3", 2),
    ],
)
def test_a_file_that_is_wrong_is_told_with_the_line(write, source, message, line):
    assert problem_of(write(source)) == (message, line)


def test_everything_wrong_with_a_file_is_told_at_once(write):
    source = method(forward="self") + method(forward="self").replace("Own", "Other")
    with pytest.raises(LayerError) as caught:
        load_layers(write(source))
    assert [p.message.partition(":")[0] for p in caught.value.problems] == ["Own", "Other"]


@pytest.mark.parametrize("source", [b"\xff\xfe", b"x = '\0'", b"# coding: no_such\n", b"(" * 5000])
def test_a_file_that_is_no_python_is_an_error(write, source):
    with pytest.raises(LayerError, match=r"^cannot import .*my_layers\.py: "):
        load_layers(write(source))


def test_the_line_of_a_neighbours_syntax_error_is_the_neighbours(write):
    write("x = = 1\n", "sibling.py")
    with pytest.raises(LayerError) as caught:
        load_layers(write("import sibling\n"))
    place = caught.value.problems[0].place
    assert (Path(place.source).name, place.text) == ("sibling.py", "x = = 1")


def test_a_file_that_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(LayerError, match=r"^cannot read .*no\.py: No such file or directory$"):
        load_layers(tmp_path / "no.py")
    with pytest.raises(LayerError, match=r"layers\.txt is not a Python file$"):
        load_layers(tmp_path / "layers.txt")
    (tmp_path / "folder.py").mkdir()
    with pytest.raises(LayerError, match=r"^cannot read .*folder\.py: Is a directory$"):
        load_layers(tmp_path / "folder.py")
    with pytest.raises(LayerError, match=r"^cannot read "):
        load_layers("a\0b.py")


def test_an_interrupt_while_importing_passes_through(write):
    write("raise KeyboardInterrupt\n", "sibling.py")
    with pytest.raises(KeyboardInterrupt):
        load_layers(write("import sibling\n"))


def test_a_file_that_fails_adds_nothing(write):
    count = len(sys.modules)
    with pytest.raises(LayerError):
        add_layers(write(method(forward="self")))
    assert not is_layer("own")
    assert len(sys.modules) == count
