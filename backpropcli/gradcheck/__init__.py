"""Whether gradients are right: answers against numbers, and every gradient against an independent derivative."""

from __future__ import annotations

from backpropcli.gradcheck.check import check_scenario
from backpropcli.gradcheck.grading import Key
from backpropcli.gradcheck.layer import check_layer
from backpropcli.gradcheck.report import Finding, Kind, Report, Verdict

__all__ = ["Finding", "Key", "Kind", "Report", "Verdict", "check_layer", "check_scenario"]
