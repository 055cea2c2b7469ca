"""What a check found: one finding for each number that was checked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from backpropcli.domains import Value
from backpropcli.errors import Place, Problem


class Verdict(Enum):
    """The verdict on a number."""

    RIGHT = "right"
    WRONG = "wrong"
    KINK = "kink"
    """No derivative exists here; the number is one of the slopes on either side, or between them."""
    IMPRECISE = "imprecise"
    """The rule is right, but loses digits in float64."""
    UNCHECKED = "unchecked"
    """No independent number could be computed, or not well enough to judge by."""
    FOLLOWS = "follows"
    """An answer that is what the wrong answers before it give: no mistake of its own."""
    MISSING = "missing"
    """An answer that is asked for and not given."""


class Kind(Enum):
    """What kind of number was checked."""

    VALUE = "value"
    """A value of `expect:` against the computed one."""
    ANSWER = "answer"
    """A gradient of `expect:` against the computed one."""
    GRADIENT = "gradient"
    """A requested gradient of the whole graph against the numeric derivative."""
    SECOND = "second"
    """The Hessian, times weights, against the numeric derivative of the gradients."""
    LOCAL = "local"
    """What one layer's backward returns for one of its inputs against the numeric derivative of its forward."""
    CONDUCT = "conduct"
    """Side effects of a layer: it must leave inputs and dout alone, and keep its state to itself."""
    TAIL = "tail"
    """A user's layer far out, where its curve runs flat or an exponential overflows."""


FAULTS = frozenset({Verdict.WRONG, Verdict.FOLLOWS, Verdict.MISSING})
"""What is not as it should be, whosoever is to blame."""
ANSWERS = frozenset({Kind.VALUE, Kind.ANSWER})
"""What people answered, not what is computed here."""


@dataclass(frozen=True, eq=False, slots=True)
class Finding:
    """One number that was checked.

    `subject` says whose number it is (`price`, or `mul mul_tax_layer, input y`); `found` is the number under test, and
    `reference` the one to compare with, uncertain by `uncertainty`; `difference` is the largest absolute difference.
    `note` adds in words what the numbers do not say: the slopes at a kink, the diagnosis of a mistake.
    """

    kind: Kind
    verdict: Verdict
    subject: str
    found: Value | None = None
    reference: Value | None = None
    difference: float | None = None
    uncertainty: float | None = None
    note: str | None = None
    place: Place | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Report:
    """Everything that a check of one scenario, or of one layer, found; `problems` say why it could not check more.

    `notes` are sentences about the target as a whole.
    """

    target: str
    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong or missing and everything could be checked."""
        return not self.problems and not self.is_wrong and not self.has(Verdict.UNCHECKED)

    @property
    def is_wrong(self) -> bool:
        """Whether something is wrong or missing."""
        return any(finding.verdict in FAULTS for finding in self.findings)

    def has(self, verdict: Verdict) -> bool:
        """Whether some finding has this verdict."""
        return any(finding.verdict is verdict for finding in self.findings)

    @property
    def answers(self) -> tuple[Finding, ...]:
        """The findings on the answers of `expect:`, in the order in which they are computed."""
        return tuple(finding for finding in self.findings if finding.kind in ANSWERS)

    @property
    def first_wrong(self) -> Finding | None:
        """The first answer that is a mistake of its own."""
        return next((finding for finding in self.answers if finding.verdict is Verdict.WRONG), None)

    @property
    def self_checks(self) -> tuple[Finding, ...]:
        """The findings on our own numbers: on gradients, layers and their conduct."""
        return tuple(finding for finding in self.findings if finding.kind not in ANSWERS)
