"""A report as plain text, for pipes and files: a line per fact, no colours, no wrapping."""

from collections.abc import Iterator

from schemaproof.findings.findings import Finding, Report
from schemaproof.output.documents import Lines, lines


def render(report: Report) -> Lines:
    """Return the findings, then the headline."""
    facts = [line for finding in report.findings for line in _lines(finding)]
    return lines([*facts, report.headline()])


def _lines(finding: Finding) -> Iterator[str]:
    yield f"{finding.kind} [{finding.severity}] {finding.code} {finding.path}"
    if finding.expected is not None:
        yield f"    expected: {finding.expected}"
    if finding.actual is not None:
        yield f"    actual:   {finding.actual}"
    if finding.location is not None:
        yield f"    file:     {finding.location}"
    if finding.changed_by is not None:
        yield f"    changed by: {finding.changed_by}"
    yield f"    {finding.recommendation}"
