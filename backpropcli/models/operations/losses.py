"""Losses of class labels, as PyTorch has them."""

from __future__ import annotations

from functools import partial

from backpropcli.models.operation import Call, Operation, Translation, call


def _loss(layer: str, op: Operation) -> Call:
    return call(
        layer,
        *(op.x(0), op.x(1), op.operand(2)),
        reduction=None if op.attribute("reduction", "mean") == "mean" else op.attribute("reduction"),
        ignore_index=op.attribute("ignore_index"),
        convention="torch",
    )


TRANSLATIONS: dict[str, Translation] = {
    "NegativeLogLikelihoodLoss": partial(_loss, "nll"),
    "SoftmaxCrossEntropyLoss": partial(_loss, "cross_entropy"),
}
