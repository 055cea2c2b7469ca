"""What `--install-completion` and `--show-completion` do: Typer's scripts, for the current shell or a named one."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from backpropcli.errors import Problem, UsageError

SHELLS = ("bash", "zsh", "fish", "powershell", "pwsh")
_CALLBACKS = {"--install-completion": "install_callback", "--show-completion": "show_callback"}
_LAST_LINE = "compdef _backprop_completion backprop"
_FIRST_COMPLETION = '\n_backprop_completion "$@"\n'


def set_up_completion(ctx: Any, args: list[str]) -> None:
    """Do what an option for completion asks for, and end; nothing if the command line does not begin with one.

    Raises UsageError for a shell that is not known.
    """
    if not args or args[0] not in _CALLBACKS:
        return
    shell = args[1] if len(args) > 1 else True
    if shell is not True and shell not in SHELLS:
        raise UsageError(Problem(f"unknown shell '{shell}'", hint=f"one of {', '.join(SHELLS)}"))
    try:
        getattr(import_module("typer.completion"), _CALLBACKS[args[0]])(ctx, None, shell)
    finally:
        _complete_from_the_first_tab(Path.home() / ".zfunc" / "_backprop")


def _complete_from_the_first_tab(script: Path) -> None:
    """Let zsh, which reads Typer's script at the first TAB, complete at that one already."""
    if script.is_file() and (text := script.read_text()).endswith(_LAST_LINE):
        script.write_text(text + _FIRST_COMPLETION)
