"""Every layer of the catalogue keeps the contract of layers/base.py, and documents itself by the template."""

from __future__ import annotations

import pytest
from conformance import CHECKS, Check

from backpropcli.catalogue import LAYERS, layer_class
from backpropcli.catalogue.docstrings import SECTIONS
from backpropcli.catalogue.registry import layer_spec
from backpropcli.layers import Sample

OPTIONAL = {"Reduction", "State"}
CASES = [
    pytest.param(name, sample, id=f"{name}-{number}")
    for name in LAYERS
    for number, sample in enumerate(layer_class(name).samples)
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.removeprefix("check_"))
@pytest.mark.parametrize(("name", "sample"), CASES)
def test_the_layer_keeps_the_contract(name: str, sample: Sample, check: Check) -> None:
    """The check, as its docstring says."""
    check(layer_class(name), sample)


@pytest.mark.parametrize("name", LAYERS)
def test_the_layer_has_samples_on_arrays(name: str) -> None:
    """A layer without samples would pass every check."""
    assert any(isinstance(x, list) for sample in layer_class(name).samples for x in sample.inputs)


@pytest.mark.parametrize("name", LAYERS)
def test_the_samples_try_every_parameter(name: str) -> None:
    """Each hyper-parameter is set in some sample."""
    tried = {parameter for sample in layer_class(name).samples for parameter in sample.parameters}
    assert tried == set(layer_spec(name).parameters)


@pytest.mark.parametrize("name", LAYERS)
def test_the_docstring_follows_the_template(name: str) -> None:
    """A sentence, then the sections in their order, none of them empty, then an example that runs."""
    spec = layer_spec(name)
    docstring = spec.cls.__doc__ or ""
    assert docstring.splitlines()[0].endswith(".")
    assert list(spec.sections) == [title for title in SECTIONS if title in spec.sections or title not in OPTIONAL]
    assert all(spec.sections.values())
    assert f">>> layer = {spec.cls.__name__}(" in docstring or f">>> {spec.cls.__name__}(" in docstring


def test_the_catalogue_has_one_name_for_each_class() -> None:
    """A layer is found under one name, which is its class's in lower case, with _ between words."""
    assert {name: layer_class(name).__name__.lower() for name in LAYERS} == {
        name: name.replace("_", "") for name in LAYERS
    }
