"""The effects of the pending revisions on a database."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from schemaproof.catalog.catalog import reading
from schemaproof.compare import Difference
from schemaproof.connection.raw_sql import AnyConnection
from schemaproof.history import data_loss
from schemaproof.lint.lock_modes import Lock
from schemaproof.lint.revisions import LintedRevision
from schemaproof.lint.row_counts import Counted, count
from schemaproof.lint.table_statistics import Size, seconds, table_sizes


@dataclass(frozen=True, slots=True)
class PlannedLock:
    """A lock, and the table that it is on.

    Attributes:
        lock: The lock.
        size: The size of the table; None when it does not exist yet.
        seconds: The estimated duration of the statement; None when unknown.
    """

    lock: Lock
    size: Size | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class PlannedStatement:
    """A statement of a pending revision.

    Attributes:
        sql: The text of the statement.
        line: The line of the revision's file.
        locks: The locks on existing tables; a lock without a mode is known only at run time.
    """

    sql: str
    line: int
    locks: tuple[PlannedLock, ...]


@dataclass(frozen=True, slots=True)
class PlannedRevision:
    """A pending revision, and its effects.

    Attributes:
        id: The revision id.
        title: The first paragraph of its docstring.
        statements: The statements of the upgrade.
        unprintable: The reason why the statements are unknown; None when they are known.
        changes: The differences in the schema.
        loses: The objects that the upgrade drops with their rows.
        undo_loses: The data that a downgrade loses: the objects that it drops with their rows, and
            the loss that the file declares.
        checks: The conditions that existing rows have to meet, with the rows that violate them.
        phase: ``expand`` or ``contract``.
        phase_reason: The change that makes it ``contract`` where its file does not declare that.
        tenant: The schema of the tenant to upgrade; None without tenants.
    """

    id: str
    title: str
    statements: tuple[PlannedStatement, ...]
    unprintable: str | None
    changes: tuple[Difference, ...]
    loses: tuple[str, ...]
    undo_loses: tuple[str, ...]
    checks: tuple[Counted, ...]
    phase: str
    phase_reason: str | None
    tenant: str | None = None


def plan(
    connection: AnyConnection, pending: Sequence[LintedRevision], tenant: str | None = None
) -> list[PlannedRevision]:
    """Determine what revisions will do, in one read-only transaction."""
    with reading(connection):
        there = table_sizes(connection, (name for one in pending for name in one.tables))
        return [replace(_planned(connection, one, there), tenant=tenant) for one in pending]


def _planned(
    connection: AnyConnection, revision: LintedRevision, there: Mapping[str, Size]
) -> PlannedRevision:
    return PlannedRevision(
        id=revision.id,
        title=revision.title,
        statements=tuple(_statements(revision, there)),
        unprintable=revision.unprintable,
        changes=revision.changes or (),
        loses=data_loss.lost_by_upgrade(revision.changes or ()),
        undo_loses=data_loss.lost_and_declared(revision.changes or (), revision.loses),
        checks=tuple(count(connection, check, there) for check in revision.checks),
        phase=revision.phase.name,
        phase_reason=revision.phase.reason,
    )


def _statements(revision: LintedRevision, there: Mapping[str, Size]) -> Iterator[PlannedStatement]:
    for statement in revision.statements:
        yield PlannedStatement(
            statement.sql,
            statement.line,
            tuple(
                PlannedLock(lock, size := there.get(lock.table), seconds(lock, size))
                for lock in statement.locks
                # A lock on a table that the revision itself creates blocks nobody.
                if not lock.table or lock.table in there
            ),
        )
