"""Numbers of more digits than float64 has, if they can be had."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from backpropcli.domains import Domain, domain
from backpropcli.errors import DomainError, Problem
from backpropcli.gradcheck.step_sizes import Method

REALS = Method((-50, -70), 3, 1e-50, 1e-20)
MOST_DIGITS = 400  # enough to see the smallest float64 beside 1, or 1 beside the largest


def real_numbers(precise: bool | None) -> Domain | None:
    """The domain of 50 digits; None if it is unwanted, or neither installed nor asked for."""
    if precise is False:
        return None
    try:
        return domain("reals")
    except ImportError:
        if precise is None:
            return None
        raise DomainError(Problem("50 digits need mpmath", hint="pip install mpmath")) from None


@contextmanager
def most_digits() -> Iterator[Method]:
    """A context in which reals are computed to all digits that anything needs; gives the method for them."""
    from backpropcli.domains.reals import working_digits

    with working_digits(MOST_DIGITS) as unit:
        yield REALS._replace(epsilon=unit)
