"""The table of what a check found."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from check_reports import ALL, ERROR, KINK, RIGHT, TAIL, WRONG, array_report, hostile_report, render_reports

from backpropcli.domains import domain
from backpropcli.gradcheck.report import Finding, Kind, Report, Verdict
from backpropcli.render import Options
from backpropcli.render.checks import Detail
from backpropcli.text.width import text_width

EXCEPTIONS = """\
apples.yaml: right (1 of 1 answer right; 1 check)

fruits.yaml: wrong (1 of 2 answers right; 2 checks, 1 wrong)

verdict   what               found   reference   difference
───────────────────────────────────────────────────────────
wrong     answer apple_num     2.2         110          108
          the two answers are swapped: apple_num has apple's, apple has
          apple_num's
wrong     mul m, input a       3             2            1
          the gradient is dy's

relu.yaml: could not be checked completely (2 checks, 1 at a kink, 1 unchecked)

verdict     what              found   reference   difference
────────────────────────────────────────────────────────────
kink        relu y, input x       0
            a kink: the gradient is 0 on the left, 1 on the right; by convention
            0 at x = 0
unchecked   gradient x          inf         nan          nan
            not finite

broken.yaml: could not be checked

4 targets: 1 right, 1 wrong, 1 could not be checked completely, 1 could not be
checked; 2 of 3 answers right; 5 checks, 1 wrong, 1 at a kink, 1 unchecked
"""

EVERYTHING = """\
fruits.yaml: wrong (1 of 2 answers right; 2 checks, 1 wrong)

verdict   what               found   reference   difference
───────────────────────────────────────────────────────────
right     value price        715           715     1.14e-13
───────────────────────────────────────────────────────────
wrong     answer apple_num     2.2         110   108
          the two answers are swapped: apple_num has apple's, apple has
          apple_num's
───────────────────────────────────────────────────────────
wrong     mul m, input a       3             2     1
          the gradient is dy's
───────────────────────────────────────────────────────────
right     mul m
"""

STACKED = """\
fruits.yaml: wrong
  (1 of 2 answers right; 2 checks, 1
  wrong)

wrong answer apple_num
  found 2.2
  reference 110
  difference 108
  the two answers are swapped:
  apple_num has apple's, apple has
  apple_num's
wrong mul m, input a
  found 3, reference 2, difference 1
  the gradient is dy's
"""


def table(reports: list[Report], detail: Detail = Detail.EXCEPTIONS, **options: object) -> str:
    return render_reports(reports, "table", Options(**options), detail)


def test_what_is_not_right_has_a_row_and_its_note_below_it() -> None:
    assert table(ALL) == EXCEPTIONS


def test_everything_is_grouped_by_what_was_looked_at() -> None:
    assert table([WRONG], Detail.EVERYTHING) == EVERYTHING


def test_the_summary_is_one_line() -> None:
    assert table(ALL, Detail.SUMMARY) == " ".join(EXCEPTIONS.splitlines()[-2:]) + "\n"
    assert table([RIGHT], Detail.SUMMARY) == "1 target: 1 right; 1 of 1 answer right; 1 check\n"
    assert table([ERROR], Detail.SUMMARY) == "1 target: 1 could not be checked\n"


def test_right_targets_are_a_list_without_blank_lines() -> None:
    line = "apples.yaml: right (1 of 1 answer right; 1 check)\n"
    assert table([RIGHT, RIGHT, RIGHT]) == f"{line * 3}\n3 targets: 3 right; 3 of 3 answers right; 3 checks\n"


def test_one_target_needs_no_summary() -> None:
    assert table([RIGHT]) == "apples.yaml: right (1 of 1 answer right; 1 check)\n"


def test_a_narrow_terminal_gets_the_numbers_below_their_subject() -> None:
    """On one line if that is wide enough."""
    assert table([WRONG], width=38) == STACKED


def test_stacked_matrices_stay_aligned() -> None:
    assert "\n  found [[ 0,  1],\n         [10, 11]]\n  reference [[" in table([array_report()], width=40)


def test_matrices_keep_their_rows() -> None:
    assert table([array_report()]) == (
        "matrix.yaml: wrong (1 check, 1 wrong)\n"
        "\n"
        "verdict   what                     found   reference   difference\n"
        "─────────────────────────────────────────────────────────────────\n"
        "wrong     matmul y, input w   [[ 0,  1],   [[0, 10],            9\n"
        "                               [10, 11]]    [1, 11]]\n"
        "          it is transposed\n"
    )


def test_a_large_array_is_summarised_and_a_note_says_so() -> None:
    text = table([array_report(6)])
    assert "float64 (6, 6)   float64 (6, 6)            9\n" in text
    assert text.endswith("\nLarge arrays are summarised; -f json or tsv shows every number.\n")


def test_precision_is_that_of_found_and_reference_and_a_difference_has_three_digits() -> None:
    finding = Finding(Kind.ANSWER, Verdict.WRONG, "x", 1 / 3, 2 / 3, 1 / 3)
    line = table([Report("t", (finding,))], precision=5).splitlines()[-1]
    assert line == "wrong     answer x   0.33333     0.66667        0.333"
    assert "0.6666666666666666        0.333" in table([Report("t", (finding,))], precision=None)


def test_a_difference_that_six_digits_do_not_show_is_shown_with_more() -> None:
    arrays = domain("arrays")
    found, reference = arrays.convert([1.00000001, 2.0]), arrays.convert([1.0, 2.0])
    text = table([Report("t", (Finding(Kind.ANSWER, Verdict.WRONG, "x", found, reference, 1e-8),))])
    assert "[1.00000001, 2]      [1, 2]        1e-08" in text


def test_exact_numbers_are_shown_exactly() -> None:
    found, reference = domain("exact").number("1/3"), domain("exact").number("1.1")
    assert "1/3         1.1" in table([Report("t", (Finding(Kind.ANSWER, Verdict.WRONG, "x", found, reference),))])


def test_columns_without_numbers_are_left_out() -> None:
    finding = Finding(Kind.CONDUCT, Verdict.WRONG, "relu", note="backward changes dout in place")
    assert table([Report("relu", (finding,))]) == (
        "relu: wrong (1 check, 1 wrong)\n\nverdict   what\n──────────────\nwrong     relu\n"
        "          backward changes dout in place\n"
    )


@pytest.mark.parametrize("width", [1, 20, 40, 80, 200])
def test_nothing_is_ever_cut(width: int) -> None:
    """Every word and every digit is there at any width, and no table is wider than the terminal."""
    text = table([*ALL, array_report()], Detail.EVERYTHING, width=width, precision=None)
    for report in ALL:
        for finding in report.findings:
            for word in f"{finding.subject} {finding.note or ''}".split():
                assert word in text
    assert "110.00000000000001" in text
    rules = [line for line in text.splitlines() if "─" in line]
    assert bool(rules) == (width > 40)
    assert all(text_width(line) <= width for line in rules)


def test_wide_characters_align() -> None:
    findings = tuple(Finding(Kind.ANSWER, Verdict.WRONG, name, 2.0, 3.0, 1.0) for name in ("漢字", "x"))
    lines = table([Report("t", findings)]).splitlines()[2:]
    assert len({text_width(line) for line in lines}) == 1


def test_text_from_files_cannot_steer_the_terminal() -> None:
    text = table([hostile_report()], Detail.EVERYTHING, width=200)
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text) is None
    assert "[red]d[/red]" in text


def test_ascii_has_no_box_characters() -> None:
    assert table(ALL, ascii=True) == EXCEPTIONS.replace("─", "-")


@pytest.mark.parametrize("width", [20, 80])
def test_colour_changes_no_text(width: int) -> None:
    """The verdict is always a word; without the colour codes it is the same table."""
    coloured = table([*ALL, array_report()], color=True, width=width)
    assert "\x1b[1;31mwrong\x1b[m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == table([*ALL, array_report()], width=width)


def test_lost_digits_are_shown_with_their_place_and_are_no_failure() -> None:
    assert (
        table([TAIL])
        == """\
my_tanh: right (1 check, 1 imprecise)

verdict     what                       found   reference
────────────────────────────────────────────────────────
imprecise   tail of my_tanh, input x       0     9.3e-18
            backward loses all digits beyond x = 19 (mine.py:7)
"""
    )


def test_a_kink_is_no_failure() -> None:
    report = replace(KINK, findings=KINK.findings[:1])
    assert table([report]).startswith("relu.yaml: right (1 check, 1 at a kink)")


def test_what_is_unchecked_is_seen_in_the_headline() -> None:
    """Unless something is wrong, which says more."""
    assert table([KINK]).startswith("relu.yaml: could not be checked completely (2 checks, ")
    both = replace(KINK, findings=(*KINK.findings, *WRONG.findings))
    assert table([both], width=100).startswith("relu.yaml: wrong (")


def test_notes_stand_below_the_heading() -> None:
    report = replace(RIGHT, notes=("skipped because the graph is large",))
    heading, note = table([report]).splitlines()
    assert heading.startswith(f"{RIGHT.target}: right (")
    assert note == "skipped because the graph is large"
