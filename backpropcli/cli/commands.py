"""The table of commands."""

from __future__ import annotations

# name -> what the help says of it. The command is the function `command` of the module of that name in this package,
# which may also state its COMMAND_CLASS and its COMMAND_SETTINGS.
COMMANDS = {
    "run": "Run scenarios forward and backward, and print values and gradients.",
    "eval": "The same for a formula given on the command line.",
    "explain": "Explain gradients by the chain rule, in numbers.",
    "derive": "Derive gradients as formulas.",
    "draw": "Draw a graph: values above the wires, gradients below.",
    "plot": "Plot a layer and its slope, or an input against output and gradient.",
    "check": "Check answers, and gradients against numeric derivatives.",
    "export": "Export a scenario to PyTorch, JAX, NumPy, C or JavaScript, with its numbers asserted.",
    "rows": "Compute a scenario for every row of a table.",
    "sql": "The same as SQL text, for DuckDB, Spark or PostgreSQL.",
    "layers": "List the layers, or explain one: its math, shapes, kinks and source.",
    "example": "List the scenarios that are shipped, or print one.",
    "schema": "Print the JSON Schema of scenario files, for editors.",
}
