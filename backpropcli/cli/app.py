"""The command line: the Typer group that loads a command only when it is called."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

import backpropcli
from backpropcli.catalogue import FAMILIES, LAYERS, family_of
from backpropcli.cli import options
from backpropcli.cli.commands import COMMANDS, module_of
from backpropcli.cli.suffixes import SCENARIO_SUFFIXES
from backpropcli.errors import Problem, UsageError, did_you_mean

HELP = """A backpropagation calculator.

\b
  backprop example fruits | backprop run -
  backprop run scenarios/fruits.yaml
  backprop eval '(apple * 2 + orange * 3) * tax' apple=100 orange=150 tax=1.1
  backprop relu --x '[[1.0, -0.5], [-2.0, 3.0]]'
  backprop check scenarios/
  backprop layers sigmoid

Results go to stdout, as a table on a terminal and as tab-separated lines in a pipe; everything else goes to stderr.
"""
EPILOG = """\b
Exit codes:
  0    fine
  1    `check` or `export --run` found something wrong
  2    something is wrong with the command line, a scenario, data, or a file
  70   a bug in backprop
  130  interrupted
  141  the reader of the pipe closed it
"""


_ELSEWHERE = {
    "completion": "--install-completion",
    "list": "layers",
    "ls": "layers",
    "man": "--man",
    "version": "--version",
}
HELP_OPTIONS = {"help_option_names": ["-h", "--help"]}
EXIT_CLOSED_PIPE = 141


@contextmanager
def _closed_pipe_exits() -> Iterator[None]:
    """A closed pipe ends the command with an exit code of its own; Typer would make it 1."""
    try:
        yield
    except BrokenPipeError:
        raise typer.Exit(EXIT_CLOSED_PIPE) from None


class LazyGroup(TyperGroup):
    """The commands of COMMANDS and one for each layer, each imported when it is first asked for."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the options; those for completion may name a shell, which Typer does not know of."""
        if args and args[0].endswith("-completion") and not ctx.resilient_parsing:
            from backpropcli.cli.shells import set_up_completion  # which most command lines do not ask for

            set_up_completion(ctx, args)
        return super().parse_args(ctx, args)

    def make_context(self, *arguments: Any, **settings: Any) -> Any:
        """Read the command line up to the command; --help and --version print here."""
        with _closed_pipe_exits():
            return super().make_context(*arguments, **settings)

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        with _closed_pipe_exits():
            return super().invoke(ctx)

    def list_commands(self, ctx: Any) -> list[str]:
        """Every command, for completion."""
        return [*COMMANDS, *LAYERS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of this name, or None."""
        if cmd_name in COMMANDS:
            module = import_module(module_of(cmd_name))
            command_class = getattr(module, "COMMAND_CLASS", None)
            return _build(cmd_name, module.command, command_class, getattr(module, "COMMAND_SETTINGS", None))
        if _is_layer(cmd_name):
            from backpropcli.cli.layer import LayerCommand, layer_command

            return _build(cmd_name, layer_command(cmd_name), LayerCommand)
        return None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the arguments begin with. Raises UsageError for an unknown one."""
        word = args[0]
        if word == "help":
            about = next((arg for arg in args[1:] if arg != "help" and not arg.startswith("-")), None)
            return _show_help(ctx) if about is None else self.resolve_command(ctx, [about, "--help"])
        if word not in COMMANDS and not _is_layer(word):
            raise UsageError(Problem(f"no command or layer is named '{word}'", hint=_meant(word)))
        ctx.ensure_object(options.ErrorDisplay).command = f"backprop {word}"
        return word, self.get_command(ctx, word), args[1:]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The commands with their help, and the layers by name."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))
        with formatter.section("Layers (each is also a command)"):
            formatter.write_dl(
                [(heading, " ".join(name for name in LAYERS if family_of(name) == heading)) for heading in FAMILIES]
            )


def _meant(word: str) -> str:
    """What was meant by a word that is no command's."""
    if word in _ELSEWHERE:
        return f"run 'backprop {_ELSEWHERE[word]}'"
    if word.endswith(SCENARIO_SUFFIXES):
        return f"run 'backprop run {word}'"
    if re.search(r"\w\s*[-+*/(@]+\s*\w", word):
        return f"a formula is for eval: backprop eval '{word}'"
    return did_you_mean(word, [*COMMANDS, *LAYERS]) or "run 'backprop --help' to list the commands"


def _show_help(ctx: Any) -> NoReturn:
    print(ctx.get_help())
    raise typer.Exit


def _is_layer(word: str) -> bool:
    if word in LAYERS:
        return True
    from backpropcli.catalogue.registry import is_layer  # looks through the installed packages

    return is_layer(word)


def _build(
    name: str,
    function: Callable[..., None],
    command_class: type[TyperCommand] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Any:
    """The command that Typer makes of a plain function."""
    single = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    single.command(name=name, cls=command_class, context_settings={**HELP_OPTIONS, **(settings or {})})(function)
    return get_command(single)


def _print_version(ctx: typer.Context, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:  # a line that is being completed asks for nothing yet
        print(f"backprop {backpropcli.__version__}")
        raise typer.Exit


def _print_man_page(ctx: typer.Context, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        from backpropcli.cli.man import man_page

        print(man_page(ctx.command, ctx, backpropcli.__version__), end="")
        raise typer.Exit


def _top_level(
    ctx: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
    man: Annotated[
        bool, typer.Option("--man", callback=_print_man_page, is_eager=True, help="Print the man page.")
    ] = False,
    debug: options.Debug = False,
) -> None:
    if ctx.invoked_subcommand is None:
        print(ctx.get_help())


def build_app() -> Any:
    """The whole command line."""
    app = typer.Typer(
        cls=LazyGroup,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings=HELP_OPTIONS,
        invoke_without_command=True,
        help=HELP,
        epilog=EPILOG,
    )
    app.callback()(_top_level)
    group: Any = get_command(app)
    for parameter in group.params:
        if parameter.name in {"install_completion", "show_completion"}:
            what = str(parameter.name).partition("_")[0].capitalize()
            parameter.help = f"{what} completion for the current shell, or for the one that is named, as in zsh."
    return group
