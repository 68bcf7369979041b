"""The synchronous driver of a bulk write, which encodes rows while the server works."""

import io
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, Self, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models import Base
from repositories import json_changes, refreshing
from repositories.bulk import flow
from repositories.bulk.audit_values import AuditValues
from repositories.bulk.encode import Row, batches
from repositories.bulk.execute import execute
from repositories.bulk.result import Upserted
from repositories.bulk.statements import Statements
from repositories.errors import translated
from schemaproof import cancel_statement

R = TypeVar("R")


def upsert_many(
    session: Session, model: type[Base], rows: Iterable[Row], audit_values: AuditValues
) -> Upserted:
    """Insert or change rows by natural key, in the session's transaction.

    While the database works on one batch, the next is read from ``rows`` and encoded.

    Raises:
        DataAccessError: One of its subclasses; nothing of the call is kept.
    """
    layout, waiting = batches(model, rows)
    if layout is None:
        return Upserted()
    statements = Statements(layout, audit_values)
    done = Upserted()
    json_changes.notice_all(session)
    with translated(layout.table):
        with session.begin_nested(), _Sender(session.connection()) as sender:
            planner = sender.run(flow.begin(statements))
            for batch in waiting:
                done += sender.send(flow.load(statements, batch))
            done += sender.wait()
            held = list(refreshing.known(session, model))
            changed = sender.run(flow.end(statements, planner, held))
        refreshing.refresh(session, model, changed)
    done.tell(layout.table.fullname)
    return done


def _copy(connection: Connection, step: flow.Copy) -> None:
    pooled = connection.connection
    dialect = connection.dialect
    error_class: type[Exception] = dialect.loaded_dbapi.Error
    with pooled.cursor() as cursor:  # type: ignore[attr-defined]
        try:
            # The data is sent in one piece, because for each piece the driver has to wait for the
            # interpreter's lock.
            cursor.copy_expert(step.statement, io.BytesIO(step.data), len(step.data) + 1)
        except error_class as error:
            lost = dialect.is_disconnect(error, pooled, cursor)  # type: ignore[arg-type]
            if lost:
                connection.invalidate(error)
            raise DBAPIError.instance(
                step.statement,
                None,
                error,
                error_class,
                connection_invalidated=lost,
                dialect=dialect,
            ) from error


class _Sender:
    """Runs one flow at a time in a thread of its own.

    While a flow runs, only this thread uses the connection, and the thread that waits for it can be
    interrupted.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="monps-upsert")
        self._running: Future[Any] | None = None

    def run(self, steps: flow.Flow[R]) -> R:
        """Run a flow and return its result."""
        running = self._start(steps)
        result = running.result()
        self._running = None
        return result

    def send(self, steps: flow.Flow[Upserted]) -> Upserted:
        """Wait for the previous flow, start another, and return the result of the previous one."""
        before = self.wait()
        self._start(steps)
        return before

    def wait(self) -> Upserted:
        """Wait for the running flow and return its result."""
        running: Future[Upserted] | None = self._running
        if running is None:
            return Upserted()
        done = running.result()
        self._running = None
        return done

    def _start(self, steps: flow.Flow[R]) -> Future[R]:
        # The flow runs in the context of the waiting task, because an event listener may read
        # context variables.
        context = copy_context()
        started = self._threads.submit(context.run, execute, self._connection, steps, _copy)
        self._running = started
        return started

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if error is not None and self._running is not None and not self._running.done():
            # The result is not needed, and the statement may be waiting for a lock.
            cancel_statement(self._connection.connection.driver_connection)
        self._threads.shutdown(wait=True)
