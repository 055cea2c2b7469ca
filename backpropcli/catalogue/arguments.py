"""The arguments of people's forward and backward: which are inputs, and what the others are given.

Arguments that are no inputs are given something that does no harm: `training` is True, a learning rate is 0.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import wraps
from typing import Any

from backpropcli.catalogue.spec import set_signature

INDICES = {"idx", "index", "indices", "ids", "mask"}
"""Names of what selects from another input."""
LABELS = {
    *INDICES,
    *("t", "target", "targets", "label", "labels", "y_true", "true", "truth", "teacher", "answer", "answers"),
    *("onehot", "one_hot", "correct", "gt", "y_batch", "sample_weight"),
}
"""Names of inputs that need no gradient where backward returns none for them."""
PREDICTIONS = {
    *("y_pred", "pred", "preds", "prediction", "predictions", "predicted", "y_hat", "yhat", "p", "probs"),
    *("probabilities", "prob", "output", "outputs", "logits", "scores", "log_probs", "log_q", "log_p"),
    *("mu", "log_var", "logvar", "log_sigma", "rate", "log_rate", "lam"),
}
"""Names of inputs of a loss that are compared with labels."""
_DATA = {"x", "input", "inputs", "data", "z", "h", "eps", "epsilon", "noise"}
"""Names that are never those of a label."""
_UPSTREAM = {"dout", "dy", "dz", "da", "d_out", "dloss", "dvalues", "upstream", "delta", "error"}
_MODES = {
    "train": True,
    "training": True,
    "train_flg": True,
    "train_flag": True,
    "is_train": True,
    "is_training": True,
    "mode": "train",
}
RATES = {"learning_rate", "lr", "rate", "eta", "alpha", "step_size"}
"""Names of how large a step is by which a backward updates weights."""
_REGULARIZATIONS = {"reg": 0.125, "reg_strength": 0.125, "weight_decay": 0.125}
_DICTIONARIES = ("param", "params", "config", "parameters", "settings", "options")
# What a dictionary of settings such as `conv_param` or `bn_param` is asked for, at its plainest.
_PLAIN = {
    "mode": "train",
    "stride": 1,
    "pad": 1,
    "padding": 1,
    "pool_height": 2,
    "pool_width": 2,
    "f": 2,
    "p": 0.5,
    "keep_prob": 0.5,
    "dropout_param": None,
    "eps": 1e-5,
    "momentum": 0.9,
}
SETTINGS: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(("axis", "dim"), (1, 0)),
    **dict.fromkeys(("axes", "dims"), ((1, 0), (1,))),
    **dict.fromkeys(("shape", "new_shape", "out_shape", "output_shape"), ((2, -1), (-1,))),
    **dict.fromkeys(("stride", "strides", "dilation"), (1, (1, 1))),
    **dict.fromkeys(("pad", "padding"), (1, 0)),
    **dict.fromkeys(("kernel_size", "filter_size", "pool_size", "pool_height", "pool_width"), (2, (2, 2))),
    **dict.fromkeys(("num_classes", "n_classes"), (3,)),
    **dict.fromkeys(("G", "groups", "num_groups", "n_groups"), (2, 1)),
    **dict.fromkeys(("eps", "epsilon"), (1e-5,)),
    **dict.fromkeys(("keep_prob", "drop_prob", "p_dropout", "dropout_rate"), (0.5,)),
    **dict.fromkeys(("momentum", "decay"), (0.9,)),
    **dict.fromkeys(("cache", "running", "running_stats"), ((0.0, 1.0),)),
    "keepdims": (True,),
}
"""Names of arguments of functions that are settings, not inputs, and what is tried for them, the most usual first.

A cache holds the running mean and the running variance.
"""
_BY_POSITION = inspect.Parameter.POSITIONAL_OR_KEYWORD

DOUT = inspect.Signature([inspect.Parameter(name, _BY_POSITION) for name in ("self", "dout")])
"""The signature of a plain backward."""


def labels_among(names: Sequence[str]) -> set[str]:
    """Which of the inputs of a loss are labels: by their own names, or as they stand beside a prediction.

    >>> labels_among(["y", "y_hat"]), labels_among(["predicted", "actual"]), labels_among(["x", "y"])
    ({'y'}, {'actual'}, set())
    """
    labels = {name for name in names if name.lower() in LABELS}
    others = [name for name in names if name.lower() not in PREDICTIONS]
    if labels or len(others) == len(names):
        return labels
    return {name for name in others if name.lower() == "y" or (len(names) == 2 and name.lower() not in _DATA)}


def is_upstream(name: str) -> bool:
    """Whether an argument of backward is the upstream gradient, by its name."""
    return name.lower() in _UPSTREAM or name.lower().startswith(("dout", "grad", "upstream"))


def required(function: Callable[..., Any]) -> list[str]:
    """The names of the arguments without a default."""
    return [a.name for a in inspect.signature(function).parameters.values() if a.default is a.empty]


def harmless(function: Callable[..., Any], inputs: int) -> dict[str, Any]:
    """Arguments that are no values, and what to give for them; the first `inputs` are values.

    Of those with a default, it is the learning rate only.
    """
    found: dict[str, Any] = {}
    for number, argument in enumerate(inspect.signature(function).parameters.values()):
        name = argument.name.lower()
        has_default = argument.default is not argument.empty and (name not in RATES or name == "alpha")
        if has_default or number < inputs:
            continue
        if name in _MODES:
            found[argument.name] = _MODES[name]
        elif name in _REGULARIZATIONS:
            found[argument.name] = _REGULARIZATIONS[name]
        elif name in RATES and inputs > 1:
            found[argument.name] = 0.0
        elif name.endswith(_DICTIONARIES) and name not in {"param", "params", "parameters"}:
            found[argument.name] = _PLAIN
    return found


def settings(function: Callable[..., Any], skipped: int = 0, more: Collection[str] = ()) -> dict[str, Any]:
    """The arguments of a function that are no inputs, and what they are if nobody says: `inspect`'s empty if unknown.

    The first `skipped` are not looked at; `more` are the names of others that are settings.
    """
    known = harmless(function, skipped)
    arguments = list(inspect.signature(function).parameters)[skipped:]
    among = {*known, *(name for name in required(function) if name in SETTINGS), *more}
    names = [name for name in arguments if name in among]
    return {name: known.get(name, inspect.Parameter.empty) for name in names}


def constructor_of(settings: Mapping[str, Any]) -> Callable[..., None]:
    """The constructor of a class that keeps these settings, or those that it is given, as `settings`."""

    def construct(self: Any, **given: Any) -> None:
        self.settings = {name: _copied(given.get(name, value)) for name, value in settings.items()}

    keyword = inspect.Parameter.KEYWORD_ONLY
    arguments = [inspect.Parameter(name, keyword, default=_copied(value)) for name, value in settings.items()]
    set_signature(construct, inspect.Signature([inspect.Parameter("self", _BY_POSITION), *arguments]))
    return construct


def _copied(value: Any) -> Any:
    return dict(value) if isinstance(value, dict) else value


def arranged(
    function: Callable[..., Any], inputs: Sequence[Any], settings: Mapping[str, Any], skipped: int = 0
) -> tuple[list[Any], dict[str, Any]]:
    """The arguments of a call with inputs and settings, wherever the settings stand among them.

    The first `skipped` arguments of the function are none of these.
    """
    rest, given = fresh(settings), list(inputs)
    by_position: list[Any] = []
    for argument in list(inspect.signature(function).parameters.values())[skipped:]:
        if not given or argument.kind is argument.VAR_POSITIONAL:
            break
        by_position.append(rest.pop(argument.name) if argument.name in rest else given.pop(0))
    return [*by_position, *given], rest


def fresh(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments, dictionaries copied: a layer may keep its running means there."""
    return {name: dict(value) if isinstance(value, dict) else value for name, value in arguments.items()}


def with_inputs_of(function: Callable[..., Any], left_out: Mapping[str, Any], skipped: int = 0) -> Callable[[Any], Any]:
    """A decorator: passes for a function, whose `left_out` arguments and first `skipped` are no inputs."""
    arguments = [a for a in inspect.signature(function).parameters.values() if a.name not in left_out][skipped:]
    if skipped or not arguments or arguments[0].name != "self":
        arguments = [inspect.Parameter("self", _BY_POSITION), *(a for a in arguments if a.name != "self")]

    def decorate(method: Any) -> Any:
        method = wraps(function)(method)
        set_signature(method, inspect.Signature(arguments))
        return method

    return decorate
