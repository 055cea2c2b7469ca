"""Reports of checks built by hand, for the tests of their formats."""

from __future__ import annotations

from collections.abc import Sequence

from backpropcli.domains import domain
from backpropcli.errors import Place, Problem
from backpropcli.gradcheck.report import Finding, Kind, Report, Verdict
from backpropcli.render import Options
from backpropcli.render.checks import CHECK_FORMATS, Detail

ANSWER = Place("fruits.yaml", 18, 28, 3, "  gradients: {apple_num: 2.2, apple: 110}")
NODE = Place("fruits.yaml", 9, 5, 20, "  - {name: m, type: mul, inputs: [a, b]}")
HOSTILE = 'a|b\t"c", [red]d[/red] \x1b[31m\u202e\\ 50%<&>::error::漢字\x7f\r\n\x00\ufffe'

RIGHT = Report(
    "apples.yaml",
    (
        Finding(Kind.VALUE, Verdict.RIGHT, "price", 220.00000000000003, 220.0, 2.8421709430404007e-14),
        Finding(Kind.GRADIENT, Verdict.RIGHT, "tax", 200.0, 200.0000000001, 1e-10, 2e-9),
    ),
)
WRONG = Report(
    "fruits.yaml",
    (
        Finding(Kind.VALUE, Verdict.RIGHT, "price", 715.0, 715.0000000000001, 1.1368683772161603e-13),
        Finding(
            *(Kind.ANSWER, Verdict.WRONG, "apple_num", 2.2, 110.00000000000001, 107.80000000000001),
            note="the two answers are swapped: apple_num has apple's, apple has apple_num's",
            place=ANSWER,
        ),
        Finding(Kind.LOCAL, Verdict.WRONG, "mul m, input a", 3.0, 2.0, 1.0, 1e-12, "the gradient is dy's", NODE),
        Finding(Kind.CONDUCT, Verdict.RIGHT, "mul m"),
    ),
)
KINK = Report(
    "relu.yaml",
    (
        Finding(
            *(Kind.LOCAL, Verdict.KINK, "relu y, input x", 0.0, None),
            note="a kink: the gradient is 0 on the left, 1 on the right; by convention 0 at x = 0",
        ),
        Finding(Kind.GRADIENT, Verdict.UNCHECKED, "x", float("inf"), float("nan"), float("nan"), None, "not finite"),
    ),
)
TAIL = Report(
    "my_tanh",
    (
        Finding(
            *(Kind.TAIL, Verdict.IMPRECISE, "my_tanh, input x", 0.0, 9.3e-18),
            note="backward loses all digits beyond x = 19",
            place=Place("mine.py", 7, 5, 3, "    def backward(self, dout):"),
        ),
    ),
)
ERROR = Report("broken.yaml", (), (Problem("unknown layer type 'mull'", NODE, "did you mean 'mul'?"),))
ALL = [RIGHT, WRONG, KINK, ERROR]


def array_report(size: int = 2) -> Report:
    """A matrix of `size` rows whose gradient is transposed."""
    arrays = domain("arrays")
    found = arrays.convert([[10.0 * i + j for j in range(size)] for i in range(size)])
    reference = arrays.convert([[10.0 * j + i for j in range(size)] for i in range(size)])
    return Report(
        "matrix.yaml",
        (Finding(Kind.LOCAL, Verdict.WRONG, "matmul y, input w", found, reference, 9.0, 1e-9, "it is transposed"),),
    )


def hostile_report() -> Report:
    """Markup, control characters, separators and wide letters wherever there is text."""
    place = Place(HOSTILE, 1, 2, 3, HOSTILE)
    finding = Finding(Kind.ANSWER, Verdict.WRONG, HOSTILE, 1.0, 2.0, 1.0, 0.0, HOSTILE, place)
    return Report(HOSTILE, (finding,), (Problem(HOSTILE, place, HOSTILE),))


def render_reports(
    reports: Sequence[Report], format_name: str, options: Options, detail: Detail = Detail.EXCEPTIONS
) -> str:
    """The text of reports in a format."""
    return CHECK_FORMATS[format_name].render(reports, options, detail)
