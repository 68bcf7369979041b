"""The live database against the snapshot of the revision that it says it is at."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from core.project import Project
from introspection import findings, snapshot_file
from introspection.catalog import read_snapshot
from introspection.compare import compare
from introspection.findings import Report
from introspection.shapes import Scope, Snapshot
from introspection.snapshot_file import RecordedRevision
from migrations.runner.scopes import live_scope


@dataclass(frozen=True, slots=True)
class State:
    """What was read of the live database, and how it compares.

    Attributes:
        expected: What should be there.
        scope: What was looked at.
        actual: What is there.
        report: The comparison.
    """

    expected: Snapshot
    scope: Scope
    actual: Snapshot
    report: Report

    @property
    def fingerprint(self) -> str:
        """A digest of what is there."""
        content = RecordedRevision(revision="", file_checksum="", models=None, snapshot=self.actual)
        digest = hashlib.sha256(snapshot_file.dumps(content).encode("utf-8", "surrogateescape"))
        return f"sha256:{digest.hexdigest()}"


def look(connection: Connection, project: Project, expected: Snapshot) -> State:
    """Read what is in scope within the current transaction, and compare it."""
    expected = expected.only(project.schemas)
    scope = live_scope(project, expected)
    actual = read_snapshot(connection, scope)
    comparison = compare(expected, actual)
    drift = findings.drift(comparison.differences, managed=project.managed_schemas)
    report = Report(tuple(drift), comparison.objects, comparison.attributes)
    return State(expected, scope, actual, report)


def verify(connection: Connection, project: Project, expected: Snapshot) -> Report:
    """As :func:`look`, with the statements that take the differences back."""
    state = look(connection, project, expected)
    if not state.report.findings:
        return state.report
    from introspection.repair.plan import repair

    return replace(state.report, repairs=tuple(repair(state.expected, state.actual)))
