"""Compare the live database with the schema of its revision."""

from dataclasses import dataclass, replace
from typing import Final

from schemaproof.audit.state import AuditState
from schemaproof.check import history_tables_diff
from schemaproof.check.live_diff import State, read_state, with_differences, with_repairs
from schemaproof.check.scratch_queries import ScratchQueries
from schemaproof.connection.raw_sql import AnyConnection
from schemaproof.errors import LocalServerError
from schemaproof.findings.findings import Finding, Kind, Report
from schemaproof.history import version_table
from schemaproof.history.history import History
from schemaproof.history.version_table import LiveHistory
from schemaproof.schema.codes import Code
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.paths import path
from schemaproof.schema.scope import Scope

CANDIDATES: Final = 20
"""The number of revisions to try when the revision of the database is unknown."""
_NOTHING: Final = Report((), objects=0, attributes=0)


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """The state of the live database, read in one transaction.

    Attributes:
        history: The version table and the ledger of the database.
        rows: The revisions of the database: the rows of the version table or, when this role may
            not read them, the revision with the closest schema; None when unknown.
        report: The comparison with the schema of those revisions; None when there was none.
        findings: Findings about parts that could not be compared, and about revisions that are
            missing in the version table.
        compared: The state that was compared; None when the revisions are a guess, or unknown.
        history_tables: The comparison of version table and ledger with their expected definition.
        audit: The comparison of the audit with its expected definition; None when none is
            installed.
    """

    history: LiveHistory
    rows: tuple[str, ...] | None
    report: Report | None
    findings: tuple[Finding, ...] = ()
    compared: State | None = None
    history_tables: Report = _NOTHING
    audit: AuditState | None = None

    @property
    def own_tables(self) -> Report:
        """The unexpected changes of version table, ledger and audit, as findings."""
        reports = [self.history_tables, *([self.audit.report] if self.audit else [])]
        findings = tuple(finding for report in reports for finding in report.findings)
        repairs = tuple(step for report in reports for step in report.repairs)
        return replace(self.history_tables, findings=findings, repairs=repairs)


def compare_database(
    connection: AnyConnection,
    scope: Scope,
    history: History,
    live: LiveHistory,
    scratch: ScratchQueries,
) -> DatabaseState:
    """Compare the live database with the schema of its revision, within the current transaction.

    Args:
        connection: The connection to the live database.
        scope: The schemas to look at.
        history: The revisions.
        live: The version table and the ledger, as they were read from the database.
        scratch: The queries that replay revisions when the snapshots do not suffice.
    """
    state = _compared(connection, scope, history, live, scratch)
    form = scratch.version_table_form
    tables = history_tables_diff.compare_tables(
        connection, scope, scratch.project.ledger_table, live.own, form
    )
    return replace(state, history_tables=tables)


def _compared(
    connection: AnyConnection,
    scope: Scope,
    history: History,
    live: LiveHistory,
    scratch: ScratchQueries,
) -> DatabaseState:
    table = path(*scope.version_table)
    if live.version_fault is not None:
        # The version table cannot be trusted, so the revision is unknown.
        return DatabaseState(live, None, None)
    if live.rows is None:
        best, report = _closest(connection, scope, history)
        actual = f"compared with {best}, whose schema is closest" if best else "not compared"
        finding = Finding(Code("version", "unreadable"), Kind.UNVERIFIED, table, None, actual)
        return DatabaseState(live, (best,) if best else None, report, (finding,))
    unversioned = None if live.rows else _unversioned(connection, scope, history, live)
    if unversioned and unversioned.kind is Kind.TAMPERED:
        return DatabaseState(live, None, None, (unversioned,))
    try:
        expected = _expected(history, live.rows, scratch)
    except LocalServerError as error:
        finding = Finding(
            Code("branches", "unverified"), Kind.UNVERIFIED, table, None, error.message
        )
        return DatabaseState(live, live.rows, None, (finding,))
    found = (unversioned,) if unversioned else ()
    if expected is None:
        return DatabaseState(live, live.rows, None, found)
    state = read_state(connection, scope, expected)
    if live.rows and state.texts:
        real = scratch.real_differences(live.rows, state.expected, state.actual, state.differences)
        state = with_differences(state, real)
    state = with_repairs(state, connection)
    return DatabaseState(live, live.rows, state.report, found, state)


def _unversioned(
    connection: AnyConnection, scope: Scope, history: History, live: LiveHistory
) -> Finding | None:
    """Return the finding that no revision is recorded although objects of the project exist."""
    heads = [history.snapshot_at(head) or Snapshot() for head in history.heads]
    names = {name for head in heads for name in head.only(scope.schemas).object_names()}
    if not version_table.any_exists(connection, names):
        return None
    best, report = _closest(connection, scope, history)
    exact = best and report and not report.findings
    hint = f", and the schema is that of {best}" if exact else ""
    table = path(*scope.version_table)
    wanted = "the revision that the schema is at"
    if live.there:
        return Finding(Code("version", "empty"), Kind.TAMPERED, table, wanted, f"no row{hint}")
    return Finding(
        Code("version", "missing"), Kind.UNVERIFIED, table, wanted, f"no such table{hint}"
    )


def _closest(
    connection: AnyConnection, scope: Scope, history: History
) -> tuple[str | None, Report | None]:
    """Find the revision whose schema is closest, when nothing else names it.

    The newest revisions are tried first; the first exact match is returned.

    Returns:
        The revision whose snapshot differs least, and its differences; None when no snapshot was
            recorded.
    """
    best: tuple[str | None, Report | None] = None, None
    for revision in [*history.revisions.values()][: -CANDIDATES - 1 : -1]:
        if revision.recorded is None:
            continue
        state = read_state(connection, scope, revision.recorded.snapshot)
        report = with_repairs(state, connection).report
        if not report.findings and report.objects:
            return revision.id, report
        if best[1] is None or len(report.findings) < len(best[1].findings):
            best = revision.id, report
    return best


def _expected(history: History, rows: tuple[str, ...], scratch: ScratchQueries) -> Snapshot | None:
    """Return the schema that the revisions of the database produce."""
    if not rows[1:]:
        return history.snapshot_at(*rows or (None,))
    applied = history.applied(*rows)
    if any(row not in applied for row in rows):
        return None
    if any(history.follows(other, row) for row in rows for other in rows):
        return None
    return history.joined_snapshot(rows) or scratch.produced_by(rows)
