"""Streams, files, exit codes: full disks, closed pipes, interrupts, locales, colour."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from shell_lines import COMMAND, ROOT, shell

from backpropcli.cli.output import write

FRUITS = "scenarios/fruits.yaml"
SHARED_MEMORY = Path("/dev", "shm")


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


def test_nobody_may_read_a_draft_who_may_not_read_the_file(tmp_path, monkeypatch):
    """It has the file's mode before there is anything in it, whatever the umask lets through."""
    target = tmp_path / "result.json"
    target.touch(mode=0o600)
    modes = []
    fdopen = os.fdopen

    def noted(descriptor, *arguments):
        modes.append(os.fstat(descriptor).st_mode & 0o777)
        return fdopen(descriptor, *arguments)

    monkeypatch.setattr(os, "fdopen", noted)
    write("new", str(target))
    assert (modes, target.read_text()) == ([0o600], "new")


@pytest.mark.skipif(not SHARED_MEMORY.is_dir(), reason="only Linux has files in /dev/shm")
def test_a_file_in_shared_memory_is_replaced_like_any_other(backprop):
    with TemporaryDirectory(dir=SHARED_MEMORY) as folder:
        target = Path(folder, "result.json")
        for _ in range(2):
            backprop("run", FRUITS, "-o", target, check=True)
        assert json.loads(target.read_text())["output"] == "price"


def test_links_in_a_circle_are_an_error(backprop, tmp_path):
    loop = tmp_path / "loop.json"
    loop.symlink_to(loop)
    done = backprop("run", FRUITS, "-o", loop)
    assert (done.returncode, done.stderr) == (2, f"error: cannot write {loop}: Too many levels of symbolic links\n")


def test_a_name_of_the_greatest_length_is_written(backprop, tmp_path):
    target = tmp_path / ("x" * 250 + ".json")
    backprop("run", FRUITS, "-o", target, check=True)
    assert target.read_text().startswith("{")


def test_a_dash_as_output_is_stdout(backprop, tmp_path):
    done = backprop("eval", "x * 2", "x=1", "--value", "out", "-o", "-", cwd=tmp_path)
    assert (done.stdout, list(tmp_path.iterdir())) == ("2\n", [])


def test_output_goes_to_what_a_device_name_stands_for(tmp_path):
    """A pipe or a file that is open already is written to where it is, never replaced."""
    assert shell(f"$BACKPROP run {FRUITS} -f plain -o /dev/stdout | cat").stdout == "715\n110 2.2 3.3 165 650\n"
    target = tmp_path / "out"
    for name in ("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"):
        target.unlink(missing_ok=True)
        shell(f"(echo before; $BACKPROP run {FRUITS} --value price -o {name}; echo after) >> {target}")
        assert target.read_text() == "before\n715\nafter\n"


def test_a_folder_that_is_missing_is_an_error(backprop, tmp_path):
    done = backprop("run", FRUITS, "-o", tmp_path / "no" / "result.json")
    assert done.returncode == 2
    assert "No such file or directory" in done.stderr


@pytest.mark.parametrize("redirection", [">", "-o"])
def test_a_full_disk_is_an_error(tmp_path, redirection):
    """As full as a limit of 0 for the sizes of files makes it."""
    done = shell(f"ulimit -f 0; $BACKPROP run {FRUITS} {redirection} {tmp_path}/out.tsv")
    assert (done.returncode, done.stdout) == (2, "")
    assert "File too large" in done.stderr
    assert done.stderr.count("\n") == 1
    assert [path.stat().st_size for path in tmp_path.iterdir()] == ([0] if redirection == ">" else [])


@pytest.mark.parametrize("arguments", ["--help", "--version", "layers", "schema"])
def test_a_full_disk_is_an_error_for_every_command(tmp_path, arguments):
    done = shell(f"ulimit -f 0; $BACKPROP {arguments} > {tmp_path}/out.txt")
    assert done.returncode == 2
    assert "File too large" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_full_stderr_does_not_change_the_exit_code(tmp_path):
    assert shell(f"ulimit -f 0; $BACKPROP run missing.yaml 2> {tmp_path}/errors.txt").returncode == 2


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


def test_a_choice_of_colour_may_be_the_name_of_a_file(backprop, tmp_path):
    done = backprop("run", "missing.yaml", "-f", "plain", "-o", "--color=always", cwd=tmp_path)
    assert "\x1b[" not in done.stderr


def test_warnings_are_coloured_as_asked(backprop):
    for command in (("eval", "log(x)", "x=0"), ("run", "-"), ("check", "-")):
        done = backprop(*command, "--color", "always", stdin="inputs: {x: 0, z: 1}\nlayers: [y = log(x)]\n")
        assert done.stderr.startswith("\x1b[1;33mwarning:\x1b[m ")


@pytest.mark.parametrize("command", ["run", "check"])
@pytest.mark.parametrize("text", ["::error::obeyed", "##[error]obeyed"])
def test_no_text_of_a_scenario_is_a_command_to_a_ci_service(backprop, tmp_path, command, text):
    """Neither its name, nor its title, nor what an error quotes of it."""
    for name, scenario in {
        f"{text} 1.yaml": f"title: '{text}'\ninputs: {{x: 1}}\nlayers: [y = x * 2]\nexpect: {{values: {{y: 3}}}}\n",
        f"{text} 2.yaml": f"inputs: {{x: 1}}\nlayers: ['y = x {text}', '{text}', {{type: '{text}'}}]\n",
    }.items():
        (tmp_path / name).write_text(scenario)
        for format_ in ("table", "tsv", "csv", "markdown"):
            done = backprop(command, name, name, "-f", format_, cwd=tmp_path)
            lines = [line.strip() for line in (done.stdout + done.stderr).split("\n")]
            assert not [line for line in lines if line.startswith("::") or "##[" in line]


@pytest.mark.parametrize("arguments", ["--help", "run --help", "--version", "layers", "schema", "relu --x 1"])
def test_nothing_that_a_closed_stdout_cannot_take_is_a_success(arguments):
    done = shell(f"$BACKPROP {arguments} >&-")
    assert done.returncode == 2
    assert "standard output is closed" in done.stderr


def test_a_result_in_a_file_needs_no_stdout(tmp_path):
    assert shell(f"$BACKPROP run {FRUITS} -o {tmp_path}/r.json >&-").returncode == 0


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("module", ["backpropcli.cli.interrupts", "backpropcli.cli.app", "typer", "backpropcli.api"])
def test_an_interrupt_while_python_imports_ends_quietly_with_130(module):
    """Where it comes when a module begins to be looked for, and is seen when its finder has returned."""
    code = (
        "import os, signal, sys\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, path, target=None):\n"
        f"        if name == {module!r}: os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        f"sys.argv[1:] = ['run', {FRUITS!r}]\n"
        "from backpropcli.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
