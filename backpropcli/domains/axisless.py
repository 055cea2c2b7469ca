"""What single numbers do alike in every domain that has no arrays: the functions of floats that do no arithmetic."""

from __future__ import annotations

from backpropcli.domains.floats import (
    add_at,
    as_indices,
    as_mask,
    broadcast_to,
    concat,
    cumsum,
    expand_dims,
    fold,
    matmul,
    one_hot,
    pad,
    permute_dims,
    reshape,
    shape,
    size,
    squeeze,
    transpose,
    tril,
    unbroadcast,
    unfold,
)

__all__ = [
    "add_at",
    "as_indices",
    "as_mask",
    "broadcast_to",
    "concat",
    "cumsum",
    "expand_dims",
    "fold",
    "matmul",
    "one_hot",
    "pad",
    "permute_dims",
    "reshape",
    "shape",
    "size",
    "squeeze",
    "transpose",
    "tril",
    "unbroadcast",
    "unfold",
]
