"""`draw -o page.html` in a browser: its numbers are those of `backprop run`, whatever its reader moves."""

from __future__ import annotations

import json
import math
import random
import re
import subprocess
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from chromium import HERE
from hostile_scenario import SCENARIO

import backpropcli as bp
from backpropcli.text.numbers import number_text

SCENARIOS = sorted((HERE.parents[1] / "scenarios").glob("*.yaml"))
MOVES = 40
CLOSE = 1e-11  # in parts of the largest term
NUMBER = re.compile(r"-?\b\d+(?:\.\d+)?(?:e[+-]\d+)?")


def visits(pages: list[dict[str, Any]], *tasks: str) -> list[dict[str, Any]]:
    """What Chromium finds on pages."""
    done = subprocess.run(
        ["node", str(HERE / "visit.mjs")],
        input=json.dumps({"pages": pages, "tasks": tasks}),
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.fixture
def page(backprop, tmp_path):
    """The address of the page of a scenario."""

    def written(scenario: Path | str, *options: str, stdin: str = "") -> str:
        file = tmp_path / "page.html"
        done = backprop("draw", scenario, "-o", file, *options, stdin=stdin)
        assert done.returncode == 0, done.stderr
        return file.as_uri()

    return written


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_the_numbers_are_those_of_a_run_after_every_move(page, scenario: Path) -> None:
    url = page(scenario)
    draw = random.Random(scenario.stem)
    controls = len(re.findall('type="range"', Path(url.removeprefix("file://")).read_text(encoding="utf-8")))
    moves = [[draw.randrange(controls), draw.random()] for _ in range(MOVES)]
    found = visits([{"url": url, "moves": moves}], "moves")[0]["moves"]
    assert found["requests"] == [url]
    assert not found["errors"]
    assert found["right"] == "true"
    assert len(found["states"]) == MOVES + 1
    for state in found["states"]:
        check(state, found["names"], scenario)


def check(state: dict[str, Any], names: list[str], scenario: Path) -> None:
    """The cells of a state are the values and gradients of a run with its inputs, and so is their text."""
    result = bp.run(bp.load(scenario), inputs=inputs_of(state, names, scenario))
    order = list(dict.fromkeys((result.output, *result.gradients)))
    run = result.run
    terms = [*run.values, *run.gradients, *(part for parts in run.contributions for part in parts)]
    sizes = [np.abs(np.asarray(term, float)) for term in terms if term is not None]
    largest = max(float(size[np.isfinite(size)].max(initial=0)) for size in sizes)
    for cell, (name, kind) in zip(state["cells"], [(n, k) for n in order for k in ("value", "gradient")], strict=True):
        expected = result.value_of(name) if kind == "value" else result.gradient_of(name)
        if expected is None:
            assert cell["text"] == "-"
            continue
        numbers = [float(number) for number in cell["numbers"]]
        assert np.allclose(numbers, np.ravel(expected), rtol=0, atol=CLOSE * largest, equal_nan=True), (name, kind)
        assert texts_in(cell["text"]) == [number_text(number, cell["digits"]) for number in numbers]
    for row in state["rows"]:
        if row["numbers"]:
            shown = [fitted(float(number), row["digits"], row["room"]) for number in row["numbers"]]
            assert texts_in(row["text"].replace("−", "-")) == shown


def inputs_of(state: dict[str, Any], names: list[str], scenario: Path) -> dict[str, Any]:
    """The inputs of a state, by name."""
    given: dict[str, Any] = {}
    result = bp.run(bp.load(scenario))
    for called, text in zip(names, state["inputs"], strict=True):
        name, _, index = called.removesuffix("]").partition("[")
        if not index:
            given[name] = float(text)
            continue
        array = given.setdefault(name, np.array(result.value_of(name), float))
        array[tuple(map(int, index.split(", ")))] = float(text)
    return given


def texts_in(text: str) -> list[str]:
    """The numbers in a text."""
    return re.findall(r"-?(?:inf|nan|[\d.]+(?:e[+-]\d+)?)", text)


def fitted(number: float, digits: int, room: int) -> str:
    """A number with as many digits as there is room for."""
    return next((t for d in range(digits, 0, -1) if len(t := number_text(number, d)) <= room), number_text(number, 1))


@cache
def edge_numbers() -> list[float]:
    """Numbers whose text is hard: ties, powers of ten and their neighbours, the largest and the smallest."""
    draw = random.Random(1)
    ties = [1175.125, 0.5, 2.5, 1e15 + 0.5, 123456.5, 1234565.0, 99999.95, 0.000125, 8.5, 1e23]
    near = [math.nextafter(10.0**k, way) for k in range(-8, 20, 3) for way in (0, math.inf)]
    wild = [draw.uniform(-1, 1) * 10.0 ** draw.randint(-30, 30) for _ in range(300)]
    halves = [draw.randrange(10**7) / 2 ** draw.randrange(12) for _ in range(300)]
    return [*ties, *near, *wild, *halves, 5e-324, 1.7976931348623157e308, 0.0, -0.0]


def test_numbers_are_written_as_by_c() -> None:
    """By the function of the page, with every number of digits."""
    script = (HERE.parents[1] / "backpropcli/picture/page/page.js").read_text(encoding="utf-8")
    function = re.search(r"^function written.*?^}", script, re.MULTILINE | re.DOTALL)
    assert function is not None
    numbers = [number for each in edge_numbers() for number in (each, -each)]
    asked = "[3, 6, 12, 17].map(digits => NUMBERS.map(number => written(number, digits)))"
    code = f"const NUMBERS = {json.dumps(numbers)};\n{function[0]}\nconsole.log(JSON.stringify({asked}));"
    done = subprocess.run(["node", "-e", code], capture_output=True, encoding="utf-8", check=True)
    assert json.loads(done.stdout) == [[number_text(n, digits) for n in numbers] for digits in (3, 6, 12, 17)]


def test_a_page_is_used(page) -> None:
    """By keyboard and by link; it says what has changed, and walks through forward and backward."""
    url = page("scenarios/fruits.yaml")
    found = visits([{"url": url}], "use")[0]["use"]
    assert found["errors"] == []
    assert float(found["after"]) > float(found["before"]) == 100
    assert found["said"] == "price is 498.3"
    assert found["address"] == f"{url}#apple=1.5"
    assert found["again"] == found["shown"]
    assert found["sentences"][0] == "Forward, 1 of 4: apple_price = apple * apple_num = 1.5 * 2 = 3"
    assert found["sentences"][4] == "Backward, 1 of 8: all_price gets dprice * tax = 1 * 1.1 = 1.1"
    assert found["sentences"][-1] == "Backward, 8 of 8: apple_num gets dapple_price * apple = 1.1 * 1.5 = 1.65"
    assert all(found["marked"])
    assert found["ended"]
    assert found["playing"] == "Pause"
    assert found["heard"] == found["sentences"][0]
    assert found["restored"] == "5000"
    assert (found["reset"], found["end"]) == ("100", "200")


@pytest.mark.parametrize("name", ["fruits", "xor", "softmax_with_loss_graph"])
def test_tooltips_have_all_digits_and_the_walk_stays_in_view(page, backprop, name: str) -> None:
    """The tooltips are those of the SVG, with numbers that the page has computed."""
    scenario = f"scenarios/{name}.yaml"
    found = visits([{"url": page(scenario)}], "walk")[0]["walk"]
    assert found["errors"] == []
    assert found["hint"].startswith("Play goes through the layers")
    assert all(found["seen"])
    svg = ET.fromstring(backprop("draw", scenario, "-f", "svg").stdout)
    expected = [title.text or "" for title in svg.iterfind("./{*}g/{*}title")]
    assert len(found["tooltips"]) == len(expected)
    for own, other in zip(found["tooltips"], expected, strict=True):
        assert NUMBER.sub("", " ".join(own.split())) == NUMBER.sub("", other)
        pairs = zip(NUMBER.findall(own), NUMBER.findall(other), strict=True)
        assert all(math.isclose(float(one), float(two), rel_tol=1e-11) for one, two in pairs)


@pytest.mark.parametrize(
    ("option", "relation"),
    [
        ((), "; its first numbers are those of backprop."),
        (("--exact",), ", but in float64, and the scenario asks for exact fractions: the last digits may differ."),
    ],
)
def test_a_page_says_how_its_numbers_are_to_others(page, option: tuple[str, ...], relation: str) -> None:
    found = visits([{"url": page("scenarios/fruits.yaml", *option)}], "use")[0]["use"]
    assert found["relation"] == f"Computed in this page, by the same layers{relation}"


def test_a_page_whose_numbers_differ_says_so(page) -> None:
    """Also where a number is small beside another."""
    path = Path(page("a=1e12", "b=3", "-e", "a * 0 + exp(b)").removeprefix("file://"))
    text = path.read_text(encoding="utf-8")
    number = str(math.exp(3))
    assert number in text
    path.write_text(text.replace(number, str(1.2 * math.exp(3))), encoding="utf-8")
    assert visits([{"url": path.as_uri(), "moves": []}], "moves")[0]["moves"]["right"] == "false"


@pytest.mark.parametrize("name", ["fruits", "xor", "softmax_with_loss", "convolution"])
def test_no_rule_of_accessibility_is_broken(page, name: str) -> None:
    """By axe-core, light and dark, from a phone to a wide screen, where nothing but pictures and tables scrolls."""
    found = visits([{"url": page(f"scenarios/{name}.yaml")}], "audit")[0]["audit"]
    assert found == {"violations": [], "wide": []}


def test_labels_are_fixed_and_said_to_be(page) -> None:
    url = page("scenarios/softmax_with_loss.yaml")
    text = Path(url.removeprefix("file://")).read_text(encoding="utf-8")
    assert "is fixed" in text
    assert "labels[0]" not in re.findall(r"<label[^>]*>(.*?)</label>", text)


def test_a_mask_is_fixed_and_a_threshold_moves(page) -> None:
    url = page("m=1", "x=2", "t=1", "-e", "where(m, x, 0) + where(x > t, x, 0)")
    text = Path(url.removeprefix("file://")).read_text(encoding="utf-8")
    assert "m = 1 is fixed" in text
    assert re.findall(r"<label[^>]*>(.*?)</label>", text) == ["x", "t"]
    found = visits([{"url": url, "moves": [[1, 1]]}], "moves")[0]["moves"]
    assert found["errors"] == []
    assert found["states"][1]["cells"][0]["text"] == "2"


def test_names_and_titles_are_text(page) -> None:
    url = page("-", stdin=SCENARIO)
    found = visits([{"url": url, "moves": []}], "moves")[0]["moves"]
    assert found["errors"] == []
    assert found["requests"] == [url]
    assert "größe" in found["names"]


def test_an_input_of_many_numbers_has_a_choice(page, tmp_path) -> None:
    np.save(tmp_path / "x.npy", np.arange(100.0))
    (tmp_path / "s.yaml").write_text("inputs: {x: {file: x.npy}}\nlayers: [y = sum(x * x)]\n")
    url = page(tmp_path / "s.yaml")
    found = visits([{"url": f"{url}#{quote('x[7]')}=100", "moves": [[0, 1]]}], "moves")[0]["moves"]
    assert found["controls"] == 1
    assert found["states"][0]["inputs"][7] == "100"
    assert found["states"][1]["inputs"][0] == "2"


def test_steps_that_are_boxes_light_up_along_with_their_layers(page) -> None:
    found = visits([{"url": page("scenarios/neuron.yaml", "--collapse")}], "use")[0]["use"]
    assert found["errors"] == []
    assert found["sentences"][0].startswith("Forward, 1 of 5: (1) = w1 * x1")
    assert all(found["marked"])


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_a_page_is_small(page, scenario: Path) -> None:
    assert len(Path(page(scenario).removeprefix("file://")).read_bytes()) < 50_000
