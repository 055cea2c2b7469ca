"""The format HTML: one page that needs nothing else, whose numbers move as its reader moves the inputs.

They are computed in the page by the program that the same layers record, forward and backward. The page loads nothing,
and by its policy runs only the script that it was written with.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from math import floor, isfinite, log10
from pathlib import Path
from typing import Any

from backpropcli.picture import Look
from backpropcli.picture.live import ELEMENT_ROOM, ROOM, Digits, Live, live
from backpropcli.picture.model import Picture
from backpropcli.picture.pixels import Pixels, layout
from backpropcli.picture.svg import document
from backpropcli.text.escape import escape_html
from backpropcli.text.numbers import DEFAULT_PRECISION, ELEMENT_PRECISION, number_text

_FOLDER = Path(__file__).parent / "page"
_WIDEST = {ROOM: "-1.2e-100", ELEMENT_ROOM: "-1e-100"}
_STEPS = 200  # of a slider
_LEAST, _MOST = 1e-300, 1e300  # numbers beyond which a slider's ends could not be told apart, or would overflow


def render(picture: Picture, look: Look) -> str:
    """The picture as a page. Raises DomainError where a layer cannot be traced."""
    digits = Digits(look.precision, look.element_precision)
    is_default = look.precision == Look().precision
    moving = live(picture, digits, Digits(DEFAULT_PRECISION, ELEMENT_PRECISION) if is_default else digits)
    drawn = document(picture, layout(picture, _LivePixels()), is_live=True)
    style = (_FOLDER / "page.css").read_text(encoding="utf-8")
    script = f"{moving.code}\n{(_FOLDER / 'page.js').read_text(encoding='utf-8')}"
    body = "\n".join(_body(picture, moving, drawn))
    data = f'<script type="application/json" id="data">{_in_script(moving.data)}</script>'
    content = f"<style>\n{style}</style>\n{body}\n{data}\n<script>\n{script}</script>\n"
    policy = f"default-src 'none'; img-src data:; {_allowed('style', content)}; {_allowed('script', content)}"
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"<title>{escape_html(picture.title)}</title>\n"
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<link rel="icon" href="data:,">\n'
        f"{content}</html>\n"
    )


class _LivePixels(Pixels):
    """The metric of a picture whose labels have room for any number."""

    def row_width(self, row: str) -> float:
        """The width of a row, whatever its numbers become."""
        if row.startswith("["):
            widest = f"[{' '.join(_WIDEST[ELEMENT_ROOM] for _ in row.split(' '))}]"
        else:
            widest = _WIDEST[ROOM]
        return max(super().row_width(row), super().row_width(widest))


def _body(picture: Picture, moving: Live, drawn: str) -> Iterator[str]:
    output = escape_html(picture.result.output)
    yield f"<main>\n<h1>{escape_html(picture.title)}</h1>"
    yield f'<div class="picture" role="region" aria-label="The graph" tabindex="0">\n{drawn}</div>'
    yield f"<p>Above each wire its value; below it, in red, the gradient of {output}.</p>"
    yield '<div class="steps"><button type="button" id="play">Play</button>'
    yield '<button type="button" id="back">Back</button><button type="button" id="next">Next</button>'
    yield '<p id="step"></p></div>'
    yield '<div class="columns">'
    yield '<section aria-labelledby="of-inputs">\n<h2 id="of-inputs">Inputs</h2>\n<form id="inputs">'
    for number, places in enumerate(moving.data["controls"]):
        yield _control(number, places, moving)
    yield '<button type="reset">Reset</button>\n</form>'
    for given in moving.inputs:
        if given.fixed is not None:
            fixed = f"{escape_html(given.name)} = {escape_html(given.fixed)}"
            yield f"<p>{fixed} is fixed: labels, indices and masks cannot move.</p>"
    yield "</section>"
    yield '<section aria-labelledby="of-numbers">\n<h2 id="of-numbers">Values and gradients</h2>'
    yield '<div class="table" role="region" aria-label="The table" tabindex="0">\n<table>'
    yield "<thead><tr>" + "".join(f'<th scope="col">{head}</th>' for head in ("name", "value", "gradient"))
    yield "</tr></thead>\n<tbody>"
    for name in dict.fromkeys((picture.result.output, *picture.result.gradients)):
        yield f'<tr><th scope="row">{escape_html(name)}</th><td></td><td></td></tr>'
    yield "</tbody>\n</table>\n</div>"
    yield '<p id="check"></p>\n<p id="said" class="unseen" role="status"></p>'
    yield "</section>\n</div>\n</main>"


def _control(number: int, places: list[int], moving: Live) -> str:
    """The slider and the field of a number, behind its name or a choice of several."""
    names = [escape_html(moving.data["names"][place]) for place in places]
    low, high, step = _range(moving.data["start"][places[0]])
    if len(places) == 1:
        called, labelled, head = names[0], "", f'<label for="slider{number}">{names[0]}</label>'
    else:
        options = "".join(f"<option>{name}</option>" for name in names)
        called, labelled = "The chosen number", ' aria-label="The chosen number"'
        head = f'<select id="choice{number}" aria-label="Which number moves">{options}</select>'
    slider = f'<input type="range" id="slider{number}" min="{low}" max="{high}" step="{step}"{labelled}>'
    field = f'<input type="number" id="field{number}" step="any" aria-label="{called}, exactly">'
    return f'<div class="control">{head}{slider}{field}</div>'


def _range(number: Any) -> tuple[str, str, str]:
    """The least, the largest and the step of a slider: from 0 to twice a number, rounded, or around 0."""
    size = abs(number) if isinstance(number, int | float) and isfinite(number) and number else 1.0
    size = min(max(size, _LEAST), _MOST)
    power = 10.0 ** floor(log10(size))
    high = next(factor for factor in (1, 2, 5, 10, 20, 50) if factor * power >= 2 * size * (1 - 1e-9)) * power
    low = 0.0 if isinstance(number, int | float) and number > 0 else -high
    return number_text(low, 6), number_text(high, 6), number_text(high / _STEPS, 6)


def _in_script(data: dict[str, Any]) -> str:
    """JSON that no markup can end."""
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _allowed(tag: str, content: str) -> str:
    """What the page's policy says of elements of a name: those that stand in it are allowed, by their hashes."""
    found = re.findall(f"<{tag}>(.*?)</{tag}>", content, re.DOTALL)
    hashes = (f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in found)
    return f"{tag}-src {' '.join(hashes)}"
