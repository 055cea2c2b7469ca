"""Random values that are nearly right: numbers, nested lists, slips of the pen, array files."""

from __future__ import annotations

import io
from collections.abc import Callable
from math import prod
from random import Random
from typing import Any

import numpy as np

NUMBERS = (
    *("0", "1", "-1", "2", "3", "0.5", "-0.5", "1e-3", "0.1", "-0", "1/3", "-7/2", "0x1F", "010", "1.", ".5"),
    *("1e39", "-1e39", "1e308", "-1.7e308", "5e-324", "-5e-324", "2.2e-308", "1e16", "745", "-746"),
    *("1e-400", "123456789012345678901234567890"),
)
HARD_NUMBERS = ("inf", "-inf", "nan", "1e400", "1e3000", "1/0")
WORDS = (
    "",
    " ",
    "x",
    "null",
    "true",
    "~",
    "=",
    "[",
    "]",
    ",",
    "-",
    "1,5",
    "1_0",
    "'",
    '"',
    "#",
    ":",
    "é",
    "\u202e",
    "@",
    "::a::",
)
NAMES = ("x", "y", "w", "b", "λ", "price", "e", "pi", "lambda", "null", "out", "(1)", "x y", "2x")
DTYPES = ("f8", "f8", "f8", "f4", "f4", ">f8", "f2", "i8", "u1", "?", "c16", "U3", "M8[s]", "O")


class Values:
    """What one generator of random numbers draws; the same numbers draw the same."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.files: dict[str, bytes] = {}
        self.usual_shape = self.shape()

    def one_of(self, choices: Any) -> Any:
        """One of several."""
        return self.random.choice(choices)

    def happens(self, probability: float) -> bool:
        """Whether something of that probability happens."""
        return self.random.random() < probability

    def count(self, most: int) -> int:
        """A number of things, few more often than many."""
        return min(self.random.randint(0, most), self.random.randint(0, most))

    # Values

    def number(self) -> str:
        """A number as text."""
        if self.happens(0.5):
            return f"{self.random.gauss(0, 3):.{self.random.randint(1, 17)}g}"
        return str(self.one_of(HARD_NUMBERS if self.happens(0.02) else NUMBERS))

    def fitting_shape(self) -> tuple[int, ...]:
        """Mostly the shape of the other arrays of the case, or one that broadcasts to it."""
        if self.happens(0.15):
            return self.shape()
        return tuple(1 if self.happens(0.1) else length for length in self.usual_shape[self.count(1) :])

    def shape(self) -> tuple[int, ...]:
        """A shape of an array."""
        return tuple(self.random.choice((0, 1, 1, 2, 2, 3)) for _ in range(self.one_of((0, 1, 1, 1, 2, 2, 3, 4))))

    def nested(self, shape: tuple[int, ...]) -> str:
        """Lists of numbers in a shape, not always quite."""
        if not shape:
            return self.number()
        if self.happens(0.01):
            shape = shape[1:]
        return f"[{', '.join(self.nested(shape[1:]) for _ in range(shape[0] if shape else 0))}]"

    def value(self) -> str:
        """A value as on a command line."""
        kind = self.random.random()
        if kind < 0.35:
            return self.number()
        if kind < 0.85:
            return self.nested(self.fitting_shape())
        if kind < 0.95:
            return f"@{self.array_file()}" + self.one_of(("", "", ":a", ":x"))
        return self.one_of((self.word, lambda: "-", lambda: self.mutated(self.nested(self.fitting_shape()))))()

    def word(self) -> str:
        """What is hardly ever right."""
        return "".join(self.one_of((*WORDS, *NUMBERS, *NAMES)) for _ in range(self.count(4)))

    def mutated(self, text: str) -> str:
        """A text with a slip of the pen or two."""
        for _ in range(1 + self.count(3)):
            start, end = sorted(self.random.randint(0, len(text)) for _ in range(2))
            end = min(end, start + 8)
            middle = self.one_of(("", text[start:end] * 2, self.word(), self.one_of(WORDS)))
            text = text[:start] + middle + text[end:]
        return text

    # Array files

    def array_file(self) -> str:
        """The name of a file that has been made, mostly."""
        name = f"d{len(self.files)}{self.one_of(('.npy', '.npy', '.csv', '.txt', '.tsv', '.npz'))}"
        make: Callable[[], bytes] = {".npy": self.npy, ".npz": self.npz}.get(name[-4:], self.text_file)
        content = make()
        if self.happens(0.2):
            at = self.random.randint(0, len(content))
            content = content[:at] + self.random.randbytes(self.count(4)) + content[at + self.count(3) :]
        if self.happens(0.95):
            self.files[name] = content
        return name

    def array(self) -> Any:
        """An array of some kind of number."""
        dtype = np.dtype(self.one_of(DTYPES))
        shape = self.fitting_shape()
        with np.errstate(all="ignore"):
            numbers = np.array([self.random.gauss(0, 3) for _ in range(prod(shape))]).reshape(shape)
            return numbers.astype("i8").astype(dtype) if dtype.kind in "MU" else numbers.astype(dtype)

    def npy(self) -> bytes:
        """A file of NumPy."""
        file = io.BytesIO()
        np.save(file, self.array())
        return file.getvalue()

    def npz(self) -> bytes:
        """Several in one."""
        file = io.BytesIO()
        np.savez(file, **{name: self.array() for name in ("a", "x")[: self.count(2)]})
        return file.getvalue()

    def text_file(self) -> bytes:
        """Rows of numbers with separators, and perhaps names."""
        separator = self.one_of((",", ",", ";", "\t", " "))
        columns = 1 + self.count(3)
        rows = [[self.number() for _ in range(columns)] for _ in range(self.count(4))]
        if self.happens(0.5):
            rows.insert(0, [self.one_of(NAMES) for _ in range(columns)])
        text = "\n".join(separator.join(row) for row in rows)
        return (self.mutated(text) if self.happens(0.2) else text).encode(errors="replace")
