"""A report as Markdown, for the comment on a pull request."""

from collections.abc import Iterator
from typing import Final

from schemaproof.findings.findings import Finding, Kind, Report
from schemaproof.output.documents import Document, visible
from schemaproof.program import command_line

# Dots and colons are escaped, because Markdown makes links of text like www.example.org.
_HARMLESS: Final = frozenset(" ,()=")


def render(report: Report) -> Document:
    """Return the headline, then a table for each kind of finding."""
    lines = [f"**{command_line(report.command)}**: {report.headline()}"]
    for kind in Kind:
        if findings := [finding for finding in report.findings if finding.kind is kind]:
            lines += ["", *_section(kind, findings)]
    return Document("\n".join(lines))


def _section(kind: Kind, findings: list[Finding]) -> Iterator[str]:
    yield f"<details><summary>{kind} ({len(findings)})</summary>"
    yield ""
    has_audit = any(finding.changed_by is not None for finding in findings)
    changed_by = ["changed by"] * has_audit
    headings = ["severity", "code", "object", "expected", "actual", *changed_by, "what to do"]
    yield f"| {' | '.join(headings)} |"
    yield f"| {' | '.join('---' for _ in headings)} |"
    for finding in findings:
        cells = (
            finding.severity,
            f"`{finding.code}`",
            ", ".join(map(as_code, _object(finding))),
            as_code(finding.expected),
            as_code(finding.actual),
            *([as_code(finding.changed_by)] * has_audit),
            escaped(finding.recommendation)
            if _is_ours(finding)
            else as_code(finding.recommendation),
        )
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield "</details>"


def _object(finding: Finding) -> Iterator[str]:
    """Yield the object, and the line of a file that the finding is about."""
    yield finding.path
    if finding.location is not None:
        yield str(finding.location)


def _is_ours(finding: Finding) -> bool:
    """Whether the advice contains no text from the database or a baseline."""
    return finding.reason is None and finding.hint is None


def as_code(value: str | None) -> str:
    """Return a value as code, in which GitHub finds no mention and no issue number."""
    return "" if value is None else f"<code>{escaped(value)}</code>"


def escaped(value: str) -> str:
    """Return a value with all markup escaped: emphasis, links, the end of a table cell."""
    return "".join(
        character if character.isalnum() or character in _HARMLESS else f"&#{ord(character)};"
        for character in visible(value)
    )
