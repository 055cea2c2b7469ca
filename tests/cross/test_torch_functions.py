"""A `torch.autograd.Function` of one's own is graded as it stands: it is handed tensors, and gives tensors."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = """import torch


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.pow(3)

    @staticmethod
    def backward(ctx, grad_output):
        x, = ctx.saved_tensors
        return 3 * grad_output * x.pow(2)


class Product(torch.autograd.Function):
    @staticmethod
    def forward(x, y):
        return torch.mul(x, y)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, grad_output):
        x, y = ctx.saved_tensors
        dx = grad_output * y if ctx.needs_input_grad[0] else None
        return dx, grad_output * x
"""
FAULTS = {"cube": ("3 * grad", "2 * grad"), "product": ("grad_output * y", "grad_output * x")}
INPUTS = {"cube": ["--x", "1.5,-2"], "product": ["--x", "1.5,-2", "--y", "3,4"]}


def outcome(folder: Path, name: str, source: str) -> str:
    """The verdict on a layer of a file with this source."""
    (folder / "own.py").write_text(source)
    command = [sys.executable, "-m", "backpropcli", "check", "--layers", "own.py", name, *INPUTS[name], "--json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    (report,) = json.loads(done.stdout)["reports"]
    return str(report["outcome"])


@pytest.mark.parametrize("name", INPUTS)
def test_a_function_is_right_or_wrong(tmp_path: Path, name: str) -> None:
    assert outcome(tmp_path, name, SOURCE) == "right"
    assert outcome(tmp_path, name, SOURCE.replace(*FAULTS[name])) == "wrong"
