"""What a check found, for programs and for pull requests."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from check_reports import ALL, ERROR, HOSTILE, KINK, RIGHT, TAIL, WRONG, array_report, hostile_report, render_reports

from backpropcli.render import Options
from backpropcli.render.checks import CHECK_FORMATS, Detail

TSV = """\
target\tkind\tsubject\tverdict\tfound\treference\tdifference\tuncertainty\tnote\tfile\tline\tcolumn
apples.yaml\tvalue\tprice\tright\t220\t220\t2.84e-14\t\t\t\t\t
apples.yaml\tgradient\ttax\tright\t200\t200\t1e-10\t2e-09\t\t\t\t
fruits.yaml\tvalue\tprice\tright\t715\t715\t1.14e-13\t\t\t\t\t
fruits.yaml\tanswer\tapple_num\twrong\t2.2\t110\t108\t\t\
the two answers are swapped: apple_num has apple's, apple has apple_num's\tfruits.yaml\t18\t28
fruits.yaml\tlocal\tmul m, input a\twrong\t3\t2\t1\t1e-12\tthe gradient is dy's\tfruits.yaml\t9\t5
fruits.yaml\tconduct\tmul m\tright\t\t\t\t\t\t\t\t
broken.yaml\tproblem\t\terror\t\t\t\t\tunknown layer type 'mull'\tfruits.yaml\t9\t5
"""

MARKDOWN = """\
**3 targets: 1 right, 1 wrong, 1 could not be checked; 2 of 3 answers right; 3 checks, 1 wrong**

| target | outcome | answers | checks |
| :--- | :--- | :--- | :--- |
| apples.yaml | right | 1 of 1 answer right | 1 check |
| fruits.yaml | wrong | 1 of 2 answers right | 2 checks, 1 wrong |
| broken.yaml | could not be checked |  |  |

### fruits.yaml

| verdict | what | found | reference | difference | note |
| :--- | :--- | ---: | ---: | ---: | :--- |
| wrong | answer apple_num | 2.2 | 110 | 108 \
| the two answers are swapped: apple_num has apple's, apple has apple_num's |
| wrong | mul m, input a | 3 | 2 | 1 | the gradient is dy's |

### broken.yaml

- unknown layer type 'mull'
"""

GITHUB = """\
::error file=fruits.yaml,line=18,col=28,title=answer apple_num is wrong::fruits.yaml: found 2.2, reference 110, \
difference 108; the two answers are swapped: apple_num has apple's, apple has apple_num's
::error file=fruits.yaml,line=9,col=5,title=mul m%2C input a is wrong::fruits.yaml: found 3, reference 2, \
difference 1; the gradient is dy's
::notice title=answers::fruits.yaml: 1 of 2 answers right
::notice title=relu y%2C input x is at a kink::relu.yaml: found 0; \
a kink: the gradient is 0 on the left, 1 on the right; by convention 0 at x = 0
::warning title=gradient x is unchecked::relu.yaml: found inf, reference nan, difference nan; not finite
::error file=fruits.yaml,line=9,col=5,title=could not be checked::broken.yaml: unknown layer type 'mull' \
(did you mean 'mul'?)
"""

JUNIT = """\
<?xml version='1.0' encoding='us-ascii'?>
<testsuites name="backprop check" tests="7" failures="2" errors="1" skipped="1">
  <testsuite name="fruits.yaml" tests="4" failures="2" errors="0" skipped="0">
    <properties>
      <property name="answers" value="1 of 2 answers right" />
    </properties>
    <testcase classname="fruits.yaml" name="value price" />
    <testcase classname="fruits.yaml" name="answer apple_num">
      <failure message="found 2.2, reference 110, difference 108; \
the two answers are swapped: apple_num has apple's, apple has apple_num's">fruits.yaml:18:28</failure>
    </testcase>
    <testcase classname="fruits.yaml" name="mul m, input a">
      <failure message="found 3, reference 2, difference 1; the gradient is dy's">fruits.yaml:9:5</failure>
    </testcase>
    <testcase classname="fruits.yaml" name="mul m" />
  </testsuite>
  <testsuite name="relu.yaml" tests="2" failures="0" errors="0" skipped="1">
    <testcase classname="relu.yaml" name="relu y, input x">
      <system-out>found 0; a kink: the gradient is 0 on the left, 1 on the right; by convention 0 at x = 0</system-out>
    </testcase>
    <testcase classname="relu.yaml" name="gradient x">
      <skipped message="found inf, reference nan, difference nan; not finite" />
    </testcase>
  </testsuite>
  <testsuite name="broken.yaml" tests="1" failures="0" errors="1" skipped="0">
    <testcase classname="broken.yaml" name="check">
      <error message="unknown layer type 'mull'">fruits.yaml:9:5</error>
    </testcase>
  </testsuite>
</testsuites>
"""


@pytest.mark.parametrize(
    ("format_", "reports", "text"),
    [
        ("tsv", [RIGHT, WRONG, ERROR], TSV),
        ("markdown", [RIGHT, WRONG, ERROR], MARKDOWN),
        ("github", ALL, GITHUB),
        ("junit", [WRONG, KINK, ERROR], JUNIT),
    ],
)
def test_the_text_of_a_format(format_: str, reports: list, text: str) -> None:
    assert render_reports(reports, format_, Options()) == text


@pytest.mark.parametrize("format_", CHECK_FORMATS)
def test_every_format_takes_every_report(format_: str) -> None:
    for detail in Detail:
        text = render_reports([*ALL, array_report(), hostile_report()], format_, Options(), detail)
        assert text.endswith("\n")
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_every_tsv_row_has_the_columns_of_its_header() -> None:
    lines = render_reports([*ALL, array_report(6), hostile_report()], "tsv", Options()).splitlines()
    assert len(lines) == 1 + 8 + 1 + 1 + 2
    assert {line.count("\t") for line in lines} == {11}


def test_arrays_are_whole_in_tsv() -> None:
    assert "\t[[0,1],[10,11]]\t[[0,10],[1,11]]\t9\t" in render_reports([array_report()], "tsv", Options())


def test_json_keeps_every_bit() -> None:
    document = json.loads(render_reports(ALL, "json", Options(precision=3)))
    found = [finding["found"] for finding in document["reports"][0]["findings"]]
    assert found == [220.00000000000003, 200.0]
    assert document["reports"][0]["findings"][1]["reference"] == 200.0000000001


def test_json_has_the_summary_the_places_and_the_problems() -> None:
    document = json.loads(render_reports(ALL, "json", Options()))
    assert document["summary"] == {
        "targets": 4,
        "right": 1,
        "wrong": 1,
        "unchecked": 1,
        "error": 1,
        "answers": {"of": 3, "right": 2, "wrong": 1, "follows": 0, "missing": 0},
        "checks": {"right": 2, "wrong": 1, "kink": 1, "imprecise": 0, "unchecked": 1},
    }
    assert [report["outcome"] for report in document["reports"]] == ["right", "wrong", "unchecked", "error"]
    assert document["reports"][1]["findings"][1]["place"] == {"file": "fruits.yaml", "line": 18, "column": 28}
    assert document["reports"][3]["problems"] == [
        {
            "message": "unknown layer type 'mull'",
            "hint": "did you mean 'mul'?",
            "place": {"file": "fruits.yaml", "line": 9, "column": 5},
        }
    ]


def test_notes_about_a_target_are_in_json_and_markdown() -> None:
    report = replace(RIGHT, notes=("the graph is *large*",))
    assert json.loads(render_reports([report], "json", Options()))["reports"][0]["notes"] == ["the graph is *large*"]
    assert "the graph is \\*large\\*" in render_reports([report], "markdown", Options())


def test_json_has_no_nan() -> None:
    text = render_reports([KINK], "json", Options())
    finding = json.loads(text, parse_constant=pytest.fail)["reports"][0]["findings"][1]
    assert (finding["found"], finding["reference"], finding["difference"]) == ("Infinity", "NaN", "NaN")


def test_json_of_nothing_found_is_json() -> None:
    assert json.loads(render_reports([ERROR], "json", Options()))["reports"][0]["findings"] == []


def test_every_markdown_row_has_the_columns_of_its_header() -> None:
    text = render_reports([*ALL, hostile_report()], "markdown", Options(), Detail.EVERYTHING)
    tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert len(tables) == len(ALL) + 1
    for table in tables:
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}) == 1


def test_the_markdown_summary_is_one_line() -> None:
    text = render_reports(ALL, "markdown", Options(), Detail.SUMMARY)
    assert re.fullmatch(r"\*\*4 targets: .*\*\*\n", text)


def test_github_says_nothing_of_what_is_right() -> None:
    assert render_reports([RIGHT], "github", Options()) == ""


def test_github_commands_are_escaped() -> None:
    """A line for each; no colon or comma ends a property; a line break or a percent sign stands for itself."""
    *lines, answers, problem = render_reports([hostile_report()], "github", Options()).splitlines()
    assert answers.startswith("::notice title=answers::a|b")
    for line in [*lines, problem]:
        match = re.fullmatch(r"::error file=([^:,]*),line=1,col=2,title=([^:,]*)::(.*)", line)
        assert match
        assert "50%25<&>%3A%3Aerror%3A%3A漢字" in match[1]
        assert "%0D%0A" in match[1]
        assert "50%25<&>::error::漢字" in match[3]


def test_junit_of_hostile_text_is_xml_with_that_text() -> None:
    text = render_reports([hostile_report()], "junit", Options())
    assert text.isascii()
    suite = ET.fromstring(text)[0]
    visible = HOSTILE.encode("unicode_escape").decode().replace("\\u6f22\\u5b57", "漢字").replace("\\\\", "\\")
    assert suite.attrib["name"] == visible
    assert [child.tag for case in suite.iter("testcase") for child in case] == ["failure", "error"]


def test_junit_counts_are_those_of_its_cases() -> None:
    root = ET.fromstring(render_reports(ALL, "junit", Options()))
    for level in (root, *root):
        cases = list(level.iter("testcase"))
        assert int(level.attrib["tests"]) == len(cases)
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(level.attrib[attribute]) == sum(case.find(tag) is not None for case in cases)


def test_lost_digits_are_a_notice_and_pass() -> None:
    """Beside the line that loses them."""
    notice = render_reports([TAIL], "github", Options())
    assert notice.startswith("::notice file=mine.py,line=7,col=5,title=tail of my_tanh%2C input x is imprecise::")
    suite = render_reports([TAIL], "junit", Options())
    assert 'failures="0"' in suite
    assert "<system-out>found 0, reference 9.3e-18; backward loses all digits beyond x = 19</system-out>" in suite
