"""Shell completion of commands, layers, scenario files and formats."""

from __future__ import annotations

import re

import pytest

from backpropcli.cli.completion import complete_scenario


@pytest.fixture
def complete(backprop):
    """What bash is offered for a line that is being typed: it ends a word at = and : and before @."""

    def run(line):
        words = [part for word in line.split(" ") for part in re.split("([=:]+@?|@)", word) if part or not word]
        environment = {
            "_BACKPROP_COMPLETE": "complete_bash",
            "COMP_WORDS": "\n".join(words),
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


def test_an_explanation_takes_a_scenario_and_then_its_names(complete):
    assert complete("backprop explain scenarios/fr") == ["scenarios/fruits.yaml"]
    assert complete("backprop explain scenarios/fruits.yaml app") == ["apple_price", "apple", "apple_num"]
    assert complete("backprop explain -e x*y x=2 y=3 x") == ["x"]


def test_the_names_of_a_drawn_scenario_are_completed(complete):
    assert complete("backprop draw scenarios/fruits.yaml --around all") == ["all_price"]


def test_a_scenario_and_then_tables_are_completed(complete, tmp_path):
    (tmp_path / "sales.parquet").touch()
    (tmp_path / "other.yaml").touch()
    assert complete(f"backprop rows {tmp_path}/") == [f"{tmp_path}/other.yaml"]
    assert complete(f"backprop rows scenarios/fruits.yaml {tmp_path}/") == [f"{tmp_path}/sales.parquet"]


def test_layers_to_plot_are_completed(complete):
    assert complete("backprop plot sigm") == ["sigmoid"]


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
    assert complete_scenario(None, "") == ["a-b.yaml", "é_1.yaml"]


def test_a_folder_that_a_shell_would_obey_has_nothing_to_offer(tmp_path, monkeypatch):
    folder = tmp_path / "$(touch PWNED)"
    folder.mkdir()
    (folder / "a.yaml").touch()
    monkeypatch.chdir(tmp_path)
    assert complete_scenario(None, "$(touch PWNED)/") == []


def test_what_is_typed_after_the_version_option_is_completed(complete):
    assert complete("backprop --version ru") == ["run"]


def test_names_of_the_scenario_are_completed(complete):
    """Inputs for --set, every named value for --value, --grad and --gradients."""
    assert complete("backprop run scenarios/fruits.yaml --set ta") == ["tax=", "tax=@"]
    assert complete("backprop run scenarios/fruits.yaml --value app") == ["apple_price", "apple", "apple_num"]
    assert complete("backprop run scenarios/fruits.yaml --grad t") == ["tax"]
    assert complete("backprop run scenarios/fruits.yaml --gradients tax,apple,or") == [
        "tax,apple,orange_price",
        "tax,apple,orange",
        "tax,apple,orange_num",
    ]
    assert complete("backprop check scenarios/fruits.yaml --set ta") == ["tax=", "tax=@"]


def test_names_of_a_formula_and_of_a_layer_are_completed(complete):
    assert complete("backprop eval y=w*x+1 w=2 x=@missing.npy --grad ") == ["y", "w", "x"]
    assert complete("backprop run -e w*x w=2 x=3 --value ") == ["out", "w", "x"]
    assert complete("backprop mul --x 1 --y 2 --value ") == ["out", "x", "y"]


def test_a_scenario_that_cannot_be_read_has_no_names_to_offer(complete, tmp_path):
    """Completion neither complains nor reads stdin nor runs anybody's layers."""
    (tmp_path / "wrong.yaml").write_text("layers: [nonsense]")
    for scenario in (tmp_path / "wrong.yaml", tmp_path / "missing.yaml", "-"):
        assert complete(f"backprop run {scenario} --value ") == []


@pytest.mark.parametrize(
    "beginning", ["run s.yaml --set x=", "eval sum(x) x=", "run -e sum(x) x=", "relu --x ", "relu --x 1 --dout "]
)
def test_array_files_are_completed_behind_an_at_sign(complete, tmp_path, beginning):
    for name in ("data.csv", "data.npz", "data.yaml", "day.TXT"):
        (tmp_path / name).touch()
    (tmp_path / "days").mkdir()
    shown = complete(f"backprop {beginning}@{tmp_path}/da")
    assert shown == [f"@{tmp_path}/{name}" for name in ("data.csv", "data.npz", "day.TXT", "days/")]


def test_what_stands_before_an_option_or_behind_an_equals_sign_does_not_matter(complete):
    assert complete("backprop run scenarios/fruits.yaml --set tax=1 --value pri") == ["price"]
    assert complete("backprop run scenarios/fruits.yaml --set=ta") == ["tax=", "tax=@"]
    assert complete("backprop run --grad=ta") == []
