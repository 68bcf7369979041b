"""Record in the ledger that a database was adopted."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from schemaproof.adopt.adoption import Adoption
from schemaproof.connection import own_settings
from schemaproof.connection.raw_sql import AnyConnection
from schemaproof.findings.findings import Finding, Kind
from schemaproof.history import history_tables
from schemaproof.history.history import History
from schemaproof.migrate import ledger_row, ledger_writer, migrator_lock
from schemaproof.migrate.gate_overrides import GateOverrides
from schemaproof.migrate.identity import find_identity
from schemaproof.migrate.pooler import Connect
from schemaproof.project import Project

NO_REVISION = "base"
"""The name in the ledger for the state before the first revision."""


@contextmanager
def migrators_locked_out(
    connection: AnyConnection, connect: Connect, project: Project
) -> Iterator[None]:
    """Keep other migrators out during the block, so that nothing changes before it is recorded.

    Args:
        connection: The connection to the database, outside a transaction.
        connect: The function that opens another connection.
        project: The project of the database.

    Raises:
        MigratorLockError: A migrator is at work.
        DatabaseRefusedError: The server is a standby, or transactions are read-only.
    """
    with migrator_lock.held(
        connection,
        migrator_lock.locks_for(project.tenant),
        connect=connect,
        application_name=find_identity(project.root).application_name,
        patience=timedelta(),
        say=lambda _: None,
    ):
        yield


@contextmanager
def recorded(
    connection: AnyConnection,
    project: Project,
    history: History,
    adoption: Adoption,
    reason: str | None,
) -> Iterator[None]:
    """Record an adoption, but only if the block ends without an error.

    Args:
        connection: The connection to the database, within :func:`migrators_locked_out` and outside
            a transaction.
        project: The project of the database.
        history: The revisions of the project.
        adoption: The objects that were found in the database, and the accepted differences.
        reason: The reason to accept the differences; None when nobody gave one.

    Raises:
        MigratorLockError: The lock is not held.
        HistoryError: The ledger was altered.
    """
    row = _ledger_row(project, history, adoption, reason)
    with own_settings.transaction(connection):
        migrator_lock.verify(connection, migrator_lock.locks_for(project.tenant))
        ledger_writer.prepare(connection, project.scope)
        history_tables.lock_for_writing(connection, {project.ledger_table})
        history_tables.inspect_safe_tables(connection, project.scope)
        ledger_writer.record(connection, project.scope, row)
        yield


def _ledger_row(
    project: Project, history: History, adoption: Adoption, reason: str | None
) -> ledger_row.Row:
    revision = history.revisions.get(adoption.revision or "")
    return ledger_row.Row(
        revision=adoption.revision or NO_REVISION,
        direction="adopt",
        file_checksum=revision.file_checksum if revision else None,
        findings=ledger_row.dumps(
            Finding(
                one.code, Kind.ACCEPTED, one.path, one.expected, one.actual, reason or one.reason
            )
            for one in adoption.accepted
        ),
        tables=[(one.schema, one.name) for one in (*adoption.ours, *adoption.untouched)],
        identity=find_identity(project.root),
        overrides=GateOverrides(reason=reason),
    )
