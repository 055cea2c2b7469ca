"""A scenario as a program in C99: forward and backward as a function, and a main that holds it against our numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any

from backpropcli.domains.base import Shape
from backpropcli.export.layout import wrapped
from backpropcli.export.model import TOLERANCE, Export
from backpropcli.export.names import free_names
from backpropcli.export.traced import flat, program_of, wanted_of
from backpropcli.program import Program, c
from backpropcli.program.program import Index, indices

_KEYWORDS = frozenset(
    (
        *("auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern"),
        *("float", "for", "goto", "if", "inline", "int", "long", "register", "restrict", "return", "short", "signed"),
        *("sizeof", "static", "struct", "switch", "typedef", "union", "unsigned", "void", "volatile", "while"),
        *("errno", "math_errhandling", "stdin", "stdout", "stderr"),  # no keywords, but macros
    )
)
_MOST_LINES = 1_000  # of a function; compilers take much longer for one of ten times as many
_HEAD = """// {title}: forward and backward in C99, as backprop computes them.
// cc -std=c99 FILE -lm, and the program tells whether the numbers are those of backprop.
#include <math.h>
#include <stdio.h>

#define TOLERANCE {tolerance} // of the largest number in an array, or of the largest that it sums up
"""
_AGREE = """static int differs(const char *name, const double *found, const double *wanted, int count, double summed)
{
    int i;
    double size = summed;
    for (i = 0; i < count; i++)
        if (isfinite(wanted[i]) && fabs(wanted[i]) > size)
            size = fabs(wanted[i]);
    for (i = 0; i < count; i++)
        if (!(found[i] == wanted[i] || (isnan(found[i]) && isnan(wanted[i]))
              || fabs(found[i] - wanted[i]) <= TOLERANCE * size)) {
            fprintf(stderr, "%s, number %d of %d: ", name, i + 1, count);
            fprintf(stderr, "found %.17g, wanted %.17g\\n", found[i], wanted[i]);
            return 1;
        }
    return 0;
}
"""


def render(export: Export) -> str:
    """The program."""
    program = program_of(export)
    inputs = dict(zip((each.name for each in program.parameters), export.inputs.values(), strict=True))
    names = free_names(inputs, _KEYWORDS.__contains__, _spelled)
    results = free_names([name for _, name, _ in wanted_of(export)], _KEYWORDS.__contains__, _spelled)
    head = _HEAD.format(title=export.title, tolerance=TOLERANCE)
    return "\n".join(
        [
            head,
            *_struct("inputs", [(names[p.name], p.shape, _note(program, p.name)) for p in program.parameters]),
            *_struct("results", [(results[name], wanted.shape, "") for _, name, wanted in wanted_of(export)]),
            *c.functions(program),
            *_function(program, names, list(results.values())),
            "",
            _AGREE,
            *(wrapped(line) for line in _main(export, names, inputs, results)),
            "",
        ]
    )


def _note(program: Program, name: str) -> str:
    return " // fixed: the function holds for these numbers alone" if name in program.fixed else ""


def _struct(tag: str, members: list[tuple[str, Shape, str]]) -> Iterator[str]:
    """A struct of numbers and of arrays, whose numbers stand row by row."""
    if members:
        yield f"struct {tag} {{"
        for name, shape, note in members:
            size = f"[{' * '.join(map(str, shape))}]" if shape else ""
            yield f"    double {name}{size};{note}"
        yield "};"
        yield ""


def _function(program: Program, names: Mapping[str, str], results: Sequence[str]) -> Iterator[str]:
    """The function, and those that it is cut into where compilers would take long for one."""
    places: dict[tuple[str, Index], str] = {}
    for parameter in program.parameters:
        for number, index in enumerate(indices(parameter.shape)):
            places[parameter.name, index] = f"in->{names[parameter.name]}{f'[{number}]' if parameter.shape else ''}"
    shown = c.shown_slots(program, places)
    lines = list(c.lines(program, shown))
    parts = [lines[start : start + _MOST_LINES] for start in range(0, len(lines), _MOST_LINES)]
    takes, passed = ("const struct inputs *in, ", "in, ") if names else ("", "")
    if len(parts) > 1:
        for number, part in enumerate(parts):
            yield from (f"static void part_{number}({takes}double *v)", "{", *(f"    {line}" for line in part), "}", "")
        lines = [f"part_{number}({passed}v);" for number in range(len(parts))]
    yield f"void forward_and_backward({takes}struct results *out)"
    yield "{"
    if parts:
        yield f"    double v[{sum(map(len, parts))}];"
    yield from (f"    {line}" for line in lines)
    for name, result in zip(results, program.results.values(), strict=True):
        for number, slot in enumerate(result.slots):
            yield f"    out->{name}{f'[{number}]' if result.shape else ''} = {shown[slot]};"
    yield "}"


def _main(
    export: Export, names: Mapping[str, str], inputs: Mapping[str, Any], results: Mapping[str, str]
) -> Iterator[str]:
    yield "int main(void)"
    yield "{"
    if inputs:
        yield "    static const struct inputs in = {"
        for name, numbers in inputs.items():
            shown = _braced(numbers) if isinstance(numbers, list) else _number(numbers)
            yield f"        .{names[name]} = {shown},"
        yield "    };"
    yield "    static struct results out;"
    for number, (_, _, wanted) in enumerate(wanted_of(export)):
        yield f"    static const double wanted_{number}[] = {_braced(flat(wanted.numbers))};"
    yield f"    forward_and_backward({'&in, ' if inputs else ''}&out);"
    for number, (what, name, wanted) in enumerate(wanted_of(export)):
        found = f"{'' if wanted.shape else '&'}out.{results[name]}"
        summed = "0.0" if wanted.summed is None else f"{wanted.summed:.1e}"
        yield f'    if (differs("{_text(what)}", {found}, wanted_{number}, {prod(wanted.shape)}, {summed}))'
        yield "        return 1;"
    yield f'    printf("{_text(export.summary)} agree within %g\\n", TOLERANCE);'
    yield "    return 0;"
    yield "}"


def _braced(numbers: Any) -> str:
    return f"{{{', '.join(map(_number, flat(numbers)))}}}"


def _number(number: float) -> str:
    return c.literal(number).strip("()")


def _text(name: str) -> str:
    """A name as it stands in a string of C, whatever letters it has."""
    return "".join(letter if letter.isascii() else f"\\{byte:o}" for letter in name for byte in letter.encode())


def _spelled(name: str) -> str:
    """A name in letters that every compiler takes, which is no macro: those are in capitals, or begin with _."""
    letters = "".join(letter if letter.isascii() else f"u{ord(letter):04x}" for letter in name)
    if letters.startswith("_"):
        return f"x{letters}"
    return f"{letters}_" if letters.isupper() else letters
