"""The table of commands."""

from __future__ import annotations

from keyword import iskeyword

# name -> what the help says of it. The command is the function `command` of its module, which may also state its
# COMMAND_CLASS and its COMMAND_SETTINGS.
COMMANDS = {
    "run": "Run scenarios forward and backward, and print values and gradients.",
    "eval": "The same for a formula given on the command line.",
    "explain": "Explain gradients by the chain rule, in numbers.",
    "derive": "Derive gradients as formulas.",
    "draw": "Draw a graph: values above the wires, gradients below.",
    "plot": "Plot a layer and its slope, or an input against output and gradient.",
    "check": "Check answers, and gradients against numeric derivatives.",
    "export": "Export a scenario to PyTorch, JAX, NumPy, C or JavaScript, with its numbers asserted.",
    "import": "Import an ONNX model as a scenario.",
    "rows": "Compute a scenario for every row of a table.",
    "sql": "The same as SQL text, for DuckDB, Spark or PostgreSQL.",
    "layers": "List the layers, or explain one: its math, shapes, kinks and source.",
    "example": "List the scenarios that are shipped, or print one.",
    "schema": "Print the JSON Schema of scenario files, for editors.",
}


def module_of(command: str) -> str:
    """The module of a command, which has its name, with _ behind what is a word of Python."""
    return f"backpropcli.cli.{command}{'_' if iskeyword(command) else ''}"
