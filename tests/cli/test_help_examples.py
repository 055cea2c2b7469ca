"""Every example that a help text shows can be typed as it stands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def folder(tmp_path):
    """A folder with what the examples name."""
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    for name in ("scenario.yaml", "homework.yaml"):
        shutil.copy(ROOT / "scenarios" / "fruits.yaml", tmp_path / name)
    (tmp_path / "answers").mkdir()
    shutil.copy(tmp_path / "homework.yaml", tmp_path / "answers")
    (tmp_path / "my_layers.py").write_text("from backpropcli.layers import Relu\nclass MyRelu(Relu): pass\n")
    (tmp_path / "data.csv").write_text("1,2\n3,4\n")
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [
        *([], ["run"], ["eval"], ["explain"], ["derive"], ["export"], ["plot"], ["check"], ["sql"], ["import"]),
        *(["layers"], ["schema"]),
    ],
)
def test_the_examples_of_a_help_text_run(backprop, folder, command):
    examples = re.findall(r"^ {4}(\S*=?\$?\(?backprop .*)$", backprop(*command, "--help").stdout, re.MULTILINE)
    assert examples
    for example in examples:
        if "| jq" in example and shutil.which("jq") is None:
            continue
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", example],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (example, done.stderr)
        assert "error" not in done.stderr, (example, done.stderr)
