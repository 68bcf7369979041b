"""A backfill changes rows by ranges of the key, each range in a short transaction of its own.

Other sessions may insert or move rows behind the position of the backfill. So it goes through the
table again until no row fulfils the condition.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from schemaproof.connection import own_settings
from schemaproof.errors import ConfigurationError, MigrationRefusedError
from schemaproof.migrate import attempts, backfill_key, replication_lag
from schemaproof.migrate.backfill_key import AFTER, GROUND, UP_TO, Key, parameters
from schemaproof.migrate.backfill_position import Position, Positions
from schemaproof.migrate.backfill_request import Options, Work
from schemaproof.migrate.progress import Filled

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy import Connection

# This is shorter than deadlock_timeout, so that in a deadlock the backfill gives up and no other
# session.
_LOCK_TIMEOUT: Final = timedelta(milliseconds=500)
# Others wait for the rows of a batch as long as it takes.
_AIM: Final = 0.2
_FIRST: Final = 500
_PASSES: Final = 10
_REPORTED: Final = 1.0
_SAID: Final = 10.0


def run(context: MigrationContext, work: Work, options: Options) -> None:
    """Run the backfill, outside the transaction of the revision, which is committed.

    Raises:
        MigrationRefusedError: The table has no key, a changed row still fulfils the condition, or
            other sessions keep writing such rows.
        TamperedHistoryError: The table of positions is not as the runner makes it.
    """
    if context.connection is None:
        raise ConfigurationError("a backfill needs a connection")
    key = backfill_key.find(context.connection, work.table)
    with _autocommit(context) as connection:
        ledger = options.scope
        positions = Positions(connection, ledger, work.digest) if ledger else None
        _Run(connection, work, key, options, positions).run()


def next_size(size: int, seconds: float) -> int:
    """Return the size of the next batch, from size and duration of the last; at most twice it."""
    return max(1, min(2 * size, int(size * _AIM / max(seconds, 1e-6))))


@contextmanager
def _autocommit(context: MigrationContext) -> Iterator[Connection]:
    connection = context.connection
    driver: Any = connection and connection.connection.dbapi_connection
    if connection is not None and driver.autocommit:
        yield connection  # The revision has begun an autocommit_block itself.
        return
    with context.autocommit_block():
        if context.connection is not None:
            yield context.connection


@dataclass(eq=False, slots=True)
class _Run:
    """One run of a backfill, which may continue an earlier one.

    Attributes:
        connection: The connection, in autocommit.
        positions: The stored position of the backfill; None when no position is stored.
    """

    connection: Connection
    work: Work
    key: Key
    options: Options
    positions: Positions | None
    _at: Position = field(default_factory=Position)
    _size: int = _FIRST
    _began: float = 0.0
    _before: int = 0
    _reported: float = 0.0
    _said: float = 0.0

    def run(self) -> None:
        self._began = self._reported = self._said = time.monotonic()
        if self.positions:
            with self._transaction(is_ours=True):
                self._at = self.positions.read()
        self._before = self._at.passed
        for _ in range(_PASSES):
            while self._batch():
                self._between()
            if not self._is_left():
                break
            self._at = Position(changed=self._at.changed)
            self._before = 0
        else:
            raise MigrationRefusedError(
                f"other sessions keep writing rows of {self.key.table} that have to be filled",
                ground=GROUND,
                remedy="first have the application fill the column when it writes rows",
            )
        if self.positions:
            with self._transaction(is_ours=True):
                self.positions.forget()
        self._report(is_done=True)

    def _batch(self) -> bool:
        """Process one batch; return whether there was one."""
        for attempt in count(1):
            size, began = min(self._size, self.work.batch), time.monotonic()
            try:
                with self._transaction():
                    found = self._next(size)
                    if found is None:
                        return False
                    changed = self._change(found)
            except DBAPIError as error:
                if not attempts.may_pass(error) or attempt == self.options.attempts:
                    raise
                pause = attempts.pause(attempt, _LOCK_TIMEOUT, random.random())  # noqa: S311
                time.sleep(pause.total_seconds())
            else:
                self._at = replace(found, changed=self._at.changed + changed)
                self._size = next_size(size, time.monotonic() - began)
                return True
        raise AssertionError

    def _next(self, size: int) -> Position | None:
        """Return the position after the next batch; None where no row is left."""
        key, after = self.key, self.key.after(is_first=not self._at.after)
        sql = (
            f"SELECT {', '.join(key.texts)}, pg_catalog.count(*) OVER ()"  # noqa: S608
            f" FROM (SELECT {key.columns} FROM {key.table} WHERE {after}"
            f" ORDER BY {key.columns} LIMIT {size}) AS batch"
            f" ORDER BY {key.descending} LIMIT 1"
        )
        row = self.connection.execute(text(sql), parameters(AFTER, self._at.after)).one_or_none()
        if row is None:
            return None
        *last, passed = row
        return Position(tuple(last), self._at.passed + passed)

    def _change(self, found: Position) -> int:
        """Change the rows up to a position; return their number."""
        given = {**parameters(AFTER, self._at.after), **parameters(UP_TO, found.after)}
        after = self.key.after(is_first=not self._at.after)
        chosen = f"{after} AND {self.key.within} AND (\n{self.work.where}\n)"
        sql = (
            f"WITH changed AS (UPDATE {self.key.table} SET {self.work.set_}\nWHERE {chosen}"  # noqa: S608
            f" RETURNING (\n{self.work.where}\n) AS again)"
            " SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE again) FROM changed"
        )
        changed, again = self.connection.execute(text(sql), given).one()
        if again:
            # If the condition reads other rows, only another statement sees what this one has
            # changed.
            sql = f"SELECT pg_catalog.count(*) FROM {self.key.table} WHERE {chosen}"  # noqa: S608
            if (left := self.connection.scalar(text(sql), given)) >= again:
                raise MigrationRefusedError(
                    f"rows of {self.key.table} still match after they were filled ({left}):"
                    f" SET {self.work.set_} leaves WHERE {self.work.where} true; the batch was"
                    " rolled back",
                    ground=GROUND,
                    remedy="choose a condition that no longer matches a row once it is filled",
                )
        return int(changed)

    def _is_left(self) -> bool:
        sql = f"SELECT EXISTS (SELECT FROM {self.key.table} WHERE (\n{self.work.where}\n))"  # noqa: S608
        with self._transaction():
            return bool(self.connection.scalar(text(sql)))

    def _between(self) -> None:
        """Pause between batches, and from time to time record and report the progress."""
        time.sleep(self.options.pause.total_seconds())
        if time.monotonic() - self._reported < _REPORTED:
            return
        if self.positions:
            with self._transaction(is_ours=True):
                self.positions.write(self._at)
        self._report()
        if self.options.lag is not None:
            replication_lag.wait(self.connection, self.options.lag, self.options.say)
        self._reported = time.monotonic()

    def _report(self, *, is_done: bool = False) -> None:
        now = time.monotonic()
        is_line = is_done or now - self._said >= _SAID
        self._said = now if is_line else self._said
        self.options.report(
            Filled(
                table=self.key.table,
                passed=self._at.passed,
                now=self._at.passed - self._before,
                rows=self.key.rows,
                changed=self._at.changed,
                seconds=now - self._began,
                is_done=is_done,
                is_line=is_line,
            )
        )

    @contextmanager
    def _transaction(self, *, is_ours: bool = False) -> Iterator[None]:
        """Run the block in a transaction, because SQLAlchemy begins none in autocommit."""
        run = self.connection.exec_driver_sql
        run("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
        try:
            if is_ours:
                run(own_settings.SEARCH_PATH_FOR_TRANSACTION)
            else:
                run(f"SET LOCAL lock_timeout TO {_LOCK_TIMEOUT // timedelta(milliseconds=1)}")
                # If a row policy hid rows, the backfill would leave them as they are.
                run("SET LOCAL row_security TO off")
            yield
            run("COMMIT")
        except BaseException:
            with suppress(DBAPIError):
                run("ROLLBACK")
            raise
