"""A user's Python file as a module: what it defines, without the script that may stand below.

The statements at the top level run one by one. Imports, definitions, and assignments of what Python and NumPy compute
are run; a training loop, a call of the user's own functions, a plot are not, and are told as `skipped`. What an import
misses, and a definition that fails, is kept until somebody uses it. A package around the file whose `__init__.py` fails
is taken without what stands there.
"""

from __future__ import annotations
import __future__

import ast
import builtins
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import ModuleType

from backpropcli.catalogue.import_paths import EmptiedPackages, importable, package_of, roots
from backpropcli.catalogue.stand_ins import Missing, NotInstalledError, without_what_is_not_installed
from backpropcli.catalogue.user_code import raising_line
from backpropcli.errors import LayerError, Problem

_numbers = count(1)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_ASKING = {"open", "input", "print", "exec", "eval", "exit", "quit", "breakpoint"}
_SETTINGS = {"sys", "warnings", "random", "numpy", "logging"}  # a call of these sets something for the definitions


class UserModule:
    """What came of a file: the module, the problem of each definition that failed, and the lines that were not run."""

    def __init__(self, file: str, source: bytes) -> None:
        self.file = file
        self.path = Path(file).resolve()
        self.tree = ast.parse(source, file)
        self.failed: dict[str, Problem] = {}
        self.skipped: list[int] = []
        self.module = ModuleType(f"_backprop_layers_{next(_numbers)}")
        self.module.__file__ = str(self.path.parent / Path(file).name)
        self._flags = _future_flags(self.tree)
        self._imported: dict[str, str] = {}
        self._stand_ins: dict[str, ModuleType] = {}
        self._emptied = EmptiedPackages()

    def run(self) -> None:
        """Run the statements that define something."""
        sys.modules[self.module.__name__] = self.module  # where dataclasses look for the names of a class's module
        root, package = package_of(self.path)
        self.module.__package__ = package
        own_name = f"{package}.{self.path.stem}" if package else self.module.__name__
        folders = [str(self.path.parent), *root, *roots(self.tree, self.path)]
        self._emptied.folders = folders
        is_new = package not in sys.modules
        with importable(folders), _known_as(own_name, self.module):
            self._run_all(self.tree.body)
        if is_new:
            sys.modules.pop(package, None)  # it may have taken names of the file before they were there

    def _run_all(self, statements: Iterable[ast.stmt]) -> None:
        for statement in statements:
            if isinstance(statement, ast.Import | ast.ImportFrom):
                self._import(statement)
            elif isinstance(statement, _DEFINITIONS):
                self._define(statement)
            elif _is_text(statement) or _is_main(statement):
                continue
            elif self._is_harmless(statement):
                self._try(statement)
            else:
                self.skipped.append(statement.lineno)

    def _execute(self, statement: ast.stmt) -> None:
        code = compile(ast.Module([statement], []), self.file, "exec", flags=self._flags, dont_inherit=True)
        exec(code, self.module.__dict__)  # noqa: S102 - to run the user's file is what was asked for

    def _import(self, statement: ast.Import | ast.ImportFrom) -> None:
        for alias in statement.names:
            whole = f"{statement.module}.{alias.name}" if isinstance(statement, ast.ImportFrom) else alias.name
            self._imported[alias.asname or alias.name.partition(".")[0]] = whole
        try:
            with without_what_is_not_installed(self._stand_ins):
                self._execute(statement)
        except NotInstalledError:
            self._import(statement)
        except SyntaxError:
            raise
        except Exception as error:  # noqa: BLE001 - a neighbour of the file may raise anything
            if self._emptied.leave_out(error):
                self._import(statement)
                return
            for alias in statement.names:
                if alias.name != "*":
                    name = alias.asname or alias.name.partition(".")[0]
                    self.module.__dict__[name] = Missing(f"{alias.name} could not be imported: {error}")

    def _define(self, statement: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        if (error := self._failure_of(statement)) is not None:
            self.failed[statement.name] = self._problem(error)

    def _try(self, statement: ast.stmt) -> None:
        if self._failure_of(statement) is not None:
            self.skipped.append(statement.lineno)

    def _failure_of(self, statement: ast.stmt) -> Exception | SystemExit | None:
        """What a statement raises; None if it can be run."""
        try:
            self._execute(statement)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a user's statement may raise anything
            return error
        return None

    def _problem(self, error: Exception | SystemExit) -> Problem:
        if isinstance(error, LayerError):
            return error.problems[0]._replace(place=raising_line(error, self.file))
        message = f"cannot be defined: {type(error).__name__}: {error}".removesuffix(": ")
        return Problem(message, raising_line(error, self.file))

    def _is_harmless(self, statement: ast.stmt) -> bool:
        """Whether a statement only computes constants or changes settings."""
        match statement:
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                return all(self._is_library_call(call) for call in _calls(statement))
            case ast.Expr(ast.Call(function)):
                return self._root(function) in _SETTINGS and all(map(self._is_library_call, _calls(statement)))
            case ast.If() | ast.Try() | ast.With():
                return all(
                    isinstance(inner, (ast.Import, ast.ImportFrom, ast.Pass, *_DEFINITIONS)) or self._is_harmless(inner)
                    for inner in _inner(statement)
                ) and all(map(self._is_library_call, _calls_of_head(statement)))
            case ast.Pass() | ast.Global():
                return True
        return False

    def _is_library_call(self, call: ast.Call) -> bool:
        root = self._root(call.func)
        if isinstance(call.func, ast.Name) and root == call.func.id:
            return hasattr(builtins, root) and root not in _ASKING
        return root == "numpy" or root in sys.stdlib_module_names

    def _root(self, function: ast.expr) -> str:
        """The module that a function comes from; its own name where it is not imported."""
        while isinstance(function, ast.Attribute):
            function = function.value
        if not isinstance(function, ast.Name):
            return ""
        return self._imported.get(function.id, function.id).partition(".")[0]


def _future_flags(tree: ast.Module) -> int:
    names = {a.name for s in tree.body if isinstance(s, ast.ImportFrom) and s.module == "__future__" for a in s.names}
    flags = 0
    for name in names:
        flags |= getattr(__future__, name).compiler_flag
    return flags


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _is_main(statement: ast.stmt) -> bool:
    """Whether it is the block of `if __name__ == "__main__"`, which nobody expects to run."""
    return isinstance(statement, ast.If) and any(
        isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(statement.test)
    )


def _calls(statement: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(statement) if isinstance(node, ast.Call))


def _inner(statement: ast.AST) -> Iterator[ast.stmt]:
    for field in ("body", "orelse", "finalbody"):
        yield from getattr(statement, field, ())
    for handler in getattr(statement, "handlers", ()):
        yield from handler.body


def _calls_of_head(statement: ast.stmt) -> Iterator[ast.Call]:
    """The calls of the condition or of the context, outside of the block."""
    heads = [getattr(statement, "test", None), *getattr(statement, "items", ())]
    return (call for head in heads if head is not None for call in _calls(head))


@contextmanager
def _known_as(name: str, module: ModuleType) -> Iterator[None]:
    """What a neighbour in the package gets that imports the file: half done, as in any circle of imports."""
    before = sys.modules.get(name)
    sys.modules[name] = module
    try:
        yield
    finally:
        if name != module.__name__:
            sys.modules.pop(name, None)
            if before is not None:
                sys.modules[name] = before
