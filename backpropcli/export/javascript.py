"""A scenario as a script in JavaScript: forward and backward as a function, which node holds against our numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from json import dumps
from typing import Any

from backpropcli.export.layout import wrapped
from backpropcli.export.model import TOLERANCE, Export, Wanted
from backpropcli.export.traced import flat, program_of, wanted_of
from backpropcli.program.javascript import javascript_code, literal

_HEAD = """// {title}: forward and backward in JavaScript, as backprop computes them.
"use strict";

{code}
const shaped=(numbers,shape)=>{{if(!shape.length)return numbers[0];const n=numbers.length/shape[0];
  return Array.from({{length:shape[0]}},(_,i)=>shaped(numbers.slice(i*n,(i+1)*n),shape.slice(1)))}};

/** The value and the gradients, by name, for inputs by name, as INPUTS has them: numbers and nested arrays. */
function forwardAndBackward(inputs) {{
  const numbers = run(Object.keys(INPUTS).flatMap(name => [inputs[name]].flat(Infinity)));
  let start = 0;
  return Object.fromEntries(WANTED.map(([, name, shape]) => {{
    const size = shape.reduce((product, length) => product * length, 1);
    start += size;
    return [name, shaped(numbers.slice(start - size, start), shape)];
  }}));
}}
"""
_CHECK = """
if (typeof module !== "undefined") module.exports = forwardAndBackward;
if (typeof require === "undefined" || require.main === module) {
  const found = forwardAndBackward(INPUTS);
  const wrong = WANTED.find(([, name, , wanted, summed]) => {
    const numbers = [found[name]].flat(Infinity).map(Number);
    const size = wanted.filter(Number.isFinite).reduce((most, w) => Math.max(most, Math.abs(w)), summed);
    return wanted.some((w, i) => !(Object.is(w, numbers[i]) || Math.abs(w - numbers[i]) <= TOLERANCE * size));
  });
  if (wrong) {
    const [what, name, , wanted] = wrong;
    console.error(`${what}: found ${[found[name]].flat(Infinity)}, wanted ${wanted}`);
    process.exitCode = 1;
  } else {
    console.log(`${SUMMARY} agree within ${TOLERANCE}`);
  }
}
"""


def render(export: Export) -> str:
    """The script."""
    program = program_of(export)
    inputs = zip((each.name for each in program.parameters), export.inputs.values(), strict=True)
    notes = [f"// {name} is fixed: the function holds for these numbers alone" for name in program.fixed]
    return _HEAD.format(title=export.title, code=javascript_code(program)) + "\n".join(
        [
            "",
            *notes,
            *_table("INPUTS", "{}", (f"{_key(name)}: {_nested(numbers)}" for name, numbers in inputs)),
            "// What it is, its name, its shape, its numbers row by row, and the size of the terms where they cancel.",
            *_table("WANTED", "[]", (_wanted(*each) for each in wanted_of(export))),
            f"const TOLERANCE = {TOLERANCE}; // of the largest number in an array, or of the largest that it sums up",
            f"const SUMMARY = {dumps(export.summary)};",
            _CHECK,
        ]
    )


def _table(name: str, brackets: str, rows: Iterable[str]) -> Iterator[str]:
    yield f"const {name} = {brackets[0]}"
    yield from (wrapped(f"  {row},") for row in rows)
    yield f"{brackets[1]};"


def _key(name: str) -> str:
    """A name as the key of an object, which by the key "__proto__" alone would be given a prototype."""
    return f"[{dumps(name)}]" if name == "__proto__" else dumps(name)


def _wanted(what: str, name: str, wanted: Wanted) -> str:
    summed = "0" if wanted.summed is None else f"{wanted.summed:.1e}"
    return f"[{dumps(what)}, {dumps(name)}, {list(wanted.shape)}, {_nested(flat(wanted.numbers))}, {summed}]"


def _nested(numbers: Any) -> str:
    return f"[{', '.join(map(_nested, numbers))}]" if isinstance(numbers, list) else literal(numbers).strip("()")
