"""The asynchronous driver of a bulk write, which encodes rows while the server works."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from itertools import islice
from typing import Any, Self, TypeVar

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from models import Base
from repositories import iterators, json_changes, refreshing
from repositories.aio.driver import wrapped_errors
from repositories.aio.running import one_at_a_time
from repositories.bulk import encode, flow
from repositories.bulk.audit_values import AuditValues
from repositories.bulk.encode import Batch, Encoder, Row
from repositories.bulk.execute import execute
from repositories.bulk.layout import make_layout
from repositories.bulk.result import Upserted
from repositories.bulk.statements import Statements
from repositories.errors import needs_rollback, translated

R = TypeVar("R")


async def upsert_many(
    session: AsyncSession,
    model: type[Base],
    rows: Iterable[Row] | AsyncIterable[Row],
    audit_values: AuditValues,
) -> Upserted:
    """Insert or change rows by natural key, in the session's transaction.

    While the database works on one batch, the next is read from ``rows`` and encoded in slices,
    between which the other tasks of the event loop run.

    Raises:
        DataAccessError: One of its subclasses; nothing of the call is kept.
    """
    with one_at_a_time(session):
        return await _upsert_many(session, model, _slices(rows), audit_values)


async def _upsert_many(
    session: AsyncSession,
    model: type[Base],
    slices: AsyncIterator[list[Row]],
    audit_values: AuditValues,
) -> Upserted:
    if not session.is_active:
        raise needs_rollback()
    first = await anext(slices, None)
    if first is None:
        return Upserted()
    layout = make_layout(model, first[0])
    statements = Statements(layout, audit_values)
    done = Upserted()
    json_changes.notice_all(session.sync_session)
    with translated(layout.table):
        async with session.begin_nested(), _Sender(await session.connection()) as sender:
            planner = await sender.run(flow.begin(statements))
            async for batch in _batches(Encoder(layout), first, slices):
                done += await sender.send(flow.load(statements, batch))
            done += await sender.wait()
            held = list(refreshing.known(session.sync_session, model))
            changed = await sender.run(flow.end(statements, planner, held))
        await session.run_sync(refreshing.refresh, model, changed)
    done.tell(layout.table.fullname)
    return done


async def _slices(rows: Iterable[Row] | AsyncIterable[Row]) -> AsyncIterator[list[Row]]:
    """Yield the rows in lists of limited length, read from the source on demand."""
    iterators.check(rows)
    if not isinstance(rows, AsyncIterable):
        if not isinstance(rows, Iterable):
            raise encode.no_rows(rows)
        waiting = iter(rows)
        while part := list(islice(waiting, encode.SLICE)):
            yield part
        return
    part = []
    async for row in rows:
        part.append(row)
        if len(part) >= encode.SLICE:
            yield part
            part = []
    if part:
        yield part


async def _batches(
    encoder: Encoder, first: list[Row], others: AsyncIterator[list[Row]]
) -> AsyncIterator[Batch]:
    part: list[Row] | None = first
    while part is not None:
        if batch := encoder.add(part):
            yield batch
        await asyncio.sleep(0)  # This lets the other tasks of the loop run between two batches.
        part = await anext(others, None)
    if batch := encoder.rest():
        yield batch


def _copy(connection: Connection, step: flow.Copy) -> None:
    """Send data with asyncpg's own COPY method.

    SQLAlchemy begins a transaction with its first statement, and would not see a COPY before it; a
    flow always executes other statements first.
    """
    target = step.target
    adapted: Any = connection.connection.dbapi_connection
    with wrapped_errors(connection, step.statement):
        adapted.run_async(
            lambda driver: driver.copy_to_table(
                target.table,
                schema_name=target.schema,
                columns=target.columns,
                source=memoryview(step.data),  # asyncpg would take bytes for the name of a file.
                format="binary",
            )
        )


class _Sender:
    """Runs one flow at a time in a task of its own.

    While a flow runs, only this task uses the connection.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._running: asyncio.Task[Any] | None = None

    async def run(self, steps: flow.Flow[R]) -> R:
        """Run a flow and return its result."""
        result: R = await self._start(steps)
        self._running = None
        return result

    async def send(self, steps: flow.Flow[Upserted]) -> Upserted:
        """Wait for the previous flow, start another, and return the result of the previous one."""
        before = await self.wait()
        self._start(steps)
        return before

    async def wait(self) -> Upserted:
        """Wait for the running flow and return its result."""
        if self._running is None:
            return Upserted()
        done: Upserted = await self._running
        self._running = None
        return done

    def _start(self, steps: flow.Flow[R]) -> asyncio.Task[R]:
        started = asyncio.create_task(self._connection.run_sync(execute, steps, _copy))
        self._running = started
        return started

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        running = self._running
        if running is None:
            return
        if not isinstance(error, Exception):
            # The task was cancelled, and the flow may be waiting for a lock. Its connection is
            # discarded.
            running.cancel()
        # Nothing else may use the connection before the flow has ended. Its result is not needed.
        try:
            await asyncio.wait([running])
        except asyncio.CancelledError:
            running.cancel()
            await asyncio.wait([running])
            raise
        finally:
            _ = running.cancelled() or running.exception()
