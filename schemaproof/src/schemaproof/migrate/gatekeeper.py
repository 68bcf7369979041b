"""Asks the gate whether the migration may begin."""

from __future__ import annotations

from collections.abc import Sequence

from alembic.runtime.migration import MigrationInfo
from sqlalchemy import Connection

from schemaproof.catalog.catalog import inside_transaction
from schemaproof.check import history_findings
from schemaproof.check.column_order import moved_tables, order_findings, ours
from schemaproof.check.live_diff import State
from schemaproof.errors import ConfigurationError
from schemaproof.findings.findings import Finding, Kind
from schemaproof.history import ledger, version_table
from schemaproof.history.version_table import LiveHistory
from schemaproof.migrate import gate
from schemaproof.migrate.revision_hook import RevisionHook
from schemaproof.schema.codes import Code


def pass_gate(
    connection: Connection, around: RevisionHook, steps: Sequence[MigrationInfo]
) -> State | None:
    """Look at history and database before the first step.

    Returns:
        What the database is like; None when there is no snapshot to compare it with.

    Raises:
        MigrationRefusedError: The migration may not begin.
        ConfigurationError: The gate is off, and nobody says why.
    """
    if all(step.is_stamp for step in steps):
        return None
    if around.mode == "off":
        _want_reason(around)
    at = version_table.read_history(connection, around.project)
    _refuse_tampering(around, at)
    _refuse_unsafe(connection, around, steps)
    rows = at.rows or ()
    now = _state(connection, around, rows)
    if now is None:
        return None
    names = {*now.expected.relation_names()}
    with inside_transaction(connection):
        around.disordered = tuple(ours(moved_tables(connection), now.scope, names))
    if "drift" in around.overrides.allowed:
        return now
    known = ledger.known_findings(connection)
    _refuse_another_order(around)
    if held := gate.held_before(now, None, known, around.mode):
        now = around.comparing.settled(now, rows, held)
        next_ones = steps[0].destination_revision_ids
        ahead = _state(connection, around, next_ones)
        held = gate.held_before(now, ahead, known, around.mode)
        if held and ahead is not None:
            paths = {finding.path for finding in held}
            asked = [finding for finding in ahead.report.findings if finding.path in paths]
            ahead = around.comparing.settled(ahead, next_ones, asked)
            held = gate.held_before(now, ahead, known, around.mode)
    gate.refuse("drift", "the database is not as the last migration left it", held)
    return now


def _refuse_another_order(around: RevisionHook) -> None:
    """What the ledger records of it is renewed with each step: none of it is known before."""
    if around.mode != "off":
        found = [finding for finding, _ in order_findings(around.disordered)]
        what = "columns do not stand where the last migration left them"
        gate.refuse("drift", what, around.comparing.not_accepted(found))


def _want_reason(around: RevisionHook) -> None:
    if around.overrides.reason is None:
        raise ConfigurationError(
            "MIGRATION_GATE=off needs a reason",
            remedy="say why: --reason '...' (alembic -x reason='...')",
        )


def _refuse_tampering(around: RevisionHook, at: LiveHistory) -> None:
    if around.mode == "off":
        return
    grounds: dict[str, list[Finding]] = {"heads": [], "tampering": []}
    found = (
        *history_findings.in_database(around.history, at, around.project.version_table),
        *history_findings.in_files(around.history),
    )
    for finding in found:
        if finding.kind is not Kind.TAMPERED:
            continue
        grounds["heads" if finding.code == Code("several", "heads") else "tampering"].append(
            finding
        )
    for ground, what in (
        ("tampering", "the history is not what was recorded"),
        ("heads", "the history has several heads"),
    ):
        if ground not in around.overrides.allowed:
            gate.refuse(ground, what, grounds[ground])


def _refuse_unsafe(
    connection: Connection, around: RevisionHook, steps: Sequence[MigrationInfo]
) -> None:
    pending = [step.up_revision_id or "" for step in steps if step.is_upgrade]
    if around.mode == "off" or "lint" in around.overrides.allowed or not pending:
        return
    # Only an upgrade that has something to do needs what this imports.
    from schemaproof.lint import linting, revisions

    loaded = list(revisions.load(around.project, around.history, pending))
    with inside_transaction(connection):
        found = linting.unsafe(connection, loaded, around.project)
    named = [f"{one.rule} ({one.path.name}:{one.line}) {one.message}" for one in found]
    gate.refuse_named("lint", "what is pending is unsafe", named)


def _state(
    connection: Connection, around: RevisionHook, revisions: tuple[str, ...]
) -> State | None:
    expected = around.comparing.expected(revisions)
    return None if expected is None else around.comparing.look(connection, expected)
