"""Teams and their DNA, asynchronously."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from models import TeamQuantumDNA
from repositories.aio.base import AsyncBaseRepository
from repositories.team import TeamDNARepository


class AsyncTeamDNARepository(AsyncBaseRepository[TeamQuantumDNA]):
    """Teams, read by name, league and profit."""

    _sync: TeamDNARepository

    def __init__(self, session: AsyncSession) -> None:
        super().__init__(TeamQuantumDNA, session)
        self._sync = TeamDNARepository(session.sync_session)

    async def get_by_name(self, name: str) -> TeamQuantumDNA | None:
        """Return the team of this name, else the only one whose name contains it in any case."""
        return await self._run(self._sync.get_by_name, name)

    async def get_by_league(self, league: str) -> list[TeamQuantumDNA]:
        """Return the teams of a league, by name."""
        return await self._run(self._sync.get_by_league, league)

    async def get_top_performers(self, limit: int = 10) -> list[TeamQuantumDNA]:
        """Return teams by total profit, best first; teams without one are left out."""
        return await self._run(self._sync.get_top_performers, limit)
