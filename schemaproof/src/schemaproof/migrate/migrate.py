"""A migration from start to end: one migrator, a gate, attempts, a ledger."""

import random
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import wraps
from types import ModuleType
from typing import Any

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext, MigrationInfo
from sqlalchemy import Connection

from schemaproof.connection import asyncpg_sql, own_settings
from schemaproof.connection.driver_errors import retold
from schemaproof.connection.prepared_statements import kept
from schemaproof.connection.target import MigrationSettings
from schemaproof.errors import SchemaproofError
from schemaproof.history import history_tables
from schemaproof.migrate import (
    attempts,
    failed_attempt,
    invalid_indexes,
    ledger_row,
    ledger_writer,
    migrator_lock,
    preconditions,
)
from schemaproof.migrate.blockers import Blockers, interval
from schemaproof.migrate.progress import Progress, Step, report_lines
from schemaproof.migrate.revision_hook import RevisionHook
from schemaproof.schema.database_objects import Snapshot


@dataclass(eq=False)
class Migration:
    """One Alembic command on one database.

    Attributes:
        context: ``alembic.context``, configured with :meth:`remaining` as the function to run.
        plan: The function of Alembic's command that returns the steps to the target revision.
        connection: The connection that migrates.
        hook: The checks and the record around each revision.
        settings: Time-outs, attempts, the gate's mode.
        progress: The object that receives reports of each step.
        arguments: The arguments of the revisions' functions.
    """

    context: ModuleType
    plan: Callable[..., Any]
    connection: Connection
    hook: RevisionHook
    settings: MigrationSettings
    progress: Progress
    arguments: Mapping[str, Any] = field(default_factory=dict)
    _steps: deque[Any] = field(default_factory=deque)
    _heads: frozenset[str] = frozenset()
    _is_callers: bool = False
    _is_there: bool = False
    _has_passed: bool = False

    def run(self) -> None:
        """Run the command that Alembic was called with.

        Raises:
            SchemaproofError: A check before, during or after the migration failed.
            sqlalchemy.exc.DBAPIError: A statement of a revision failed.
        """
        self._is_callers = self.connection.in_transaction()
        self._make_plan()
        if self._is_callers:
            self._run_within_callers_transaction()
            return
        self.connection.rollback()
        if not self._steps:
            self._run_remaining()
            return
        with (
            migrator_lock.held(
                self.connection,
                self.hook.locks,
                connect=self.connection.engine.connect,
                application_name=self.hook.identity.application_name,
                patience=self.settings.wait_timeout,
                say=self.progress.say,
            ),
            Blockers(self.connection, interval(self.settings.lock_timeout)) as blockers,
            kept(self.connection),
        ):
            self._make_plan()  # Another migrator may have run some steps.
            self.connection.rollback()
            with self.connection.begin():
                ledger_writer.prepare(self.connection, self.hook.scope)
            self._run_with_attempts(blockers)

    def _run_within_callers_transaction(self) -> None:
        """Run one attempt: the caller decides about a failed transaction."""
        if self._steps:
            migrator_lock.take_within_callers_transaction(
                self.connection, self.hook.locks, self.hook.identity.application_name
            )
            self._make_plan()
        if self._steps:
            ledger_writer.prepare(self.connection, self.hook.scope)
            self._pass_gate()
        self._run_remaining()

    def _make_plan(self) -> None:
        context: MigrationContext = self.context.get_context()
        own = history_tables.inspect_safe_tables(self.connection, self.hook.scope)
        # If the version table is missing, another session might create one before we do.
        self._is_there = self.hook.scope.version_table in own
        is_read = self._is_there and not context.opts.get("purge")
        heads = context.get_current_heads() if is_read else ()
        self._heads = frozenset(heads)
        # Autogenerate on a connection of the caller has to find the schema of that connection.
        with own_settings.theirs(self.connection):
            self._steps = deque(self.plan(heads, context))
        preconditions.refuse_data_loss(
            self.hook.history,
            [step.info for step in self._steps],
            self.hook.policy.overrides,
        )
        for step in self._steps:
            step.migration_fn = self._within(step.info, step.migration_fn)
        if self._steps:
            self.progress.planned([self._described(step.info) for step in self._steps])

    def _pass_gate(self) -> None:
        if self._steps:
            self.hook.pass_gate(self.connection, [step.info for step in self._steps])
            self._has_passed = True

    def _within(self, info: MigrationInfo, body: Callable[..., None]) -> Callable[..., None]:
        @wraps(body)
        def step(**kw: Any) -> None:
            self._begin_writing()
            self.hook.begin(self.connection, info, sorted(self._heads))
            # Between steps, texts are compared by running revisions, after which Alembic has no op.
            operations = Operations.context(self.context.get_context())
            with operations, own_settings.theirs(self.connection):
                body(**kw)
                asyncpg_sql.begin_again(self.connection)
            self._begin_writing()  # An autocommit_block may have ended the transaction.

        return step

    def _begin_writing(self) -> None:
        """Check that the lock is held, both tables are safe, and nobody else has migrated."""
        migrator_lock.verify(self.connection, self.hook.locks)
        history_tables.lock_and_inspect(self.connection, self.hook.scope)
        found = history_tables.version_rows(self.connection, self.hook.scope)
        migrator_lock.refuse_if_moved(found, self._heads)

    def _run_remaining(self) -> None:
        context = self.context.get_context()
        if not self._is_there:
            if not self._steps and context.opts.get("dont_mutate"):
                return
            # The table is created in the transaction of the first step, and rolled back with it.
            history_tables.make_version_table(context, self.hook.scope)
        with self.context.begin_transaction():
            self.context.run_migrations(**self.arguments)

    def remaining(self, *_: Any) -> Iterator[Any]:
        """Yield the remaining steps; Alembic continues after it has committed each."""
        while self._steps:
            step = self._steps[0]
            described = self._described(step.info)
            self.progress.started(described)
            self.hook.start()
            yield step
            self._steps.popleft()
            result = self.hook.commit()
            self._heads = result.heads
            report = result.after.report if result.after else None
            lines = [*report_lines(report, sorted(result.heads))]
            self.progress.done(described, lines, result.seconds)
            self._drop_remains()

    def _drop_remains(self) -> None:
        """Drop the remains of a failed attempt at the next step, outside a transaction."""
        if self._is_callers or not self._steps or self._steps[0].info.is_stamp:
            return
        info = self._steps[0].info
        invalid_indexes.drop_invalid_indexes(
            self.context.get_context(),
            self.hook.history.joined_snapshot(info.source_revision_ids) or Snapshot(),
            self.hook.history.joined_snapshot(info.destination_revision_ids) or Snapshot(),
            self.progress.say,
        )

    def _run_with_attempts(self, blockers: Blockers) -> None:
        attempt, left = 1, len(self._steps)
        while True:
            try:
                # This comes before the gate, which would report the remains as drift.
                self._drop_remains()
                if not self._has_passed:
                    self._pass_gate()
                    self.connection.rollback()
                self._run_remaining()
            except BaseException as error:
                if len(self._steps) < left:
                    attempt, left = 1, len(self._steps)
                failure = self._failed(blockers, error, attempt)
                if failure is error:
                    raise
                if failure is not None:
                    raise failure from error
                attempt += 1
            else:
                return

    def _failed(
        self, blockers: Blockers, error: BaseException, attempt: int
    ) -> BaseException | None:
        """Record that an attempt failed; return the error to raise, or wait for another attempt."""
        if not self._steps:  # All steps are committed.
            return error
        found, blockers.found = blockers.found, ()
        failure = attempts.named(error, found, attempt)
        if self._has_passed:
            row = self.hook.row(self._steps[0].info)
            failed_attempt.record(self.connection, self.hook.scope, row, failure)
        self.hook.fail()
        if not attempts.may_pass(error) or attempt == self.settings.lock_attempts:
            self._tell(error)
            return failure
        pause = attempts.pause(attempt, self.settings.lock_timeout, random.random())  # noqa: S311
        self.progress.say(
            f"{self._described(self._steps[0].info).revision}: {attempts.blocked(error, found)};"
            f" rolled back, attempt {attempt + 1} of {self.settings.lock_attempts}"
            f" in {pause.total_seconds():.1f} s"
        )
        time.sleep(pause.total_seconds())
        return None

    def _tell(self, error: BaseException) -> None:
        """Add the name of the revision to an error that is not a SchemaproofError."""
        is_foreign = isinstance(error, Exception) and not isinstance(error, SchemaproofError)
        if self._has_passed and is_foreign:
            self.progress.say(f"{self._steps[0].info.up_revision_id} failed: {retold(error)}")

    def _described(self, info: MigrationInfo) -> Step:
        revision = info.up_revision_id or ""
        known = self.hook.history.revisions.get(revision)
        return Step(revision, ledger_row.direction(info), known.title if known else "")
