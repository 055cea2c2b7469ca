"""Shell completion of commands, layers, scenario files and formats."""

from __future__ import annotations

import pytest

from backpropcli.cli.run import complete_scenario


@pytest.fixture
def complete(backprop):
    """What bash is offered for a line that is being typed."""

    def run(line):
        words = line.split(" ")
        environment = {
            "_BACKPROP_COMPLETE": "complete_bash",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
        }
        return backprop(env=environment).stdout.split()

    return run


def test_commands_and_layers_are_completed(complete):
    assert complete("backprop ru") == ["run"]
    assert complete("backprop sigm") == ["sigmoid"]
    assert {"run", "eval", "layers", "schema", "relu"} <= set(complete("backprop "))


def test_scenario_files_and_folders_are_completed(complete):
    assert complete("backprop run scen") == ["scenarios/"]
    assert complete("backprop run scenarios/fr") == ["scenarios/fruits.yaml"]


def test_layer_names_are_completed(complete):
    assert complete("backprop layers sigm") == ["sigmoid"]


def test_formats_are_completed(complete):
    assert complete("backprop run -f js") == ["json", "jsonl"]


def test_targets_of_a_check_are_files_folders_and_layers(complete):
    assert complete("backprop check scenarios/fr") == ["scenarios/fruits.yaml"]
    assert complete("backprop check scenarios/my_l") == ["scenarios/my_layers.py"]
    assert {"scenarios/", "sigmoid"} <= set(complete("backprop check s"))


def test_names_that_a_shell_would_obey_are_left_to_the_shell(tmp_path, monkeypatch):
    """Its own completion quotes them; what Typer offers stands in the command line as it is."""
    for name in (
        "\\$(touch PWNED).yaml",
        "a b.yaml",
        "*.yaml",
        "=ls.yaml",
        "~x.yaml",
        "-o.yaml",
        "é_1.yaml",
        "a-b.yaml",
    ):
        (tmp_path / name).touch()
    (tmp_path / "`id`").mkdir()
    monkeypatch.chdir(tmp_path)
    assert complete_scenario("") == ["a-b.yaml", "é_1.yaml"]


def test_a_folder_that_a_shell_would_obey_has_nothing_to_offer(tmp_path, monkeypatch):
    folder = tmp_path / "$(touch PWNED)"
    folder.mkdir()
    (folder / "a.yaml").touch()
    monkeypatch.chdir(tmp_path)
    assert complete_scenario("$(touch PWNED)/") == []


def test_what_is_typed_after_the_version_option_is_completed(complete):
    assert complete("backprop --version ru") == ["run"]
