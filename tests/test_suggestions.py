"""A misspelt word is answered with the one that people mean, or with none."""

from __future__ import annotations

import pytest

from backpropcli.catalogue import LAYERS
from backpropcli.cli.commands import COMMANDS
from backpropcli.suggestions import nearest

WORDS = [*COMMANDS, *LAYERS]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("rum", "run"),
        ("rleu", "relu"),
        ("sigmod", "sigmoid"),
        ("sotfmax", "softmax"),
        ("LeakyReLU", "leaky_relu"),
        ("maxpool", "max_pool2d"),
        ("layernorm", "layer_norm"),
        ("crossentropy", "cross_entropy"),
        ("lyers", "layers"),
        ("version", None),
        ("x", None),
        ("foo", None),
        ("hardtnah", "hardtanh"),
    ],
)
def test_what_people_mean(word: str, meant: str | None) -> None:
    assert nearest(word, WORDS) == meant


def test_the_same_first_letter_counts() -> None:
    assert nearest("tab", ["lab", "tag"]) == "tag"


def test_what_a_word_begins_with_stands_for_it() -> None:
    assert nearest("taxes", ["boxes", "tax"]) == "tax"


@pytest.mark.parametrize("word", ["", "_", "a" * 41, "a" * 100_000])
def test_what_nobody_writes_is_no_word(word: str) -> None:
    assert nearest(word, ["a", "a" * 40, "a" * 100_000]) is None


def test_the_work_for_a_word_does_not_grow_with_the_other(steps):
    """Words that are much longer are not compared letter by letter."""

    def work(length):
        return steps(lambda: nearest("sigmoid", ["b" * length] * 10))

    assert work(20_000) <= work(20)
