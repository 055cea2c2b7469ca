"""The numbers of 50 digits, if they can be had."""

from __future__ import annotations

from backpropcli.domains import Domain, domain
from backpropcli.errors import DomainError, Problem


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
