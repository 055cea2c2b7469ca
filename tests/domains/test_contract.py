"""What layers ask of values is what the contract declares, and nothing else."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import backpropcli
from backpropcli.domains import Domain

PACKAGE = Path(backpropcli.__file__).parent
MODULES = [
    *sorted((PACKAGE / "layers").glob("*.py")),
    *(PACKAGE / "domains" / f"{name}.py" for name in ("compensated", "gates", "sliding_window", "slopes")),
]
LOOKS_BEHIND = {"float", "bool", "hash", "isinstance", "type", "round"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_layers_call_only_declared_functions(path: Path) -> None:
    """Whatever is taken from a namespace is a method of Domain."""
    found = {
        node.attr
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in {"xp", "self.xp"}
    }
    assert found <= set(dir(Domain))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_layers_do_not_look_behind_a_value(path: Path) -> None:
    """In forward and backward nothing asks for a value's type or makes a Python number of it."""
    tree = ast.parse(path.read_text())
    methods = [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name in {"forward", "backward"}
    ]
    called = {
        call.func.id
        for method in methods
        for call in ast.walk(method)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and ast.unparse(call) != "float('-inf')"
    }
    assert not called & LOOKS_BEHIND
