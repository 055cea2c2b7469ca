"""Which paths Spark reads and writes, and in which formats."""

from __future__ import annotations

from pathlib import Path

from backpropcli.errors import Problem, UsageError
from backpropcli.rows.files import COMPRESSIONS, FORMATS, suffix_of
from backpropcli.rows.running import Target

TABLE = "table:"
"""What the name of a table of the catalogue begins with, where a path could stand."""

READ = {"csv": ("csv", {}), "tsv": ("csv", {"sep": "\t"}), "json": ("json", {}), "parquet": ("parquet", {})}
"""The format of Spark, and its options, of each of ours."""

_WRITTEN = {".csv": "csv", ".json": "json", ".jsonl": "json", ".ndjson": "json", ".parquet": "parquet", ".orc": "orc"}

COMPRESSED = {".gz": "gzip", ".bz2": "bzip2"}
"""How text is compressed, by the extension of its folder."""


def target_of(output: str, asked: str | None) -> Target:
    """Where results go, and in which format. Raises UsageError for one that Spark does not write."""
    suffix = suffix_of(output)
    chosen = asked or _WRITTEN.get(suffix, None if suffix else "parquet")
    if output.startswith(TABLE):
        return Target(output, "parquet")
    packed = Path(output).suffix.lower()
    if packed in COMPRESSIONS and (packed not in COMPRESSED or chosen not in {"csv", "json"}):
        raise UsageError(f"Spark does not write '{output}': it packs text, as {' or '.join(COMPRESSED)}")
    if chosen is None or chosen not in _WRITTEN.values():
        known = ", ".join(_WRITTEN)
        raise UsageError(Problem(f"Spark cannot write '{output}' as {chosen or suffix}", hint=f"use one of {known}"))
    return Target(output, chosen)


def format_read(word: str) -> str:
    """The format of a path by its extension; what has none is Parquet, as a table of Spark's is by default."""
    suffix = suffix_of(word)
    if suffix not in FORMATS and Path(word).is_dir():
        inside = sorted(path for path in Path(word).rglob("*") if path.is_file() and path.name[0] not in "._")
        suffix = suffix_of(str(inside[0])) if inside else suffix
    if word.lower().endswith(".lz4"):
        raise UsageError(Problem(f"Spark does not read {word}", hint="its .lz4 is of another kind; pack it as .gz"))
    found = FORMATS.get(suffix, "parquet")
    if found not in READ:
        raise UsageError(Problem(f"Spark does not read {word}", hint=f"it reads {', '.join(READ)}"))
    return found
