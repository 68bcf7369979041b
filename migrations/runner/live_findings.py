"""What is checked in the live database alone, beside the comparison with a snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from core.answers import AnyConnection
from core.project import Project
from introspection.findings import Finding, Report
from introspection.live.positions import sequence_findings
from introspection.live.settings import collation_findings, setting_findings
from introspection.shapes import Scope, Snapshot
from migrations.runner.scopes import live_scope


def with_live_findings(
    report: Report, connection: AnyConnection, project: Project, expected: Snapshot, *, data: bool
) -> Report:
    """Return the report with what is wrong with positions, settings and, on request, rows.

    Args:
        report: The comparison so far.
        connection: Where to read, within its transaction.
        project: Whose objects are looked at.
        expected: What should be there.
        data: Whether to look for rows that violate a foreign key, which reads the tables.
    """
    scope = live_scope(project, expected.only(project.schemas))
    found = [
        *sequence_findings(connection, scope),
        *setting_findings(connection, scope, dict(project.settings)),
        *collation_findings(connection, scope),
    ]
    return replace(
        report,
        findings=(
            *report.findings,
            *(finding for finding, _ in found),
            *(_violations(connection, scope) if data else ()),
        ),
        repairs=(*report.repairs, *(step for _, step in found if step is not None)),
    )


def _violations(connection: AnyConnection, scope: Scope) -> Iterator[Finding]:
    # Only who asks for it needs what this imports.
    from introspection.live.violations import violation_findings

    return violation_findings(connection, scope)
