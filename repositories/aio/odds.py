"""Odds of every bookmaker, asynchronously."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from models import Odds
from repositories.aio.base import AsyncBaseRepository
from repositories.odds import OddsRepository


class AsyncOddsRepository(AsyncBaseRepository[Odds]):
    """Odds, read by match and by league."""

    _sync: OddsRepository

    def __init__(self, session: AsyncSession) -> None:
        super().__init__(Odds, session)
        self._sync = OddsRepository(session.sync_session)

    async def get_by_match(self, match_id: str) -> list[Odds]:
        """Return all odds of a match, by primary key."""
        return await self._run(self._sync.get_by_match, match_id)

    async def get_by_league(self, league: str, limit: int = 100) -> list[Odds]:
        """Return odds of a league, newest kick-off first."""
        return await self._run(self._sync.get_by_league, league, limit)

    async def count_by_match(self, match_ids: Sequence[str]) -> dict[str, int]:
        """Count the odds of matches, in one statement; matches without odds are left out."""
        return await self._run(self._sync.count_by_match, match_ids)
