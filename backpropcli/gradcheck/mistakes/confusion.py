"""A gradient that is another's, or only a part of itself."""

from __future__ import annotations

from itertools import combinations

from backpropcli.gradcheck.evidence import Evidence

MOST_PATHS = 6  # with more, the sums over some of them are not tried


def swapped(evidence: Evidence) -> str | None:
    """The gradients of two values, each given to the other."""
    for name, other in evidence.others.items():
        if other.found is None or other.right is None:
            continue
        pairs = ((evidence.found, other.right), (other.found, evidence.right))
        if any(evidence.fits(*pair) for pair in pairs) and all(
            evidence.fits(*pair) or evidence.are_nothing(*pair) for pair in pairs
        ):
            return f"the gradients of {evidence.name} and {name} are swapped"
    return None


def missing_path(evidence: Evidence) -> str | None:
    """A value that takes several paths, of which only some were counted."""
    paths = evidence.paths
    if not 1 < len(paths) <= MOST_PATHS:
        return None
    for count in range(1, len(paths)):
        for chosen in combinations(paths, count):
            if evidence.explained_by(sum((paths[name] for name in chosen[1:]), paths[chosen[0]])):
                said = "path through " + chosen[0] if count == 1 else "paths through " + " and ".join(chosen)
                return (
                    f"a path is missing: this is only the {said}; the gradient is the sum over all {len(paths)} paths"
                )
    return None
