"""pdflatex compiles what `backprop draw` writes for it, and its numbers stand on the page."""

from __future__ import annotations

import subprocess
from pathlib import Path
from unicodedata import normalize

import pytest
from hostile_scenario import SCENARIO

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))


def page(tex: str, folder: Path) -> str:
    """The text on the one page that LaTeX makes of a document."""
    (folder / "picture.tex").write_text(tex, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "picture.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", errors="replace", check=False)
    assert done.returncode == 0, done.stdout[-1000:]
    assert "(1 page," in done.stdout
    assert "Missing character" not in done.stdout
    command = ["pdftotext", "-layout", "picture.pdf", "-"]
    text = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=True).stdout
    return normalize("NFC", text)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_a_shipped_scenario_is_set(backprop, tmp_path, scenario):
    page(backprop("draw", scenario, "-f", "tikz").stdout, tmp_path)


def test_values_and_gradients_are_on_the_page(backprop, tmp_path):
    words = page(backprop("draw", "scenarios/fruits.yaml", "-f", "tikz").stdout, tmp_path).split()
    assert {"715", "650", "2.2", "3.3", "110", "165", "price"} <= set(words)


def test_names_and_titles_are_text(backprop, tmp_path):
    words = page(backprop("draw", "-", "-f", "tikz", stdin=SCENARIO).stdout, tmp_path)
    assert "größe" in words
    assert "U+5B57" in words
    assert "λ" in words


def test_letters_that_the_fonts_lack_have_codes(backprop, tmp_path):
    """All letters of Latin scripts that may stand in a name."""
    letters = [chr(code) for code in range(0xC0, 0x250) if chr(code).isidentifier()]
    names = dict.fromkeys(normalize("NFKC", f"x_{letter}") for letter in letters)
    scenario = f"inputs: {{{', '.join(f'{name}: 1' for name in names)}}}\nlayers: [y = x_é * x_ŋ * x_ą]\n"
    words = page(backprop("draw", "-", "-f", "tikz", stdin=scenario).stdout, tmp_path)
    assert "U+0105" in words


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_the_explanation_of_a_shipped_scenario_is_set(backprop, tmp_path, scenario):
    explained(backprop("explain", scenario, "-f", "latex").stdout, tmp_path)


def test_explanations_of_one_gradient_are_set(backprop, tmp_path):
    explanations = [
        backprop("explain", "scenarios/fruits.yaml", "apple", "-f", "latex").stdout,
        backprop("explain", "-e", "relu(x) * gelu(x) / x ** 2", "x=-0.5", "x", "-f", "latex").stdout,
        backprop("explain", "-e", "sqrt(x) / 3", "x=0", "-f", "latex").stdout,
        backprop("explain", "-e", "prod(x) - sum(x)", "x=1,2,0", "-f", "latex").stdout,
        backprop("explain", "-e", "conv2d(x, w) * 2", "x=[[[[1,2],[3,4]]]]", "w=[[[[1]]]]", "-f", "latex").stdout,
        backprop("explain", "-e", "x * 1/3", "x=1", "x", "--exact", "-f", "latex").stdout,
    ]
    words = explained("\n".join(explanations), tmp_path).split()
    assert "2.2" in words


def test_derivations_are_set(backprop, tmp_path):
    derivations = [
        backprop("derive", "scenarios/fruits.yaml", "-f", "latex").stdout,
        backprop("derive", "scenarios/xor.yaml", "-f", "latex").stdout,
        backprop("derive", "-e", "x * relu(y)", "x=[1,2]", "y=3", "-f", "latex").stdout,
    ]
    assert all(derivations)
    explained("\n".join(derivations), tmp_path)


def explained(tex: str, folder: Path) -> str:
    """The text that LaTeX makes of an explanation in a document of the class article."""
    head = "\\documentclass{article}\n\\usepackage[paperwidth=4000pt,paperheight=3000pt,margin=10pt]{geometry}\n"
    return page(f"{head}\\usepackage{{amsmath}}\n\\begin{{document}}\n{tex}\\end{{document}}\n", folder)
