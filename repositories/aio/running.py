"""Run synchronous code on an asynchronous session, one call at a time."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import UnitOfWorkError

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

# SQLAlchemy sets this code on an error when a session is used while another call of it runs.
_IN_USE: Final = "isce"
_IN_FLIGHT: Final = "monps_in_flight"
_ENDED: Final = "monps_ended"


async def run(
    session: AsyncSession, method: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run a method that works on ``session.sync_session``.

    Raises:
        UnitOfWorkError: Another call is still running; nothing was sent.
    """
    with one_at_a_time(session):
        return await session.run_sync(lambda _: method(*args, **kwargs))


def awaitable(
    method: Callable[Concatenate[R, P], T],
) -> Callable[Concatenate[Any, P], Coroutine[Any, Any, T]]:
    """Return the coroutine function that runs a method of ``self._sync`` in ``self.session``.

    It has the name, the docstring and the types of the method.
    """

    @wraps(method)
    async def awaited(self: Any, /, *args: P.args, **kwargs: P.kwargs) -> T:
        bound: Callable[P, T] = getattr(self._sync, method.__name__)
        return await run(self.session, bound, *args, **kwargs)

    return awaited


class one_at_a_time:  # noqa: N801 - used as a function, with each call
    """Reserve a session for one task, in a ``with`` block.

    Other tasks and threads may use it afterwards.

    Raises:
        UnitOfWorkError: Another call is still running, or the session's unit of work has ended.
    """

    __slots__ = ("_info",)

    def __init__(self, session: AsyncSession) -> None:
        self._info = session.sync_session.info  # AsyncSession.info is this dictionary, too.

    def __enter__(self) -> None:
        if _ENDED in self._info:
            raise has_ended()
        if _IN_FLIGHT in self._info:
            raise _in_use()
        self._info[_IN_FLIGHT] = None

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        waited_for: asyncio.Event | None = self._info.pop(_IN_FLIGHT)
        if waited_for is not None:
            waited_for.set()
        if isinstance(error, InvalidRequestError) and error.code == _IN_USE:
            # The session itself was used elsewhere, without a repository.
            raise _in_use() from error


async def until_free(session: AsyncSession) -> None:
    """Wait until the current call has ended, because the connection cannot be returned before."""
    info = session.sync_session.info
    while _IN_FLIGHT in info:
        if info[_IN_FLIGHT] is None:
            info[_IN_FLIGHT] = asyncio.Event()
        await info[_IN_FLIGHT].wait()


def end(session: AsyncSession) -> None:
    """Close a session for good: later calls of tasks that are still running are refused."""
    session.sync_session.info[_ENDED] = True


def has_ended() -> UnitOfWorkError:
    """Mark the unit of work as ended."""
    return UnitOfWorkError(
        "this unit of work has ended", remedy="use it, and its repositories, within its block"
    )


def _in_use() -> UnitOfWorkError:
    return UnitOfWorkError(
        "another task is using the session", remedy="give each task a session of its own"
    )
