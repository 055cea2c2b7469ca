"""How many small mistakes in the layers would pass unnoticed: `python benchmarks/mutants.py [--tests] [MODULE...]`.

Each mutant is the source of one module of backpropcli/layers with one operator, constant, sign, factor, comparison or
order of results changed. It is caught if the conformance tests or `backprop check` object to one of the layers that
use it, on the layers' own samples; those that are not are printed as diffs. With `--tests` all tests of the layers,
which also try edges and the last digits, get a chance at those. Needs the package's `test` extra.
"""

from __future__ import annotations

import ast
import copy
import difflib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from multiprocessing import Pool
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any, NamedTuple, NoReturn

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "layers")]

from conformance import CHECKS  # noqa: E402 - found on the path above

from backpropcli.gradcheck import check_layer  # noqa: E402
from backpropcli.layers import LAYERS  # noqa: E402
from backpropcli.layers.spec import LayerSpec  # noqa: E402

PACKAGE = "backpropcli.layers"
FOLDER = ROOT / "backpropcli" / "layers"
SECONDS = 20  # a mutant that runs longer is caught, too

_OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult}
_COMPARISONS = {
    ast.Lt: ast.Gt,
    ast.Gt: ast.Lt,
    ast.LtE: ast.GtE,
    ast.GtE: ast.LtE,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}


class Mutant(NamedTuple):
    """A module with one mistake."""

    module: str
    source: str

    def diff(self) -> str:
        """The line that differs."""
        lines = difflib.unified_diff(_normal(self.module).splitlines(), self.source.splitlines(), n=0, lineterm="")
        return "\n".join(line for line in lines if line[:3] not in {"---", "+++"})


def modules() -> list[str]:
    """The families of layers, and what they share."""
    families = {family for family, _ in LAYERS.values()}
    return [name for name in _names() if not families.isdisjoint(_dependents(name))]


def _names() -> list[str]:
    return sorted({path.stem for path in FOLDER.glob("*.py")} - {"__init__", "base"})


def mutants(module: str) -> Iterator[Mutant]:
    """Every mutant of a module."""
    tree = ast.parse((FOLDER / f"{module}.py").read_text())
    for number, node in enumerate(ast.walk(tree)):
        node.number = number  # type: ignore[attr-defined]  # which copies keep
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for statement in function.body:
                for node in _changeable(statement):
                    for changed in _changes(node):
                        mutated = ast.unparse(_Replace(node.number, changed).visit(copy.deepcopy(tree)))  # type: ignore[attr-defined]
                        yield Mutant(module, mutated)


def _changeable(statement: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a statement that compute: not messages, not types."""
    if isinstance(statement, (ast.Raise, ast.JoinedStr, ast.FunctionDef)):
        return
    yield statement
    for field, child in ast.iter_fields(statement):
        if field not in {"annotation", "ctx"}:
            for node in child if isinstance(child, list) else [child]:
                if isinstance(node, ast.AST):
                    yield from _changeable(node)


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """What a node may be mistaken for."""
    match node:
        case ast.BinOp(left, operator, right):
            if type(operator) in _OPERATORS:
                yield ast.BinOp(left, _OPERATORS[type(operator)](), right)
            if isinstance(operator, ast.Mult):
                yield right
            if isinstance(operator, (ast.Mult, ast.Div)):
                yield left
        case ast.UnaryOp(ast.USub(), operand):
            yield operand
        case ast.Constant(int() | float() as value) if not isinstance(value, bool):
            yield ast.Constant(value + 1)
        case ast.Compare(left, [operator], right) if type(operator) in _COMPARISONS:
            yield ast.Compare(left, [_COMPARISONS[type(operator)]()], right)
        case ast.Return(ast.Tuple([first, second, *others], context)):
            yield ast.Return(ast.Tuple([second, first, *others], context))


class _Replace(ast.NodeTransformer):
    """A tree with one node replaced."""

    def __init__(self, number: int, changed: ast.AST) -> None:
        self.number = number
        self.changed = changed

    def visit(self, node: ast.AST) -> Any:
        """The node, or what stands for it."""
        return self.changed if getattr(node, "number", None) == self.number else self.generic_visit(node)


def is_caught(mutant: Mutant) -> bool:
    """Whether a check objects to a layer that uses the mutant."""
    kept = dict(sys.modules)
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(SECONDS)
    try:
        for name in _dependents(mutant.module):
            source = mutant.source if name == mutant.module else (FOLDER / f"{name}.py").read_text()
            _load(name, source)
        return any(_objects(name) for name in _layers(_dependents(mutant.module)))
    except Exception:  # noqa: BLE001 - a mutant may raise anything, and is caught by it
        return True
    finally:
        signal.alarm(0)
        for name in [name for name in sys.modules if name.startswith(PACKAGE)]:
            sys.modules[name] = kept.get(name, sys.modules[name])


def _dependents(module: str) -> list[str]:
    """The module, and those that import from it, each after what it imports."""
    found = [module]
    for name in found:
        found += [
            other
            for other in _names()
            if other not in found and f"from {PACKAGE}.{name} import" in (FOLDER / f"{other}.py").read_text()
        ]
    return found


def _load(name: str, source: str) -> None:
    module = ModuleType(f"{PACKAGE}.{name}")
    sys.modules[module.__name__] = module
    exec(compile(source, f"{name}.py", "exec"), module.__dict__)  # noqa: S102 - that is what mutants are for


def _layers(families: list[str]) -> list[LayerSpec]:
    return [
        LayerSpec(name, getattr(sys.modules[f"{PACKAGE}.{family}"], cls))
        for name, (family, cls) in LAYERS.items()
        if family in families
    ]


def _objects(spec: LayerSpec) -> bool:
    if not check_layer(spec).is_right:
        return True
    try:
        for sample in spec.cls.samples:
            for check in CHECKS:
                check(spec.cls, sample)
    except Exception:  # noqa: BLE001 - a check raises AssertionError, and a mutant anything
        return True
    return False


def _give_up(*_: object) -> NoReturn:
    raise TimeoutError


def _normal(module: str) -> str:
    """The module's source as mutants are written: without comments."""
    return ast.unparse(ast.parse((FOLDER / f"{module}.py").read_text()))


def passes_tests(mutant: Mutant) -> bool:
    """Whether the tests of the layers pass in a copy of the repository that has the mutant."""
    with TemporaryDirectory() as copied:
        for name in ("backpropcli", "tests", "scenarios", "pyproject.toml"):
            found = ROOT / name
            copy_one = shutil.copytree if found.is_dir() else shutil.copy
            copy_one(found, Path(copied, name))
        Path(copied, "backpropcli", "layers", f"{mutant.module}.py").write_text(mutant.source)
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "tests/layers"]
        environment = {**os.environ, "PYTHONPATH": copied}
        return subprocess.run(command, cwd=copied, env=environment, capture_output=True, check=False).returncode == 0


def survivors(module: str) -> tuple[int, list[Mutant]]:
    """How many mutants a module has, and those that nothing objects to."""
    made = list(mutants(module))
    return len(made), [mutant for mutant in made if not is_caught(mutant)]


def main() -> None:
    """Print every survivor, and the sums."""
    names = [name for name in sys.argv[1:] if name != "--tests"] or modules()
    total, alive = 0, 0
    with Pool(2) as pool:
        for name, (count, unseen) in zip(names, pool.imap(survivors, names), strict=True):
            untested = pool.map(passes_tests, unseen) if "--tests" in sys.argv else [True] * len(unseen)
            left = [mutant for mutant, survives in zip(unseen, untested, strict=True) if survives]
            print(f"{name}: {len(left)} of {count} mutants survive", flush=True)
            for mutant in left:
                print(mutant.diff(), flush=True)
            total, alive = total + count, alive + len(left)
    print(f"{alive} of {total} mutants survive")


if __name__ == "__main__":
    main()
