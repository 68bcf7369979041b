"""A report as one self-contained HTML page: nothing is loaded from anywhere."""

from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from schemaproof.findings.codes import Severity
from schemaproof.findings.findings import Finding, Kind, Report
from schemaproof.output.documents import Document, visible
from schemaproof.program import command_line

_TEMPLATE: Final = "report.html"


def render(report: Report, *, note: str = "") -> Document:
    """Return the page.

    Args:
        report: What is shown.
        note: What else there is to say of it.
    """
    return Document(
        _template().render(
            report=report,
            note=note,
            check=command_line(report.command),
            kinds=[(kind, report.kinds()[kind]) for kind in Kind if report.kinds()[kind]],
            severities=list(Severity),
            schemas=sorted({_schema(finding) for finding in report.findings}),
            schema_of=_schema,
        )
    )


@cache
def _template() -> Template:
    return Environment(
        loader=PackageLoader("schemaproof.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    ).get_template(_TEMPLATE)


def _finalize(value: object) -> object:
    """Whatever the template shows goes through here, before it is escaped for HTML."""
    return visible(value) if isinstance(value, str) else value


def _schema(finding: Finding) -> str:
    """The first part of the path; a revision has no schema, and stands for itself."""
    return finding.path.names[0]
