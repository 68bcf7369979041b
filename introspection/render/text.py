"""A report as plain text, for pipes and files: a line per fact, no colours, no wrapping."""

from __future__ import annotations

from collections.abc import Iterator

from introspection.findings import Finding, Report


def render(report: Report) -> str:
    """Return the findings, then the headline."""
    lines = [line for finding in report.findings for line in _lines(finding)]
    return "\n".join([*lines, report.headline()])


def _lines(finding: Finding) -> Iterator[str]:
    yield f"{finding.kind} [{finding.severity}] {finding.code} {one_line(finding.path)}"
    if finding.expected is not None:
        yield f"    expected: {one_line(finding.expected)}"
    if finding.actual is not None:
        yield f"    actual:   {one_line(finding.actual)}"
    yield f"    {finding.recommendation}"


def one_line(value: str) -> str:
    r"""Keep a value on its line: a control character is shown as its escape.

    >>> one_line("a\nb")
    'a\\nb'
    """
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in value
    )
