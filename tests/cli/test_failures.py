"""What fails, and how: wrong options, layers that break, bugs of ours, no memory; --debug shows the traceback."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from shell_lines import ROOT, shell

FRUITS = "scenarios/fruits.yaml"


@pytest.mark.parametrize(
    "line",
    [
        "run missing.yaml --debug",
        "--debug run missing.yaml",
        "eval --debug 'relu(' x=1",
        "relu --x one --debug",
        "check missing.yaml --debug",
        f"run {FRUITS} --precision many --debug",
    ],
)
def test_debug_shows_the_traceback_of_an_error(line):
    """Wherever it stands; also of a wrong option before it."""
    assert "Traceback" in shell(f"$BACKPROP {line}").stderr


def test_without_debug_there_is_no_traceback(backprop):
    assert "Traceback" not in backprop("run", "missing.yaml").stderr


def test_debug_may_be_the_name_of_a_file(backprop, tmp_path):
    done = backprop("run", "missing.yaml", "-f", "plain", "-o", "--debug", cwd=tmp_path)
    assert "Traceback" not in done.stderr
    backprop("eval", "x * 2", "x=1", "-f", "plain", "-o", "--debug", cwd=tmp_path, check=True)
    assert (tmp_path / "--debug").read_text() == "2\n2\n"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("run --nope", "no such option: --nope"),
        ("run", "missing argument 'SCENARIO...'"),
        ("--nope", "no such option: --nope"),
    ],
)
def test_what_is_wrong_with_the_command_line_is_an_error_that_tells_of_the_help(line, message):
    done = shell(f"$BACKPROP {line}")
    command = "backprop run" if line.startswith("run") else "backprop"
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"error: {message}\n  hint: try '{command} --help'\n"


def test_a_bug_of_ours_ends_with_70_and_how_to_report_it(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import backpropcli.executor\n"
        "def broken(*arguments, **keywords): raise ZeroDivisionError('planted')\n"
        "backpropcli.executor.execute = broken\n"
    )
    done = shell("$BACKPROP eval 'x * 2' x=1", PYTHONPATH=f"{tmp_path}:{ROOT}")
    assert done.returncode == 70
    assert done.stderr.startswith("error: a bug in backprop: ZeroDivisionError: planted\n  hint: please report it")
    assert "Traceback" not in done.stderr


BROKEN = """
import sys
from backpropcli.layers import Mul

def broken(self, *arguments):
    raise {error}("planted")

Mul.{method} = broken
from backpropcli.cli.main import main
sys.exit(main())
"""


def with_broken_mul(*arguments, method, error="ZeroDivisionError"):
    """Run `backprop` where a method of a built-in layer raises an error."""
    program = BROKEN.format(method=method, error=error)
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("arguments", [("run", FRUITS), ("check", FRUITS), ("check", "mul")])
@pytest.mark.parametrize("method", ["forward", "backward", "__init__"])
def test_a_built_in_layer_that_fails_is_a_bug_of_ours(method, arguments):
    done = with_broken_mul(*arguments, method=method)
    assert (done.returncode, done.stdout) == (70, "")
    assert done.stderr.startswith("error: a bug in backprop: ZeroDivisionError: planted (in mul ")
    assert "hint: please report it" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Traceback" in with_broken_mul(*arguments, "--debug", method=method).stderr


@pytest.mark.parametrize("arguments", [("run", FRUITS), ("check", FRUITS), ("check", "mul")])
def test_only_forward_and_the_constructor_refuse_values_by_a_value_error(arguments):
    """For shapes and parameters; in backward the shapes fit, so that a ValueError is a bug too."""
    for method, code in (("forward", 2), ("__init__", 2), ("backward", 70)):
        assert with_broken_mul(*arguments, method=method, error="ValueError").returncode == code


@pytest.mark.parametrize("arguments", [("run", FRUITS), ("check", "mul")])
@pytest.mark.parametrize("method", ["forward", "backward"])
def test_no_memory_for_a_layer_is_no_bug(method, arguments):
    done = with_broken_mul(*arguments, method=method, error="MemoryError")
    assert done.returncode == 2
    assert "the value does not fit into memory" in done.stderr


def test_a_result_past_the_memory_is_an_error():
    """Also where no layer is to blame, but the text of the result is too long."""
    done = shell("ulimit -d 600000; $BACKPROP eval 'repeat(repeat(x, repeats=500000), repeats=16)' x=1,2 --value out")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: the result does not fit into memory")


def test_no_more_than_half_of_the_memory_is_asked_for():
    """A short formula must not bring the machine down."""
    code = (
        "import resource, sys; from backpropcli.cli.main import main; sys.argv = ['backprop', '--version']; main()\n"
        "print(resource.getrlimit(resource.RLIMIT_DATA)[0])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True, cwd=ROOT)
    limit = int(done.stdout.split()[-1])
    assert 0 < limit <= os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2


@pytest.mark.parametrize("kilobytes", range(110_000, 150_000, 8_000))
def test_too_little_memory_for_numpy_is_said(kilobytes):
    """OpenBLAS would end the process with 1, which is for what a check finds wrong."""
    done = shell(f"ulimit -v {kilobytes}; $BACKPROP relu --x 1,2 -f plain", OPENBLAS_NUM_THREADS="2")
    assert (done.returncode, done.stderr) in [
        (0, ""),
        (2, "error: there is too little memory to load NumPy, which arrays need\n"),
    ]


def test_numbers_need_no_numpy():
    done = shell("ulimit -v 100000; $BACKPROP relu --x 3 -f plain")
    assert (done.returncode, done.stdout, done.stderr) == (0, "3\n1\n", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("broadcast", "--x", "1,1", "--shape", "100000000,2"),
        ("repeat", "--x", "1,2", "--repeats", "100000000"),
        ("conv2d", "--x", "[[[[1]]]]", "--w", "[[[[1]]]]", "--pad", "4000"),
        ("conv2d", "--x", "[[[[1]]]]", "--w", "[[[[1]]]]", "--pad", "4000", "--stride", "3000"),
        ("max_pool2d", "--x", "[[[[1,2],[3,4]]]]", "--kernel", "4000", "--pad", "2000"),
    ],
)
def test_a_size_that_a_parameter_asks_for_is_looked_at_before_it_is_made(backprop, arguments):
    done = backprop(*arguments)
    assert done.returncode == 2
    assert "at most 1,000,000 are made" in done.stderr


def test_a_warning_of_numpy_is_no_failure(backprop, tmp_path):
    """A constant past the range of float32 is infinite, whatever Python does with warnings."""
    scenario = tmp_path / "k.yaml"
    scenario.write_text("inputs: {x: 1}\nlayers: [y = x * 1e39]\ndtype: float32\n")
    done = backprop("run", scenario, "--value", "y", env={"PYTHONWARNINGS": "error"})
    assert (done.returncode, done.stdout) == (0, "inf\n")
    assert "bug" not in done.stderr


SUMS_OF_INFINITIES = """\
inputs: {w: [-5e-324, 0.2853713, -1.7e308]}
layers:
  - v0 = 0.1 + w * w
  - v1 = minimum(v0, v0) * (w - w)
  - v2 = div((v1 / v0), (v1 - w))
"""
OVERFLOWED = """\
inputs: {w: [0], y: [123456789012345678901234567890], b: [1e39], x: [-3]}
layers:
  - {type: mul, inputs: [x, x], output: v0}
  - {type: repeat, inputs: [b], output: v1, repeats: 1000}
  - {type: mul, inputs: [b, v1], output: v2}
  - v3 = where((v0 ** v2) >= 1.5, expm1(1), relu(1e-400))
  - v4 = tan(y) / log2(y)
gradients: [w]
"""


@pytest.mark.parametrize(
    ("scenario", "command"),
    [(SUMS_OF_INFINITIES, ["draw", "-f", "html", "--collapse", "-"]), (OVERFLOWED, ["check", "-"])],
)
def test_numpy_does_not_warn(scenario, command):
    """What is infinite or nan is told in our words, with its place."""
    python = [sys.executable, "-W", "error::RuntimeWarning", "-m", "backpropcli"]
    done = subprocess.run([*python, *command], input=scenario, capture_output=True, encoding="utf-8", check=False)
    assert "RuntimeWarning" not in done.stderr
    assert done.returncode != 70
