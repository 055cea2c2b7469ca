"""Problems as code frames: the message, the line that it is about, carets below the place, and the hint behind them.

error: unknown layer type 'mull'
  --> fruits.yaml:12:28
   |
12 |   - {name: mul_tax_layer, type: mull, output: price}
   |                                 ^^^^ did you mean 'mul'?

A line that is wider than the terminal is cut around the place, and a hint that is too long to stand behind the carets
has a line of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backpropcli.errors import Place, Problem
from backpropcli.render import Options
from backpropcli.text.escape import printable, without_log_commands
from backpropcli.text.width import text_width

_MOST = 20
_LEAST_WIDTH = 20
_HINT_WIDTH = 80  # of the line with the carets and the hint
_TAB = "    "
_RED, _YELLOW, _BLUE, _BOLD = "1;31", "1;33", "1;34", "1"


def frames(problems: Sequence[Problem], options: Options, kind: str = "error") -> str:
    """The frames of the first 20 problems, and how many more there are."""
    texts = [frame(problem, options, kind) for problem in problems[:_MOST]]
    if len(problems) > _MOST:
        texts.append(f"... and {len(problems) - _MOST} more\n")
    return ("\n" if any(problem.place for problem in problems) else "").join(texts)


def frame(problem: Problem, options: Options, kind: str = "error") -> str:
    """The frame of one problem, an `error` or a `warning`; it ends with a newline."""
    return "".join(f"{line}\n" for line in _lines(problem, options, kind))


def _lines(problem: Problem, options: Options, kind: str) -> Iterator[str]:
    signal = {"warning": _YELLOW, "note": _BLUE}.get(kind, _RED)

    def paint(text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[m" if options.color else text

    yield f"{paint(f'{kind}:', signal)} {paint(printable(problem.message), _BOLD)}"
    hint = printable(problem.hint or "")
    place = problem.place
    number = "" if place is None else str(place.line)
    margin = " " * len(number)
    own_line = f"{margin or '  '}{paint('hint:', _BLUE)} {hint}"
    if place is None:
        if hint:
            yield own_line
        return
    before, marked, after = _window(place, options, len(number) + len(" | "))
    carets = "^" * max(1, text_width(marked))
    yield f"{margin}{paint('-->', _BLUE)} {printable(place.source)}:{place.line}:{place.column}"
    if not place.text:
        if hint:
            yield own_line
        return
    yield paint(f"{margin} |", _BLUE)
    yield f"{paint(f'{number} |', _BLUE)} {before}{marked}{after}".rstrip()
    used = len(f"{margin} | ") + text_width(before) + len(carets) + 1
    is_beside = used + text_width(hint) <= _HINT_WIDTH
    beside = f"{carets} {hint}".rstrip() if is_beside else carets
    yield f"{paint(f'{margin} |', _BLUE)} {' ' * text_width(before)}{paint(beside, signal)}"
    if not is_beside and hint:
        yield own_line


def _window(place: Place, options: Options, gutter: int) -> tuple[str, str, str]:
    """The line before, at and after the place, cut on both sides where it is wider than the terminal."""
    start = place.column - 1
    end = start + place.length
    parts = (_shown(part) for part in (place.text[:start], place.text[start:end], place.text[end:]))
    before, marked, after = without_log_commands(*parts)
    room = max(options.width - gutter, _LEAST_WIDTH)
    if text_width(before) + text_width(marked) + text_width(after) <= room:
        return before, marked, after
    mark = "..." if options.ascii else "…"
    visible = _head(marked, room // 2)
    if visible != marked:
        marked, after = visible, mark
    spare = room - text_width(marked) - 2 * len(mark)
    left = max(spare // 2, spare - text_width(after))
    if text_width(before) > left:
        before = mark + _head(before[::-1], left)[::-1]
    right = room - text_width(before) - text_width(marked)
    if text_width(after) > right:
        after = _head(after, right - len(mark)) + mark
    return before, marked, after


def _shown(text: str) -> str:
    return printable(text.replace("\t", _TAB))


def _head(text: str, width: int) -> str:
    """As much of the beginning as fits into `width` columns."""
    used = 0
    for number, character in enumerate(text):
        used += text_width(character)
        if used > width:
            return text[:number]
    return text
