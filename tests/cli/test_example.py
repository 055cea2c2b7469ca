"""What a user has without the repository: the shipped scenarios, and the man page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Backprop = Callable[..., CompletedProcess[str]]
ROOT = Path(__file__).parent.parent.parent
SCENARIOS = {path.stem: path for path in (ROOT / "scenarios").glob("*.yaml")}


def test_the_shipped_scenarios_are_listed_with_their_titles(backprop: Backprop, tmp_path: Path) -> None:
    """Anywhere."""
    header, *rows = backprop("example", cwd=tmp_path).stdout.splitlines()
    assert header == "name\ttitle"
    assert [row.split("\t")[0] for row in rows] == sorted(SCENARIOS)
    assert "fruits\tBuy apples and oranges" in rows


@pytest.mark.parametrize("name", SCENARIOS)
def test_an_example_runs_where_it_is_written(backprop: Backprop, tmp_path: Path, name: str) -> None:
    """It needs no file beside it."""
    assert backprop("example", name, "-o", f"{name}.yaml", cwd=tmp_path).returncode == 0
    assert "$schema" not in (tmp_path / f"{name}.yaml").read_text()
    found = backprop("run", f"{name}.yaml", "-f", "plain", cwd=tmp_path)
    assert (found.returncode, found.stdout) == (0, backprop("run", SCENARIOS[name], "-f", "plain").stdout)


def test_a_misspelt_example_gets_a_suggestion(backprop: Backprop) -> None:
    """And one that is asked of run as if it were there."""
    assert backprop("example", "frits").stderr == "error: no example is named 'frits'\n  hint: did you mean 'fruits'?\n"
    assert "hint: backprop example fruits prints" in backprop("run", "fruits.yaml").stderr


def test_the_man_page_is_up_to_date(backprop: Backprop) -> None:
    """The wheel installs it: `backprop --man > backpropcli/backprop.1`."""
    assert backprop("--man").stdout == (ROOT / "backpropcli" / "backprop.1").read_text()


def test_the_man_page_says_what_the_help_says(backprop: Backprop) -> None:
    """Every option of every command, and the exit codes."""
    page = backprop("--man").stdout.replace("\\-", "-")
    for command in ("run", "eval", "check", "layers", "example", "schema"):
        options = [line.split()[0] for line in backprop(command, "-h").stdout.splitlines() if line.startswith("  -")]
        assert f".SS backprop {command} " in page
        assert all(f".B {option}" in page for option in options)
    assert "\n.B 141\nthe reader of the pipe closed it\n" in page


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_installed_for_the_shell_that_is_named(backprop: Backprop, tmp_path: Path, shell: str) -> None:
    """Whatever shell asks for it."""
    done = backprop("--install-completion", shell, env={"HOME": str(tmp_path)})
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{shell} completion installed in {tmp_path}" in done.stdout
    assert any("BACKPROP_COMPLETE" in path.read_text() for path in tmp_path.rglob("*backprop*") if path.is_file())
