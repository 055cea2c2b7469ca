"""Start-up is a feature: what each command may import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
FRUITS = "scenarios/fruits.yaml"

PROBE = """
import sys
sys.argv = ["backprop", *sys.argv[1:]]
from backpropcli.__main__ import main
try:
    main()
finally:
    print(*sorted(sys.modules), file=sys.stderr)
"""


def imported(*arguments):
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stderr.split())


def families(modules):
    prefix = "backpropcli.layers."
    return {name.removeprefix(prefix) for name in modules if name.startswith(prefix)} - {"base", "catalogue", "spec"}


def test_a_plain_run_imports_neither_numpy_nor_rich_nor_anything_it_does_not_use():
    modules = imported("run", FRUITS, "-f", "plain")
    unwanted = {"numpy", "rich", "fractions", "decimal", "json", "csv", "pydantic", "importlib.metadata", "asyncio"}
    assert not unwanted & modules
    assert not {name for name in modules if name.startswith("backpropcli.render.")} - {
        "backpropcli.render.plain",
        "backpropcli.render.values",
    }


def test_an_explanation_of_numbers_imports_neither_numpy_nor_rich():
    modules = imported("explain", FRUITS, "apple")
    assert not {"numpy", "rich"} & modules
    assert not {name for name in modules if name.startswith("backpropcli.explain.")} & {
        "backpropcli.explain.equations",
        "backpropcli.explain.json",
    }


def test_a_plot_of_layers_imports_neither_numpy_nor_yaml():
    assert not {"numpy", "rich", "yaml"} & imported("plot", "relu")


def test_no_other_command_imports_pyarrow():
    assert "pyarrow" not in imported("run", FRUITS, "-f", "plain") | imported("draw", FRUITS)


def test_no_other_command_imports_onnx():
    assert not {"onnx", "backpropcli.models"} & (imported("run", FRUITS, "-f", "plain") | imported("import", "--help"))


def test_digits_of_numbers_import_flint_and_neither_numpy_nor_rich():
    modules = imported("eval", "tanh(x) * x", "x=1", "--digits", "20", "-f", "plain")
    assert "flint" in modules
    assert not {"numpy", "rich", "yaml"} & modules


def test_no_other_run_imports_what_certain_digits_need():
    modules = imported("run", FRUITS, "-f", "plain") | imported("eval", "x * 2", "x=1", "-f", "json")
    assert not {"flint", "backpropcli.certified", "backpropcli.rounding", "backpropcli.textbook"} & modules


def test_a_table_imports_rich_but_not_numpy():
    modules = imported("run", FRUITS, "-f", "table")
    assert "rich" in modules
    assert "numpy" not in modules


def test_a_run_imports_only_the_families_of_its_layers():
    assert families(imported("run", FRUITS, "-f", "plain")) == {"arithmetic"}


def test_a_formula_and_a_layer_read_no_yaml():
    assert "yaml" not in imported("eval", "x * y", "x=1", "y=2", "-f", "plain")
    assert "yaml" not in imported("mul", "--x", "1", "--y", "2", "-f", "plain")


def test_a_layer_on_numbers_imports_no_numpy_and_only_its_family():
    modules = imported("mul", "--x", "3", "--y", "4", "-f", "plain")
    assert "numpy" not in modules
    assert families(modules) == {"arithmetic"}


def test_an_array_imports_numpy_but_not_rich():
    modules = imported("relu", "--x", "[[1,-0.5],[-2,3]]", "-f", "tsv")
    assert "numpy" in modules
    assert "rich" not in modules


@pytest.mark.parametrize("arguments", [["--version"], ["--help"]])
def test_help_and_version_import_no_layer(arguments):
    modules = imported(*arguments)
    assert not {"numpy", "rich", "yaml"} & modules
    assert not families(modules)


def test_a_run_imports_nothing_of_a_check():
    assert not {name for name in imported("run", FRUITS, "-f", "plain") if "backpropcli" in name and "check" in name}


def test_a_check_of_numbers_imports_neither_numpy_nor_rich_nor_mpmath():
    assert not {"numpy", "rich", "mpmath"} & imported("check", "--no-precise", FRUITS, "-q")


def test_a_picture_of_numbers_imports_neither_numpy_nor_rich(tmp_path):
    modules = imported("draw", FRUITS, "-o", str(tmp_path / "fruits.svg"))
    assert not {"numpy", "rich", "json", "csv"} & modules
    assert "backpropcli.picture.text" not in modules


def test_a_run_imports_no_picture():
    assert not {name for name in imported("run", FRUITS, "-f", "plain") if name.startswith("backpropcli.picture")}


def test_a_run_without_uncertainties_imports_nothing_of_them():
    assert "backpropcli.sensitivity" not in imported("run", FRUITS, "-f", "tsv")
    assert not {"numpy", "rich"} & imported("run", FRUITS, "-f", "tsv", "--sigma", "tax=0.01", "--relative")


def test_an_export_imports_no_framework():
    assert not {"torch", "jax"} & imported("export", FRUITS, "--to", "torch")
