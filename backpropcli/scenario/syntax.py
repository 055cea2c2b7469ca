"""YAML's syntax errors in plain words."""

from __future__ import annotations

import re

from backpropcli.errors import Place, Problem
from backpropcli.scenario.document import Document

_REFUSED = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_LONGEST_KEY = 1024  # from its beginning to its ':'; YAML 1.2, section 7.4.2
_NOT_IN_A_KEY = re.compile("""[\n\r:,\\[\\]{}"']""")

_ASSIGNMENT = re.compile(r"([^\W\d]\w*)\s*=\s*(\S.{0,40})")

# How PyYAML's problem begins -> our message, and a hint.
_WORDS = {
    "mapping values are not allowed": (
        "unexpected ':'",
        "check the indentation, and quote text that has a space after ':'",
    ),
    "did not find expected ',' or ']'": ("expected ',' or ']'", "a list that begins with '[' is not closed"),
    "did not find expected ',' or '}'": (
        "a mapping that begins with '{' is not closed here",
        "a ',' or a '}' is missing",
    ),
    "did not find expected key": ("expected a key", "check the indentation and the brackets before it"),
    "did not find expected '-' indicator": ("expected '-'", "check the indentation"),
    "did not find expected node content": ("expected a value", "quote text that begins with a special character"),
    "did not find expected <document start>": (
        "unexpected text after the end of the scenario",
        "check the indentation",
    ),
    "found unexpected end of stream": ("this quotation mark is never closed", None),
    "did not find expected comment or line break": (
        "a '|' or a '>' at the beginning of a text has a meaning of its own",
        "put the text into quotes",
    ),
    "found unknown escape character": ("unknown escape sequence in double quotes", "write \\\\ for a backslash"),
    "found undefined tag handle": ("tags are not supported", "remove the tag"),
    "found incompatible YAML document": ("unsupported version of YAML", "remove the %YAML line"),
    "found extremely long version number": ("unsupported version of YAML", "remove the %YAML line"),
    "exceeded maximum nesting depth": ("nested deeper than this process lets PyYAML read", None),
}


def syntax_problem(error: Exception, document: Document) -> Problem:
    """What the YAML parser's error says, at its place."""
    problem, mark = getattr(error, "problem", None), getattr(error, "problem_mark", None)
    if problem is None or mark is None:
        return _character_problem(document)
    start = mark.index
    if problem.startswith("found unexpected end of stream"):
        start = getattr(getattr(error, "context_mark", None), "index", start)
    place = document.place(start, start + 1)
    if problem.startswith("found character"):
        return _refused_character(document.text[start : start + 1], place)
    if _ends_long_key(start, document):
        return Problem("the key before this ':' is too long", place, f"YAML allows at most {_LONGEST_KEY:,} characters")
    if problem.startswith("could not find expected ':'"):
        return _keyless(getattr(getattr(error, "context_mark", None), "index", start), document)
    for beginning, (message, hint) in _WORDS.items():
        if problem.startswith(beginning):
            return Problem(message, place, hint)
    return Problem(f"invalid YAML: {problem}", place)


def _refused_character(character: str, place: Place) -> Problem:
    if character == "\t":
        return Problem("tabs cannot be used for indentation", place, "use spaces")
    return Problem(f"a value cannot begin with {character}", place, "quote the text")


def _keyless(start: int, document: Document) -> Problem:
    """What is wrong with a line among keys that has none; PyYAML tells of it where the next one begins."""
    place = document.place(start, len(document.text))
    found = _ASSIGNMENT.fullmatch(place.text[place.column - 1 :])
    return Problem("expected key: value", place, found and f"write {found[1]}: {found[2]}")


def _ends_long_key(colon: int, document: Document) -> bool:
    """Whether a ':' stands here whose key, of characters that can only be one word, is longer than YAML allows."""
    if not document.text.startswith(":", colon) or colon <= _LONGEST_KEY:
        return False
    before = document.text[colon - _LONGEST_KEY : colon].rstrip()
    return not _NOT_IN_A_KEY.search(before, 0, len(before) - 1)


def _character_problem(document: Document) -> Problem:
    """PyYAML gives the place of a character that it refuses in bytes or not at all, so it is searched for."""
    found = _REFUSED.search(document.text)
    if found is None:
        return Problem(f"{document.source} is not YAML text")
    message = f"the character U+{ord(found[0]):04X} is not allowed in YAML"
    return Problem(message, document.place(found.start(), found.end()), "remove it")
