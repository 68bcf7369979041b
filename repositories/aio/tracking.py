"""Tracked picks, asynchronously."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from models import TrackingCLVPicks
from repositories.aio.base import AsyncBaseRepository
from repositories.clv import FALL_BACKS, ClosedPicks, ClvSummary
from repositories.tracking import TrackingCLVRepository


class AsyncTrackingCLVRepository(AsyncBaseRepository[TrackingCLVPicks]):
    """Picks, read by agent and by time, and their closing line value."""

    _sync: TrackingCLVRepository

    def __init__(self, session: AsyncSession) -> None:
        super().__init__(TrackingCLVPicks, session)
        self._sync = TrackingCLVRepository(session.sync_session)

    async def get_by_agent(self, agent: str, limit: int = 100) -> list[TrackingCLVPicks]:
        """Return picks of an agent, newest kick-off first."""
        return await self._run(self._sync.get_by_agent, agent, limit)

    async def get_recent_picks(self, days: int = 7, limit: int = 100) -> list[TrackingCLVPicks]:
        """Return picks whose kick-off is at most ``days`` ago or still to come, newest first."""
        return await self._run(self._sync.get_recent_picks, days, limit)

    async def close_picks(self, fall_backs: Sequence[str] = FALL_BACKS) -> ClosedPicks:
        """Fill closing price and CLV of open picks from closing odds, in one statement."""
        return await self._run(self._sync.close_picks, fall_backs)

    async def get_clv_summary(
        self, since: date | None = None, until: date | None = None, period: str = "week"
    ) -> ClvSummary:
        """Return CLV by league, market, agent, bookmaker and period, in one statement."""
        return await self._run(self._sync.get_clv_summary, since, until, period)
