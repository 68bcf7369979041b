"""Repeat a whole asynchronous unit of work that conflicted with another session."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from repositories import iterators
from repositories.aio.unit_of_work import AsyncUnitOfWork
from repositories.retry import RetryPolicy, should_retry

T = TypeVar("T")
AsyncWork = Callable[[AsyncUnitOfWork], Awaitable[T]]


async def run_async_unit_of_work(
    sessions: Callable[[], AsyncSession],
    work: AsyncWork[T],
    *,
    policy: RetryPolicy | None = None,
) -> T:
    """Run a function in a unit of work and commit; repeat it after a conflict with another session.

    The asynchronous form of ``run_unit_of_work``; it does not block the event loop while it waits.

    Args:
        sessions: A factory such as ``core.database.AsyncSessionLocal``.
        work: The function, called with the unit of work and awaited; it need not commit.
        policy: The number of attempts, and the waits between them; None for the default.

    Returns:
        The value that the work returned.

    Raises:
        Exception: The error that the work raised in the last attempt.
    """
    waits = (policy or RetryPolicy()).waits()
    with iterators.counted() as attempts:
        while True:
            try:
                async with AsyncUnitOfWork(sessions) as uow:
                    result = await work(uow)
                    await uow.commit()
                    return result
            except Exception as error:
                wait = next(waits, None) if should_retry(error, work) else None
                if wait is None:
                    raise
            await asyncio.sleep(wait)
            attempts.again()
