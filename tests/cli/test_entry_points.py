"""Layers of installed packages, by the entry point group `backpropcli.layers`, through the command."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def install(tmp_path):
    """Install a package that offers one layer, and return the environment in which it is found."""

    def made(package, layer):
        info = tmp_path / f"{package}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[backpropcli.layers]\n{layer} = {package}:Double\n")
        return {"PYTHONPATH": f"{tmp_path}:{ROOT}"}

    return made


def test_an_installed_packages_layer_is_used_listed_and_a_command(backprop, install, tmp_path):
    env = install("tiny_layers", "tiny_double")
    (tmp_path / "tiny_layers.py").write_text("class Double:\n    forward = backward = lambda self, x: 2 * x\n")
    assert backprop("eval", "tiny_double(x)", "x=3", "-f", "plain", env=env).stdout == "6\n2\n"
    assert backprop("tiny_double", "--x", "3", "-f", "plain", env=env).stdout == "6\n2\n"
    listed = backprop("layers", env=env).stdout.splitlines()
    assert listed[-1] == "tiny_double\tx\t\ttiny_double (from the package tiny_layers)\tOf your own\t"


@pytest.mark.parametrize("command", ["layers", "schema"])
def test_a_package_that_cannot_be_imported_is_a_warning_and_the_rest_is_there(backprop, install, command):
    done = backprop(command, env=install("broken_layers", "broken"))
    assert done.returncode == 0
    assert done.stderr == (
        "warning: cannot import the layer 'broken' of the package broken_layers: "
        "ModuleNotFoundError: No module named 'broken_layers'\n"
    )
    assert "sigmoid" in done.stdout
    assert "broken" not in done.stdout
