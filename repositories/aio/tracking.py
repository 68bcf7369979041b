"""Tracked picks, asynchronously."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from models import TrackingCLVPicks
from repositories.aio.base import AsyncBaseRepository
from repositories.tracking import TrackingCLVRepository


class AsyncTrackingCLVRepository(AsyncBaseRepository[TrackingCLVPicks]):
    """Picks, read by agent and by time."""

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
