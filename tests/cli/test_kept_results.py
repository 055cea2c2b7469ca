"""A command keeps of a run what it shows, and shows the same as if everything were kept."""

from __future__ import annotations

from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backpropcli.cli.app import build_app
from backpropcli.cli.run import command
from backpropcli.executor import execute
from backpropcli.render import FORMATS, LONG_FORMATS

SCENARIOS = Path(__file__).parents[2] / "scenarios"
FRUITS = str(SCENARIOS / "fruits.yaml")
SOME = ("--gradients", "all_price,apple")
COMMANDS = {
    "run": ("run", FRUITS, "--set", "tax=1,2", *SOME),
    "several": ("run", FRUITS, str(SCENARIOS / "attention.yaml"), str(SCENARIOS / "relu.yaml")),
    "vary": ("run", FRUITS, "--set", "apple=1,2", "--vary", "tax=1:2:3", *SOME),
    "dout": ("run", FRUITS, "--set", "apple=1,2", "--dout", "3,4"),
    "eval": ("eval", "sum(x * relu(y)) * pi", "x=1,2", "y=-1,2", "z=1,2,3"),
    "labels": ("eval", "cross_entropy(x, label)", "x=[[1,2]]", "label=[1]"),
    "many": ("eval", "sqrt(x) * y", "x=@x.npy", "y=@x.npy"),
    "exact": ("eval", "x / y", "x=1,2", "y=3", "--exact"),
    "exact numbers": ("eval", "x / y", "x=1", "y=3", "--exact"),
    "infinite": ("eval", "1 / x", "x=0,2"),
    "layer": ("relu", "--x", "[[1,-0.5],[-2,3]]", "--dout", "2"),
}
FORMATTED = [
    (name, f"-f {format_} {more}")
    for name, format_, more in product(COMMANDS, FORMATS, ("", "--precision full", "--long", "--steps"))
    if not (more == "--long" and (format_ not in LONG_FORMATS or name == "vary"))
    and not (more == "--steps" and name in {"vary", "layer"})
]
NUMBERS = list(product(("run", "dout", "vary"), ("--value apple_price", "--value orange", "--grad apple_price")))


@pytest.mark.parametrize(("name", "options"), [*FORMATTED, *NUMBERS])
def test_a_command_shows_what_it_would_if_everything_were_kept(
    name: str,
    options: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    np.save(tmp_path / "x.npy", np.linspace(1, 2, 100))
    monkeypatch.chdir(tmp_path)
    run = partial(build_app().main, [*COMMANDS[name], *options.split()], "backprop", standalone_mode=False)
    assert not run()
    shown = capsys.readouterr()
    monkeypatch.setattr("backpropcli.api.execute", lambda bound, **asked: execute(bound, **{**asked, "keep": "all"}))
    assert not run()
    assert shown.out
    assert shown == capsys.readouterr()


@pytest.mark.parametrize(
    ("options", "keep"),
    [
        ({}, "results"),
        ({"format_": "table"}, "results"),
        ({"format_": "plain"}, "results"),
        ({"format_": "csv", "long": True}, "results"),
        ({"vary": ["tax=1:2:3"]}, "results"),
        ({"format_": "plain", "steps": True}, "all"),
        ({"json": True}, "all"),
        ({"value": ["price"]}, "all"),
        ({"grad": ["all_price"]}, "all"),
    ],
)
def test_a_command_keeps_what_its_format_tells(
    options: dict[str, Any], keep: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = []

    def note(*given: Any, **keywords: Any) -> Any:
        kept.append(keywords["keep"])
        return execute(*given, **keywords)

    monkeypatch.setattr("backpropcli.api.execute", note)
    command(scenarios=[FRUITS], **options)
    assert (set(kept), bool(capsys.readouterr().out)) == ({keep}, True)
