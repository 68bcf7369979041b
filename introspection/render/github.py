"""A report as GitHub's workflow commands: annotations on the run and on the pull request."""

from __future__ import annotations

from typing import Final

from introspection.codes import Severity
from introspection.findings import Finding, Report
from introspection.render.text import one_line

_COMMANDS: Final = {
    Severity.BREAKING: "error",
    Severity.INTEGRITY: "error",
    Severity.OPERATIONAL: "warning",
    Severity.COSMETIC: "notice",
}


def render(report: Report) -> str:
    """Return a command for each finding, then the headline."""
    return "\n".join([*(_command(finding) for finding in report.findings), report.headline()])


def _command(finding: Finding) -> str:
    title = _property(f"{finding.kind}: {finding.code}")
    sides = [
        f"{name} {value}"
        for name, value in (("expected", finding.expected), ("actual", finding.actual))
        if value is not None
    ]
    message = "; ".join([finding.path, *sides, finding.recommendation])
    return f"::{_COMMANDS[finding.severity]} title={title}::{_data(message)}"


def _data(value: str) -> str:
    return one_line(value).replace("%", "%25")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
