"""The catalogue of layers, and one layer's documentation, as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from backpropcli.catalogue import FAMILIES, LAYERS, aliases_of, family_of
from backpropcli.catalogue.docstrings import FORMULAS, clause_lines
from backpropcli.catalogue.spec import LayerSpec, Parameter
from backpropcli.render import Options
from backpropcli.text.escape import escape_markdown
from backpropcli.text.formats import Format, by_name

_INDENT = "  "


def signature(spec: LayerSpec) -> str:
    """The layer as a formula calls it: `leaky_relu(x, slope=0.01)`."""
    return f"{spec.name}({', '.join([spec.signature, *_parameters(spec)])})"


def _parameters(spec: LayerSpec) -> list[str]:
    return [f"{parameter.name}={parameter.default_text}" for parameter in spec.parameters.values()]


def _default_in_words(parameter: Parameter) -> str:
    return "required" if parameter.required else f"{parameter.default_text} by default"


def _summary(spec: LayerSpec) -> str:
    return spec.summary if spec.origin is None else f"{spec.summary} (from {_origin(spec)})"


def _origin(spec: LayerSpec) -> str:
    """Where a user's own layer comes from, and whether it replaces a built-in one."""
    replaced = ", replacing the built-in one" if spec.name in LAYERS else ""
    return f"{spec.origin}{replaced}"


def _also(spec: LayerSpec) -> str:
    """The layer's other names."""
    return ", ".join(aliases_of(spec.name))


def _family(spec: LayerSpec) -> str | None:
    return family_of(spec.name) if spec.origin is None else None


def _by_family(specs: Sequence[LayerSpec]) -> Iterator[tuple[str, list[LayerSpec]]]:
    """The layers below their headings, a user's own last."""
    for heading in (*FAMILIES, None):
        if found := [spec for spec in specs if _family(spec) == heading]:
            yield heading or "Of your own", found


def _sections(spec: LayerSpec) -> Iterator[tuple[str, list[str]]]:
    """The sections of the docstring, and those for parameters, other names and a user's own layer, with their lines."""
    if other_names := _also(spec):
        yield "Also", [other_names]
    if spec.parameters:
        found = spec.parameters.values()
        yield "Parameters", [f"{p.name}: {p.expected}; {_default_in_words(p)}" for p in found]
    for title, text in spec.sections.items():
        yield title, text.splitlines()
    if spec.origin is not None:
        yield "Origin", [_origin(spec)]
    if spec.needs_arrays:
        yield "Domains", ["arrays only; a subclass of backpropcli.layers.Layer runs on all"]


def _on_one_line(title: str, lines: Sequence[str]) -> str:
    return ("; " if title in FORMULAS else " ").join(lines)


def _catalogue_text(specs: Sequence[LayerSpec], options: Options) -> str:
    """Below headings, calls without parameters, and summaries in a column of their own or below a long call."""
    heads = {spec.name: f"{_INDENT}{spec.name}({spec.signature})" for spec in specs}
    margin = max((len(head) for head in heads.values() if len(head) <= options.width // 2), default=0) + len(_INDENT)
    parts = []
    for heading, below in _by_family(specs):
        text = f"{heading}:\n"
        for spec in below:
            head, other_names = heads[spec.name], _also(spec)
            summary = _wrapped(
                _summary(spec) + (f" (also {other_names})" if other_names else ""), " " * margin, options
            )
            text += f"{head}\n{summary}" if len(head) + len(_INDENT) > margin else head.ljust(margin) + summary[margin:]
        parts.append(text)
    return "\n".join(parts)


def _layer_text(spec: LayerSpec, options: Options) -> str:
    sections = list(_sections(spec))
    margin = max((len(title) for title, _ in sections), default=0) + 2 * len(_INDENT)
    call = _wrapped(signature(spec), "", options, hanging=2 * _INDENT)
    text = f"{call}\n{_wrapped(spec.summary + '.', _INDENT, options)}\n"
    for title, given in sections:
        is_formulas, width = title in FORMULAS, options.width - margin
        lines = [line for clause in given for line in clause_lines(clause, width)] if is_formulas else given
        body = "".join(_wrapped(line, " " * margin, options) for line in lines)
        text += _INDENT + title.ljust(margin - len(_INDENT)) + body.lstrip()
    return text


def _wrapped(text: str, margin: str, options: Options, *, hanging: str = "") -> str:
    """The text on lines behind a margin, broken only at spaces, and `hanging` before those that go on.

    What is indented goes on further in.
    """
    from textwrap import fill

    width = max(options.width, len(margin) + 10)
    indent = margin + (2 * _INDENT if text.startswith(_INDENT) else hanging)
    wrapped = fill(
        text, width, initial_indent=margin, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return f"{wrapped}\n"


def _tsv(rows: Iterable[Sequence[str]]) -> str:
    return "".join("\t".join(row) + "\n" for row in rows)


def _catalogue_tsv(specs: Sequence[LayerSpec], _options: Options) -> str:
    rows = (
        (spec.name, " ".join(spec.inputs), " ".join(_parameters(spec)), _summary(spec), heading, _also(spec))
        for heading, below in _by_family(specs)
        for spec in below
    )
    return _tsv([("name", "inputs", "parameters", "summary", "family", "also"), *rows])


def _layer_tsv(spec: LayerSpec, _options: Options) -> str:
    rows = ((title, _on_one_line(title, lines)) for title, lines in _sections(spec))
    return _tsv([("section", "text"), ("Layer", signature(spec)), ("Summary", spec.summary), *rows])


def _tree(spec: LayerSpec) -> dict[str, Any]:
    found = spec.parameters.values()
    return {
        "name": spec.name,
        "also": aliases_of(spec.name),
        "family": _family(spec),
        "summary": spec.summary,
        "inputs": spec.inputs,
        "parameters": {
            p.name: {**({} if p.required else {"default": p.default}), "expected": p.expected} for p in found
        },
        "sections": spec.sections,
        "origin": spec.origin,
    }


def _catalogue_json(specs: Sequence[LayerSpec], _options: Options) -> str:
    import json

    return "[\n" + ",\n".join(json.dumps(_tree(spec)) for spec in specs) + "\n]\n"


def _layer_json(spec: LayerSpec, _options: Options) -> str:
    import json

    return json.dumps(_tree(spec), indent=2) + "\n"


def _catalogue_markdown(specs: Sequence[LayerSpec], _options: Options) -> str:
    rows = "".join(f"| `{signature(spec)}` | {escape_markdown(_summary(spec))} |\n" for spec in specs)
    return f"| layer | what it computes |\n| :--- | :--- |\n{rows}"


def _layer_markdown(spec: LayerSpec, _options: Options) -> str:
    sections = (f"- **{title}:** {escape_markdown(_on_one_line(title, lines))}\n" for title, lines in _sections(spec))
    return f"### `{signature(spec)}`\n\n{escape_markdown(spec.summary)}.\n\n{''.join(sections)}"


CATALOGUE_FORMATS: dict[str, Format[[Sequence[LayerSpec], Options]]] = by_name(
    Format("table", None, _catalogue_text),
    Format("tsv", ".tsv", _catalogue_tsv),
    Format("json", ".json", _catalogue_json),
    Format("markdown", ".md", _catalogue_markdown),
)
"""All layers, each with its signature and its summary."""

LAYER_FORMATS: dict[str, Format[[LayerSpec, Options]]] = by_name(
    Format("table", None, _layer_text),
    Format("tsv", ".tsv", _layer_tsv),
    Format("json", ".json", _layer_json),
    Format("markdown", ".md", _layer_markdown),
)
"""One layer's inputs, parameters and documentation, in the same formats."""
