"""A report as Markdown, for the comment on a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from introspection.findings import Finding, Kind, Report
from introspection.render.text import one_line


def render(report: Report) -> str:
    """Return the headline, then a table for each kind of finding."""
    lines = [f"**monps-db check**: {report.headline()}"]
    for kind in Kind:
        if findings := [finding for finding in report.findings if finding.kind is kind]:
            lines += ["", *_section(kind, findings)]
    return "\n".join(lines)


def _section(kind: Kind, findings: list[Finding]) -> Iterator[str]:
    yield f"<details><summary>{kind} ({len(findings)})</summary>"
    yield ""
    yield "| severity | code | object | expected | actual | what to do |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for finding in findings:
        cells = (
            finding.severity,
            f"`{finding.code}`",
            _code(finding.path),
            _code(finding.expected),
            _code(finding.actual),
            finding.recommendation,
        )
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield "</details>"


def _code(value: str | None) -> str:
    """A value as code in which nothing is markup: no emphasis, no mention, no end of the cell."""
    if value is None:
        return ""
    harmless = frozenset(" .,:()=")
    text = "".join(
        character if character.isalnum() or character in harmless else f"&#{ord(character)};"
        for character in one_line(value)
    )
    return f"<code>{text}</code>"
