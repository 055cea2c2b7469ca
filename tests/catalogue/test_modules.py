"""Files of layers: what they import, what they lack, and what of them is not run."""

from __future__ import annotations

import sys

import pytest
from own_layers import squaring

from backpropcli.catalogue.own_layers import load_layers
from backpropcli.gradcheck import check_layer

pytestmark = pytest.mark.usefixtures("own_catalogue")


def test_a_file_in_a_package_may_import_relatively_and_from_its_root(tmp_path):
    package = tmp_path / "sibling_nets" / "parts"
    package.mkdir(parents=True)
    for folder in (package, package.parent):
        (folder / "__init__.py").write_text("")
    (package / "helpers.py").write_text("def twice(x):\n    return 2 * x\n")
    source = (
        "from .helpers import twice\nfrom sibling_nets.parts.helpers import *\n\n"
        "class Own:\n    def forward(self, x): return twice(x)\n    def backward(self, dout): return twice(dout)\n"
    )
    (package / "mine.py").write_text(source)
    assert check_layer(load_layers(package / "mine.py").specs["own"], [[1.5, -2.0]]).is_right


def test_a_file_may_stand_in_a_circle_of_imports(tmp_path):
    package = tmp_path / "sibling_circle"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "base.py").write_text("from sibling_circle import ops\n\nclass Base:\n    uses = ops\n")
    source = "from sibling_circle.base import Base\n" + squaring().replace("Own", "Own(Base)")
    (package / "ops.py").write_text(source)
    assert check_layer(load_layers(package / "ops.py").specs["own"], [[1.5, -2.0]]).is_right
    assert "sibling_circle.ops" not in sys.modules


def test_a_package_whose_init_fails_is_taken_without_it(tmp_path):
    """The neighbours of a file are imported though another module of the package cannot be."""
    package = tmp_path / "sibling_old"
    (package / "tools").mkdir(parents=True)
    (package / "__init__.py").write_text("from . import tools\n")
    (package / "tools" / "__init__.py").write_text("from . import ancient\nfrom . import sound\n")
    (package / "tools" / "ancient.py").write_text("from collections import Hashable\n")
    (package / "tools" / "sound.py").write_text("def twice(x):\n    return 2 * x\n")
    source = (
        "from .tools.sound import twice\nfrom .tools.ancient import Hashable\n\n"
        "class Own:\n    def forward(self, x): return twice(x)\n    def backward(self, dout): return twice(dout)\n\n"
        "class Other:\n    def forward(self, x): return Hashable.x(x)\n    def backward(self, dout): return dout\n"
    )
    (package / "mine.py").write_text(source)
    found = load_layers(package / "mine.py").specs
    assert check_layer(found["own"], [[1.5, -2.0]]).is_right
    (problem, *_) = check_layer(found["other"], [[1.5, -2.0]]).problems
    assert "cannot import name 'Hashable'" in problem.message


def test_a_neighbour_that_raises_blocks_only_what_uses_it(write, tmp_path):
    (tmp_path / "sibling_broken.py").write_text("raise RuntimeError('not today')\n")
    found = load_layers(write("import sibling_broken\n" + squaring())).specs
    assert check_layer(found["own"], [[1.5, -2.0]]).is_right


def test_two_files_of_a_package_may_be_loaded_one_after_the_other(tmp_path):
    """The package gives the names of the first to the second, though they were not there when it was imported."""
    package = tmp_path / "sibling_pair" / "layers"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").write_text("")
    (package / "__init__.py").write_text("from .first import *\n")
    (package / "first.py").write_text("from ..layers import first\n" + squaring())
    (package.parent / "second.py").write_text("from .layers import Own\n\nclass Second(Own):\n    pass\n")
    assert "own" in load_layers(package / "first.py").specs
    assert check_layer(load_layers(package.parent / "second.py").specs["second"], [[1.5, -2.0]]).is_right


def test_a_missing_package_blocks_only_what_uses_it(write):
    source = "import no_such_package as nsp\n" + squaring()
    source += (
        "\nclass Other:\n    def forward(self, x): return nsp.square(x)\n    def backward(self, dout): return dout\n"
    )
    found = load_layers(write(source)).specs
    assert check_layer(found["own"], [[1.5, -2.0]]).is_right
    (problem,) = check_layer(found["other"], [[1.5, -2.0]]).problems
    assert "no_such_package" in problem.message


def test_a_class_whose_base_is_missing_cannot_be_used_and_says_of_what(write):
    source = "import no_such_torch\n\nclass Own(no_such_torch.autograd.Function):\n    pass\n"
    found = load_layers(write(source + squaring().replace("Own", "Other")))
    assert list(found.specs) == ["other"]
    (problem,) = found.unusable["own"]
    assert problem.message == "Own: no_such_torch.autograd is used, but the package no_such_torch is not installed"
    assert (problem.place.line, problem.place.text) == (3, "class Own(no_such_torch.autograd.Function):")


def test_a_package_that_a_neighbour_misses_blocks_only_what_uses_it(write):
    write(
        "import no_such_package.parts\nfrom no_such_package import draw\n\n"
        "try:\n    import no_gpu\nexcept ImportError:\n    no_gpu = None\n\n"
        "class Base:\n    def show(self): return draw(self)\n",
        "sibling_base.py",
    )
    source = "from sibling_base import Base, no_gpu\n" + squaring().replace("Own", "Own(Base)")
    spec = load_layers(write(source)).specs["own"]
    assert check_layer(spec, [[1.5, -2.0]]).is_right
    assert "no_such_package" not in sys.modules
    shows = load_layers(write(source.replace("return x * x", "return self.show()"))).specs["own"]
    (problem,) = check_layer(shows, [[1.5, -2.0]]).problems
    assert problem.message == "own: no_such_package.draw is used, but the package no_such_package is not installed"


SCRIPT = """
import numpy as np
np.random.seed(0)
SCALE = 2.0
net = Own()
for epoch in range(3):
    raise RuntimeError("training")
"""


def test_a_script_is_not_run_and_a_note_says_so(write):
    found = load_layers(write(squaring() + SCRIPT))
    assert list(found.specs) == ["own"]
    assert found.note is not None
    assert "a script of 2 statements, from line 13 on, is not run" in found.note.message


def test_what_stands_below_the_question_for_main_needs_no_note(write):
    source = squaring() + "\nif __name__ == '__main__':\n    raise RuntimeError\n"
    assert load_layers(write(source)).note is None
