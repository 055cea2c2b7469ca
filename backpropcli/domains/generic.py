"""Numbers without pattern, to see by what depends on which number."""

from __future__ import annotations

from backpropcli.domains.base import Domain, Value


def generic_like(x: Value, domain: Domain, seed: int = 0) -> Value:
    """Numbers in the shape of x without pattern: all different, of both signs, none of them 1; the same for a seed."""
    sizes = 0.25 + domain.random_like(x, 2 * seed + 1)
    signs = domain.where(domain.random_like(x, 2 * seed + 2) < 1 / 2, -1 * domain.ones_like(sizes), 1)
    return signs * sizes
