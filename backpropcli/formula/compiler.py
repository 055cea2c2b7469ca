"""One formula on its way from text to nodes."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from keyword import iskeyword
from typing import Any, NamedTuple

from backpropcli.catalogue.registry import is_layer, layer_spec
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.errors import DataError, FormulaError, Place, Problem
from backpropcli.formula.expressions import ExpressionError, shown
from backpropcli.formula.text import FormulaText, Locate
from backpropcli.graph import NAMED_CONSTANTS, Node, canonical_name, unnamed
from backpropcli.sources.literals import Constant, is_number

Argument = Callable[[ast.expr], Any]
"""What the value of a parameter is that is not written out."""

_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Pow: "pow",
    ast.MatMult: "matmul",
}
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "less",
    ast.LtE: "less_equal",
    ast.Gt: "greater",
    ast.GtE: "greater_equal",
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
}
_LISTS = (ast.List, ast.Tuple)
_OF_TWO = {"max": "maximum", "min": "minimum"}
_ASSIGNMENT = re.compile(r"\s*(\w+)\s*=(?!=)")
_MEANT_AS_ASSIGNMENT = re.compile(r"[^=(<>!+\-*/]+=(?!=)")


def is_assignment(text: str) -> bool:
    """Whether `text` has the form `name = formula`.

    >>> is_assignment("y = a * b"), is_assignment("relu"), is_assignment("a == b")
    (True, False, False)
    """
    return _ASSIGNMENT.match(text) is not None


def is_meant_as_assignment(text: str) -> bool:
    """Whether `text` has the form of an assignment, though what stands before the sign may be no name.

    >>> [is_meant_as_assignment(text) for text in ("2nd = a * b", "a.b = c", "c += 1", "relu(x, slope=1)", "a == b")]
    [True, True, False, False, False]
    """
    return _MEANT_AS_ASSIGNMENT.match(text) is not None


def compile_assignment(text: str, first_number: int, locate: Locate, argument: Argument | None = None) -> list[Node]:
    """The nodes of a step `name = formula`, numbered from `first_number`; the last one's value has the name.

    In a scenario the parameters of layers are written out; elsewhere `argument` reads those that are not.

    Raises FormulaError for what is not a formula, GraphError for an unknown layer.
    """
    match = _ASSIGNMENT.match(text)
    if match is None:
        raise FormulaError(Problem("an assignment has the form name = formula", locate(0, len(text))))
    name = canonical_name(match[1])
    if not name.isidentifier() or iskeyword(name):
        reason = "is a reserved word and cannot be a name" if iskeyword(name) else "is not a name"
        raise FormulaError(Problem(f"'{name}' {reason}", locate(*match.span(1))))
    return _Compiler(FormulaText(text, match.end(), locate), argument).nodes(name, first_number)


def compile_unnamed(text: str, first_number: int, locate: Locate) -> list[Node]:
    """The nodes of a step that is a formula without a name, numbered from `first_number`."""
    return _Compiler(FormulaText(text, 0, locate)).nodes(None, first_number)


def compile_formula(text: str, locate: Locate) -> list[Node]:
    """The nodes of a formula that stands alone; its value is called `out`, or as the formula says with `name =`."""
    if is_assignment(text):
        return compile_assignment(text, 1, locate)
    return _Compiler(FormulaText(text, 0, locate)).nodes("out", 1)


class _Call(NamedTuple):
    """A node to be made once its operands are known."""

    expression: ast.expr
    spec: LayerSpec
    operands: list[ast.expr]
    parameters: dict[str, Any]


class _Operation:
    """Where a node's text stands: the node's origin."""

    __slots__ = ("expression", "operands", "text")

    def __init__(self, text: FormulaText, expression: ast.expr, operands: list[ast.expr]) -> None:
        self.text = text
        self.expression = expression
        self.operands = operands

    @property
    def step(self) -> FormulaText:
        return self.text

    def place(self, input_number: int | None = None, /) -> Place | None:
        expression = self.expression if input_number is None else self.operands[input_number]
        return self.text.place(expression)


class _Compiler:
    """One formula on its way from text to nodes."""

    def __init__(self, text: FormulaText, argument: Argument | None = None) -> None:
        self.text = text
        self.argument = argument

    def nodes(self, name: str | None, first_number: int) -> list[Node]:
        """The nodes in the order of evaluation; the last one's value is called `name`, if there is one."""
        try:
            nodes = self._nodes(first_number)
        except ExpressionError as refused:
            raise self.text.error(refused.message, refused.expression, refused.hint) from None
        if not nodes:
            raise self.text.error("nothing to compute: a formula needs an operator or a layer")
        if name is not None:
            nodes[-1].output = name
        return nodes

    def _nodes(self, first_number: int) -> list[Node]:
        """Every node with a numbered value, by an explicit stack: a long formula is a deep tree."""
        nodes: list[Node] = []
        values: list[str | Constant] = []
        todo: list[ast.expr | _Call] = [self.text.parse()]
        while todo:
            item = todo.pop()
            if isinstance(item, _Call):
                count = len(item.operands)
                inputs = tuple(values[len(values) - count :])
                del values[len(values) - count :]
                origin = _Operation(self.text, item.expression, item.operands)
                output = unnamed(first_number + len(nodes))
                nodes.append(Node(item.spec, inputs, output, parameters=item.parameters, origin=origin))
                values.append(output)
            elif isinstance(item, ast.Name):
                values.append(Constant(item.id) if item.id in NAMED_CONSTANTS else item.id)
            elif isinstance(item, ast.UnaryOp) and isinstance(item.op, ast.UAdd):
                todo.append(item.operand)
            elif (constant := self._number(item)) is not None:
                values.append(constant)
            elif isinstance(item, ast.Subscript):
                todo += reversed(self._selections(item))
                todo.append(item.value)
            else:
                call = self._call(item)
                todo.append(call)
                todo += reversed(call.operands)
        return nodes

    def _number(self, expression: ast.expr) -> Constant | None:
        """The constant that an expression is, if it is one."""
        sign = ""
        if type(expression) is ast.UnaryOp and type(expression.op) is ast.USub:
            expression, sign = expression.operand, "-"
        if type(expression) is not ast.Constant:
            return None
        text = self.text.text_of(expression)
        if not is_number(text):
            raise ExpressionError(expression, f"{shown(text)} is not a number", _number_hint(text))
        return Constant(sign + text)

    def _selections(self, expression: ast.Subscript) -> list[_Call]:
        """The layers that an index applies, one to the value of the other."""
        from backpropcli.formula.subscripts import selections  # few formulas have an index

        found = selections(expression, self.text.text_of)
        return [_Call(expression, layer_spec(s.layer), [expression.value], dict(s.parameters)) for s in found]

    def _call(self, expression: ast.expr) -> _Call:
        """The layer that an expression applies, and to what."""
        match expression:
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
                return _Call(expression, layer_spec(_OPERATORS[type(operator)]), [left, right], {})
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return _Call(expression, layer_spec("neg"), [operand], {})
            case ast.Call(func=ast.Name(id=name)) if is_layer(name):
                spec, operands = self._spec(name, expression), expression.args
                if name == "where" and operands:
                    operands = [self._condition(expression), *operands[1:]]
                if len(operands) > len(spec.inputs) or (operands and type(operands[0]) in _LISTS):
                    self._refuse_operands(spec, operands)
                return _Call(expression, spec, operands, self._parameters(spec, expression.keywords))
            case ast.Call():
                from backpropcli.formula.elsewhere import call_refusal

                raise call_refusal(expression, self.text.text_of)
            case _:
                from backpropcli.formula.refusals import refusal  # most formulas are right

                raise refusal(expression, self.text.text_of)

    def _spec(self, name: str, call: ast.Call) -> LayerSpec:
        """The layer that a word names: `max` and `min` of two values are `maximum` and `minimum`."""
        spec = layer_spec(name)
        of_two = _OF_TWO.get(name)
        return layer_spec(of_two) if of_two and spec.origin is None and len(call.args) == 2 else spec

    def _refuse_operands(self, spec: LayerSpec, operands: list[ast.expr]) -> None:
        """Raise ExpressionError for an operand that is meant for a parameter, or that is a list of them."""
        from backpropcli.formula.elsewhere import input_answer, list_refusal

        match operands:
            case [ast.List() | ast.Tuple() as listed] if spec.is_variadic or spec.name in _OF_TWO:
                raise list_refusal(spec, listed, self.text.text_of)
        if (found := input_answer(spec, operands, self.text.text_of)) is not None:
            first = 2 if spec.name in _OF_TWO else len(spec.inputs)
            raise ExpressionError(operands[first], *found)

    def _condition(self, call: ast.Call) -> ast.expr:
        """The condition of a `where`: a comparison as a call of its layer, anything else as it is."""
        condition, *values = call.args
        match condition:
            case ast.Compare(left=x, ops=[operator], comparators=[y]) if type(operator) in _COMPARISONS:
                layer = ast.Name(_COMPARISONS[type(operator)])
                return ast.copy_location(ast.Call(layer, [x, y], []), condition)
            case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
                from backpropcli.formula.refusals import condition_refusal

                yes, no = map(self.text.text_of, values) if len(values) == 2 else ("1", "0")
                raise condition_refusal(condition, yes, no, self.text.text_of)
        return condition

    def _parameters(self, spec: LayerSpec, keywords: list[ast.keyword]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for keyword in keywords:
            name, value = keyword.arg, keyword.value
            if name is None:
                raise ExpressionError(value, "a parameter is given by its name: axis=0")
            if name not in spec.parameters:
                from backpropcli.formula.elsewhere import parameter_hint

                hint = parameter_hint(name, spec)
                raise ExpressionError(_word(name, keyword), f"{spec.name} has no parameter '{name}'", hint)
            if name in found:
                raise ExpressionError(_word(name, keyword), f"the parameter {name} is given twice")
            try:
                found[name] = spec.parameters[name].read(self._word(value))
            except DataError as error:
                if self.argument is None:
                    raise ExpressionError(value, str(error)) from None
                found[name] = self.argument(value)
        return found

    def _word(self, expression: ast.expr) -> str:
        text = self.text.text_of(expression)
        return text.strip("'\"") if type(expression) is ast.Constant else text


def _number_hint(text: str) -> str | None:
    """The hint for a constant of Python that is no number here."""
    if text.startswith(("'", '"')):
        return "leave out the quotation marks"
    plain = text.replace("_", "")
    return f"write {shown(plain)}" if is_number(plain) else None


def _word(name: str, keyword: ast.keyword) -> ast.expr:
    """The name of a parameter, where it is given."""
    word = ast.copy_location(ast.Name(name), keyword.value)
    word.col_offset, word.end_col_offset = keyword.col_offset, keyword.col_offset + len(name.encode())
    return word
