"""The live database against the snapshot of the revision that it says it is at."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlalchemy import Connection

from core.project import Project
from introspection import findings
from introspection.catalog import read_snapshot
from introspection.compare import compare
from introspection.findings import Report
from introspection.shapes import Snapshot
from migrations.runner.history import History
from migrations.runner.scopes import live_scope

CANDIDATES: Final = 20
"""How many revisions are tried where nobody says which one it is."""


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


def closest(
    connection: Connection, project: Project, history: History
) -> tuple[str | None, Report | None]:
    """Find the revision that the schema is at, where nothing else says it.

    The newest revisions are tried first, and the first whose schema is exactly there is it.

    Returns:
        The revision whose snapshot differs least, and how; None when no snapshot was recorded.
    """
    best: tuple[str | None, Report | None] = None, None
    for revision in [*history.revisions.values()][: -CANDIDATES - 1 : -1]:
        if revision.recorded is None:
            continue
        report = verify(connection, project, revision.recorded.snapshot)
        if not report.findings and report.objects:
            return revision.id, report
        if best[1] is None or len(report.findings) < len(best[1].findings):
            best = revision.id, report
    return best
