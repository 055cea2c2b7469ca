"""PNG files: their size, the fonts that they are painted with, and the signs that no font has."""

from __future__ import annotations

import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from drawings import Drawing, drawn
from resvg_py import svg_to_bytes

import backpropcli as bp
from backpropcli.errors import DataError
from backpropcli.picture import Look, png
from backpropcli.picture.from_result import picture_of

ROOT = Path(__file__).parents[2]
RESULT = bp.eval_formula("y = w * sigmoid(x)", w=3, x=0)


def image(scale: float = 2) -> bytes:
    look = Look(scale=scale)
    return png.render(picture_of(RESULT, look), look)


def size(image: bytes) -> tuple[int, int]:
    """What the header of a PNG says."""
    assert image.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", image[16:24])
    return width, height


@pytest.mark.parametrize("scale", [0.5, 2, 3])
def test_an_image_is_as_large_as_the_picture_times_the_scale(scale: float) -> None:
    drawing = Drawing(drawn(RESULT)).root
    width, height = (float(drawing.get(name, "")) * scale for name in ("width", "height"))
    assert size(image(scale)) == pytest.approx((width, height), abs=1)


def test_texts_are_painted_with_the_fonts_that_are_shipped() -> None:
    """Also where the system has none; resvg would leave texts out without a word."""
    svg = drawn(RESULT)
    shipped = [str(path) for path in (Path(png.__file__).parent / "fonts").glob("*.ttf")]
    alone = svg_to_bytes(svg_string=svg, zoom=2, font_files=shipped, skip_system_fonts=True)
    without_texts = svg_to_bytes(svg_string=re.sub("<text.*?</text>", "", svg), zoom=2)
    assert image() == bytes(alone) != bytes(without_texts)


def test_an_image_of_too_many_pixels_is_refused_before_it_is_made() -> None:
    with pytest.raises(DataError, match="pixels is too large"):
        image(1000)


@pytest.mark.parametrize(("name", "missing"), [("größe", ""), ("λ_я", ""), ("x\U00016a40", "\U00016a40")])
def test_signs_that_no_font_has_are_told(name: str, missing: str) -> None:
    result = bp.api.run_formula(f"{name} * 2", {name: 1.0})
    assert png.missing_signs(picture_of(result, Look())) == missing


def test_without_resvg_the_error_says_what_to_install(tmp_path: Path) -> None:
    code = "import sys; sys.modules['resvg_py'] = None; from backpropcli.cli.main import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "draw", "scenarios/fruits.yaml", "-o", str(tmp_path / "f.png")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: a PNG needs the package resvg-py\n  hint: pip install 'backpropcli[png]', or draw an SVG\n"
    )
    assert not list(tmp_path.iterdir())
