"""A report as GitHub's workflow commands: annotations on the run and on the pull request."""

from dataclasses import asdict
from typing import Final

from schemaproof.findings.codes import Severity
from schemaproof.findings.findings import Finding, Kind, Report
from schemaproof.output.documents import Document, visible

_COMMANDS: Final = {
    Severity.BREAKING: "error",
    Severity.INTEGRITY: "error",
    Severity.OPERATIONAL: "warning",
    Severity.COSMETIC: "notice",
}


def render(report: Report) -> Document:
    """Return a command for each finding, then the headline."""
    return Document("\n".join([*map(_finding, report.findings), visible(report.headline())]))


def command(name: str, message: str, **properties: str | int) -> Document:
    """Return a command in one line, in which every value is escaped."""
    given = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return Document(f"::{name} {given}::{_data(message)}")


def _finding(finding: Finding) -> Document:
    facts = [f"{name} {value}" for name, value in finding.facts]
    message = "; ".join([finding.path, *facts, finding.recommendation])
    title = f"{finding.kind}: {finding.code}"
    where = asdict(finding.location) if finding.location else {}
    is_accepted = finding.kind is Kind.ACCEPTED
    name = "notice" if is_accepted else _COMMANDS[finding.severity]
    return command(name, message, **where, title=title)


def _data(value: str) -> str:
    return visible(value).replace("%", "%25")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
