"""The page of a gallery: all pictures of a folder, below their titles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote

from backpropcli.text.escape import escape_html

_STYLE = (
    ":root{color-scheme:light dark;background:#fff}@media(prefers-color-scheme:dark){:root{background:#0d1117}}"
    "body{font-family:sans-serif;margin:2rem auto;max-width:80rem;padding:0 1rem}"
    "figure{margin:2rem 0}figcaption{margin-bottom:.5rem}img{max-width:100%;height:auto}code{opacity:.7}"
)


class Entry(NamedTuple):
    """One picture: its title, the scenario that it shows, and its file, beside the page."""

    title: str
    scenario: str
    file: str


def page(title: str, entries: Sequence[Entry]) -> str:
    """An HTML page that needs nothing but the pictures beside it and runs nothing.

    A picture leads to its file, which has its full size and its tooltips.
    """
    figures = "".join(map(_figure, entries))
    policy = "default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'"
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{escape_html(title)}</title>\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>{_STYLE}</style>\n'
        f"<h1>{escape_html(title)}</h1>\n{figures}</html>\n"
    )


def _figure(entry: Entry) -> str:
    caption = f"<strong>{escape_html(entry.title)}</strong> <code>{escape_html(entry.scenario)}</code>"
    file = escape_html(quote(entry.file))
    image = f'<a href="{file}"><img src="{file}" alt="{escape_html(entry.title)}"></a>'
    return f"<figure>\n<figcaption>{caption}</figcaption>\n{image}\n</figure>\n"
