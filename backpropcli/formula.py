"""Formulas: `price = (apple * apple_num + orange * orange_num) * tax` becomes the nodes of a graph.

The text is parsed by Python's `ast` and never evaluated. Each operator and each call becomes one node; the number of
the node is its place in the order of evaluation, and its value is called `(n)` unless the formula names it.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable
from keyword import iskeyword
from typing import Any, NamedTuple

from backpropcli.catalogue.registry import is_layer, layer_names, layer_spec
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.errors import DataError, FormulaError, Place, Problem, did_you_mean
from backpropcli.graph import Node, canonical_name, unnamed
from backpropcli.sources.literals import Constant, is_number

Locate = Callable[[int, int], Place | None]
"""Where a stretch of the formula's text, from one offset to another, stands in its source."""

MAX_LENGTH = 100_000

_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Pow: "pow",
    ast.MatMult: "matmul",
}
_ASSIGNMENT = re.compile(r"\s*(\w+)\s*=(?!=)")
_HINTS = {
    "×": "multiplication is written *",  # noqa: RUF001 - what people paste
    "·": "multiplication is written *",
    "÷": "division is written /",
}
_NUMBER_IN_WORD = re.compile(r"\d[^\W\d]")
_GRAMMAR = "a formula has numbers, names, + - * / ** @, parentheses, and layers such as relu(x)"


def is_assignment(text: str) -> bool:
    """Whether `text` has the form `name = formula`.

    >>> is_assignment("y = a * b"), is_assignment("relu"), is_assignment("a == b")
    (True, False, False)
    """
    return _ASSIGNMENT.match(text) is not None


def on_one_line(text: str) -> str:
    """`text` with spaces for tabs and ends of lines, so that every offset stays what it was."""
    return text.replace("\n", " ").replace("\r", " ").replace("\t", " ")


def compile_assignment(text: str, first_number: int, locate: Locate) -> list[Node]:
    """The nodes of a step `name = formula`, numbered from `first_number`; the last one's value has the name.

    Raises FormulaError for what is not a formula, GraphError for an unknown layer.
    """
    match = _ASSIGNMENT.match(text)
    if match is None:
        raise FormulaError(Problem("an assignment has the form name = formula", locate(0, len(text))))
    name = canonical_name(match[1])
    if not name.isidentifier() or iskeyword(name):
        reason = "is a word of Python's grammar and cannot be a name" if iskeyword(name) else "is not a name"
        raise FormulaError(Problem(f"'{name}' {reason}", locate(*match.span(1))))
    return _Compiler(text, match.end(), locate).nodes(name, first_number)


def compile_formula(text: str, locate: Locate) -> list[Node]:
    """The nodes of a formula that stands alone; its value is called `out`, or as the formula says with `name =`."""
    if is_assignment(text):
        return compile_assignment(text, 1, locate)
    return _Compiler(text, 0, locate).nodes("out", 1)


class _Call(NamedTuple):
    """A node to be made once its operands are known."""

    expression: ast.expr
    spec: LayerSpec
    operands: list[ast.expr]
    parameters: dict[str, Any]


class _Operation:
    """Where a node's text stands: the node's origin."""

    __slots__ = ("compiler", "expression", "operands")

    def __init__(self, compiler: _Compiler, expression: ast.expr, operands: list[ast.expr]) -> None:
        self.compiler = compiler
        self.expression = expression
        self.operands = operands

    def place(self, input_number: int | None = None, /) -> Place | None:
        expression = self.expression if input_number is None else self.operands[input_number]
        return self.compiler.place(expression)


class _Compiler:
    """One formula on its way from text to nodes."""

    def __init__(self, text: str, start: int, locate: Locate) -> None:
        self.text = text
        self.locate = locate
        self.body = on_one_line(text[start:]).strip(" ")
        self.start = text.find(self.body[:1], start)
        self.bytes = None if self.body.isascii() else self.body.encode(errors="replace")

    def nodes(self, name: str, first_number: int) -> list[Node]:
        """The nodes in the order of evaluation, by an explicit stack: a long formula is a deep tree."""
        nodes: list[Node] = []
        values: list[str | Constant] = []
        todo: list[ast.expr | _Call] = [self._parse()]
        while todo:
            item = todo.pop()
            if isinstance(item, _Call):
                count = len(item.operands)
                inputs = tuple(values[len(values) - count :])
                del values[len(values) - count :]
                origin = _Operation(self, item.expression, item.operands)
                output = unnamed(first_number + len(nodes))
                nodes.append(Node(item.spec, inputs, output, parameters=item.parameters, origin=origin))
                values.append(output)
            elif isinstance(item, ast.Name):
                values.append(item.id)
            elif isinstance(item, ast.UnaryOp) and isinstance(item.op, ast.UAdd):
                todo.append(item.operand)
            elif (constant := self._number(item)) is not None:
                values.append(constant)
            else:
                call = self._call(item)
                todo.append(call)
                todo += reversed(call.operands)
        if not nodes:
            raise self._error("nothing to compute: a formula needs an operator or a layer")
        nodes[-1].output = name
        return nodes

    def place(self, expression: ast.expr) -> Place | None:
        """Where an expression stands."""
        return self.locate(*self._span(expression))

    def _span(self, expression: ast.expr) -> tuple[int, int]:
        start, end = expression.col_offset, expression.end_col_offset or 0
        if self.bytes is not None:  # ast counts in UTF-8
            start, end = len(self.bytes[:start].decode()), len(self.bytes[:end].decode())
        return self.start + start, self.start + end

    def _error(self, message: str, expression: ast.expr | None = None, hint: str | None = None) -> FormulaError:
        place = self.locate(0, len(self.text)) if expression is None else self.place(expression)
        return FormulaError(Problem(message, place, hint))

    def _parse(self) -> ast.expr:
        if len(self.body) > MAX_LENGTH:
            message = f"a formula of {len(self.body):,} characters; at most {MAX_LENGTH:,} are read"
            raise self._error(message, hint="split it into several steps")
        if "#" in self.body:
            at = self.text.index("#", self.start)
            raise FormulaError(Problem("a formula has no comments", self.locate(at, at + 1)))
        try:
            if _NUMBER_IN_WORD.search(self.body) is None:
                return ast.parse(self.body, mode="eval").body
            with warnings.catch_warnings():  # `2or 3` warns, and is refused below
                warnings.simplefilter("ignore")
                return ast.parse(self.body, mode="eval").body
        except SyntaxError as error:
            raise FormulaError(self._syntax_problem(error)) from None
        except (RecursionError, MemoryError):
            raise self._error("the formula nests too deeply", hint="split it into several steps") from None
        except ValueError:
            raise self._error("the formula holds a character that is not text") from None

    def _syntax_problem(self, error: SyntaxError) -> Problem:
        if not self.body:
            return Problem("the formula is empty", self.locate(0, len(self.text)))
        start = self.start + (error.offset - 1 if error.offset else len(self.body))
        end = self.start + (error.end_offset or 0) - 1
        place = self.locate(start, max(end, start + 1))
        if error.msg.startswith("Exceeds"):
            return Problem("a number of more than 4,300 digits", place)
        for word in re.finditer(r"\w+", self.body):
            if iskeyword(word[0]):
                place = self.locate(self.start + word.start(), self.start + word.end())
                return Problem(f"'{word[0]}' is a word of Python's grammar and cannot be a name", place)
        if error.msg != "invalid syntax":
            return Problem(error.msg, place, _HINTS.get(self.text[start : start + 1]))
        return Problem("the formula does not go on like this" if error.offset else "the formula breaks off", place)

    def _number(self, expression: ast.expr) -> Constant | None:
        """The constant that an expression is, if it is one."""
        sign = ""
        if type(expression) is ast.UnaryOp and type(expression.op) is ast.USub:
            expression, sign = expression.operand, "-"
        if type(expression) is not ast.Constant:
            return None
        start, end = self._span(expression)
        text = self.text[start:end]
        if not is_number(text):
            raise self._error(f"{text} is not a number", expression)
        return Constant(sign + text)

    def _call(self, expression: ast.expr) -> _Call:
        """The layer that an expression applies, and to what."""
        match expression:
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
                return _Call(expression, layer_spec(_OPERATORS[type(operator)]), [left, right], {})
            case ast.BinOp(op=ast.BitXor()):
                raise self._error("a formula has no operator ^", expression, "a power is written **")
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return _Call(expression, layer_spec("neg"), [operand], {})
            case ast.Call(func=ast.Name(id=name)) if is_layer(name):
                spec = layer_spec(name)
                return _Call(expression, spec, expression.args, self._parameters(spec, expression.keywords))
            case ast.Call(func=function):
                name = ast.unparse(function)
                raise self._error(f"unknown layer '{name}'", function, did_you_mean(name, layer_names()))
            case _:
                raise self._error("this is no part of a formula", expression, _GRAMMAR)

    def _parameters(self, spec: LayerSpec, keywords: list[ast.keyword]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for keyword in keywords:
            name, value = keyword.arg, keyword.value
            if name is None:
                raise self._error("this is no part of a formula", value, _GRAMMAR)
            if name not in spec.parameters:
                raise self._error(f"{spec.name} has no parameter '{name}'", value, did_you_mean(name, spec.parameters))
            if name in found:
                raise self._error(f"the parameter {name} is given twice", value)
            try:
                found[name] = spec.parameters[name].read(self._word(value))
            except DataError as error:
                raise self._error(str(error), value) from None
        return found

    def _word(self, expression: ast.expr) -> str:
        start, end = self._span(expression)
        text = self.text[start:end]
        return text.strip("'\"") if type(expression) is ast.Constant else text
