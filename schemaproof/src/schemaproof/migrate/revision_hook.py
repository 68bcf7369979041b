"""The hook around each revision, inside its transaction: read, compare, decide, record."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from alembic.runtime.migration import MigrationContext, MigrationInfo
from sqlalchemy import Connection

from schemaproof.catalog.catalog import inside_transaction
from schemaproof.check import column_order
from schemaproof.check.live_diff import State
from schemaproof.check.scratch_queries import ScratchQueries
from schemaproof.errors import HistoryError
from schemaproof.history import branches, history_tables, ledger, version_table
from schemaproof.history.history import History
from schemaproof.migrate import (
    accepted,
    gate,
    ledger_row,
    ledger_writer,
    old_sessions,
    preconditions,
    state_reader,
    text_equivalence,
)
from schemaproof.migrate.accepted import Accepted
from schemaproof.migrate.gate import Before, Decision, Policy
from schemaproof.migrate.identity import Identity
from schemaproof.migrate.migrator_lock import Locks
from schemaproof.migrate.preconditions import UnsafeRevisions
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.scope import Scope

_START = "the database has changed since the last migration"
_RESULT = "revision {} produced a schema that differs from its snapshot, and was rolled back"
_ORDER = "the positions of columns have changed since the last migration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The result of a step.

    Attributes:
        started: The time when the step began, by a clock that does not jump; zero before the first
            step.
        after: The database after the step; None when it was not compared.
        heads: The revisions that the database is at.
    """

    started: float = 0.0
    after: State | None = None
    heads: frozenset[str] = frozenset()

    @property
    def seconds(self) -> float:
        """Return the seconds since the step began."""
        return time.monotonic() - self.started


@dataclass(eq=False, kw_only=True)
class RevisionHook:
    """The hook before every revision and, called by Alembic (``on_version_apply``), after it.

    An exception in it rolls the revision back and keeps the ones before it. This is the only part
    of the gate with a state: the database as it was last read.

    Attributes:
        scope: The schemas to look at.
        history: The revisions with their snapshots.
        identity: The identity of the migrator, for the ledger.
        policy: The policy of the gate.
        unsafe: Revisions that the linter refuses.
        baseline_file: The file of accepted differences.
        scratch: The queries that decide whether a text is only printed differently.
        locks: The locks that keep other migrators out.
    """

    scope: Scope
    history: History
    identity: Identity
    policy: Policy
    unsafe: UnsafeRevisions
    baseline_file: Path | None
    scratch: ScratchQueries
    locks: Locks = field(default_factory=Locks)
    _before: Before = field(default_factory=Before)
    _fingerprint: str | None = None
    _disordered: tuple[column_order.Table, ...] = ()  # The gate has found them.
    _equal_texts: frozenset[text_equivalence.Text] = frozenset()
    _step: Result = field(default_factory=Result)

    def pass_gate(self, connection: Connection, steps: Sequence[MigrationInfo]) -> None:
        """Check history and database before the first step.

        Raises:
            MigrationRefusedError: The migration may not begin.
            ConfigurationError: The gate is off without a reason.
        """
        if all(step.is_stamp for step in steps):
            return
        self.policy.require_reason()
        live = version_table.read_history(connection, self.scope)
        if self.policy.mode != "off":
            preconditions.refuse_tampered_history(self.scope, self.history, live, self.policy)
        self.unsafe.refuse(connection, steps)
        old_sessions.refuse(connection, self.history, steps, self.policy)
        rows = live.rows or ()
        expected = self.history.joined_snapshot(rows)
        if expected is None:
            return
        found = state_reader.read(connection, self.scope, expected)
        with inside_transaction(connection):
            names = {*found.expected.relation_names()}
            differing = column_order.moved_tables(connection, self.scope)
            self._disordered = tuple(column_order.ours(differing, found.scope, names))
        state = self._decided_at_start(connection, rows, steps[0], found)
        self._before = Before(known=state.report.findings, state=state)
        self._fingerprint = state.fingerprint

    def _decided_at_start(
        self, connection: Connection, rows: tuple[str, ...], first: MigrationInfo, found: State
    ) -> State:
        if "drift" in self.policy.overrides.allowed:
            return self._decide(Before(), found).state
        before = Before(known=ledger.known_findings(connection, self.scope) or ())
        self._refuse_other_column_order()
        decision = self._decided(before, found, rows)
        next_ones = branches.after_step(self.history, rows, first)
        expected = self.history.joined_snapshot(next_ones)
        if decision.refused and expected is not None:
            ahead = state_reader.read(connection, self.scope, expected)
            before = replace(before, interrupted=preconditions.committing_text(self.history, first))
            decision = self._decide(replace(before, ahead=ahead), decision.state)
            if next_ones and {one.path for one in decision.refused} & {it for _, it in ahead.texts}:
                ahead = self._without_equal_texts(ahead, next_ones)
                decision = self._decide(replace(before, ahead=ahead), decision.state)
        gate.refuse("drift", _START, decision.refused)
        return decision.state

    def start(self) -> None:
        """Note that a step begins, or begins again."""
        self._step = Result(started=time.monotonic())

    def begin(self, connection: Connection, step: MigrationInfo, rows: Sequence[str]) -> None:
        """Read the objects that the step will change."""
        if step.is_stamp:
            return
        # Before the step, because a step that commits by itself cannot be undone.
        preconditions.refuse_rows_that_follow(self.history, rows)
        preconditions.refuse_downgrade_without_upgrade(connection, self.scope, self.history, step)
        old_sessions.refuse(connection, self.history, [step], self.policy)
        before = self.history.joined_snapshot(rows) or Snapshot()
        self._before = replace(self._before, expected=before)
        expected = self.history.joined_snapshot(branches.after_step(self.history, rows, step))
        if expected is None:
            return
        state = state_reader.read_wider(connection, self.scope, self._before.state, expected)
        self._before = replace(self._before, state=state)
        self._fingerprint = self._fingerprint or state.fingerprint

    def __call__(
        self, *, ctx: MigrationContext, step: MigrationInfo, heads: Iterable[str], **_: Any
    ) -> None:
        """Check whether the step is allowed, and its result; record it."""
        connection = ctx.connection
        if connection is None:  # Only offline mode has none.
            raise HistoryError("a migration without a connection")
        at = tuple(heads)
        history_tables.verify_written(connection, self.scope, at)
        self._compare(connection, step, at)
        self._step = replace(self._step, heads=frozenset(at))
        tables = self.history.relation_names(at, self.scope.schemas)
        left = self._left_disordered(connection)
        row = replace(self.row(step), tables=tables, not_tables=left)
        ledger_writer.record(connection, self.scope, row)

    def _compare(self, connection: Connection, step: MigrationInfo, heads: tuple[str, ...]) -> None:
        expected = self.history.joined_snapshot(heads)
        if expected is None:
            return
        found = state_reader.read(connection, self.scope, expected)
        if step.is_stamp:
            self._step = replace(self._step, after=self._decide(self._before, found).state)
            return
        decision = self._decided(self._before, found, heads)
        self._step = replace(self._step, after=decision.state)  # A failure records it.
        gate.refuse("drift", _RESULT.format(step.up_revision_id), decision.refused)

    def commit(self) -> Result:
        """Return the state after the step, with which the next step begins."""
        after = self._step.after
        self._fingerprint = after.fingerprint if after else self._fingerprint
        known = self._before.known if after is None else after.report.findings
        self._before = Before(known=known, state=after)
        return self._step

    def fail(self) -> None:
        """Forget the state of the database: others may change it before the next attempt."""
        self._before = replace(self._before, state=None)
        self._step = replace(self._step, after=None)

    def row(self, step: MigrationInfo) -> ledger_row.Row:
        """Return the row of the ledger about a step."""
        after = self._step.after
        row = ledger_row.row_of_step(step, self.history, self.identity, self.policy.overrides)
        return replace(
            row,
            seconds=self._step.seconds if self._step.started else None,
            fingerprint_before=self._fingerprint,
            fingerprint_after=after.fingerprint if after else None,
            findings=ledger_row.dumps(after.report.findings) if after else None,
        )

    def _decided(self, before: Before, after: State, revisions: tuple[str, ...]) -> Decision:
        decision = self._decide(before, after)
        if revisions and decision.refuses_texts:
            decision = self._decide(before, self._without_equal_texts(after, revisions))
        return decision

    def _decide(self, before: Before, after: State) -> Decision:
        return gate.decide(self.policy, before, after, self._accepted)

    def _without_equal_texts(self, state: State, revisions: Sequence[str]) -> State:
        state, self._equal_texts = text_equivalence.without_equal_texts(
            self.scratch, revisions, state, self._equal_texts
        )
        return state

    def _refuse_other_column_order(self) -> None:
        """Refuse columns that moved since the last step, unless the baseline accepts that."""
        found = [finding for finding, _ in column_order.order_findings(self._disordered)]
        if found and self.policy.mode != "off":
            gate.refuse("drift", _ORDER, self._accepted.not_accepted(found))

    def _left_disordered(self, connection: Connection) -> list[tuple[str, str]]:
        """Return the tables whose column order differed before the step, and still does."""
        now = column_order.moved_tables(connection, self.scope) if self._disordered else []
        return [(one.schema, one.name) for one in now if one in self._disordered]

    @cached_property
    def _accepted(self) -> Accepted:
        # The file is read late, because a migration without steps does not need it.
        return accepted.load(self.baseline_file, self.scope, self.history)
