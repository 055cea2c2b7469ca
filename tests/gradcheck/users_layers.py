"""How a class of a user fares in `check`, by itself."""

from __future__ import annotations

from typing import Any

from backpropcli.catalogue.adapter import foreign_spec
from backpropcli.catalogue.conventions import layer_class_of
from backpropcli.gradcheck import Report, Verdict, check_layer


def graded(cls: Any, *inputs: Any, **parameters: Any) -> Report:
    spec = foreign_spec(cls.__name__.lower(), layer_class_of(cls), "mine.py", "mine.py")
    return check_layer(spec, list(inputs) or None, parameters)


def wrong(report: Report) -> list[str]:
    """The names of the inputs whose gradients are wrong."""
    subjects = [finding.subject for finding in report.findings if finding.verdict is Verdict.WRONG]
    return [subject.rpartition("input ")[2] for subject in subjects]
