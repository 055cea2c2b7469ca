"""Convolution and pooling of images."""

from __future__ import annotations

from backpropcli.models.operation import Call, Operation, Translation, UnknownOperationError, call

_IMAGES = 4  # axes: batch, channels, height, width


def _conv(op: Operation) -> Call:
    _check_images(op)
    kernel = list(op.shape(1)[2:])
    dilations = op.attribute("dilations", [1, 1])
    return call(
        "conv2d",
        *(op.x(0), op.x(1), op.operand(2)),
        stride=_unless(op.attribute("strides", [1, 1]), 1),
        pad=_unless(_padding(op, kernel, dilations), 0),
        dilation=_unless(dilations, 1),
        groups=None if op.attribute("group", 1) == 1 else op.attribute("group"),
    )


def _max_pool(op: Operation) -> Call:
    return _pool(op, "max_pool2d")


def _average_pool(op: Operation) -> Call:
    return _pool(op, "avg_pool2d", includes_padding=bool(op.attribute("count_include_pad", 0)))


def _pool(op: Operation, layer: str, *, includes_padding: bool = True) -> Call:
    _check_images(op)
    kernel, strides = op.attribute("kernel_shape"), op.attribute("strides", [1, 1])
    if set(op.attribute("dilations", [1, 1])) != {1}:
        raise UnknownOperationError("with dilations")
    pad = _padding(op, kernel, [1, 1])
    sizes = zip(op.shape()[2:], kernel, strides, pad, strict=True)
    if tuple((length + 2 * p - size) // step + 1 for length, size, step, p in sizes) != op.out_shape()[2:]:
        raise UnknownOperationError("with ceil_mode, where a window stands half outside")
    counts_all = includes_padding or set(pad) == {0}
    return call(
        layer,
        op.x(),
        kernel=tuple(kernel),
        stride=_unless(strides, 1),
        pad=_unless(pad, 0),
        count_include_pad=None if counts_all else False,
    )


def _check_images(op: Operation) -> None:
    if len(op.shape()) != _IMAGES:
        raise UnknownOperationError(f"of {len(op.shape()) - 2}-dimensional images")


def _padding(op: Operation, kernel: list[int], dilations: list[int]) -> list[int]:
    """The rows above and the columns on the left; there must be as many on the other side."""
    mode = op.attribute("auto_pad", "NOTSET")
    if mode == "VALID":
        return [0, 0]
    if mode == "NOTSET":
        pads = op.attribute("pads", [0, 0, 0, 0])
    else:
        sizes = zip(op.shape()[2:], op.out_shape()[2:], kernel, op.attribute("strides", [1, 1]), dilations, strict=True)
        totals = [max((out - 1) * step + (size - 1) * gap + 1 - length, 0) for length, out, size, step, gap in sizes]
        pads = [total // 2 for total in totals] + [total - total // 2 for total in totals]
    if pads[:2] != pads[2:]:
        raise UnknownOperationError("with another padding on the one side than on the other")
    return list(pads[:2])


def _unless(numbers: list[int], default: int) -> tuple[int, ...] | None:
    """A parameter, if it is not the default."""
    return None if set(numbers) == {default} else tuple(numbers)


TRANSLATIONS: dict[str, Translation] = {"AveragePool": _average_pool, "Conv": _conv, "MaxPool": _max_pool}
