"""What is checked in the live database alone, beside the comparison with a snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from core.answers import AnyConnection
from core.project import Project
from introspection.catalog import reading
from introspection.findings import Finding, Kind, Report
from introspection.live.positions import sequence_findings
from introspection.live.settings import collation_findings, setting_findings
from introspection.repair.steps import Step
from introspection.shapes import Scope, Snapshot
from migrations.runner.scopes import live_scope
from migrations.runner.verify import Expected


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
LiveFindings = Sequence[tuple[Finding, Step | None]]
"""Findings, each with the statement that takes it back where there is one."""


def live_findings(
    session: AnyConnection, project: Project, expected: Expected, on_request: OnRequest = NOTHING
) -> LiveFindings:
    """Return what is wrong with positions and settings, and with what is asked for.

    Args:
        session: Where to read, in transactions of their own.
        project: Whose objects are looked at.
        expected: What should be there.
        on_request: What is looked at besides.
    """
    scope = live_scope(project, expected.names)
    found = [*sequence_findings(session, scope)]
    with reading(session):
        found += [
            *setting_findings(session, scope, dict(project.settings)),
            *collation_findings(session, scope),
        ]
        if on_request.roles:
            roles = _roles(session, project, expected.snapshot(), on_request.roles)
            found += [(finding, None) for finding in roles]
    if on_request.data:
        found += [(finding, None) for finding in _violations(session, scope)]
    return found


def with_live_findings(report: Report, found: LiveFindings) -> Report:
    """Return the report with these findings, too."""
    return replace(
        report,
        findings=(*report.findings, *(finding for finding, _ in found)),
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
