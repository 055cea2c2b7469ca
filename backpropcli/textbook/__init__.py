"""Textbook lines: the Math and the Gradient of a layer, read off its docstring as formulas.

A section is a row of statements, each a name and a formula in the grammar of scenario files:

    Math:      s = 1 / (1 + exp(-x)); out = x * s
    Gradient:  dx = dout * s * (1 + x * (1 - s))

The names are those of forward's inputs and of the parameters, `out`, `dout`, and what the statements before define;
what Math defines, Gradient may use. `n = size(x)`, `n = shape(x)[0]` and the like count numbers. Parameters of the
layers that a formula calls may be names, too, and lists that are made of shapes: `reshape(dout, shape=shape(x))`.

A line that holds only for some parameters or shapes stands behind a guard. Of guards in a row the first that holds
counts; `otherwise` is the last of its row, and `then` goes on for all:

    Math:      when convention is torch: v = transpose(w)
               otherwise: v = w
               when b is absent: out = x @ v
               otherwise: out = x @ v + b

What the grammar cannot say begins with `(in words)`. A loss has its own section for its `reduction`, which goes on
where its Math ends.

How a line is read:

- `out` keeps the axes that are summed over, with length 1; the layer takes them away. In the lines `dout` has the
  shape of that `out`.
- A gradient is summed over the axes along which its input was broadcast, and repeated along those where it has length 1
  and its input has not. One of another shape has the same numbers, in the same order.
- A formula is mathematics: it says nothing of rounding, of overflow, or of nan.
"""

from __future__ import annotations

from backpropcli.textbook.evaluation import Evaluation, evaluate, makers_by_lines
from backpropcli.textbook.guards import Case
from backpropcli.textbook.lines import PRIMITIVES, Clause, Section, Statement, Textbook, textbook

__all__ = [
    "PRIMITIVES",
    "Case",
    "Clause",
    "Evaluation",
    "Section",
    "Statement",
    "Textbook",
    "evaluate",
    "makers_by_lines",
    "textbook",
]
