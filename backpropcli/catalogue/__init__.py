"""Which layers there are: the table of built-in layers, what is read off a layer's class, and users' own layers.

A family is imported when one of its layers is first used, so the length of the table costs a command nothing.
"""

from __future__ import annotations

from importlib import import_module

from backpropcli.layers import Layer

# name -> module of backpropcli.layers, class. Math and Gradient of a layer call only primitives and layers above it.
LAYERS: dict[str, tuple[str, str]] = {
    "add": ("arithmetic", "Add"),
    "sub": ("arithmetic", "Sub"),
    "mul": ("arithmetic", "Mul"),
    "div": ("arithmetic", "Div"),
    "neg": ("arithmetic", "Neg"),
    "pow": ("powers", "Pow"),
    "exp": ("exponentials", "Exp"),
    "log": ("exponentials", "Log"),
    "sqrt": ("powers", "Sqrt"),
    "square": ("powers", "Square"),
    "abs": ("arithmetic", "Abs"),
    "reciprocal": ("powers", "Reciprocal"),
    "expm1": ("exponentials", "Expm1"),
    "log1p": ("exponentials", "Log1p"),
    "exp2": ("exponentials", "Exp2"),
    "log2": ("exponentials", "Log2"),
    "log10": ("exponentials", "Log10"),
    "logaddexp": ("log_sums", "Logaddexp"),
    "sin": ("trigonometry", "Sin"),
    "cos": ("trigonometry", "Cos"),
    "tan": ("trigonometry", "Tan"),
    "atan": ("trigonometry", "Atan"),
    "asin": ("trigonometry", "Asin"),
    "acos": ("trigonometry", "Acos"),
    "atan2": ("trigonometry", "Atan2"),
    "sinh": ("hyperbolics", "Sinh"),
    "cosh": ("hyperbolics", "Cosh"),
    "asinh": ("hyperbolics", "Asinh"),
    "acosh": ("hyperbolics", "Acosh"),
    "atanh": ("hyperbolics", "Atanh"),
    "sign": ("steps", "Sign"),
    "floor": ("steps", "Floor"),
    "round": ("steps", "Round"),
    "hypot": ("norms", "Hypot"),
    "xlogy": ("exponentials", "Xlogy"),
    "detach": ("detachment", "Detach"),
    "erf": ("special_functions", "Erf"),
    "matmul": ("matrix_products", "Matmul"),
    "dot": ("matrix_products", "Dot"),
    "sum": ("reductions", "Sum"),
    "mean": ("reductions", "Mean"),
    "max": ("reductions", "Max"),
    "min": ("reductions", "Min"),
    "prod": ("accumulations", "Prod"),
    "cumsum": ("accumulations", "Cumsum"),
    "cumprod": ("accumulations", "Cumprod"),
    "norm": ("norms", "Norm"),
    "var": ("spreads", "Var"),
    "std": ("spreads", "Std"),
    "logsumexp": ("log_sums", "Logsumexp"),
    "less": ("comparisons", "Less"),
    "less_equal": ("comparisons", "LessEqual"),
    "greater": ("comparisons", "Greater"),
    "greater_equal": ("comparisons", "GreaterEqual"),
    "equal": ("comparisons", "Equal"),
    "not_equal": ("comparisons", "NotEqual"),
    "maximum": ("extrema", "Maximum"),
    "minimum": ("extrema", "Minimum"),
    "clip": ("extrema", "Clip"),
    "cosine_similarity": ("norms", "CosineSimilarity"),
    "where": ("selection", "Where"),
    "concat": ("selection", "Concat"),
    "stack": ("selection", "Stack"),
    "take": ("selection", "Take"),
    "slice": ("selection", "Slice"),
    "index": ("selection", "Index"),
    "reshape": ("shapes", "Reshape"),
    "flatten": ("shapes", "Flatten"),
    "transpose": ("shapes", "Transpose"),
    "broadcast": ("shapes", "Broadcast"),
    "repeat": ("shapes", "Repeat"),
    "relu": ("relu", "Relu"),
    "sigmoid": ("sigmoid", "Sigmoid"),
    "tanh": ("sigmoid", "Tanh"),
    "softmax": ("softmax", "Softmax"),
    "log_softmax": ("softmax", "LogSoftmax"),
    "log_sigmoid": ("sigmoid", "LogSigmoid"),
    "softplus": ("sigmoid", "Softplus"),
    "softsign": ("sigmoid", "Softsign"),
    "leaky_relu": ("relu", "LeakyRelu"),
    "prelu": ("relu", "Prelu"),
    "elu": ("elu", "Elu"),
    "selu": ("elu", "Selu"),
    "celu": ("elu", "Celu"),
    "silu": ("silu", "Silu"),
    "mish": ("silu", "Mish"),
    "gelu": ("gelu", "Gelu"),
    "hardtanh": ("hard_activations", "Hardtanh"),
    "hardsigmoid": ("hard_activations", "Hardsigmoid"),
    "hardswish": ("hard_activations", "Hardswish"),
    "mse": ("losses", "Mse"),
    "sum_squared_error": ("losses", "SumSquaredError"),
    "l1": ("losses", "L1"),
    "smooth_l1": ("losses", "SmoothL1"),
    "huber": ("losses", "Huber"),
    "bce": ("binary_losses", "Bce"),
    "bce_with_logits": ("binary_losses", "BceWithLogits"),
    "nll": ("label_losses", "Nll"),
    "cross_entropy": ("label_losses", "CrossEntropy"),
    "softmax_with_loss": ("label_losses", "SoftmaxWithLoss"),
    "affine": ("affine", "Affine"),
    "embedding": ("embedding", "Embedding"),
    "dropout": ("dropout", "Dropout"),
    "batch_norm": ("batch_norm", "BatchNorm"),
    "layer_norm": ("normalization", "LayerNorm"),
    "group_norm": ("normalization", "GroupNorm"),
    "rms_norm": ("normalization", "RmsNorm"),
    "conv2d": ("convolution", "Conv2d"),
    "max_pool2d": ("pooling", "MaxPool2d"),
    "avg_pool2d": ("pooling", "AvgPool2d"),
    "attention": ("attention", "Attention"),
}

ALIASES = {
    "ln": "log",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arctan2": "atan2",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
    "swish": "silu",
}
"""Other names that people know layers by."""

# Each heading of the catalogue, and the modules of backpropcli.layers below it.
FAMILIES = {
    "Arithmetic": ("arithmetic", "powers"),
    "Elementary functions": (
        *("exponentials", "log_sums", "trigonometry", "hyperbolics", "steps", "special_functions"),
    ),
    "Comparing and choosing": ("comparisons", "extrema", "selection", "detachment"),
    "Reductions": ("reductions", "accumulations", "norms", "spreads"),
    "Shapes": ("shapes",),
    "Matrices": ("matrix_products", "affine", "embedding"),
    "Activations": ("relu", "sigmoid", "softmax", "elu", "silu", "gelu", "hard_activations"),
    "Losses": ("losses", "binary_losses", "label_losses"),
    "Network layers": (*("dropout", "batch_norm", "normalization", "convolution", "pooling", "attention"),),
}


def family_of(name: str) -> str | None:
    """The heading that a built-in layer stands below; None for any other."""
    if name not in LAYERS:
        return None
    module, _ = LAYERS[name]
    return next(heading for heading, modules in FAMILIES.items() if module in modules)


def aliases_of(name: str) -> list[str]:
    """The other names of a layer."""
    return [alias for alias, layer in ALIASES.items() if layer == name]


def layer_class(name: str) -> type[Layer]:
    """The class of the built-in layer called `name`."""
    family, attribute = LAYERS[name]
    found: type[Layer] = getattr(import_module(f"backpropcli.layers.{family}"), attribute)
    return found
