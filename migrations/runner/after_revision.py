"""What happens after each revision, inside its transaction: ledger, introspection, a line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import permutations
from typing import Any, Final

from alembic.runtime.migration import MigrationContext, MigrationInfo
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from core.errors import HistoryError
from core.project import Project
from introspection.catalog import SchemaChangedError, inside_transaction, retried
from introspection.findings import Report
from introspection.render.text import one_line
from introspection.shapes import Snapshot
from migrations.runner import ledger
from migrations.runner.history import History
from migrations.runner.verify import verify

FINDINGS_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class AfterRevision:
    """Alembic's ``on_version_apply``, called for every revision applied, undone or stamped.

    An exception that is raised here takes the revision back and keeps the ones before it.
    """

    project: Project
    history: History
    say: Callable[[str], None]

    def __call__(
        self, *, ctx: MigrationContext, step: MigrationInfo, heads: Iterable[str], **_: Any
    ) -> None:
        """Record the step; on a live connection also check that it may be, and what it led to."""
        revision = self.history.revisions.get(step.up_revision_id or "")
        if ctx.as_sql:
            if self._undoes_something(step):
                ledger.refuse_unless_upgraded(ctx, step)
            ledger.record(ctx, step, revision.file_checksum if revision else None)
            return
        connection = _connection(ctx)
        self._refuse_rows_that_follow_each_other(step, tuple(heads))
        self._refuse_to_undo_what_was_not_done(connection, step)
        ledger.record(ctx, step, revision.file_checksum if revision else None)
        self._say_state(connection, tuple(heads))

    def _refuse_to_undo_what_was_not_done(
        self, connection: Connection, step: MigrationInfo
    ) -> None:
        """A downgrade drops what its upgrade created, so the upgrade must have happened here."""
        if not self._undoes_something(step):
            return
        if ledger.last_direction(connection, step.up_revision_id) != "upgrade":
            raise HistoryError(
                f"revision {step.up_revision_id} was not applied here by an upgrade, so undoing it"
                " would drop what no upgrade created; nothing was changed",
                remedy="move the marker alone: alembic stamp REVISION",
            )

    def _undoes_something(self, step: MigrationInfo) -> bool:
        if step.is_upgrade or step.is_stamp:
            return False
        return not self.history.changes_nothing(self.history.revisions[step.up_revision_id or ""])

    def _refuse_rows_that_follow_each_other(
        self, step: MigrationInfo, heads: tuple[str, ...]
    ) -> None:
        """Alembic would count from the older of two rows: ``downgrade -1`` would undo it all."""
        if step.is_stamp or not any(
            self.history.follows(one, other) for one, other in permutations(heads, 2)
        ):
            return
        raise HistoryError(
            "alembic_version has several rows, and one is of a revision that follows another's;"
            " nothing was changed",
            remedy="leave the row that is true: alembic stamp --purge REVISION",
        )

    def _say_state(self, connection: Connection, heads: tuple[str, ...]) -> None:
        expected = self.history.snapshot_at(heads[0] if heads else None)
        if len(heads) > 1 or expected is None:
            self.say(f"not compared: no snapshot of {' and '.join(heads)} (monps-db snapshot)")
            return
        try:
            report = retried(lambda: self._report(connection, expected))
        except (SchemaChangedError, OperationalError) as error:
            # A lock on some table, or another session's DDL: nothing is wrong with the revision.
            self.say(f"not compared: {_reason(error)} (monps-db check)")
            return
        for line in _lines(report):
            self.say(line)

    def _report(self, connection: Connection, expected: Snapshot) -> Report:
        with inside_transaction(connection):
            return verify(connection, self.project, expected)


def _lines(report: Report) -> Iterable[str]:
    if not report.objects and not report.findings:
        yield "at the base: nothing of ours is left to compare"
        return
    yield report.headline()
    for finding in report.findings[:FINDINGS_SHOWN]:
        yield f"  {finding.code} {one_line(finding.path)}"
    if (more := len(report.findings) - FINDINGS_SHOWN) > 0:
        yield f"  and {more} more: monps-db check"


def _reason(error: SchemaChangedError | OperationalError) -> str:
    text = error.message if isinstance(error, SchemaChangedError) else str(error.orig)
    return text.splitlines()[0]


def _connection(context: MigrationContext) -> Connection:
    if context.connection is None:  # only in offline mode, which is handled before
        raise HistoryError("a migration without a connection")
    return context.connection
