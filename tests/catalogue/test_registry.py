"""Where layers come from, and which comes first: a user's file, the catalogue, an installed package."""

from __future__ import annotations

import sys

import pytest
from own_layers import BOOK, method

import backpropcli as bp
from backpropcli.catalogue.registry import add_layers, is_layer, layer_names, layer_spec
from backpropcli.errors import GraphError, LayerError

pytestmark = pytest.mark.usefixtures("own_catalogue")


def test_a_class_of_a_file_takes_the_place_of_the_catalogues(write):
    builtin = layer_spec("relu").cls
    add_layers(write(BOOK))
    assert layer_spec("relu").cls is not builtin
    assert layer_spec("relu").origin.endswith("my_layers.py")
    assert layer_names().count("relu") == 1


def test_a_layer_named_as_an_operators_is_used_by_the_operator(write):
    add_layers(write(BOOK.replace("MulLayer", "Mul").replace("out = x * y", "out = x * y + 1000")))
    assert float(bp.eval_formula("x * y", x=2, y=3).value) == 1006


def test_adding_a_file_again_replaces_its_layers(write):
    add_layers(write(method("return x + 1")))
    add_layers(write(method("return x + 2")))
    assert float(bp.eval_formula("own(x)", x=1).value) == 3


ENTRY_POINTS = """[backpropcli.layers]
tiny_double = tiny_layers:Double
tiny_absent = tiny_layers:Absent
tiny_number = tiny_layers:NUMBER
relu = tiny_layers:Double
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A tiny package, installed."""
    site = tmp_path / "site"
    info = site / "tiny_layers-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tiny-layers\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    (site / "tiny_layers.py").write_text(
        "NUMBER = 3\n" + method("return 2 * x", "return 2 * dout").replace("Own", "Double")
    )
    monkeypatch.syspath_prepend(site)
    return site


@pytest.mark.usefixtures("package")
def test_an_installed_package_offers_layers():
    assert is_layer("tiny_double")
    assert layer_spec("tiny_double").origin == "the package tiny-layers"
    assert float(bp.eval_formula("tiny_double(x)", x=4).value) == 8


@pytest.mark.usefixtures("package")
def test_an_installed_package_is_imported_only_when_its_layer_is_used():
    assert "tiny_double" in layer_names()
    assert "tiny_layers" not in sys.modules


@pytest.mark.usefixtures("package")
def test_an_installed_package_does_not_take_the_place_of_the_catalogues_layers():
    assert layer_spec("relu").origin is None


@pytest.mark.usefixtures("package")
def test_a_file_takes_the_place_of_an_installed_packages_layer(write):
    add_layers(write(method("return 5 * x").replace("Own", "TinyDouble")))
    assert float(bp.eval_formula("tiny_double(x)", x=4).value) == 20


@pytest.mark.usefixtures("package")
def test_an_entry_point_that_leads_nowhere_is_an_error():
    with pytest.raises(LayerError, match=r"^cannot import the layer 'tiny_absent' of the package tiny-layers: Att"):
        layer_spec("tiny_absent")
    with pytest.raises(LayerError, match=r"tiny_layers:NUMBER is not a class with forward and backward$"):
        layer_spec("tiny_number")


def test_an_error_in_an_installed_package_is_told_with_its_line(package):
    source = (package / "tiny_layers.py").read_text().replace("return 2 * dout", "return dout.nothing")
    (package / "tiny_layers.py").write_text(source)
    with pytest.raises(LayerError) as caught:
        bp.eval_formula("tiny_double(x)", x=4)
    assert caught.value.problems[0].place.text == "        return dout.nothing"


def test_an_unknown_layer_is_an_error_with_a_suggestion_from_all_layers(write):
    add_layers(write(BOOK))
    with pytest.raises(GraphError) as caught:
        layer_spec("mul_layr")
    assert caught.value.problems[0].hint == "did you mean 'mul_layer'?"
