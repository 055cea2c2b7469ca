"""What a formula cannot hold, in words, with its spelling here where there is one."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import reduce

from backpropcli.formula.expressions import ExpressionError, TextOf
from backpropcli.formula.spelling import list_answer, spelled_out, to_write

_GRAMMAR = "a formula has numbers, names, + - * / ** @, parentheses, x[0], and layers such as relu(x)"
_FOREIGN: dict[type[ast.operator | ast.cmpop], tuple[str, str | None]] = {
    ast.BitXor: ("^", None),
    ast.BitAnd: ("&", "nest where: where(a, where(b, x, y), y)"),
    ast.BitOr: ("|", "nest where: where(a, x, where(b, x, y))"),
    ast.LShift: ("<<", None),
    ast.RShift: (">>", None),
    ast.FloorDiv: ("//", "floor(a / b) rounds down"),
    ast.Mod: ("%", "a - b * floor(a / b) is what remains"),
    ast.Is: ("'is'", "equality is written =="),
    ast.IsNot: ("'is not'", "inequality is written !="),
    ast.In: ("'in'", None),
    ast.NotIn: ("'not in'", None),
}
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}


def refusal(expression: ast.expr, text_of: TextOf) -> ExpressionError:
    """Why an expression is refused that is of no kind that formulas have."""
    match expression:
        case ast.BinOp():
            return _foreign_operator(expression, text_of)
        case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not() | ast.Invert()):
            return condition_refusal(expression, "1", "0", text_of)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            spelled = f"where({text_of(test)}, {text_of(body)}, {text_of(orelse)})"
            return ExpressionError(expression, "a formula has no 'if'", to_write(spelled))
        case ast.Attribute():
            spelled = f"transpose({text_of(expression.value)})"
            hint = to_write(spelled) if expression.attr == "T" else None
            return ExpressionError(
                expression, f"a formula has no attributes such as .{expression.attr}", hint or _GRAMMAR
            )
        case ast.List(elts=values):
            are_numbers = all(isinstance(value, ast.Constant) for value in values)
            hint = "make it an input" if are_numbers else to_write(f"stack({', '.join(map(text_of, values))})")
        case ast.Tuple() | ast.Set() | ast.Dict():
            hint = list_answer(text_of(expression))
        case _:
            return ExpressionError(expression, "this syntax is not supported in a formula", _GRAMMAR)
    return ExpressionError(expression, "a formula cannot contain a list of values", hint)


def condition_refusal(condition: ast.expr, yes: str, no: str, text_of: TextOf) -> ExpressionError:
    """Why a condition is refused, and how a formula says `yes` where it holds and `no` elsewhere."""
    match condition:
        case ast.BoolOp(op=ast.And(), values=parts):
            message, spelled = "a formula has no 'and'", _where_all([text_of(part) for part in parts], yes, no)
        case ast.BoolOp(values=parts):
            message, spelled = "a formula has no 'or'", _where_any([text_of(part) for part in parts], yes, no)
        case ast.UnaryOp(operand=operand):
            message, spelled = "a formula has no 'not'", _where_all([text_of(operand)], no, yes)
        case ast.Compare(left=left, ops=operators, comparators=others):
            foreign = next((operator for operator in operators if type(operator) in _FOREIGN), None)
            if foreign is not None:
                return ExpressionError(condition, *_told(foreign))
            texts = [text_of(value) for value in (left, *others)]
            signs = [_COMPARISONS[type(operator)] for operator in operators]
            tests = [f"{x} {sign} {y}" for x, sign, y in zip(texts, signs, texts[1:], strict=False)]
            is_chain = len(tests) > 1
            message = (
                "a comparison has only two sides" if is_chain else "a comparison can only be the condition of where"
            )
            spelled = _where_all(tests, yes, no)
        case _:
            raise TypeError(condition)
    return ExpressionError(condition, message, to_write(spelled))


def _foreign_operator(expression: ast.BinOp, text_of: TextOf) -> ExpressionError:
    """Why an operator of Python is refused, at its sign."""
    message, hint = _told(expression.op)
    sign = ast.copy_location(ast.Name(""), expression)
    sign.col_offset, sign.end_col_offset = expression.left.end_col_offset or 0, expression.right.col_offset
    between, written = text_of(sign), _FOREIGN[type(expression.op)][0]
    sign.col_offset += between.index(written)  # among blanks and brackets
    sign.end_col_offset = sign.col_offset + len(written)
    if isinstance(expression.op, ast.BitXor):
        hint = to_write(spelled_out(text_of(expression))) or "a power is written **"
    return ExpressionError(sign, message, hint)


def _told(operator: ast.operator | ast.cmpop) -> tuple[str, str | None]:
    sign, hint = _FOREIGN[type(operator)]
    return f"a formula has no operator {sign}", hint


def _where_all(tests: Sequence[str], yes: str, no: str) -> str:
    return reduce(lambda spelled, test: f"where({test}, {spelled}, {no})", reversed(tests), yes)


def _where_any(tests: Sequence[str], yes: str, no: str) -> str:
    return reduce(lambda spelled, test: f"where({test}, {yes}, {spelled})", reversed(tests), no)
