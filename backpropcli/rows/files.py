"""Which files are tables, of what kind, and which files their results go to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from glob import glob
from pathlib import Path

from backpropcli.errors import OutputError, Problem, UsageError

STDIN = "-"
FORMATS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".txt": "tsv",
    ".jsonl": "json",
    ".ndjson": "json",
    ".json": "json",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".arrow": "feather",
    ".feather": "feather",
    ".ipc": "feather",
}
"""The formats of tables, by the extensions of their files."""

WRITTEN = {suffix: FORMATS[suffix] for suffix in (".csv", ".jsonl", ".ndjson", ".parquet", ".arrow", ".feather")}
"""The formats of files that can be written, by their extensions."""

COMPRESSIONS = {".gz": "gzip", ".bz2": "bz2", ".lz4": "lz4", ".zst": "zstd"}
"""What pyarrow calls the compression of text, by the extension that a file has after that of its format."""

_HELD = ".zst"
_PACKED = {"parquet", "feather"}  # by themselves
_ADDRESS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<path>.*)")


def files_of(words: Sequence[str]) -> list[str]:
    """The files that words stand for: each a file, a folder, or a pattern of names. Raises UsageError for nothing."""
    found: list[str] = []
    for word in words:
        if word == STDIN or Path(word).exists():
            found.append(word)
        elif names := sorted(glob(word, recursive=True)):  # noqa: PTH207 - Path.glob takes no pattern from the root
            found += names
        else:
            refuse_address(word)
            raise UsageError(f"there is no table {word}")
    if STDIN in found and len(found) > 1:
        raise UsageError("- is standard input, and stands alone")
    if len(found) > 1 and any(Path(file).is_dir() for file in found):
        raise UsageError("a folder is a table by itself: name one folder, or files")
    return found


def is_held(files: Sequence[str]) -> bool:
    """Whether a table is read as a whole: standard input, and a file of the one compression that no dataset unpacks."""
    return files[0] == STDIN or (len(files) == 1 and Path(files[0]).suffix.lower() == _HELD)


def format_of(files: Sequence[str]) -> str:
    """The format that all files have. Raises UsageError if they have several."""
    samples = [_sample(file) for file in files]
    if not is_held(files) and (held := [path for path in samples if path.suffix.lower() == _HELD]):
        message = f"{held[0]} is unpacked as a whole, and not together with others"
        raise UsageError(Problem(message, hint=f"name one {_HELD} file, or pack them as .gz"))
    formats = {_format_of_file(path) for path in samples}
    if len(formats) > 1:
        raise UsageError(f"the tables are of different formats: {', '.join(sorted(formats))}")
    return formats.pop()


def refuse_address(word: str) -> None:
    """Raise UsageError for what only Spark reads and writes, as s3a://shop/sales."""
    if found := _ADDRESS.fullmatch(word):
        hint = "--engine spark knows addresses"
        if found["scheme"] == "file":
            hint = f"the name of the file is {found['path']}"
        raise UsageError(Problem(f"{word} is an address, not a file", hint=hint))


def format_written(output: str) -> str:
    """The format of a file of results, by its extension. Raises UsageError for one that names none."""
    suffix, known = suffix_of(output), ", ".join(WRITTEN)
    if suffix not in WRITTEN:
        message = f"cannot write '{output}': no format has the extension '{suffix or Path(output).suffix}'"
        raise UsageError(Problem(message, hint=f"use one of {known}"))
    return WRITTEN[suffix]


def compression_of(file: str, format_: str) -> str | None:
    """How the text in a file is compressed, by its extension. Raises UsageError for a format that is so by itself."""
    found = COMPRESSIONS.get(Path(file).suffix.lower())
    if found and format_ in _PACKED:
        message = f"cannot write '{file}': {format_} is compressed by itself"
        raise UsageError(Problem(message, hint=f"leave out {Path(file).suffix}"))
    return found


def is_folder(output: str) -> bool:
    """Whether results go to a folder: it is one, or its name ends like one."""
    return output.endswith("/") or Path(output).is_dir()


def outputs(files: Sequence[str], folder: str, suffix: str) -> dict[str, str]:
    """A file in the folder for each table, by the table. Raises UsageError where two would have one name."""
    found: dict[str, str] = {}
    for file in files:
        if file == STDIN or Path(file).is_dir():
            raise UsageError(f"the results of {'standard input' if file == STDIN else file} go to a file, not a folder")
        stem = Path(file).name.removesuffix("".join(_suffixes(Path(file))))
        found[file] = str(Path(folder) / f"{stem}{suffix}")
    sources = {Path(file).resolve() for file in files}
    if own := next((name for name in found.values() if Path(name).resolve() in sources), None):
        raise UsageError(Problem(f"{own} is a table itself", hint="choose another folder for the results"))
    names = list(found.values())
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise UsageError(f"two tables would have the results {twice}")
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot write to {folder}: {error.strerror}") from error
    return found


def check_output(output: str, files: Sequence[str]) -> None:
    """Raise OutputError for a file within a folder that is read."""
    for file in files:
        if file != STDIN and Path(file).is_dir() and Path(output).resolve().is_relative_to(Path(file).resolve()):
            message = f"cannot write {output}: it is in {file}, whose files are read"
            raise OutputError(Problem(message, hint="choose another folder"))


def _sample(file: str) -> Path:
    """The file itself, or the first of a folder."""
    path = Path(file)
    if not path.is_dir():
        return path
    inside = sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith((".", "_")))
    if not inside:
        raise UsageError(f"the folder {file} holds no table")
    return inside[0]


def _format_of_file(path: Path) -> str:
    suffix = suffix_of(str(path))
    if suffix not in FORMATS:
        known = f"{', '.join(FORMATS)}, and {', '.join(COMPRESSIONS)} after that of a text"
        raise UsageError(Problem(f"{path} has no extension of a table", hint=f"use one of {known}"))
    return FORMATS[suffix]


def suffix_of(file: str) -> str:
    """The extension of a file, in small letters, without that of its compression."""
    return (_suffixes(Path(file)) or [""])[0].lower()


def _suffixes(path: Path) -> list[str]:
    """The extension of a file, and that of its compression if it has one."""
    if path.suffix.lower() in COMPRESSIONS:
        return [Path(path.stem).suffix, path.suffix]
    return [path.suffix] if path.suffix else []
