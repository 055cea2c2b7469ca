"""Answer sheets as people write them: what is right is never refused, and what is wrong never passes.

The numbers are worked by hand or published; in a wrong sheet, the names with a star are wrong.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from backpropcli.gradcheck import Verdict, check_scenario
from backpropcli.scenario import parse_scenario

RIGHT = {
    "rounded to two places, as on a slide": """
        inputs: {w0: 2, x0: -1, w1: -3, x1: -2, w2: -3}
        layers: [f = 1 / (1 + exp(-(w0 * x0 + w1 * x1 + w2)))]
        expect: {values: {f: 0.73}, gradients: {w0: -0.20, x0: 0.39, w1: -0.39, x1: -0.59, w2: 0.20}}
    """,
    "with zeros for what is smaller than the last place": """
        inputs: {x: [7, 0, -9]}
        layers: [sigmoid]
        expect: {values: {(1): [0.999, 0.500, 0.000]}, gradients: {x: [0.00, 0.25, 0.0]}}
    """,
    "in fractions": """
        inputs: {x: 1/3, y: 3}
        layers: [z = x / y]
        expect: {values: {z: 1/9}, gradients: {x: 1/3, y: -1/27}}
    """,
    "fractions of an array, not reduced": """
        inputs: {x: [1, 2, 3, 4]}
        layers: [m = mean(x)]
        expect: {values: {m: 10/4}, gradients: {x: [1/4, 2/8, 0.25, 0.3]}}
    """,
    "in exponents": """
        inputs: {x: 12}
        layers: [y = exp(-x)]
        expect: {values: {y: 6.14e-6}, gradients: {x: -6e-06}}
    """,
    "in exponents, of large numbers": """
        inputs: {x: 300}
        layers: [y = x ** 3]
        expect: {values: {y: 2.7e7}, gradients: {x: 2.7E+5}}
    """,
    "with more digits than a float has": """
        inputs: {x: 2}
        layers: [y = sqrt(x)]
        expect: {values: {y: 1.414213562373095048801688724}, gradients: {x: 0.353553390593273762200422}}
    """,
    "in floats as Python prints them": """
        inputs: {apple: 100, tax: 1.1}
        layers: [p = apple * tax]
        expect: {values: {p: 110.00000000000001}, gradients: {apple: 1.1, tax: 100.0}}
    """,
    "whole numbers where float64 has none": """
        inputs: {apple: 100, apple_num: 2, orange: 150, orange_num: 3, tax: 1.1}
        layers: [price = (apple * apple_num + orange * orange_num) * tax]
        expect: {values: {price: 715}, gradients: {apple_num: 110, apple: 2.2, orange_num: 165, tax: 650}}
    """,
    "rounded half up, half to even and half down": """
        inputs: {x: 0.125}
        layers: [y = x * 1]
        expect: {values: {y: 0.13, x: 0.12}, gradients: {x: 1.0}}
    """,
    "a minus before zero": """
        inputs: {x: [-1, 2]}
        layers: [y = relu(x) * -1]
        expect: {values: {y: [-0, -2]}, gradients: {x: [-0.0, -1]}}
    """,
    "published numbers of a network": """
        inputs: {z: [1.1, 2.2, 0.3, -1.7], y: [0, 0, 1, 0]}
        layers: [{type: cross_entropy, inputs: [z, y], output: loss}]
        expect: {gradients: {z: [0.22151804, 0.66547696, -0.90046553, 0.01347053]}}
    """,
    "by percent of tolerance, worked with rounded numbers": """
        inputs: {x: 0.5, w: 1.5}
        layers: [a = x * w, h = sigmoid(a), L = (h - 1) ** 2]
        expect: {values: {h: 0.68, L: 0.1024}, gradients: {h: -0.64, a: -0.1393, w: -0.07}, tolerance: 2e-2}
    """,
    "with significant digits": """
        inputs: {x: 3}
        layers: [y = exp(x)]
        expect: {values: {y: 20.1}, gradients: {x: 20.09}, digits: 3}
    """,
    "of labels, which have no gradient": """
        inputs: {z: [[0, 0]], y: [1]}
        layers: [{type: cross_entropy, inputs: [z, y], output: loss}]
        expect: {gradients: {z: [[0.5, -0.5]], y: null}}
    """,
    "of an infinity": """
        inputs: {x: 0}
        layers: [y = log(x)]
        expect: {values: {y: -inf}, gradients: {x: .inf}}
    """,
}

WRONG = {
    "a digit": """
        inputs: {x: 3}
        layers: [y = exp(x)]
        expect: {values: {y*: 20.08, x: 3}, gradients: {x: 20.09}, digits: 4}
    """,
    "one digit too far": """
        inputs: {x: 1/3}
        layers: [y = x * 2]
        expect: {values: {y*: 0.666, x: 0.333}, gradients: {x*: 2.001}}
    """,
    "a decimal point": """
        inputs: {x: 7}
        layers: [y = x * 0.1]
        expect: {values: {y*: 0.07}, gradients: {x*: 1}}
    """,
    "a zero that is exact": """
        inputs: {x: 7}
        layers: [sigmoid]
        expect: {values: {(1)*: 1}, gradients: {x*: 0}}
    """,
    "a sign": """
        inputs: {x: 2}
        layers: [y = 1 / x]
        expect: {values: {y: 1/2}, gradients: {x*: 1/4}}
    """,
    "a number whose first digit alone is right": """
        inputs: {x: [1, 2]}
        layers: [y = x * 10.4]
        expect: {values: {y*: [10, 21]}, gradients: {x*: [10, 10]}}
    """,
    "one element of an array": """
        inputs: {x: [[1, 2], [3, 4]]}
        layers: [y = x ** 2]
        expect: {values: {y*: [[1, 4], [6, 16]]}, gradients: {x: [[2, 4], [6, 8]]}}
    """,
    "just outside a tolerance": """
        inputs: {x: 10}
        layers: [y = x * 10]
        expect: {values: {y*: 101.1}, gradients: {x: 10.1}, tolerance: 0.01}
    """,
    "not a number": """
        inputs: {x: 4}
        layers: [y = sqrt(x)]
        expect: {values: {y*: nan}, gradients: {x*: inf}}
    """,
}


def verdicts(text: str) -> dict[tuple[str, str], Verdict]:
    report = check_scenario(parse_scenario(text, "sheet.yaml", Path()), precise=False)
    return {(finding.kind.value, finding.subject): finding.verdict for finding in report.answers}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_sheet_is_right(name: str) -> None:
    found = verdicts(RIGHT[name])
    assert found
    assert set(found.values()) == {Verdict.RIGHT}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_sheet_is_wrong_where_it_is(name: str) -> None:
    values, gradients = WRONG[name].split("gradients:")
    found = verdicts(WRONG[name].replace("*:", ":"))
    for (kind, subject), verdict in found.items():
        starred = f"{subject}*:" in (values.split("expect:")[1] if kind == "value" else gradients)
        assert (verdict in {Verdict.WRONG, Verdict.FOLLOWS}) == starred, (kind, subject)


ODD = ("inf", "-inf", "nan", "0x1F", "1e400", "1e-400", "1.5e-5000", "1e99999999", "-0.0", "3.", ".5", "1/3", "null")


@pytest.mark.parametrize("exact", ["", "exact: true\n"])
@pytest.mark.parametrize("x", ["2", "[2, -1]"])
@pytest.mark.parametrize("odd", ODD)
def test_whatever_number_is_written_there_is_a_verdict(exact: str, x: str, odd: str) -> None:
    """Also where errors are carried forward from it, and where 1 over it is infinite."""
    answer = f"[{odd}, 7]" if "[" in x else odd
    answers = f"values: {{y: {answer}, z: {answer}}}, gradients: {{y: {answer}, x: {answer}}}"
    for closeness in ("", "digits: 3, ", "tolerance: 0.5, "):
        found = verdicts(f"{exact}inputs: {{x: {x}}}\nlayers: [y = x * 3, z = 1 / y]\nexpect: {{{closeness}{answers}}}")
        assert len(found) == 4
