"""Tactical classifications of teams, asynchronously."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from models import ChessClassification
from repositories.aio.base import AsyncBaseRepository
from repositories.classification import ClassificationRepository


class AsyncClassificationRepository(AsyncBaseRepository[ChessClassification]):
    """Classifications, read by team and by profile."""

    _sync: ClassificationRepository

    def __init__(self, session: AsyncSession) -> None:
        super().__init__(ChessClassification, session)
        self._sync = ClassificationRepository(session.sync_session)

    async def get_current(self, team_id: int) -> ChessClassification | None:
        """Return the current classification of a team."""
        return await self._run(self._sync.get_current, team_id)

    async def get_by_team(self, team_id: int) -> list[ChessClassification]:
        """Return all classifications of a team, newest first."""
        return await self._run(self._sync.get_by_team, team_id)

    async def get_by_profile(
        self, profile_name: str, limit: int = 100
    ) -> list[ChessClassification]:
        """Return current classifications with a profile, surest first, with their teams."""
        return await self._run(self._sync.get_by_profile, profile_name, limit)
