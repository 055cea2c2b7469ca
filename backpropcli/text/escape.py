"""Text from files and command lines, made safe for where it is shown.

`printable` is for terminals and logs, `visible` for all other places; the other escapes come on top of it, each for the
language of one place.
"""

from __future__ import annotations

_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        '"': r"\char34{}",
        **{character: f"\\{character}" for character in "{}$&#%_"},
        # Harmless but at the start of a row ([ and *) or in pairs (-, ' and `).
        **{character: f"{{{character}}}" for character in "[]*-'`"},
    }
)
_WORKFLOW_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_WORKFLOW_PROPERTY = _WORKFLOW_DATA | str.maketrans({":": "%3A", ",": "%2C"})


def printable(text: str) -> str:
    r"""`text` that neither a terminal nor a CI service that reads the log will obey.

    >>> print(printable("red \x1b[31m, ::error::no"))
    red \x1b[31m, \x3a:error\x3a:no
    """
    return without_log_commands(visible(text))[0]


def visible(text: str) -> str:
    r"""`text` with every character that a terminal would obey, or not show, as an escape.

    Control characters, marks that turn the direction of writing and line separators are such; spaces and every
    visible character stay as they are.

    >>> print(visible("red \x1b[31m, tab \t, turned \u202e"))
    red \x1b[31m, tab \t, turned \u202e
    """
    if text.isprintable():
        return text
    from unicodedata import category

    return "".join(c if c.isprintable() or category(c) == "Zs" else _escape(c) for c in text)


def without_log_commands(*parts: str) -> tuple[str, ...]:
    r"""The parts of a text with an escape in every command such as `::error::` or `##[error]`, if there is one.

    GitHub obeys the first kind at the start of a line, where breaking a line may put any word, and Azure and GitHub the
    second anywhere.

    >>> print(*without_log_commands("::error::no"), *without_log_commands("#", "#[error]"))
    \x3a:error\x3a:no \x23 \x23[error]
    >>> print(*without_log_commands("x[::2]"), *without_log_commands("# title ##"))
    x[::2] # title ##
    """
    text = "".join(parts)
    if ("::" in text and _has_colon_command(text)) or "##[" in text or "##vso[" in text:
        return tuple(part.replace("#", r"\x23").replace("::", r"\x3a:") for part in parts)
    return parts


def _has_colon_command(text: str) -> bool:
    import re

    return re.search(r"::[A-Za-z].*?::", text) is not None


def escape_markdown(text: str) -> str:
    r"""`text` with a backslash before what Markdown would read as markup; apple_num stays apple_num.

    >>> print(escape_markdown("a|b *c* apple_num _d_ <e>"))
    a\|b \*c\* apple_num \_d\_ \<e\>
    """
    import re

    return re.sub(r"([\\`*\[\]<>|~#&$!@]|(?<![^\W_])_|_(?![^\W_]))", r"\\\1", text)


def escape_html(text: str) -> str:
    """`text` as HTML shows it, between tags and in attributes with quotes.

    >>> print(escape_html('<b title="&">'))
    &lt;b title=&quot;&amp;&quot;&gt;
    """
    from html import escape

    return escape(visible(text))


def escape_latex(text: str) -> str:
    r"""`text` with everything that LaTeX would obey turned into what shows it.

    >>> print(escape_latex("50% of apple_num"))
    50\% of apple\_num
    """
    return text.translate(_LATEX)


def escape_workflow_data(text: str) -> str:
    r"""The message of a GitHub workflow command, whose line breaks are kept by their codes.

    >>> escape_workflow_data("50%, a: b\n")
    '50%25, a: b%0A'
    """
    return visible(text.translate(_WORKFLOW_DATA))


def escape_workflow_property(text: str) -> str:
    """The value of a property of a GitHub workflow command, such as a file's name.

    >>> escape_workflow_property("a:b,c%")
    'a%3Ab%2Cc%25'
    """
    return visible(text.translate(_WORKFLOW_PROPERTY))


def is_plain_in_shells(word: str) -> bool:
    """Whether every shell takes a word as it stands, without quotes, and as no option.

    >>> [is_plain_in_shells(word) for word in ("../a_b-1.yaml", "@x.npy", "$(id).yaml", "a b.yaml", "-o.yaml")]
    [True, True, False, False, False]
    """
    import re

    return re.fullmatch(r"[\w./@][\w./@,+-]*", word) is not None


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
