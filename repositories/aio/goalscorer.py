"""Goalscorers, asynchronously."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from models import GoalscorerProfile
from repositories.aio.base import AsyncBaseRepository
from repositories.goalscorer import GoalscorerRepository


class AsyncGoalscorerRepository(AsyncBaseRepository[GoalscorerProfile]):
    """Players, read by team and by goals."""

    _sync: GoalscorerRepository

    def __init__(self, session: AsyncSession) -> None:
        super().__init__(GoalscorerProfile, session)
        self._sync = GoalscorerRepository(session.sync_session)

    async def get_by_team(self, team_name: str) -> list[GoalscorerProfile]:
        """Return the players of a team, most goals first."""
        return await self._run(self._sync.get_by_team, team_name)

    async def get_top_scorers(
        self, limit: int = 20, league: str | None = None
    ) -> list[GoalscorerProfile]:
        """Return the players with most goals, of a league or of all."""
        return await self._run(self._sync.get_top_scorers, limit, league)
