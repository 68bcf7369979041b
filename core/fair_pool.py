"""Pools that serve those who wait in the order in which they came: for threads, and for tasks."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

from sqlalchemy import AsyncAdaptedQueuePool, QueuePool
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.util import await_only

from core.turnstile import Turnstile

if TYPE_CHECKING:
    from sqlalchemy.pool import ConnectionPoolEntry


class FairQueuePool(QueuePool):
    """SQLAlchemy's pool for threads behind a turnstile: first come, first served.

    Without it a thread that asks just now can be faster than the one that was woken for a free
    connection: with more threads than connections one may wait until it times out.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._turns = Turnstile(self.size() + self._max_overflow)
        self._here = threading.local()

    def _do_get(self) -> ConnectionPoolEntry:
        # SQLAlchemy's pool asks itself again when another thread was faster: that is no new turn.
        if getattr(self._here, "has_passed", False):
            return super()._do_get()
        if not self._turns.enter(self._timeout):
            raise _timed_out(self)
        self._here.has_passed = True
        try:
            return super()._do_get()
        except BaseException:
            self._turns.leave()
            raise
        finally:
            self._here.has_passed = False

    def _do_return_conn(self, record: ConnectionPoolEntry, /) -> None:
        try:
            super()._do_return_conn(record)
        finally:
            self._turns.leave()


class FairPool(AsyncAdaptedQueuePool):
    """SQLAlchemy's pool behind a turnstile: first come, first served.

    Without it a task that asks just now can be faster than the one that was woken for a free
    connection, which then goes to the end of the line: under load some wait several times as long
    as others, and time out (SQLAlchemy's issue 7679).

    As many as may have a connection pass; so whoever has passed finds one.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._turns = asyncio.Semaphore(self.size() + self._max_overflow)

    def _do_get(self) -> ConnectionPoolEntry:
        await_only(self._wait())
        try:
            return super()._do_get()
        except BaseException:
            self._turns.release()
            raise

    def _do_return_conn(self, record: ConnectionPoolEntry, /) -> None:
        try:
            super()._do_return_conn(record)
        finally:
            self._turns.release()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(self._timeout):
                await self._turns.acquire()
        except TimeoutError:
            raise _timed_out(self) from None


def _timed_out(pool: QueuePool) -> PoolTimeoutError:
    """What SQLAlchemy's pools raise."""
    return PoolTimeoutError(
        f"QueuePool limit of size {pool.size()} overflow {pool.overflow()} reached,"
        f" connection timed out, timeout {pool._timeout:.2f}",  # noqa: SLF001 - it has no other name
        code="3o7r",
    )
