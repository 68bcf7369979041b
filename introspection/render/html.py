"""A report as one self-contained HTML page: nothing is loaded from anywhere."""

from __future__ import annotations

from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from introspection.codes import Severity
from introspection.findings import Finding, Kind, Report
from introspection.render.text import one_line

_TEMPLATE: Final = "report.html"


def render(report: Report) -> str:
    """Return the page."""
    environment = Environment(
        loader=PackageLoader("introspection.render", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["one_line"] = one_line
    return environment.get_template(_TEMPLATE).render(
        report=report,
        kinds=[(kind, report.kinds()[kind]) for kind in Kind if report.kinds()[kind]],
        severities=list(Severity),
        schemas=sorted({_schema(finding) for finding in report.findings}),
        schema_of=_schema,
    )


def _schema(finding: Finding) -> str:
    """The first part of the path; a revision has no schema, and stands for itself."""
    if finding.path.startswith('"'):
        return finding.path.partition('".')[0].strip('"')
    return finding.path.partition(".")[0]
