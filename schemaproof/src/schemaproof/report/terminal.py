"""A report for a terminal: tables by kind, and advice by code."""

from collections.abc import Iterable, Sequence

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from schemaproof.findings.codes import Severity
from schemaproof.findings.findings import Finding, Kind, Report
from schemaproof.report.cells import cell

_STYLES = {
    Severity.BREAKING: "bold red",
    Severity.INTEGRITY: "red",
    Severity.OPERATIONAL: "yellow",
    Severity.COSMETIC: "dim",
}


NARROW = 100
"""The width in columns below which findings are printed as lines and not as a table."""


def render(report: Report, console: Console | None = None) -> None:
    """Print the report; colours follow the terminal and ``NO_COLOR``."""
    console = console or Console()
    for kind in Kind:
        findings = [finding for finding in report.findings if finding.kind is kind]
        if findings:
            if console.width < NARROW:
                console.print(cell(kind.value, "bold"))
                console.print(*map(_lines, findings))
            else:
                console.print(_table(kind, findings))
            for recommendation in _recommendations(findings):
                console.print(recommendation)
            console.print()
    console.print(cell(report.headline(), "bold green" if report.in_sync else "bold red"))


def _lines(finding: Finding) -> Group:
    """Return the lines of a finding: severity and code, then the indented path and facts."""
    file = [] if finding.location is None else [("file", str(finding.location))]
    facts = (f"{name}: {value}" for name, value in (*finding.facts, *file))
    return Group(
        Text.assemble(
            cell(finding.severity, _STYLES[finding.severity]),
            cell(f" {finding.code}"),
            overflow="fold",
        ),
        _indented(str(finding.path), 2),
        *(_indented(fact, 4) for fact in facts),
    )


def _indented(text: str, columns: int) -> Padding:
    return Padding(cell(text), (0, 0, 0, columns), expand=False)


def _table(kind: Kind, findings: Sequence[Finding]) -> Table:
    table = Table(title=kind.value, title_justify="left", title_style="bold")
    has_audit = any(finding.changed_by is not None for finding in findings)
    changed_by = ["changed by"] * has_audit
    for heading in ("severity", "code", "object", "expected", "actual", *changed_by):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        sides = [finding.expected, finding.actual, *[finding.changed_by] * has_audit]
        table.add_row(
            cell(finding.severity, _STYLES[finding.severity]),
            cell(finding.code),
            _object(finding),
            *(cell(side or "") for side in sides),
        )
    return table


def _object(finding: Finding) -> Text:
    """Return the object, and below it the line of a file that the finding is about."""
    if finding.location is None:
        return cell(finding.path)
    return Text("\n").join([cell(finding.path), cell(str(finding.location), "dim")])


def _recommendations(findings: Iterable[Finding]) -> list[Text]:
    advice = {finding.code: finding.recommendation for finding in findings}
    return [
        Text.assemble(cell(f"{code}: ", "bold"), cell(recommendation))
        for code, recommendation in sorted(advice.items())
    ]
