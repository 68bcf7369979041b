"""A migration from its plan to its end: one migrator, a gate, attempts, a ledger."""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import wraps
from types import ModuleType
from typing import Any

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext, MigrationInfo
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from schemaproof.connection import own_settings
from schemaproof.connection.diagnostics import sqlstate_of
from schemaproof.connection.driver_errors import retold
from schemaproof.connection.prepared_statements import kept
from schemaproof.connection.target import MigrationSettings
from schemaproof.errors import MonpsError
from schemaproof.history import history_tables, ledger
from schemaproof.migrate import attempts, backends, gatekeeper, invalid_indexes, migrator_lock
from schemaproof.migrate.blockers import Blockers, interval
from schemaproof.migrate.progress import Progress, Step
from schemaproof.migrate.revision_hook import RevisionHook
from schemaproof.schema.shapes import Snapshot


@dataclass(eq=False, kw_only=True)
class Migration:
    """What one Alembic command does to one database.

    Attributes:
        context: ``alembic.context``, configured with :meth:`remaining` as the function to run.
        plan: The function that Alembic's command brought: which steps lead to where it goes.
        connection: The connection that migrates.
        around: What happens around each revision.
        settings: Time-outs, attempts, the gate's mode.
        progress: Told what happens.
    """

    context: ModuleType
    plan: Callable[..., Any]
    connection: Connection
    around: RevisionHook
    settings: MigrationSettings
    progress: Progress
    _steps: deque[Any] = field(default_factory=deque)
    _heads: frozenset[str] = frozenset()
    _is_callers: bool = False
    _is_there: bool = False
    _has_passed: bool = False

    def run(self) -> None:
        """Do what Alembic was asked for.

        Raises:
            MonpsError: Something is in the way, or not as a migration may find or leave it.
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
                application_name=self.around.identity.application_name,
                patience=self.settings.MIGRATION_WAIT_TIMEOUT,
                say=self.progress.say,
            ),
            Blockers(self.connection, interval(self.settings.MIGRATION_LOCK_TIMEOUT)) as blockers,
            kept(self.connection),
        ):
            self._make_plan()  # anew: whoever was waited for may have done some of it
            self.connection.rollback()
            with self.connection.begin():
                ledger.prepare(self.connection, self.around.project)
            self._run_with_attempts(blockers)

    def _run_within_callers_transaction(self) -> None:
        """As one attempt: what to do with a transaction that failed is the caller's to decide."""
        if self._steps:
            migrator_lock.take_within_callers_transaction(self.connection)
            self._make_plan()
        if self._steps:
            ledger.prepare(self.connection, self.around.project)
            self._pass_gate()
        self._run_remaining()

    def _make_plan(self) -> None:
        context: MigrationContext = self.context.get_context()
        self._is_there = history_tables.inspect_before_reading(context, self.around.project)
        is_read = self._is_there and not context.opts.get("purge")
        heads = context.get_current_heads() if is_read else ()
        self._heads = frozenset(heads)
        # Autogenerate, on a connection of the caller's, looks for what a name alone means there.
        with own_settings.theirs(self.connection):
            self._steps = deque(self.plan(heads, context))
        self._refuse_data_loss()
        for step in self._steps:
            step.migration_fn = self._within(step.info, step.migration_fn)
        if self._steps:
            self.progress.planned([self._described(step.info) for step in self._steps])

    def _refuse_data_loss(self) -> None:
        undone = [step.info for step in self._steps if ledger.direction(step.info) == "downgrade"]
        if undone and not self.around.overrides.accepts_data_loss:
            # An upgrade does not need what this imports.
            from schemaproof.lint import data_loss

            revisions = [info.up_revision_id for info in undone]
            data_loss.refuse(self.around.project, self.around.history, revisions)

    def _pass_gate(self) -> None:
        if not self._steps:
            return
        steps = [step.info for step in self._steps]
        self.around.starts_from(gatekeeper.pass_gate(self.connection, self.around, steps))
        self._has_passed = True

    def _within(self, info: MigrationInfo, body: Callable[..., None]) -> Callable[..., None]:
        @wraps(body)
        def step(**kw: Any) -> None:
            self._begin_writing()
            self.around.begin(self.connection, info)
            # Texts are settled between steps by running revisions in a scratch database, and
            # Alembic forgets whose op was before.
            operations = Operations.context(self.context.get_context())
            with operations, own_settings.theirs(self.connection):
                body(**kw)
            self._begin_writing()  # again: an autocommit_block has ended the transaction

        return step

    def _begin_writing(self) -> None:
        """See that our own tables are still ours, and that nobody has migrated meanwhile."""
        context = self.context.get_context()
        history_tables.lock_and_inspect(context, self.around.project)
        migrator_lock.refuse_if_moved(context, self._heads)

    def _run_remaining(self) -> None:
        context = self.context.get_context()
        if not self._is_there:
            if not self._steps and context.opts.get("dont_mutate"):
                return
            # In the transaction of the first step: without that step there is no table.
            history_tables.make_version_table(context, self.around.project)
        with self.context.begin_transaction():
            self.context.run_migrations()

    def remaining(self, *_: Any) -> Iterator[Any]:
        """Yield the steps that are left; Alembic comes back when it has committed one."""
        while self._steps:
            step = self._steps[0]
            described = self._described(step.info)
            self.progress.started(described)
            self.around.start()
            yield step
            self._steps.popleft()
            self._heads = self.around.heads
            seconds = self.around.seconds
            self.around.committed()
            self.progress.done(described, self.around.lines, seconds)
            self._clear_the_way()

    def _clear_the_way(self) -> None:
        """Drop what a failed attempt at the next step has left, outside a transaction."""
        if self._is_callers or not self._steps or self._steps[0].info.is_stamp:
            return
        info = self._steps[0].info
        invalid_indexes.drop_invalid_indexes(
            self.context.get_context(),
            self.around.comparing.expected(info.source_revision_ids) or Snapshot(),
            self.around.comparing.expected(info.destination_revision_ids) or Snapshot(),
            self.progress.say,
        )

    def _run_with_attempts(self, blockers: Blockers) -> None:
        attempt, left = 1, len(self._steps)
        while True:
            try:
                # First, or the gate would take it for drift.
                self._clear_the_way()
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
        """Record that an attempt failed, and wait for the next one.

        Returns:
            The error to raise; None when there is to be another attempt.
        """
        if not self._steps:  # all are committed: only the way out failed
            return error
        found, blockers.found = blockers.found, ()
        failure = attempts.named(error, found, attempt)
        self._record(failure)
        self.around.failed()
        if not attempts.may_pass(error) or attempt == self.settings.MIGRATION_LOCK_ATTEMPTS:
            self._tell(error)
            return failure
        pause = attempts.pause(attempt, self.settings.MIGRATION_LOCK_TIMEOUT, random.random())  # noqa: S311
        by = f" (blocked by {backends.described(found)})" if found else ""
        self.progress.say(
            f"{self._described(self._steps[0].info).revision}: {retold(error)}{by}; rolled back,"
            f" attempt {attempt + 1} of {self.settings.MIGRATION_LOCK_ATTEMPTS}"
            f" in {pause.total_seconds():.1f} s"
        )
        time.sleep(pause.total_seconds())
        return None

    def _tell(self, error: BaseException) -> None:
        """Say which revision it was, where the error itself is not one of ours."""
        if self._has_passed and isinstance(error, Exception) and not isinstance(error, MonpsError):
            revision = self._described(self._steps[0].info).revision
            self.progress.say(f"{revision} failed: {retold(error)}")

    def _record(self, failure: BaseException) -> None:
        """Write it in a transaction of its own; by another session where the own one is gone."""
        if not self._has_passed:
            return
        row = self.around.row(self._steps[0].info)
        # The attempt's own error is what the user has to see, whatever the ledger has to say.
        with suppress(SQLAlchemyError, MonpsError):
            self.connection.rollback()
            is_gone = self.connection.invalidated
            with ExitStack() as stack:
                session = (
                    stack.enter_context(self.connection.engine.connect())
                    if is_gone
                    else self.connection
                )
                if is_gone:
                    stack.enter_context(own_settings.ours(session))
                stack.enter_context(session.begin())
                state = sqlstate_of(failure)
                ledger.record_failure(session, self.around.project, row, retold(failure), state)

    def _described(self, info: MigrationInfo) -> Step:
        revision = info.up_revision_id or ""
        known = self.around.history.revisions.get(revision)
        return Step(revision, ledger.direction(info), known.title if known else "")
