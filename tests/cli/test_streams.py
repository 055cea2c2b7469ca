"""Streams, files, exit codes: full disks, closed pipes, interrupts, locales, colour."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
FRUITS = "scenarios/fruits.yaml"
COMMAND = [sys.executable, "-m", "backpropcli"]


def shell(line, **environment):
    """Run a shell line in which `$BACKPROP` is the command."""
    return subprocess.run(
        ["bash", "-c", line],
        cwd=ROOT,
        env={**os.environ, "BACKPROP": " ".join(COMMAND), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_output_goes_to_a_file(backprop, tmp_path):
    target = tmp_path / "result.tsv"
    done = backprop("run", FRUITS, "-o", target)
    assert (done.returncode, done.stdout) == (0, "")
    assert target.read_text().splitlines()[1] == "price\t715\t1"
    assert [path.name for path in tmp_path.iterdir()] == ["result.tsv"]


@pytest.mark.parametrize(
    ("name", "start"), [("r.json", "{"), ("r.md", "###"), ("r.csv", "name,value"), ("r.tex", "%"), ("r.TSV", "name\t")]
)
def test_the_files_extension_chooses_the_format(backprop, tmp_path, name, start):
    backprop("run", FRUITS, "-o", tmp_path / name, check=True)
    assert (tmp_path / name).read_text().startswith(start)


def test_an_error_leaves_the_old_file_as_it_was(backprop, tmp_path):
    target = tmp_path / "result.json"
    target.write_text("old")
    assert backprop("run", "missing.yaml", "-o", target).returncode == 2
    assert backprop("run", FRUITS, "--grad", "nope", "-o", target).returncode == 2
    assert target.read_text() == "old"


def test_an_old_file_is_replaced_through_a_link_and_keeps_its_mode(backprop, tmp_path):
    target, link = tmp_path / "result.json", tmp_path / "link.json"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    backprop("run", FRUITS, "-o", link, check=True)
    assert link.is_symlink()
    assert target.read_text().startswith("{")
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_dash_as_output_is_stdout(backprop, tmp_path):
    done = backprop("eval", "x * 2", "x=1", "--value", "out", "-o", "-", cwd=tmp_path)
    assert (done.stdout, list(tmp_path.iterdir())) == ("2\n", [])


def test_a_folder_that_is_missing_is_an_error(backprop, tmp_path):
    done = backprop("run", FRUITS, "-o", tmp_path / "no" / "result.json")
    assert done.returncode == 2
    assert "No such file or directory" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("line", ["> /dev/full", "-o /dev/full"])
def test_a_full_disk_is_an_error(line):
    done = shell(f"$BACKPROP run {FRUITS} {line}")
    assert (done.returncode, done.stdout) == (2, "")
    assert "No space left on device" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", ["--help", "--version", "layers", "schema"])
def test_a_full_disk_is_an_error_for_every_command(arguments):
    done = shell(f"$BACKPROP {arguments} > /dev/full")
    assert done.returncode == 2
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_full_stderr_does_not_change_the_exit_code():
    assert shell("$BACKPROP run missing.yaml 2> /dev/full").returncode == 2


def test_a_closed_pipe_ends_quietly_with_141():
    """The output is more than a pipe holds, so that some of it is left when the reader is gone."""
    done = shell(f"$BACKPROP run {f'{FRUITS} ' * 300} --json | true; echo ${{PIPESTATUS[0]}}")
    assert (done.stdout, done.stderr) == ("141\n", "")


def test_a_pipe_closed_from_the_start_ends_with_141():
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run(
        [*COMMAND, "run", FRUITS], cwd=ROOT, stdout=write_end, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(write_end)
    assert (done.returncode, done.stderr) == (141, "")


def test_a_closed_stdout_is_an_error():
    done = shell(f"$BACKPROP run {FRUITS} >&-")
    assert done.returncode == 2
    assert "standard output is closed" in done.stderr


def test_a_closed_stdin_is_an_error():
    done = shell("$BACKPROP run - <&-")
    assert done.returncode == 2
    assert "standard input is closed" in done.stderr


@pytest.fixture
def interruptible():
    """A process of ours can be interrupted, also where the tests run in the background and ignore the signal."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_ends_quietly_with_130():
    with subprocess.Popen(
        [*COMMAND, "run", "-"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        process.stdin.write("# more than a pipe holds\n" * 10_000)
        process.stdin.flush()  # it reads, or this would wait
        for _ in range(4):  # a signal that comes between two reads is seen only when the next one is interrupted
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=2)
                break
        assert (process.returncode, process.stdout.read(), process.stderr.read()) == (130, "", "")


@pytest.mark.parametrize("locale", [{"LC_ALL": "C"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}])
def test_a_c_locale_gets_a_table_and_readable_names(locale):
    text = "{title: Äpfel, inputs: {größe: 3}, layers: [y = größe * 2]}"
    done = shell(f"echo '{text}' | $BACKPROP run - -f table", **locale)
    assert (done.returncode, done.stderr) == (0, "")
    assert "6" in done.stdout


def test_an_ascii_stream_gets_an_ascii_frame():
    done = shell(f"$BACKPROP run {FRUITS} -f table", PYTHONIOENCODING="ascii")
    assert done.stdout.isascii()
    assert "715" in done.stdout


def test_no_home_is_no_problem():
    done = shell(f"env -u HOME $BACKPROP run {FRUITS} -f plain")
    assert (done.stdout, done.stderr) == ("715\n110 2.2 3.3 165 650\n", "")


@pytest.mark.parametrize(
    ("arguments", "environment", "colored"),
    [
        ("", {}, False),
        ("--color always", {}, True),
        ("--color always", {"NO_COLOR": "1"}, True),
        ("--color never", {"FORCE_COLOR": "1"}, False),
        ("", {"FORCE_COLOR": "1"}, True),
        ("", {"CLICOLOR_FORCE": "1"}, True),
        ("", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colour_is_decided_by_option_then_environment_then_terminal(backprop, arguments, environment, colored):
    done = backprop("run", FRUITS, "-f", "table", *arguments.split(), env=environment)
    assert ("\x1b[" in done.stdout) is colored
    failed = backprop("run", "missing.yaml", *arguments.split(), env=environment)
    assert ("\x1b[" in failed.stderr) is colored


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


def test_a_choice_of_colour_may_be_the_name_of_a_file(backprop, tmp_path):
    done = backprop("run", "missing.yaml", "-f", "plain", "-o", "--color=always", cwd=tmp_path)
    assert "\x1b[" not in done.stderr


def test_warnings_are_coloured_as_asked(backprop):
    for command in (("eval", "log(x)", "x=0"), ("run", "-"), ("check", "-")):
        done = backprop(*command, "--color", "always", stdin="inputs: {x: 0, z: 1}\nlayers: [y = log(x)]\n")
        assert done.stderr.startswith("\x1b[1;33mwarning:\x1b[m ")


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


def test_output_goes_to_what_a_device_name_stands_for(tmp_path):
    """A pipe or a file that is open already is written to where it is, never replaced."""
    assert shell(f"$BACKPROP run {FRUITS} -f plain -o /dev/stdout | cat").stdout == "715\n110 2.2 3.3 165 650\n"
    target = tmp_path / "out"
    shell(f"(echo before; $BACKPROP run {FRUITS} --value price -o /dev/stdout; echo after) >> {target}")
    assert target.read_text() == "before\n715\nafter\n"


def test_a_result_past_the_memory_is_an_error():
    """Also where no layer is to blame, but the text of the result is too long."""
    done = shell("ulimit -d 600000; $BACKPROP eval 'repeat(x, repeats=8000000)' x=1,2 --value out")
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
