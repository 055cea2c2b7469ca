"""Operations on whole arrays as lines of NumPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isinf, isnan
from typing import Any

from backpropcli.domains.recorded import ArrayOperation, Recorded

_SAME_IN_NUMPY = (
    *("abs", "exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "sin", "cos", "tanh"),
    *("asin", "acos", "atan", "asinh", "acosh", "atanh", "floor", "maximum", "minimum", "power", "logaddexp", "where"),
    *("ones_like", "zeros_like", "tril", "reshape", "broadcast_to", "expand_dims", "squeeze", "cumsum"),
)
_OPERATORS = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "divide": "/",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "equal": "==",
    "and": "&",
    "or": "|",
    "matmul": "@",
}

FUNCTIONS = {
    "erf": """
erf = np.vectorize(math.erf, otypes=[float])
""",
    "add_at": '''
def add_at(x, key, values):
    """A copy of x with the values added at the key, as often as a place occurs in it."""
    found = np.array(x)
    np.add.at(found, key, values)
    return found
''',
    "windows": '''
def windows(x, kernel, stride, dilation):
    """What a window sees as it slides over the last two axes: (..., height, width, rows, columns)."""
    spans = [gap * (length - 1) + 1 for length, gap in zip(kernel, dilation)]
    found = np.lib.stride_tricks.sliding_window_view(x, spans, axis=(-2, -1))
    return np.moveaxis(found[..., ::stride[0], ::stride[1], ::dilation[0], ::dilation[1]], (-2, -1), (-4, -3))
''',
    "add_windows": '''
def add_windows(windows, shape, stride, dilation):
    """The sum of what windows hold over the places that they see."""
    found = np.zeros(shape)
    height, width, rows, columns = windows.shape[-4:]
    for i, j in np.ndindex(height, width):
        top, left = i * dilation[0], j * dilation[1]
        down = slice(top, top + (rows - 1) * stride[0] + 1, stride[0])
        across = slice(left, left + (columns - 1) * stride[1] + 1, stride[1])
        found[..., down, across] += windows[..., i, j, :, :]
    return found
''',
}
"""What lines call that NumPy lacks, by name."""

Show = Callable[[Any], str]


def expression(operation: ArrayOperation, names: Mapping[int, str]) -> str:
    """The operation as an expression; `names` has that of each operation whose array has one."""

    def show(argument: Any) -> str:
        return names[argument.number] if isinstance(argument, Recorded) else literal(argument)

    name, arguments = operation
    if name in _OPERATORS:
        return f" {_OPERATORS[name]} ".join(map(show, arguments))
    if name in _SAME_IN_NUMPY:
        return f"np.{name}({', '.join(map(show, arguments))})"
    return _OTHERS[name](show, *arguments)


def literal(value: Any) -> str:
    """A number, an axis or a shape as Python has it; a negative number so that every operator takes it whole."""
    if isinstance(value, float):
        if isnan(value):
            return "np.nan"
        if isinf(value):
            return "np.inf" if value > 0 else "(-np.inf)"
        text = repr(float(value))
        return f"({text})" if text.startswith("-") else text
    return repr(value)


def _reduction(name: str) -> Callable[..., str]:
    def write(show: Show, x: Any, axis: Any, keepdims: bool) -> str:
        options = ("" if axis is None else f", axis={axis}") + (", keepdims=True" if keepdims else "")
        return f"np.{name}({show(x)}{options})"

    return write


def _one_hot(show: Show, labels: Any, count: int, axis: int) -> str:
    hot = f"({show(labels)}[..., None] == np.arange({count})).astype(float)"
    return hot if axis == len(labels.array.shape) else f"np.moveaxis({hot}, -1, {axis})"


def _key(show: Show, key: Any) -> str:
    """A subscript."""
    if isinstance(key, tuple):
        return ", ".join(_key(show, part) for part in key) or "()"
    if isinstance(key, slice):
        parts = ("" if part is None else str(part) for part in (key.start, key.stop, key.step))
        return ":".join(parts).removesuffix(":") if key.step is None else ":".join(parts)
    return "..." if key is Ellipsis else show(key)


_OTHERS: dict[str, Callable[..., str]] = {
    "neg": lambda show, x: f"-{show(x)}",
    "mod": lambda show, x, y: f"np.mod({show(x)}, {show(y)})",
    "atan2": lambda show, y, x: f"np.arctan2({show(y)}, {show(x)})",
    "is_nan": lambda show, x: f"np.isnan({show(x)})",
    "erf": lambda show, x: f"erf({show(x)})",
    "power_of_two": lambda show, x: f"np.ldexp(0.5, np.frexp({show(x)})[1])",
    "random_like": lambda show, x, seed: f"np.random.default_rng({seed}).random(np.shape({show(x)}))",
    "transpose": lambda show, x: f"np.swapaxes({show(x)}, -1, -2)",
    "permute_dims": lambda show, x, axes: f"np.transpose({show(x)}, {axes})",
    "concat": lambda show, xs, axis: f"np.concatenate([{', '.join(map(show, xs))}], axis={axis})",
    "element": lambda show, x, key: f"{show(x)}[{_key(show, key)}]",
    "add_at": lambda show, x, key, values: f"add_at({show(x)}, np.s_[{_key(show, key)}], {show(values)})",
    "sum": _reduction("sum"),
    "amax": _reduction("max"),
    "amin": _reduction("min"),
    "pad": lambda show, x, widths, fill: f"np.pad({show(x)}, {widths}, constant_values={literal(float(fill))})",
    "unfold": lambda show, x, *sizes: f"windows({show(x)}, {', '.join(map(str, sizes))})",
    "fold": lambda show, x, *sizes: f"add_windows({show(x)}, {', '.join(map(str, sizes))})",
    "as_indices": lambda show, x, *_: f"{show(x)}.astype(int)",
    "one_hot": lambda show, labels, count, axis: _one_hot(lambda x: f"{show(x)}.astype(int)", labels, count, axis),
    "as_mask": lambda show, x, _: f"({show(x)} == 1)",
}
