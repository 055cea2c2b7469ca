"""Weights in files of their own: they are read from within the model's folder, or the model is refused."""

from __future__ import annotations

import os

import pytest
from onnx import TensorProto
from onnx_models import mlp, refused, save


def external(folder, location, **more):
    """A model whose first weight is in another file."""
    proto = mlp()
    weight = proto.graph.initializer[0]
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, **more}.items():
        weight.external_data.add(key=key, value=str(value))
    save(proto, folder)


def outside(folder):
    """A file of numbers beside the model's folder."""
    (folder / "model").mkdir()
    file = folder / "secret.bin"
    file.write_bytes(bytes(96))
    return file


@pytest.mark.parametrize(
    "location", ["../secret.bin", "{}/secret.bin", "a/../../secret.bin", "link.bin", "up/secret.bin"]
)
def test_weights_are_not_read_from_outside_the_folder(location, tmp_path):
    secret = outside(tmp_path)
    folder = tmp_path / "model"
    (folder / "link.bin").symlink_to(secret)
    (folder / "up").symlink_to(tmp_path)
    external(folder, location.format(tmp_path))
    assert "which is outside of its folder; they are not read" in refused(folder)


@pytest.mark.parametrize("location", ["", ".", "missing.bin", "pipe", "nul\0.bin", "/"])
def test_weights_must_be_in_a_file(location, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    external(tmp_path, location)
    assert refused(tmp_path).startswith("MODEL: ")


@pytest.mark.parametrize(
    "part", [{"length": 10**15}, {"offset": 10**15}, {"offset": -1}, {"length": -8}, {"length": "x"}, {"length": 8}, {}]
)
def test_weights_of_another_length_than_their_file_are_refused(part, tmp_path):
    (tmp_path / "w.bin").write_bytes(bytes(104))
    external(tmp_path, "w.bin", **part)
    assert refused(tmp_path).startswith("MODEL: ")
