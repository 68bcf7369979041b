"""A pool for asynchronous engines that serves those who wait in the order in which they came."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from sqlalchemy import AsyncAdaptedQueuePool
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.util import await_only

if TYPE_CHECKING:
    from sqlalchemy.pool import ConnectionPoolEntry


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
            raise PoolTimeoutError(
                f"QueuePool limit of size {self.size()} overflow {self.overflow()} reached,"
                f" connection timed out, timeout {self._timeout:.2f}",
                code="3o7r",
            ) from None
