"""Findings about the audit, and the commands that it recorded for other findings."""

from dataclasses import replace

from schemaproof.audit.attribution import with_changes
from schemaproof.audit.state import read_state
from schemaproof.check.database_state import DatabaseState
from schemaproof.check.live_findings import LiveFindings
from schemaproof.connection.raw_sql import AnyConnection
from schemaproof.findings.findings import Report
from schemaproof.schema.scope import Scope


def with_audit(connection: AnyConnection, scope: Scope, state: DatabaseState) -> DatabaseState:
    """Add to each finding who caused it, within the current transaction.

    Args:
        connection: The connection to the database of the findings.
        scope: The scope that names the ledger, in which the migrator recorded its steps.
        state: The state that was found.
    """
    audit = read_state(connection)
    if audit is None or not audit.may_read:
        return replace(state, audit=audit)
    reports = [one for one in (state.report, state.history_tables, audit.report) if one is not None]
    findings = [finding for report in reports for finding in report.findings]
    told = iter(with_changes(connection, scope, state.history, findings))

    def attributed(report: Report) -> Report:
        return replace(report, findings=tuple(next(told) for _ in report.findings))

    return replace(
        state,
        report=attributed(state.report) if state.report is not None else None,
        history_tables=attributed(state.history_tables),
        audit=replace(audit, report=attributed(audit.report)),
    )


def with_authors(
    connection: AnyConnection, scope: Scope, state: DatabaseState, found: LiveFindings
) -> LiveFindings:
    """Add to each finding about the live database who caused it, within the current transaction."""
    if state.audit is None or not state.audit.may_read:
        return found
    findings = [finding for finding, _ in found]
    told = with_changes(connection, scope, state.history, findings)
    return [(finding, step) for finding, (_, step) in zip(told, found, strict=True)]
