"""What calls each loss in PyTorch: its own wants other shapes of targets, and takes other means."""

from __future__ import annotations

from math import prod

from backpropcli.errors import LayerError
from backpropcli.export.calls import Call, literal


def element_loss(function: str, option: str | None, call: Call) -> str:
    """A loss of elements; PyTorch wants the target in the shape of x, and its mean is over all elements."""
    shape = max(call.shapes, key=len)
    x, target = (
        each if own == shape else f"{each}.expand({shape})"
        for each, own in zip(call.arguments, call.shapes, strict=True)
    )
    reduction = call.parameters["reduction"]
    count = shape[0] if shape else 1
    of_samples = reduction == "mean" and call.is_of_book and count != prod(shape)
    options = "" if option is None else f", {option}={literal(call.parameters[option])}"
    text = f'F.{function}({x}, {target}, reduction="{"sum" if of_samples else reduction}"{options})'
    return f"{text} / {count}" if of_samples and count != 1 else text


def bce(call: Call) -> str:
    """The loss of probabilities, which PyTorch checks."""
    for name, value in zip(("x", "target"), call.inputs, strict=True):
        if not all(0 <= number <= 1 for number in call.numbers.flat(value)):
            raise LayerError(f"PyTorch takes {name} from 0 to 1 only")
    return element_loss("binary_cross_entropy", None, call)


def sum_squared_error(call: Call) -> str:
    """The book's half of the sum."""
    call = call._replace(parameters={"reduction": "sum", "convention": "book"})
    return f"{element_loss('mse_loss', None, call)} / 2"


def class_loss(function: str, call: Call) -> str:
    """A loss of classes, which PyTorch has on axis 1; the book on the last."""
    labels, weight = call.arguments[1], call.given(2)
    are_numbers = call.shapes[1] != call.shapes[0]
    if function == "nll_loss" and not are_numbers:
        return _nll_of_probabilities(call)
    on_axis_1 = ".movedim(-1, 1)" if call.is_of_book and call.rank > 2 else ""
    options = {
        "weight": weight and f"{weight}.detach()",
        "ignore_index": call.parameters["ignore_index"] if are_numbers else None,
        "reduction": f'"{call.parameters["reduction"]}"',
        "label_smoothing": call.parameters.get("label_smoothing") or None,
    }
    shown = "".join(f", {name}={value}" for name, value in options.items() if value is not None)
    classes = f"{labels}.long()" if are_numbers else f"{labels}{on_axis_1}"
    return f"F.{function}({call.x}{on_axis_1}, {classes}{shown})"


def _nll_of_probabilities(call: Call) -> str:
    """PyTorch takes class numbers only."""
    labels, weight = call.arguments[1], call.given(2)
    axis = call.rank - 1 if call.is_of_book else min(call.rank - 1, 1)
    following = call.rank - 1 - axis
    stretched = f".reshape({(-1, *(1,) * following)})" if following else ""
    scaled = "" if weight is None else f"{weight}.detach(){stretched} * "
    reduced = {"none": "", "sum": ".sum()", "mean": ".mean()"}[call.parameters["reduction"]]
    return f"-({scaled}{labels} * {call.x}).sum({axis}){reduced}"
