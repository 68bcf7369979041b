"""Several asynchronous repositories in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from core.errors import UnitOfWorkError
from repositories.aio import running
from repositories.aio.classification import AsyncClassificationRepository
from repositories.aio.friction import AsyncFrictionMatrixRepository
from repositories.aio.goalscorer import AsyncGoalscorerRepository
from repositories.aio.odds import AsyncOddsRepository
from repositories.aio.running import run, until_free
from repositories.aio.strategy import AsyncStrategyRepository
from repositories.aio.team import AsyncTeamDNARepository
from repositories.aio.tracking import AsyncTrackingCLVRepository
from repositories.timeouts import Timeouts
from repositories.unit_of_work import UnitOfWork


class AsyncUnitOfWork:
    """One transaction over all repositories; what is not committed is rolled back.

    Args:
        session: A session, which stays open afterwards; or a factory, which is asked for a session
            on first use within the ``async with`` block, and that session is closed at its end.
        lazy_loading: Let a relationship that was not loaded with its row be loaded on first access
            within ``session.run_sync``. Elsewhere SQLAlchemy cannot: it raises ``MissingGreenlet``.
        timeouts: Limits for each of its transactions, instead of those of the settings.

    It is a ``UnitOfWork`` on the synchronous side of the session, and promises what that promises,
    also when the task is cancelled. It serves one call at a time: a second task that comes in
    between gets a ``UnitOfWorkError`` before anything is sent. The end of the block waits for a
    call that is still in flight, and what comes after it is refused.
    """

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
        self._forget()

    def _make(self) -> Session:
        """What the synchronous side asks for a session."""
        made = self._open() if self._open is not None else self._session
        if not isinstance(made, AsyncSession):
            raise UnitOfWorkError(
                f"the factory gives a {type(made).__name__}", remedy="give AsyncSessionLocal"
            )
        self._session = made
        return made.sync_session

    def _forget(self) -> None:
        self._odds: AsyncOddsRepository | None = None
        self._tracking: AsyncTrackingCLVRepository | None = None
        self._teams: AsyncTeamDNARepository | None = None
        self._friction: AsyncFrictionMatrixRepository | None = None
        self._strategies: AsyncStrategyRepository | None = None
        self._goalscorers: AsyncGoalscorerRepository | None = None
        self._classifications: AsyncClassificationRepository | None = None

    @property
    def session(self) -> AsyncSession:
        """The session of the transaction."""
        _ = self._sync.session  # asks for one on first use, or says that none can be opened
        if self._session is None:
            raise running.has_ended()
        return self._session

    @property
    def odds(self) -> AsyncOddsRepository:
        """Odds of every bookmaker."""
        self._odds = self._odds or AsyncOddsRepository(self.session)
        return self._odds

    @property
    def tracking(self) -> AsyncTrackingCLVRepository:
        """Tracked picks."""
        self._tracking = self._tracking or AsyncTrackingCLVRepository(self.session)
        return self._tracking

    @property
    def teams(self) -> AsyncTeamDNARepository:
        """Teams and their DNA."""
        self._teams = self._teams or AsyncTeamDNARepository(self.session)
        return self._teams

    @property
    def friction(self) -> AsyncFrictionMatrixRepository:
        """Friction between teams."""
        self._friction = self._friction or AsyncFrictionMatrixRepository(self.session)
        return self._friction

    @property
    def strategies(self) -> AsyncStrategyRepository:
        """Strategies of teams."""
        self._strategies = self._strategies or AsyncStrategyRepository(self.session)
        return self._strategies

    @property
    def goalscorers(self) -> AsyncGoalscorerRepository:
        """Goalscorers."""
        self._goalscorers = self._goalscorers or AsyncGoalscorerRepository(self.session)
        return self._goalscorers

    @property
    def classifications(self) -> AsyncClassificationRepository:
        """Tactical classifications."""
        self._classifications = self._classifications or AsyncClassificationRepository(self.session)
        return self._classifications

    async def flush(self) -> None:
        """Send what is pending, without committing."""
        await run(self.session, self._sync.flush)

    async def commit(self) -> None:
        """Commit the transaction; what follows begins a new one."""
        await run(self.session, self._sync.commit)

    async def rollback(self) -> None:
        """Take back everything since the last commit."""
        await run(self.session, self._sync.rollback)

    async def __aenter__(self) -> Self:
        self._sync.__enter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        leave = self._sync.__exit__
        if self._session is None:
            leave(kind, error, traceback)
            return
        session = self._session
        if self._open is not None:
            self._session = None
            self._forget()

        async def end() -> None:
            await until_free(session)
            await run(session, leave, kind, error, traceback)
            if self._open is not None:
                running.end(session)

        # To its end, also when the task is cancelled meanwhile: the connection has to go back.
        await asyncio.shield(asyncio.create_task(end()))
