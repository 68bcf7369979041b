"""Several asynchronous repositories in one transaction."""

import asyncio
from collections.abc import Callable
from typing import Self

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from core.errors import UnitOfWorkError
from repositories.aio import running
from repositories.aio.repositories import (
    AsyncClassificationRepository,
    AsyncFrictionMatrixRepository,
    AsyncGoalscorerRepository,
    AsyncOddsRepository,
    AsyncStrategyRepository,
    AsyncTeamDNARepository,
    AsyncTrackingCLVRepository,
)
from repositories.aio.running import run, until_free
from repositories.timeouts import Timeouts
from repositories.unit_attributes import RepositoryAttribute, forget_repositories
from repositories.unit_of_work import UnitOfWork


class AsyncUnitOfWork:
    """One transaction over all repositories; without a commit it is rolled back.

    Args:
        session: A session, which stays open afterwards; or a factory, which is asked for a session
            on first use within the ``async with`` block, and that session is closed at its end.
        lazy_loading: Let a relationship that was not loaded with its row be loaded on first access
            within ``session.run_sync``. Elsewhere SQLAlchemy raises ``MissingGreenlet``.
        timeouts: The time-outs of each transaction, instead of those of the settings.

    It has the same guarantees as ``UnitOfWork``, also when the task is cancelled. It runs one call
    at a time: a call by a second task in the meantime raises ``UnitOfWorkError`` before anything is
    sent. The end of the block waits for a call that is still running, and later calls are refused.
    """

    odds = RepositoryAttribute(AsyncOddsRepository)
    tracking = RepositoryAttribute(AsyncTrackingCLVRepository)
    teams = RepositoryAttribute(AsyncTeamDNARepository)
    friction = RepositoryAttribute(AsyncFrictionMatrixRepository)
    strategies = RepositoryAttribute(AsyncStrategyRepository)
    goalscorers = RepositoryAttribute(AsyncGoalscorerRepository)
    classifications = RepositoryAttribute(AsyncClassificationRepository)

    def __init__(
        self,
        session: AsyncSession | Callable[[], AsyncSession],
        *,
        lazy_loading: bool = False,
        timeouts: Timeouts | None = None,
    ) -> None:
        if not isinstance(session, AsyncSession) and not callable(session):
            raise UnitOfWorkError(
                f"{type(session).__name__} is neither an asynchronous session nor a factory",
                remedy="give an AsyncSession, or AsyncSessionLocal",
            )
        self._open = None if isinstance(session, AsyncSession) else session
        self._session = session if isinstance(session, AsyncSession) else None
        self._sync = UnitOfWork(
            self._session.sync_session if self._session else self._make,
            lazy_loading=lazy_loading,
            timeouts=timeouts,
        )

    def _make(self) -> Session:
        """Create the session of the unit of work."""
        made = self._open() if self._open is not None else self._session
        if not isinstance(made, AsyncSession):
            raise UnitOfWorkError(
                f"the factory gives a {type(made).__name__}", remedy="give AsyncSessionLocal"
            )
        self._session = made
        return made.sync_session

    @property
    def session(self) -> AsyncSession:
        """The session of the transaction."""
        # This opens the session on first use, or raises an error if none can be opened.
        _ = self._sync.session
        if self._session is None:
            raise running.has_ended()
        return self._session

    async def flush(self) -> None:
        """Send pending changes, without committing."""
        await run(self.session, self._sync.flush)

    async def commit(self) -> None:
        """Commit the transaction; the next statement begins a new one."""
        await run(self.session, self._sync.commit)

    async def rollback(self) -> None:
        """Undo everything since the last commit."""
        await run(self.session, self._sync.rollback)

    async def __aenter__(self) -> Self:
        self._sync.__enter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        leave = self._sync.__exit__
        if self._session is None:
            leave(*error)
            return
        session = self._session
        if self._open is not None:
            self._session = None
            forget_repositories(self)

        async def end() -> None:
            await until_free(session)
            await run(session, leave, *error)
            if self._open is not None:
                running.end(session)

        # The shield lets the end run completely even if the task is cancelled in the meantime,
        # because the connection has to return to the pool.
        await asyncio.shield(asyncio.create_task(end()))
