"""Where the modules that a user's file imports are looked for."""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import walk_tb
from types import ModuleType

_ANCESTORS = 5  # how far up the root of the user's packages is looked for


def package_of(path: Path) -> tuple[list[str], str]:
    """The folder that holds the outermost package of a file, and the file's package; nothing for a file by itself."""
    names: list[str] = []
    folder = path.parent
    while (folder / "__init__.py").exists() and folder.name.isidentifier():
        names.insert(0, folder.name)
        folder = folder.parent
    return ([str(folder)], ".".join(names)) if names else ([], "")


def roots(tree: ast.Module, path: Path) -> Iterator[str]:
    """The nearest folders above a file in which the modules that it imports, and that nobody installed, are found."""
    for name in sorted(_imported_modules(tree)):
        for folder in list(path.parents)[:_ANCESTORS]:
            if (folder / name).is_dir() or (folder / f"{name}.py").exists():
                if not _is_installed(name) or not (folder / name).is_dir():
                    yield str(folder)
                break


def _is_installed(name: str) -> bool:
    """Whether Python finds a module, and more than a folder that happens to be called so."""
    found = importlib.util.find_spec(name)
    return found is not None and found.origin is not None


def _imported_modules(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names)


class EmptiedPackages:
    """A user's packages whose `__init__.py` fails, as by an import that a layer does not need: their modules remain."""

    def __init__(self) -> None:
        self.folders: list[str] = []
        self._names: set[str] = set()

    def leave_out(self, error: BaseException) -> bool:
        """Let the packages that an exception came through be empty ones; whether there is a new one to try it with."""
        found = [name for name in self._on_the_way(error) if name not in self._names]
        self._names.update(found)
        return bool(found)

    def _on_the_way(self, error: BaseException) -> Iterator[str]:
        for frame, _ in walk_tb(error.__traceback__):
            known = frame.f_globals
            if frame.f_code.co_name == "<module>" and "__path__" in known and self._is_the_users(known["__file__"]):
                package = ModuleType(known["__name__"])
                package.__path__ = known["__path__"]
                sys.modules[package.__name__] = package
                yield package.__name__

    def _is_the_users(self, file: str) -> bool:
        return any(Path(file).is_relative_to(folder) for folder in self.folders)


@contextmanager
def importable(folders: Iterable[str]) -> Iterator[None]:
    """The modules in folders can be imported meanwhile, and leave no bytecode behind."""
    writes_no_bytecode = sys.dont_write_bytecode
    added = list(dict.fromkeys(folders))
    sys.dont_write_bytecode = True
    sys.path[:0] = added
    try:
        yield
    finally:
        sys.dont_write_bytecode = writes_no_bytecode
        for folder in added:
            if folder in sys.path:  # the file may have changed the path itself
                sys.path.remove(folder)
