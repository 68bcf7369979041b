"""A report as one self-contained HTML page: nothing is loaded from anywhere."""

from typing import Final

from schemaproof.diagram.svg import Drawing
from schemaproof.findings.codes import Severity
from schemaproof.findings.findings import Finding, Kind, Report
from schemaproof.output.documents import Document
from schemaproof.output.html_pages import template
from schemaproof.program import command_line

_TEMPLATE: Final = "report.html"


def render(report: Report, *, note: str = "", drawing: Drawing | None = None) -> Document:
    """Return the report as an HTML page.

    Args:
        report: The report to show.
        note: A note to show with the report; empty for none.
        drawing: A picture to show with the report; None for none.
    """
    return Document(
        template(_TEMPLATE).render(
            report=report,
            note=note,
            drawing=drawing,
            heading="What differs",
            marked=True,
            check=command_line(report.command),
            kinds=[(kind, report.kinds()[kind]) for kind in Kind if report.kinds()[kind]],
            severities=list(Severity),
            schemas=sorted({_schema(finding) for finding in report.findings}),
            schema_of=_schema,
        )
    )


def _schema(finding: Finding) -> str:
    """Return the schema of a finding's object; a revision has none and is its own group."""
    return finding.path.names[0]
