"""What is checked in the live database alone, beside the comparison with a snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from core.answers import AnyConnection
from core.project import Project
from introspection.findings import Finding, Kind, Report
from introspection.live.positions import sequence_findings
from introspection.live.settings import collation_findings, setting_findings
from introspection.shapes import Scope, Snapshot
from migrations.runner.scopes import live_scope


@dataclass(frozen=True, slots=True)
class OnRequest:
    """What is looked at only when somebody asks for it.

    Attributes:
        data: Whether to look for rows that violate a foreign key, which reads the tables.
        roles: What the names of the least-privilege roles begin with, to compare them; None not to.
    """

    data: bool = False
    roles: str | None = None


NOTHING: Final = OnRequest()


def with_live_findings(
    report: Report,
    connection: AnyConnection,
    project: Project,
    expected: Snapshot,
    on_request: OnRequest = NOTHING,
) -> Report:
    """Return the report with what is wrong with positions and settings, and what is asked for.

    Args:
        report: The comparison so far.
        connection: Where to read, within its transaction.
        project: Whose objects are looked at.
        expected: What should be there.
        on_request: What is looked at besides.
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
            *(_violations(connection, scope) if on_request.data else ()),
            *(_roles(connection, project, expected, on_request.roles) if on_request.roles else ()),
        ),
        repairs=(*report.repairs, *(step for _, step in found if step is not None)),
    )


def _violations(connection: AnyConnection, scope: Scope) -> Iterator[Finding]:
    # Only who asks for it needs what this imports.
    from introspection.live.violations import violation_findings

    return violation_findings(connection, scope)


def _roles(
    connection: AnyConnection, project: Project, expected: Snapshot, prefix: str
) -> Iterator[Finding]:
    from migrations.roles.roles import Roles, deviations

    wanted = f"as monps-db roles --sql --prefix {prefix} leaves them"
    for deviation in deviations(connection, project, expected, Roles(prefix)):
        yield Finding("role-deviation", Kind.DRIFT, "roles", wanted, deviation)
