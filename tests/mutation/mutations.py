"""Small mistakes in the source of layers, of the numerics that they use, and of rooms around them: each mutant has one.

An operator, constant, sign, factor, condition or order of results of a function is changed.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

_PACKAGE = Path(__file__).parents[2] / "backpropcli"

_OPERATORS: dict[type[ast.AST], Any] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
_COMPARISONS = {
    ast.Lt: ast.Gt,
    ast.Gt: ast.Lt,
    ast.LtE: ast.GtE,
    ast.GtE: ast.LtE,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


class Mutant(NamedTuple):
    """A module with one mistake: in which function, how the line was and is, and the whole source."""

    module: str
    function: str
    was: str
    line: str
    source: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from other mutants, wherever its line stands."""
        return self.module, self.function, self.line


def _sources() -> dict[str, Path]:
    layers = {path.stem: path for path in sorted((_PACKAGE / "layers").glob("*.py"))}
    text = "".join(path.read_text() for path in layers.values())
    numerics = sorted(set(re.findall(r"^from backpropcli\.domains\.(\w+) import", text, re.MULTILINE)))
    found = {**layers, **{name: _PACKAGE / "domains" / f"{name}.py" for name in numerics}}
    return {name: path for name, path in found.items() if name not in {"__init__", "base"}}


def _rooms() -> dict[str, Path]:
    files = [_PACKAGE / "executor.py", *(_PACKAGE / "formula").glob("*.py"), *(_PACKAGE / "gradcheck").glob("*.py")]
    found = {".".join(path.relative_to(_PACKAGE).with_suffix("").parts): path for path in sorted(files)}
    return {name: path for name, path in found.items() if not name.endswith("__init__")}


# Other modules, by their names in the package, with their files: `executor`, `formula.text`, `gradcheck.numeric`.
ROOMS = _rooms()

# Those, the families of layers, and the modules of domains that layers import from by name.
SOURCES = {**_sources(), **ROOMS}


def mutants(module: str) -> Iterator[Mutant]:
    """Every mutant of a module."""
    tree = ast.parse(SOURCES[module].read_text())
    original = ast.unparse(tree)
    for number, node in enumerate(ast.walk(tree)):
        node.number = number  # which copies keep
    for function, definition in _functions(tree):
        for statement in definition.body:
            for node in _changeable(statement):
                for changed in _changes(node):
                    source = ast.unparse(_Replace(node.number, changed).visit(copy.deepcopy(tree)))
                    if source != original:  # 1e280 + 1 is 1e280
                        yield Mutant(module, function, *_difference(original, source), source)


def unchanged(module: str) -> Mutant:
    """The module without a mistake, as mutants are written."""
    return Mutant(module, "", "", "", ast.unparse(ast.parse(SOURCES[module].read_text())))


def _functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    """The functions and methods, each with the names that lead to it."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.FunctionDef(name):
                yield prefix + name, node
                yield from _functions(node, f"{prefix}{name}.")
            case ast.ClassDef(name):
                yield from _functions(node, f"{prefix}{name}.")


def _difference(original: str, source: str) -> tuple[str, str]:
    """The first line that differs, in the one and in the other."""
    pairs = zip(original.splitlines(), source.splitlines(), strict=True)
    return next((one.strip(), other.strip()) for one, other in pairs if one != other)


def _changeable(statement: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a statement that compute: not messages, not types, not what zip makes sure of."""
    match statement:
        case ast.Raise() | ast.JoinedStr() | ast.FunctionDef() | ast.keyword("strict"):
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
        case ast.BinOp():
            yield from _changed_operations(node)
        case ast.UnaryOp(ast.USub() | ast.Not(), operand):
            yield operand
        case ast.BoolOp(operator, values):
            yield ast.BoolOp(_OPERATORS[type(operator)](), values)
        case ast.Constant(int() | float() as value):
            yield ast.Constant(not value if isinstance(value, bool) else value + 1)
        case ast.Compare(left, [operator], right) if type(operator) in _COMPARISONS:
            yield ast.Compare(left, [_COMPARISONS[type(operator)]()], right)
        case ast.Call(ast.Attribute(attr="equal"), [left, right]):  # of a domain
            yield ast.Compare(left, [ast.NotEq()], [right])
        case ast.Return(ast.Tuple([first, second, *others], context)):
            yield ast.Return(ast.Tuple([second, first, *others], context))


def _changed_operations(node: ast.BinOp) -> Iterator[ast.AST]:
    """Another operator, or one operand alone."""
    left, operator, right = node.left, node.op, node.right
    if type(operator) in _OPERATORS:
        yield ast.BinOp(left, _OPERATORS[type(operator)](), right)
    if isinstance(operator, ast.Mult):
        yield right
    if isinstance(operator, (ast.Mult, ast.Div)):
        yield left


class _Replace(ast.NodeTransformer):
    """A tree with one node replaced."""

    def __init__(self, number: int, changed: ast.AST) -> None:
        self.number = number
        self.changed = changed

    def visit(self, node: ast.AST) -> Any:
        """The node, or what stands for it."""
        return self.changed if getattr(node, "number", None) == self.number else self.generic_visit(node)
