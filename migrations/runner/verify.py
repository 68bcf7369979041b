"""The live database against the snapshot of the revision that it says it is at."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from core.project import Project
from introspection import findings
from introspection.catalog import read_snapshot
from introspection.compare import compare
from introspection.findings import Report
from introspection.shapes import Snapshot
from migrations.runner.scopes import live_scope


def verify(connection: Connection, project: Project, expected: Snapshot) -> Report:
    """Read what is in scope within the current transaction, and compare it."""
    expected = expected.only(project.schemas)
    actual = read_snapshot(connection, live_scope(project, expected))
    comparison = compare(expected, actual)
    drift = findings.drift(comparison.differences, managed=project.managed_schemas)
    report = Report(tuple(drift), comparison.objects, comparison.attributes)
    if not comparison.differences:
        return report
    from introspection.repair.plan import repair

    return replace(report, repairs=tuple(repair(expected, actual)))
