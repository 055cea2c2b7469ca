"""Completion in real shells: names of files are offered, and never obeyed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from terminals import SHELLS, Terminal

HOSTILE = (
    "\\$(touch PWNED).yaml",
    "$(touch PWNED).yaml",
    "`touch PWNED`.yaml",
    '"$(touch PWNED)".yaml',
    ";touch PWNED;.yaml",
    "a\ntouch PWNED\n.yaml",
)
TAB, ENTER, CLEAR = "\t", "\r", "\x15"


@pytest.fixture(params=SHELLS)
def terminal(request, tmp_path):
    """A shell in an empty folder."""
    folder = tmp_path / "folder"
    folder.mkdir()
    with Terminal(request.param, folder) as terminal:
        terminal.folder = folder
        yield terminal


def test_a_scenario_is_completed(terminal):
    (terminal.folder / "apples.yaml").touch()
    assert "apples.yaml" in terminal.type(f"backprop run app{TAB}")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_a_shell_would_obey_is_not_obeyed(terminal, name):
    """Neither when it is completed nor when the completed line is run."""
    (terminal.folder / name).touch()
    terminal.type(f"backprop run {TAB}{TAB}")
    terminal.type(ENTER)
    assert [path.name for path in terminal.folder.iterdir()] == [name]


def test_a_hostile_name_does_not_keep_another_from_being_offered(terminal):
    for name in (HOSTILE[0], "apples.yaml"):
        (terminal.folder / name).touch()
    assert "apples.yaml" in terminal.type(f"backprop run {TAB}")


def test_what_is_installed_for_zsh_completes_at_the_first_tab(tmp_path):
    """From any shell, in an empty home."""
    program = Path(sys.executable).parent / "backprop"
    subprocess.run([program, "--install-completion", "zsh"], env={**os.environ, "HOME": str(tmp_path)}, check=True)
    (tmp_path / "folder").mkdir()
    with Terminal("zsh", tmp_path / "folder") as terminal:
        terminal.type("source ~/.zshrc; echo do''ne\r", until=b"done")
        assert "backprop run" in terminal.type(f"backprop ru{TAB}")


def test_a_name_with_a_space_is_offered_by_the_shell_itself(terminal):
    (terminal.folder / "my apples.yaml").touch()
    assert "apples.yaml" in terminal.type(f"backprop run my{TAB}")


def test_names_of_the_scenario_are_completed(terminal):
    (terminal.folder / "a.yaml").write_text("{inputs: {apples: 1, price: 2}, layers: [total = apples * price]}")
    assert "--grad total" in terminal.type(f"backprop run a.yaml --grad to{TAB}")
    assert "--set apples=" in terminal.type(f"{CLEAR}backprop run a.yaml --set app{TAB}")


def test_a_value_goes_on_right_behind_the_name_of_an_input(terminal):
    (terminal.folder / "a.yaml").write_text("{inputs: {apples: 1, price: 2}, layers: [total = apples * price]}")
    assert "--set apples=5" in terminal.type(f"backprop run a.yaml --set app{TAB}5")


def test_array_files_are_completed_behind_an_at_sign(terminal):
    (terminal.folder / "prices.csv").touch()
    assert "--x @prices.csv" in terminal.type(f"backprop relu --x @pri{TAB}")
    assert "x=@prices.csv" in terminal.type(f"{CLEAR}backprop eval 'sum(x)' x=@pri{TAB}")
    assert "x=@prices.csv" in terminal.type(f"{CLEAR}backprop run a.yaml --set x=@pri{TAB}")
