"""`backprop check --key`: many students' answers, graded by one scenario."""

from __future__ import annotations

import csv
import json
from xml.etree import ElementTree as ET

import pytest

KEY = """\
inputs: {x: 3, w: 2}
layers: [y = x * w, z = y ** 2]
dout: 0.5
expect: {values: {y: null, z: 36}, gradients: {y: 6, w: 18}}
"""
RIGHT = "expect: {values: {y: 6, z: 36}, gradients: {y: 6, w: 18}}\n"
FOLLOWING = "expect:\n  values: {y: 5, z: 25}\n  gradients: {y: 5, w: 15}\n"
PART = "expect: {values: {y: 6}, gradients: {y: 6.0, w: null}}\n"


@pytest.fixture
def course(tmp_path):
    """A key, and a folder of answers: right, carried forward, in part, and not to be read."""
    (tmp_path / "answers").mkdir()
    (tmp_path / "key.yaml").write_text(KEY)
    for name, text in (("ann", RIGHT), ("bob", FOLLOWING), ("cem", PART), ("dan", "expect: [")):
        (tmp_path / "answers" / f"{name}.yaml").write_text(text)
    return tmp_path


def table(text, separator):
    return list(csv.DictReader(text.splitlines(), delimiter=separator))


@pytest.mark.parametrize(("format_", "separator"), [("tsv", "\t"), ("csv", ",")])
def test_a_folder_gives_a_table_with_a_row_for_each_student(backprop, course, format_, separator):
    done = backprop("check", "--key", "key.yaml", "answers", "-f", format_, cwd=course)
    assert done.returncode == 2
    rows = {row.pop("file").removeprefix("answers/"): row for row in table(done.stdout, separator)}
    counts = {name: [row[k] for k in ("right", "of", "wrong", "follows", "missing")] for name, row in rows.items()}
    assert counts == {
        "ann.yaml": ["4", "4", "0", "0", "0"],
        "bob.yaml": ["0", "4", "1", "3", "0"],
        "cem.yaml": ["2", "4", "0", "0", "2"],
        "dan.yaml": ["", "", "", "", ""],
    }
    assert [row["outcome"] for row in rows.values()] == ["right", "wrong", "wrong", "error"]
    assert [row["first_wrong"] for row in rows.values()] == ["", "value y", "", ""]
    assert rows["dan.yaml"]["note"]
    assert " --> answers/dan.yaml:1:" in done.stderr


def test_json_has_an_object_for_each_student(backprop, course):
    done = backprop("check", "--key", "key.yaml", "answers", "--json", cwd=course)
    document = json.loads(done.stdout)
    assert document["summary"]["answers"] == {"of": 12, "right": 6, "wrong": 1, "follows": 3, "missing": 2}
    bob = document["reports"][1]
    assert (bob["first_wrong"], bob["answers"]["follows"]) == ("value y", 3)
    assert [finding["verdict"] for finding in bob["findings"]] == ["wrong", "follows", "follows", "follows"]


def test_people_see_the_first_wrong_number_and_what_follows(backprop, course):
    done = backprop("check", "--key", "key.yaml", "answers/bob.yaml", cwd=course)
    assert done.returncode == 1
    assert done.stdout.startswith("answers/bob.yaml: wrong (0 of 4 answers right, 3 follow from a wrong one)\n")
    assert "the first wrong number" in done.stdout
    assert done.stdout.count("follows from the value of y, which is wrong") == 3


def test_an_answer_may_follow_from_a_wrong_one_that_was_not_asked_for(backprop, tmp_path):
    (tmp_path / "key.yaml").write_text("inputs: {x: 2, b: 1}\nlayers: [a = x + b, y = sigmoid(-a + 3)]\n")
    (tmp_path / "sheet.yaml").write_text("expect: {values: {y: 0.5}, gradients: {x: -0.25, b: 0.26, a: 0.26}}\n")
    done = backprop("check", "--key", "key.yaml", "sheet.yaml", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("sheet.yaml: wrong (2 of 3 answers right, 1 follows from a wrong one)\n")
    assert "follows from the gradient of a, which is wrong" in done.stdout
    assert "not asked for and not graded: a" in done.stdout


@pytest.mark.parametrize(
    ("name", "code"), [("answers/ann.yaml", 0), ("answers/bob.yaml", 1), ("answers/cem.yaml", 1), ("answers", 2)]
)
def test_the_exit_code_is_of_the_worst(backprop, course, name, code):
    assert backprop("check", "--key", "key.yaml", name, "-q", cwd=course).returncode == code


def test_one_answers_count_is_in_every_format_for_people_and_for_ci(backprop, course):
    words = "2 of 4 answers right, 2 missing"
    for format_ in ("table", "markdown", "github", "junit"):
        done = backprop("check", "--key", "key.yaml", "answers/cem.yaml", "-f", format_, cwd=course)
        assert words in done.stdout
    cases = ET.fromstring(done.stdout)[0].findall("testcase")
    assert [case.find("failure") is not None for case in cases] == [False, True, False, True]


def test_answers_may_stand_in_a_copy_of_the_scenario_and_what_was_changed_in_it_is_told(backprop, course):
    text = (
        KEY.replace("x: 3", "x: 4, q: 1").replace("dout: 0.5", "dout: 1").replace("null", "6").replace("w: 18", "x: 12")
    )
    (course / "eve.yaml").write_text(f"{text.rstrip().removesuffix('}')}, tolerance: 0.5}}")
    done = backprop("check", "--key", "key.yaml", "eve.yaml", "--json", cwd=course)
    report = json.loads(done.stdout)["reports"][0]
    assert report["notes"] == [
        "x is 4, in the key 3; graded with the key's",
        "the key has no input named 'q'",
        "dout is 1, in the key 0.5; graded with the key's",
        "not asked for and not graded: x",
        "how close answers must be is for the key to say; what this file says of it is not heeded",
    ]
    assert (report["answers"]["right"], report["answers"]["missing"]) == (3, 1)


def test_a_name_that_the_key_does_not_know_is_told_with_what_may_be_meant(backprop, course):
    (course / "fay.yaml").write_text("expect: {values: {Y: 6, zz: 36}}")
    done = backprop("check", "--key", "key.yaml", "fay.yaml", cwd=course)
    assert "\nthe key has no value named 'zz'; did you mean 'z'?\n" in done.stdout
    assert done.returncode == 1


def test_a_key_without_answers_asks_for_its_output_and_its_gradients(backprop, course):
    (course / "key.yaml").write_text("inputs: {x: 3, w: 2}\nlayers: [y = x * w]\ngradients: [w]\n")
    (course / "gus.yaml").write_text("expect: {values: {y: 6}, gradients: {w: 3}}")
    done = backprop("check", "--key", "key.yaml", "gus.yaml", cwd=course)
    assert done.stdout == "gus.yaml: right (2 of 2 answers right)\n"


def test_a_key_in_the_folder_is_no_student(backprop, course):
    (course / "answers" / "key.yaml").write_text(KEY)
    done = backprop("check", "--key", "answers/key.yaml", "answers", "-f", "tsv", cwd=course)
    assert len(done.stdout.splitlines()) == 1 + 4


def test_a_key_that_is_wrong_itself_grades_nobody(backprop, course):
    (course / "key.yaml").write_text(KEY.replace("w: 18", "w: 17"))
    done = backprop("check", "--key", "key.yaml", "answers", cwd=course)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: the key's own answer w is wrong\n --> key.yaml:4:")
    assert "backprop check key.yaml" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["relu"], "--key applies to files of answers; relu is a layer"),
        (["key.yaml"], "there are no answers beside the key key.yaml"),
        (["answers", "--dout", "1"], "--dout applies to a single layer"),
    ],
)
def test_what_cannot_be_graded_is_refused(backprop, course, arguments, message):
    done = backprop("check", "--key", "key.yaml", *arguments, cwd=course)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {message}")


def test_tolerance_is_the_key_s_or_that_of_the_command(backprop, course):
    (course / "hal.yaml").write_text(RIGHT.replace("36", "36.01"))
    assert backprop("check", "--key", "key.yaml", "hal.yaml", cwd=course).returncode == 1
    assert backprop("check", "--key", "key.yaml", "hal.yaml", "--tolerance", "1e-3", cwd=course).returncode == 0
    (course / "key.yaml").write_text(KEY.replace("expect: {", "expect: {digits: 3, "))
    assert backprop("check", "--key", "key.yaml", "hal.yaml", cwd=course).returncode == 0


def test_arrays_are_compared_with_the_key_s_too(backprop, course):
    (course / "key.yaml").write_text("inputs: {x: [1, 2]}\nlayers: [y = x * 2]\n")
    (course / "ida.yaml").write_text("inputs: {x: [1, 3]}\nexpect: {values: {y: [2, 4]}, gradients: {x: [2, null]}}")
    done = backprop("check", "--key", "key.yaml", "ida.yaml", cwd=course)
    assert "\nx is not the key's; graded with the key's\n" in done.stdout
    assert "not answered at [1]" in done.stdout
    assert done.stdout.startswith("ida.yaml: wrong (1 of 2 answers right, 1 missing)\n")


def test_a_sheet_comes_from_stdin_as_well(backprop, course):
    done = backprop("check", "--key", "key.yaml", "-", stdin=RIGHT, cwd=course)
    assert done.stdout == "<stdin>: right (4 of 4 answers right)\n"
