"""Synchronous code on an asynchronous session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, ParamSpec, TypeVar

from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import UnitOfWorkError

P = ParamSpec("P")
T = TypeVar("T")

# SQLAlchemy's code for what a session was asked while it was doing something else.
_IN_USE: Final = "isce"


async def run(
    session: AsyncSession, method: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Call a method that works on ``session.sync_session``.

    Raises:
        UnitOfWorkError: Another task is using the session.
    """
    with one_task():
        return await session.run_sync(lambda _: method(*args, **kwargs))


@contextmanager
def one_task() -> Iterator[None]:
    """Say it in our words when a session is used by two tasks.

    Raises:
        UnitOfWorkError: Another task is using the session.
    """
    try:
        yield
    except InvalidRequestError as error:
        if error.code != _IN_USE:
            raise
        raise UnitOfWorkError(
            "another task is using the session", remedy="give each task a session of its own"
        ) from error
