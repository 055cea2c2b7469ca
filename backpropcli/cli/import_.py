"""`backprop import`: a model of another program as a scenario."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from backpropcli.cli import options, report
from backpropcli.cli.output import write
from backpropcli.cli.suffixes import SCENARIO_SUFFIXES
from backpropcli.errors import OutputError, Problem, UsageError
from backpropcli.sources.files_written import written

_ARCHIVE = ".npz"
_LONGEST_LENGTH = 9  # digits


def command(
    model: Annotated[str | None, options.scenario_argument("MODEL", "An ONNX file.", "complete_model")] = None,
    output: options.OutputFile = None,
    weights: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="The file of weights; by default beside the scenario, with .npz.", show_default=False
        ),
    ] = None,
    shape: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=N,N",
            help="The shape of an input, where the model leaves it open; 1 by default. May be repeated.",
            show_default=False,
        ),
    ] = None,
    value: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The value that becomes the scenario's output; by default the model's first output.",
            show_default=False,
        ),
    ] = None,
    debug: options.Debug = False,
) -> None:
    """Import an ONNX model as a scenario, with its weights in a file beside it.

    \b
      backprop import scenarios/xor.onnx -o xor.yaml
      backprop import scenarios/xor.onnx -o xor.yaml --shape x=4,2
      backprop import scenarios/xor.onnx -o h.yaml --value /hidden/Gemm_output_0
    Then, with inputs of your own,
      backprop run xor.yaml --set x='[[0,1],[1,1]]'

    Names are kept, as far as they can be names in a formula. Weights are inputs, and have gradients; the model's own
    inputs have made-up values. A model of float32 is computed in float64, from the same weights. What cannot be
    imported is listed by name and count.
    """
    if model is None:
        raise UsageError(Problem("missing argument 'MODEL'", hint="try 'backprop import --help'"))
    if output is not None and Path(output).suffix not in SCENARIO_SUFFIXES:
        raise UsageError(f"a scenario is a file that ends in {' or '.join(SCENARIO_SUFFIXES)}, not {output}")
    weights_file = _weights_file(model, output, weights)
    shapes = _read_shapes(shape or ())

    from backpropcli.models.importing import import_model  # needs onnx

    folder = Path() if output is None else Path(output).parent
    imported = import_model(Path(model), folder, weights_file, shapes, value)
    if imported.arrays:
        _write(imported.text, output, imported.arrays, weights_file)
    else:
        write(imported.text, output)
    for note in imported.notes:
        report.note(note.message, note.hint)


def _write(text: str, output: str | None, arrays: Mapping[str, Any], weights: Path) -> None:
    """Write the weights and the scenario, both or neither."""
    from backpropcli.sources.array_archives import write_arrays

    try:
        with written(weights, is_text=False) as archive:
            write_arrays(archive, arrays)
            write(text, output)
    except OSError as error:
        raise OutputError(f"cannot write {weights}: {error.strerror or error}") from error


def _weights_file(model: str, output: str | None, weights: str | None) -> Path:
    """The file of weights, by default beside the scenario. Raises UsageError for one that a scenario cannot name."""
    if weights is None and output is None:
        hint = f"-o {Path(model).stem or 'model'}.yaml"
        raise UsageError(Problem("say where the scenario and its weights are to be", hint=hint))
    file = Path(output or "").with_suffix(_ARCHIVE) if weights is None else Path(weights)
    if file.suffix != _ARCHIVE:
        raise UsageError(f"the weights are a file that ends in {_ARCHIVE}, not {file}")
    if not str(file).isprintable():
        raise UsageError("the name of the file of weights has characters that cannot be printed")
    return file


def _read_shapes(words: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """The shapes by name of words like `x=2,3`."""
    found: dict[str, tuple[int, ...]] = {}
    for word in words:
        name, _, text = word.rpartition("=")
        lengths = [length.strip() for length in text.split(",")] if text.strip() else []
        if not name or not all(n.isascii() and n.isdecimal() and len(n) <= _LONGEST_LENGTH for n in lengths):
            raise UsageError(Problem(f"--shape: expected NAME=N,N, not '{word}'", hint="as in --shape x=2,3"))
        if name in found:
            raise UsageError(f"--shape: '{name}' is given twice")
        found[name] = tuple(map(int, lengths))
    return found
