"""Which elements of an array are wrong or not given, by index: a few of them, and how many more."""

from __future__ import annotations

from backpropcli.domains import Value
from backpropcli.gradcheck.given_answer import GivenAnswer
from backpropcli.gradcheck.slips import last_digit
from backpropcli.gradcheck.written_numbers import nearest_float

SHOWN = 3


def elements(given: GivenAnswer, right: Value, wrong: list[int]) -> str | None:
    """Which numbers of an array are wrong."""
    if not given.shape:
        return None
    computed = given.numbers.flat(right)
    told = []
    for number in wrong[:SHOWN]:
        text, slipped = given.texts[number], last_digit(given.texts[number], computed[number])
        told.append(
            f"{given.index(number)}: {text} instead of {nearest_float(computed[number]):.6g}"
            + (f" ({slipped})" if slipped else "")
        )
    more = f", and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
    return f"wrong at {', '.join(told)}{more}"


def left_out_elements(given: GivenAnswer) -> str | None:
    """Which numbers of an array are not given."""
    found = [given.index(number) for number in given.left_out_at()]
    more = f", and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return f"not answered at {', '.join(found[:SHOWN])}{more}" if found else None
