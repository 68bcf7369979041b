"""What happens around each revision, inside its transaction: introspection, gate, ledger."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import permutations
from typing import Any, Final

from alembic.runtime.migration import MigrationContext, MigrationInfo
from sqlalchemy import Connection

from schemaproof.check import column_order
from schemaproof.check.live_diff import State
from schemaproof.errors import HistoryError
from schemaproof.findings.findings import Finding, Kind, Report
from schemaproof.history import history_tables, ledger
from schemaproof.history.gate_overrides import GateOverrides
from schemaproof.history.history import History
from schemaproof.history.identity import Identity
from schemaproof.migrate import gate, migrator_lock
from schemaproof.migrate.state_reader import StateReader
from schemaproof.project import Project
from schemaproof.schema.shapes import Snapshot

FINDINGS_SHOWN: Final = 10


@dataclass(eq=False, kw_only=True)
class RevisionHook:
    """Called before every revision, and by Alembic (``on_version_apply``) after it.

    An exception that is raised here takes the revision back and keeps the ones before it.

    Attributes:
        project: Whose revisions they are.
        history: The revisions with their snapshots.
        identity: Who migrates; for the ledger.
        overrides: What the gate is told to let pass; for the gate and the ledger.
        mode: The gate's mode.
        state: What was last seen of the database; None when that may be out of date.
        known: What differed when it was last compared.
        disordered: Tables whose columns did not stand where they were recorded, when the gate
            looked; that is said until somebody accepts it.
        lines: What the last step led to, for people to read.
        heads: The revisions that the database is at after the last step.
    """

    project: Project
    history: History
    identity: Identity
    overrides: GateOverrides
    mode: str
    state: State | None = None
    known: tuple[Finding, ...] = ()
    disordered: tuple[column_order.Table, ...] = ()
    lines: list[str] = field(default_factory=list)
    heads: frozenset[str] = frozenset()
    _at_home: Snapshot = field(default_factory=Snapshot)
    _fingerprint: str | None = None
    _started: float = 0.0
    _seen: State | None = None
    _script_has_ledger: bool = False

    def start(self) -> None:
        """A step begins, or begins again."""
        self._started = time.monotonic()
        self._seen = None

    def begin(self, connection: Connection, step: MigrationInfo) -> None:
        """Make sure that others are locked out, and look at what the revision will change."""
        migrator_lock.verify(connection)
        if step.is_stamp:
            return
        self._at_home = self.comparing.expected(step.source_revision_ids) or Snapshot()
        expected = self.comparing.expected(step.destination_revision_ids)
        if expected is None:
            return
        self.state = self.comparing.look_wider(connection, self.state, expected)
        self._fingerprint = self._fingerprint or self.state.fingerprint

    def __call__(
        self, *, ctx: MigrationContext, step: MigrationInfo, heads: Iterable[str], **_: Any
    ) -> None:
        """Record the step; on a live connection also check that it may be, and what it led to."""
        history_tables.verify_written(ctx, step, tuple(heads))
        if ctx.as_sql:
            if not self._script_has_ledger:
                self._script_has_ledger = True
                ledger.prepare_in_script(ctx)
                history_tables.lock_and_inspect(ctx, self.project)
            if self._undoes_something(step):
                ledger.refuse_unless_upgraded(ctx, step)
            tables = self.comparing.tables(tuple(heads))
            ledger.record_in_script(ctx, replace(self.row(step), tables=tables))
            return
        connection = _connection(ctx)
        self.heads = frozenset(heads)
        self._refuse_rows_that_follow_each_other(step, tuple(heads))
        self._refuse_to_undo_what_was_not_done(connection, step)
        self.lines = list(self._compared(connection, step, tuple(heads)))
        ledger.record(
            connection,
            replace(
                self.row(step),
                tables=self.comparing.tables(tuple(heads)),
                not_tables=self._left_disordered(connection),
            ),
        )
        migrator_lock.verify(connection)

    def committed(self) -> None:
        """What the step led to is what the next one begins with."""
        if self._seen is not None:
            self.known = self._seen.report.findings
            self._fingerprint = self._seen.fingerprint
        self.state = self._seen

    def failed(self) -> None:
        """Until the next attempt, others may change what was seen."""
        self.state = self._seen = None

    def starts_from(self, state: State | None) -> None:
        """Begin with what the gate has seen."""
        self.state = state
        self.known = state.report.findings if state else ()
        self._fingerprint = state.fingerprint if state else None

    @property
    def seconds(self) -> float:
        """For how long the step has been running."""
        return time.monotonic() - self._started

    def row(self, step: MigrationInfo) -> ledger.Row:
        """Return what the ledger records of a step."""
        revision = self.history.revisions.get(step.up_revision_id or "")
        seen = self._seen
        return ledger.Row(
            revision=step.up_revision_id or "",
            direction=ledger.direction(step),
            file_checksum=revision.file_checksum if revision else None,
            seconds=self.seconds if self._started else None,
            fingerprint_before=self._fingerprint,
            fingerprint_after=seen.fingerprint if seen else None,
            findings=ledger.dumps(seen.report.findings) if seen else None,
            identity=self.identity,
            overrides=self.overrides,
        )

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

    def _left_disordered(self, connection: Connection) -> list[tuple[str, str]]:
        """Name the tables that were out of order before, and that the step left as they were."""
        if not self.disordered:
            return []
        now = column_order.moved_tables(connection)
        return [(one.schema, one.name) for one in now if one in self.disordered]

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

    def _compared(
        self, connection: Connection, step: MigrationInfo, heads: tuple[str, ...]
    ) -> Iterator[str]:
        expected = self.comparing.expected(heads)
        if expected is None:
            yield f"not compared: no snapshot of {' and '.join(heads)} (monps-db snapshot)"
            return
        self._seen = self.comparing.look(connection, expected)
        if not step.is_stamp and "drift" not in self.overrides.allowed:
            self._refuse_what_was_not_meant(step, heads)
        yield from _lines(self._seen.report)

    def _refuse_what_was_not_meant(self, step: MigrationInfo, heads: tuple[str, ...]) -> None:
        held = self._held()
        if held and self._seen is not None:
            self._seen = self.comparing.settled(self._seen, heads, held)
            held = self._held()
        gate.refuse(
            "drift",
            f"revision {step.up_revision_id} did not lead to what its snapshot says, and was rolled"
            " back",
            held,
        )

    def _held(self) -> list[Finding]:
        if self._seen is None:
            return []
        at_home = self._at_home.object_names()
        return gate.held_after(self.state, self.known, at_home, self._seen, self.mode)

    @cached_property
    def comparing(self) -> StateReader:
        """Compares the database with what revisions produce."""
        return StateReader(self.project, self.history)


def _lines(report: Report) -> Iterator[str]:
    if not report.objects and not report.findings:
        yield "at the base: nothing of ours is left to compare"
        return
    yield report.headline()
    found = [finding for finding in report.findings if finding.kind is not Kind.ACCEPTED]
    for finding in found[:FINDINGS_SHOWN]:
        yield f"  {finding.code} {finding.path}"
    if (more := len(found) - FINDINGS_SHOWN) > 0:
        yield f"  and {more} more: monps-db check"


def _connection(context: MigrationContext) -> Connection:
    if context.connection is None:  # only in offline mode, which is handled before
        raise HistoryError("a migration without a connection")
    return context.connection
