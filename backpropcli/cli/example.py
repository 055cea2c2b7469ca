"""`backprop example`: the scenarios that are shipped."""

from pathlib import Path
from typing import Annotated

import typer

import backpropcli
from backpropcli.cli import options
from backpropcli.cli.output import chosen_format, render_options, write
from backpropcli.errors import Problem, UsageError, did_you_mean
from backpropcli.render.examples import EXAMPLE_FORMATS, Example
from backpropcli.scenario import load_scenario


def example_files() -> dict[str, Path]:
    """The shipped scenarios by name: in a wheel they stand in the package, in the repository beside it."""
    package = Path(backpropcli.__file__).parent
    installed = package / "examples"
    folder = installed if installed.is_dir() else package.parent / "scenarios"
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def complete_example(incomplete: str) -> list[str]:
    """The shipped scenarios whose names begin like this."""
    return [name for name in example_files() if name.startswith(incomplete)]


def command(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="The scenario to print.", autocompletion=complete_example),
    ] = None,
    format_: Annotated[str | None, options.format_option(EXAMPLE_FORMATS)] = None,
    output: options.OutputFile = None,
    color: options.Color = "auto",
    debug: options.Debug = False,
) -> None:
    """List the scenarios that are shipped, or print one, to run or to change.

    \b
      backprop example
      backprop example fruits -o fruits.yaml
      backprop example fruits | backprop run -
    """
    files = example_files()
    if name is None:
        written = options.Output(format_, file=output, color=color)
        examples = [Example(known, load_scenario(path).title or "") for known, path in files.items()]
        content = chosen_format(written, EXAMPLE_FORMATS).render(examples, render_options(written))
    else:
        path = files.get(name.removesuffix(".yaml"))
        if path is None:
            hint = did_you_mean(name, files) or "run 'backprop example' to list them"
            raise UsageError(Problem(f"no example is named '{name}'", hint=hint))
        content = _without_schema(path.read_text(encoding="utf-8"))
    write(content, output)


def _without_schema(text: str) -> str:
    """The text without the line that tells an editor of the schema beside it, which stands nowhere else."""
    first, _, rest = text.partition("\n")
    return rest if first.startswith("# yaml-language-server:") else text
