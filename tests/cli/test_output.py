"""Where output goes and in which format: files, devices, pipes, terminals; text and bytes."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

import pytest

from backpropcli.cli.options import Output
from backpropcli.cli.output import chosen_format, write
from backpropcli.errors import OutputError
from backpropcli.render import FORMATS
from backpropcli.text.formats import Format

ROOT = Path(__file__).parent.parent.parent
FRUITS = "scenarios/fruits.yaml"
HINT = "  hint: use one of .tsv, .json, .jsonl, .csv, .md, .tex, or choose one with -f\n"
BYTES = b"\x89PNG\r\n\x1a\n\x00"
DRAWING = Format("drawing", ".png", lambda: BYTES, is_binary=True)


def shell(line):
    """What a shell line prints in which `$BACKPROP` is the command."""
    environment = {**os.environ, "BACKPROP": f"{sys.executable} -m backpropcli"}
    return subprocess.run(
        ["bash", "-c", line], cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=60
    ).stdout


@contextmanager
def terminal_as_stdout():
    """Let stdout be a terminal meanwhile, and give its name."""
    main, side = pty.openpty()
    with os.fdopen(side, "w") as stdout, redirect_stdout(stdout):
        yield os.ttyname(side)
    os.close(main)


@pytest.mark.parametrize("command", [("run", FRUITS), ("eval", "x * 2", "x=1"), ("relu", "--x", "1")])
def test_an_extension_that_names_no_format_is_refused_and_nothing_is_written(backprop, tmp_path, command):
    target = tmp_path / "result.foo"
    done = backprop(*command, "-o", target)
    assert (done.returncode, done.stdout, list(tmp_path.iterdir())) == (2, "", [])
    assert done.stderr == f"error: cannot write '{target}': no format has the extension '.foo'\n{HINT}"


def test_a_file_without_extension_is_refused(backprop, tmp_path):
    done = backprop("run", FRUITS, "-o", "result", cwd=tmp_path)
    assert (done.returncode, done.stdout, list(tmp_path.iterdir())) == (2, "", [])
    assert done.stderr == f"error: cannot write 'result': it has no extension to choose a format by\n{HINT}"


def test_a_file_is_refused_before_the_work(backprop):
    """Of a scenario that cannot be read nothing is said, as it was not looked at."""
    assert "missing.yaml" not in backprop("run", "missing.yaml", "-o", "result.foo").stderr


@pytest.mark.parametrize("name", ["result", "result.foo", "result.json"])
def test_with_a_format_any_file_will_do(backprop, tmp_path, name):
    target = tmp_path / name
    backprop("run", FRUITS, "-f", "plain", "-o", target, check=True)
    assert target.read_text() == "715\n110 2.2 3.3 165 650\n"


def test_for_bare_numbers_any_file_will_do(backprop, tmp_path):
    backprop("run", FRUITS, "--value", "price", "-o", tmp_path / "price", check=True)
    assert (tmp_path / "price").read_text() == "715\n"


def test_a_pipe_with_a_name_gets_what_a_pipe_gets(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert shell(f"$BACKPROP run {FRUITS} -o {pipe} & head -n 1 {pipe}; wait") == "name\tvalue\tgradient\n"


def test_a_pipe_of_the_shell_gets_what_a_pipe_gets():
    assert shell(f"$BACKPROP run {FRUITS} -o >(head -n 1) | cat") == "name\tvalue\tgradient\n"


def test_a_dash_is_stdout_in_a_pipe():
    assert shell(f"$BACKPROP run {FRUITS} -o - | head -n 1") == "name\tvalue\tgradient\n"


def test_stdout_on_a_terminal_is_a_table():
    with terminal_as_stdout():
        assert chosen_format(Output(), FORMATS) is FORMATS["table"]


def test_bytes_replace_a_file(tmp_path):
    target = tmp_path / "x.png"
    target.write_bytes(b"old")
    write(DRAWING.render(), str(target))
    assert target.read_bytes() == BYTES


def test_bytes_that_cannot_be_written_leave_the_file_as_it_was(tmp_path, monkeypatch):
    target = tmp_path / "x.png"
    target.write_bytes(b"old")
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OutputError, match=r"cannot write .*x\.png: No space left on device"):
        write(DRAWING.render(), str(target))
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("x.png", b"old")]


def test_bytes_go_to_a_pipe_as_they_are(capfdbinary):
    write(DRAWING.render(), None)
    assert capfdbinary.readouterr().out == BYTES


def test_a_binary_format_for_a_terminal_is_refused_before_the_work():
    with terminal_as_stdout(), pytest.raises(OutputError, match="binary output to a terminal"):
        chosen_format(Output(format="drawing"), {"drawing": DRAWING})


def test_a_binary_format_for_a_file_is_not_refused_on_a_terminal():
    with terminal_as_stdout():
        assert chosen_format(Output(file="x.png"), {"drawing": DRAWING}) is DRAWING


def test_bytes_to_a_terminal_are_refused():
    """Whether it is stdout or has a name."""
    with terminal_as_stdout() as name:
        for file in (None, name):
            with pytest.raises(OutputError, match="binary output to a terminal"):
                write(DRAWING.render(), file)


def test_the_long_form_is_asked_for_by_an_option(backprop, tmp_path):
    """Of run, eval and layers; a column of it can be read back in."""
    done = backprop("eval", "x * x", "x=1/2,3", "--long", "-o", tmp_path / "out.csv")
    assert (done.returncode, done.stderr) == (0, "")
    text = "name,index,value,gradient\nout,0,0.25,1\nout,1,9,1\nx,0,0.5,1\nx,1,3,6\n"
    assert (tmp_path / "out.csv").read_text() == text
    assert backprop("square", "--x", "1/2,3", "--long").stdout == text.replace(",", "\t")
    assert backprop("eval", "sum(x)", "x=@out.csv:gradient", "--value", "out", cwd=tmp_path).stdout == "9\n"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["-f", "json"], "error: --long is for the formats tsv and csv, not json\n  hint: add -f csv\n"),
        (["--steps"], "error: --long and --steps cannot be used together\n"),
        (["--value", "price"], "error: --value and --grad print bare numbers and cannot be used with --long\n"),
    ],
)
def test_the_long_form_is_for_tables_of_answers(backprop, options, message):
    done = backprop("run", "scenarios/fruits.yaml", "--long", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(message)
