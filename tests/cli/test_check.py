"""`backprop check` tells whether answers and gradients are right."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from backpropcli.cli.app import build_app

ROOT = Path(__file__).parent.parent.parent
APPLES = "scenarios/apples.yaml"
RIGHT = "inputs: {x: 3}\nlayers: [y = x * x]\nexpect: {values: {y: 9}, gradients: {x: 6}}\n"
WRONG = "inputs: {x: 3}\nlayers: [y = x * x]\nexpect:\n  values: {y: 9}\n  gradients: {x: 3}\n"
BROKEN = "inputs: {x: 3}\nlayers:\n  - {type: mull, inputs: [x, x], output: y}\n"
HEADER = "target\tkind\tsubject\tverdict\tfound\treference\tdifference\tuncertainty\tnote\tfile\tline\tcolumn"


@pytest.fixture
def homework(tmp_path):
    """A folder with a right, a wrong and a broken scenario."""
    for name, text in (("right", RIGHT), ("wrong", WRONG), ("broken", BROKEN)):
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


def in_process(*arguments):
    """The exit code of a check."""
    return build_app().main(args=["check", *arguments], prog_name="backprop", standalone_mode=False)


def rows(done):
    """The rows of tab-separated findings as dicts."""
    header, *lines = done.stdout.splitlines()
    return [dict(zip(header.split("\t"), line.split("\t"), strict=True)) for line in lines]


def test_the_shipped_scenarios_are_right(backprop):
    done = backprop("check", "scenarios", "-f", "table")
    assert (done.returncode, done.stderr) == (0, "")
    count = len(list((ROOT / "scenarios").rglob("*.yaml")))
    assert f"\n{count} targets: {count} right; " in done.stdout
    assert "scenarios/fruits.yaml: right (" in done.stdout


def test_people_are_told_also_in_a_pipe(backprop):
    done = backprop("check", APPLES)
    assert re.fullmatch(r"scenarios/apples.yaml: right \(5 of 5 answers right; \d+ checks\)\n", done.stdout)


def test_a_right_scenario_has_exit_code_0(backprop):
    done = backprop("check", APPLES, "-f", "tsv")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == HEADER
    assert {row["verdict"] for row in rows(done)} == {"right"}
    assert {"value", "answer", "gradient", "local"} <= {row["kind"] for row in rows(done)}


def test_a_wrong_answer_has_exit_code_1_and_says_which_and_where(backprop, homework):
    done = backprop("check", "wrong.yaml", "-f", "tsv", cwd=homework)
    assert (done.returncode, done.stderr) == (1, "")
    (wrong,) = [row for row in rows(done) if row["verdict"] == "wrong"]
    assert (wrong["kind"], wrong["subject"]) == ("answer", "x")
    assert {wrong["found"], wrong["reference"]} == {"3", "6"}
    assert (wrong["difference"], wrong["file"], wrong["line"]) == ("3", "wrong.yaml", "5")
    assert wrong["note"]


def test_what_could_not_be_checked_has_exit_code_2(backprop, tmp_path):
    path = tmp_path / "unused.yaml"
    path.write_text("inputs: {w: 1, d: 0, x: 2}\nlayers: [a = w / d, y = x * 2]\noutput: y\n")
    done = backprop("check", str(path))
    assert done.returncode == 2
    assert f"{path}: could not be checked completely (8 checks, 2 unchecked)" in " ".join(done.stdout.split())


def test_what_is_wrong_has_exit_code_1_whatever_else_is_unchecked(backprop, homework):
    (homework / "broken.yaml").write_text("inputs: {d: 0}\nlayers: [y = 1 / d]\n")
    assert backprop("check", str(homework)).returncode == 1


def test_the_smallest_float_can_be_checked(backprop):
    """Its steps do not vanish."""
    assert backprop("check", "relu", "--x", "5e-324", "--no-precise").returncode == 0


def test_a_broken_scenario_has_exit_code_2_and_the_others_are_checked_all_the_same(backprop, homework):
    done = backprop("check", "broken.yaml", "right.yaml", "-f", "table", cwd=homework)
    assert done.returncode == 2
    assert done.stdout.startswith("broken.yaml: could not be checked\nright.yaml: right (")
    assert done.stdout.splitlines()[-1].startswith("2 targets: 1 right, 1 could not be checked; ")
    assert done.stderr == (
        "error: unknown layer type 'mull'\n"
        " --> broken.yaml:3:12\n"
        "  |\n"
        "3 |   - {type: mull, inputs: [x, x], output: y}\n"
        "  |            ^^^^ did you mean 'mul'?\n"
    )


def test_what_could_not_be_checked_outweighs_what_is_wrong(backprop, homework):
    done = backprop("check", ".", "-q", cwd=homework)
    assert done.returncode == 2
    assert done.stdout.startswith("3 targets: 1 right, 1 wrong, 1 could not be checked; ")


def test_the_problems_of_several_targets_are_told_together(backprop, homework):
    (homework / "other.yaml").write_text(BROKEN)
    done = backprop("check", "broken.yaml", "other.yaml", "-q", cwd=homework)
    assert done.stderr.count("error: unknown layer type 'mull'") == 2
    assert "\n\nerror: " in done.stderr


def test_a_directory_stands_for_all_its_scenarios_but_hidden_ones(backprop, tmp_path):
    for name in ("b.yaml", "a.yml", "deep/er/c.yaml", ".hidden.yaml", ".git/d.yaml", "notes.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(RIGHT)
    done = backprop("check", ".", "-f", "tsv", cwd=tmp_path)
    assert done.returncode == 0
    assert list(dict.fromkeys(row["target"] for row in rows(done))) == ["a.yml", "b.yaml", "deep/er/c.yaml"]


def test_a_directory_without_scenarios_is_an_error(backprop, tmp_path):
    done = backprop("check", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"error: no scenario files (*.yaml, *.yml) found in {tmp_path}\n"


def test_a_dash_reads_the_scenario_from_stdin(backprop):
    done = backprop("check", "-", "-f", "tsv", stdin=WRONG)
    assert done.returncode == 1
    assert {row["target"] for row in rows(done)} == {"<stdin>"}


def test_warnings_go_to_stderr(backprop):
    done = backprop("check", "-", stdin="inputs: {x: 3, z: 1}\nlayers: [y = x * x]\n")
    assert done.returncode == 0
    assert done.stderr.startswith("warning: the output does not depend on the input 'z'\n")


def test_a_layer_is_checked_on_its_samples(backprop):
    done = backprop("check", "sigmoid", "-f", "tsv")
    assert (done.returncode, done.stderr) == (0, "")
    assert {row["target"] for row in rows(done)} == {"sigmoid"}
    assert {"local", "conduct"} <= {row["kind"] for row in rows(done)}


def test_a_name_of_a_layer_is_the_layer_and_a_path_the_folder(backprop, tmp_path):
    (tmp_path / "relu").mkdir()
    (tmp_path / "relu" / "a.yaml").write_text(RIGHT)
    assert rows(backprop("check", "relu", "-f", "tsv", cwd=tmp_path))[0]["target"] == "relu"
    assert rows(backprop("check", "./relu", "-f", "tsv", cwd=tmp_path))[0]["target"] == "relu/a.yaml"


def test_a_layer_is_checked_on_given_inputs(backprop):
    done = backprop("check", "relu", "--x", "-1,2", "--dout=3,4", "-f", "tsv")
    assert done.returncode == 0
    (row,) = [row for row in rows(done) if row["kind"] == "local"]
    assert (row["found"], row["verdict"]) == ("[0,4]", "right")


def test_a_parameter_of_a_layer_is_given_as_an_option(backprop):
    done = backprop("check", "leaky_relu", "--slope=0.5", "--x=-1", "--dout", "1", "-f", "tsv")
    (row,) = [row for row in rows(done) if row["kind"] == "local"]
    assert (done.returncode, row["found"]) == (0, "0.5")


def test_a_variadic_input_is_given_again_and_again(backprop):
    done = backprop("check", "concat", "--xs", "1,2", "--xs", "3,4", "--axis", "0", "-f", "tsv")
    assert (done.returncode, len([row for row in rows(done) if row["kind"] == "local"])) == (0, 2)


def test_a_kink_is_told_and_is_no_failure(backprop):
    done = backprop("check", "relu", "--x", "0", "-f", "tsv")
    assert done.returncode == 0
    (row,) = [row for row in rows(done) if row["verdict"] == "kink"]
    assert row["note"]


def test_quiet_prints_only_the_summary(backprop):
    done = backprop("check", APPLES, "scenarios/fruits.yaml", "-q")
    assert done.stdout.startswith("2 targets: 2 right; ")
    assert done.stdout.count("\n") == 1


def test_verbose_shows_what_is_right_too(backprop):
    done = backprop("check", APPLES, "-v")
    assert "right" not in backprop("check", APPLES, "-f", "table").stdout.partition("\n")[2]
    assert re.search(r"^right +value price +220 +220 +2.84e-14$", done.stdout, re.MULTILINE)


@pytest.mark.parametrize(("name", "start"), [("r.json", "{"), ("r.md", "**"), ("r.tsv", HEADER), ("r.xml", "<?xml")])
def test_a_file_is_written_in_the_format_of_its_name(capsys, homework, name, start):
    assert in_process(str(homework / "wrong.yaml"), "-o", str(homework / name)) == 1
    assert capsys.readouterr().out == ""
    assert (homework / name).read_text().startswith(start)


def test_junit_has_a_failure_for_the_wrong_answer(backprop, homework):
    done = backprop("check", ".", "-f", "junit", cwd=homework)
    suites = {suite.attrib["name"]: suite for suite in ET.fromstring(done.stdout)}
    assert list(suites) == ["broken.yaml", "right.yaml", "wrong.yaml"]
    (failure,) = suites["wrong.yaml"].iter("failure")
    assert failure.text.startswith("wrong.yaml:5:")
    assert suites["broken.yaml"].attrib["errors"] == "1"


def test_github_annotates_the_line_of_the_wrong_answer(backprop, homework):
    done = backprop("check", "wrong.yaml", "right.yaml", "-f", "github", cwd=homework)
    answer, count = done.stdout.splitlines()
    assert answer.startswith("::error file=wrong.yaml,line=5,col=")
    assert count == "::notice title=answers::wrong.yaml: 1 of 2 answers right"


@pytest.mark.parametrize("format_", ["table", "tsv", "json", "markdown", "github", "junit"])
def test_every_format_goes_with_exit_code_1(capsys, homework, format_):
    assert in_process(str(homework / "wrong.yaml"), "-f", format_) == 1
    assert "wrong.yaml" in capsys.readouterr().out


def test_json_is_one_object(backprop):
    document = json.loads(backprop("check", APPLES, "--json").stdout)
    assert document["summary"]["right"] == 1
    assert document["reports"][0]["outcome"] == "right"


def test_precision_is_that_of_the_numbers_shown(backprop, homework):
    done = backprop("check", "wrong.yaml", "--precision", "full", "-f", "tsv", cwd=homework)
    assert "\t3\t" in done.stdout


def test_layers_of_a_file_are_checked(backprop, tmp_path):
    (tmp_path / "mine.py").write_text(
        "class Twice:\n"
        "    def forward(self, x):\n"
        "        return 2 * x\n"
        "    def backward(self, dout):\n"
        "        return -2 * dout\n"
    )
    done = backprop("check", "--layers", "mine.py", "twice", "--x", "1,-0.5", cwd=tmp_path)
    assert done.returncode == 1
    assert "sign" in done.stdout


def test_help_is_there_without_numpy(backprop):
    done = backprop("check", "-h")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: backprop check [OPTIONS] ")
