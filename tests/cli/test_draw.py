"""`backprop draw`: pictures in the terminal, in a pipe, and in files."""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ET

import pytest
from terminal import shown_by

FRUITS = "scenarios/fruits.yaml"
DRAWN = """\
             100
     apple ───────╮
             2.2  │      200
              2   ├─(×)───────╮
 apple_num ───────╯      1.1  │
             110              │       650
             150              ├─(+)────────╮
    orange ───────╮      450  │       1.1  │      715
             3.3  ├─(×)───────╯       1.1  ├─(×)────────price
              3   │      1.1    tax ───────╯       1
orange_num ───────╯                   650
             165
"""


def on_a_terminal(*arguments, columns):
    """What a command writes to stdout and to stderr when both are a terminal."""
    return shown_by([sys.executable, "-m", "backpropcli", *arguments], columns=columns, env={"NO_COLOR": "1"})


def test_a_picture_in_text(backprop):
    done = backprop("draw", FRUITS)
    assert (done.returncode, done.stdout, done.stderr) == (0, DRAWN, "")


def test_a_terminal_that_is_wide_enough_shows_the_picture():
    assert on_a_terminal("draw", FRUITS, columns=66) == DRAWN


def test_a_narrow_terminal_shows_the_steps_and_says_why():
    shown = on_a_terminal("draw", FRUITS, columns=60)
    assert "mul_apple_layer" in shown
    assert "note: the picture is wider than the terminal; these are its steps" in shown
    assert "-o picture.svg" in shown
    assert "╮" not in shown


def test_without_its_signs_a_terminal_shows_ascii(backprop):
    shown = backprop("draw", "-e", "y = x * sigmoid(x) / 2", "x=0", env={"PYTHONIOENCODING": "ascii"}).stdout
    assert shown.isascii()
    assert "(*)" in shown
    assert "(/)" in shown


def test_colours_are_asked_for(backprop):
    shown = backprop("draw", FRUITS, "--color", "always").stdout
    assert "\x1b[31m650\x1b[0m" in shown
    assert "\x1b" not in backprop("draw", FRUITS).stdout


@pytest.mark.parametrize(
    ("suffix", "start"),
    [(".svg", "<svg "), (".dot", "digraph "), (".mmd", "flowchart LR\n"), (".tex", "\\documentclass")],
)
def test_the_ending_of_a_file_chooses_the_format(backprop, tmp_path, suffix, start):
    done = backprop("draw", FRUITS, "-o", tmp_path / f"picture{suffix}")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / f"picture{suffix}").read_text(encoding="utf-8").startswith(start)


def test_what_the_output_does_not_use_is_dim(backprop):
    scenario = "inputs: {x: 2, u: 7}\nlayers:\n  - z = exp(u)\n  - y = 3 * x\n"
    shown = backprop("draw", "-", "--color", "always", stdin=scenario).stdout
    assert "\x1b[2mu\x1b[0m" in shown
    assert "\x1b[2m7\x1b[0m" in shown
    assert "\x1b[2m(exp)\x1b[0m" in shown
    assert "\x1b[3mx\x1b[0m" in shown


def test_an_image(backprop, tmp_path):
    done = backprop("draw", FRUITS, "-o", tmp_path / "picture.PNG", "--scale", "1")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "picture.PNG").read_bytes().startswith(b"\x89PNG")


def test_an_image_goes_to_no_terminal():
    assert "error: " in on_a_terminal("draw", FRUITS, "-f", "png", columns=80)


def test_inputs_gradients_and_dout_can_be_changed(backprop):
    shown = backprop("draw", FRUITS, "--set", "tax=2", "--dout", "10", "--gradients", "tax").stdout
    assert "1300" in shown
    assert "6500" in shown
    assert " 110" not in shown


def test_a_part_of_a_graph(backprop):
    shown = backprop("draw", FRUITS, "--around", "apple", "--depth", "1").stdout
    assert "orange" not in shown
    assert "apple_num" in shown
    assert "…" in shown


def test_steps_as_boxes(backprop):
    shown = backprop("draw", "scenarios/attention.yaml", "--collapse").stdout
    above, _, below = shown.partition("\n\n")
    assert "(scores)" in above
    assert "(÷)" not in above
    assert "(÷)" in below
    assert "─scores\n" in below


@pytest.mark.parametrize(("arguments", "suffix"), [((), "svg"), (("-f", "png", "--scale", "1"), "png")])
def test_a_folder_becomes_a_gallery(backprop, tmp_path, arguments, suffix):
    (tmp_path / "in" / "more").mkdir(parents=True)
    (tmp_path / "in" / "a b.yaml").write_text("title: 'A <b>&'\ninputs: {x: 1}\nlayers: [relu]\n")
    (tmp_path / "in" / "more" / "c.yml").write_text("inputs: {x: 1}\nlayers: [y = x * x]\n")
    done = backprop("draw", "in", "-o", "out", *arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    files = sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.*"))
    assert files == [f"a b.{suffix}", "index.html", f"more/c.{suffix}"]
    page = (tmp_path / "out" / "index.html").read_text()
    assert f'<a href="a%20b.{suffix}"><img src="a%20b.{suffix}" alt="A &lt;b&gt;&amp;"></a>' in page
    assert f'<img src="more/c.{suffix}" alt="y and its gradients">' in page


def test_a_gallery_is_not_begun_when_a_scenario_has_a_mistake(backprop, tmp_path):
    (tmp_path / "a.yaml").write_text("inputs: {x: 1}\nlayers: [relu]\n")
    (tmp_path / "b.yaml").write_text("inputs: {x: 1}\nlayers: [rleu]\n")
    done = backprop("draw", tmp_path, "-o", tmp_path / "out")
    assert done.returncode == 2
    assert "did you mean 'relu'?" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "missing argument 'SCENARIO'"),
        ((FRUITS, FRUITS), "draw takes one scenario"),
        ((FRUITS, "--depth", "1"), "--depth says how far --around goes"),
        ((FRUITS, "--around", "aple"), "unknown name 'aple'"),
        ((FRUITS, "-o", "picture.pdf"), "cannot write 'picture.pdf': no format has the extension '.pdf'"),
        ((FRUITS, "-f", "svg", "-o", "scenarios"), "cannot write scenarios: Is a directory"),
        ((FRUITS, "-o", "picture.svg", "--scale", "3"), "--scale is for PNG files, not for the format svg"),
        ((FRUITS, "-f", "svgg"), "unknown format 'svgg'"),
        (("scenarios",), "scenarios is a folder"),
        (
            ("scenarios", "-o", "out", "-f", "dot"),
            "the pictures of a folder are SVG or PNG files, not of the format dot",
        ),
        (
            ("scenarios", "-o", FRUITS),
            f"cannot write to {FRUITS}: it is a file, and pictures of a folder need a folder",
        ),
        (("scenarios", "-o", "out", "--around", "x"), "--around is for one scenario, not for a folder"),
    ],
)
def test_what_cannot_be_drawn(backprop, arguments, message):
    done = backprop("draw", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"error: {message}\n" in done.stderr


HOSTILE = "<script>alert(1)</script> & \"quotes\" ]]> --> \\N | `x` 'y' \u202e {a} #1; \n end"


@pytest.mark.parametrize("name", ["svg", "dot", "mermaid", "text"])
def test_a_title_and_names_are_text_in_every_format(backprop, name):
    scenario = f"title: {json.dumps(HOSTILE)}\ninputs: {{größe: 2, 字: 3}}\nlayers: [y = größe * 字]\n"
    shown = backprop("draw", "-", "-f", name, stdin=scenario).stdout
    assert "größe" in shown
    assert "字" in shown
    assert "\u202e" not in shown
    if name == "svg":
        title = ET.fromstring(shown).find("{http://www.w3.org/2000/svg}title")
        assert title is not None
        assert title.text == HOSTILE.replace("\u202e", "\\u202e").replace("\n", "\\n")
    if name == "dot":
        assert shown.startswith('digraph "<script>alert(1)</script> & \\"quotes\\" ]]> --> \\\\N')
    if name == "mermaid":
        assert "  accTitle: scriptalert(1)/script  quotes  -- N  x y " in shown


def test_nan_and_infinities_are_drawn(backprop):
    done = backprop("draw", "-e", "y = log(x) * 0", "x=0")
    assert done.returncode == 0
    assert "-inf" in done.stdout
    assert "nan" in done.stdout
    assert "warning: log (1): the value is not finite" in done.stderr


def test_an_empty_array_is_drawn_by_its_shape(backprop):
    assert "0 numbers" in backprop("draw", "-e", "y = sum(x[0:0])", "x=1,2").stdout
