"""Products of matrices."""

from __future__ import annotations

from backpropcli.models.operation import Call, Operation, Translation, Value, call


def _matmul(op: Operation) -> Call:
    return call("matmul", op.x(0), op.x(1))


def _gemm(op: Operation) -> Value:
    """The sum alpha * A @ B + beta * C, mostly the fully connected layer, with its weights in either order."""
    alpha, beta = op.attribute("alpha", 1.0), op.attribute("beta", 1.0)
    is_a_turned, is_b_turned = op.attribute("transA", 0), op.attribute("transB", 0)
    width = op.out_shape()[-1]
    has_plain_bias = op.has(2) and beta == 1 and op.shape(2) == (width,)
    if alpha == 1 and not is_a_turned and (has_plain_bias or not op.has(2)):
        return call("affine", op.x(0), op.x(1), op.operand(2), convention="torch" if is_b_turned else None)
    left = call("transpose", op.x(0)) if is_a_turned else op.x(0)
    right = call("transpose", op.x(1)) if is_b_turned else op.x(1)
    product: Value = call("matmul", left, right)
    if alpha != 1:
        product = call("mul", product, alpha)
    if not op.has(2):
        return product
    return call("add", product, op.x(2) if beta == 1 else call("mul", op.x(2), beta))


TRANSLATIONS: dict[str, Translation] = {"Gemm": _gemm, "MatMul": _matmul}
