"""Strategies of teams, asynchronously."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from models import QuantumStrategy
from repositories.aio.base import AsyncBaseRepository
from repositories.strategy import StrategyRepository


class AsyncStrategyRepository(AsyncBaseRepository[QuantumStrategy]):
    """Strategies, read by team and by market."""

    _sync: StrategyRepository

    def __init__(self, session: AsyncSession) -> None:
        super().__init__(QuantumStrategy, session)
        self._sync = StrategyRepository(session.sync_session)

    async def get_team_strategies(
        self,
        team_id: int,
        eager_load: bool = True,  # noqa: FBT001, FBT002 - the public signature
    ) -> list[QuantumStrategy]:
        """Return the strategies of a team, best return first, unknown returns last."""
        return await self._run(self._sync.get_team_strategies, team_id, eager_load)

    async def get_best_by_market(self, market: str, limit: int = 10) -> list[QuantumStrategy]:
        """Return strategies of a market, best return first, unknown last, with their teams."""
        return await self._run(self._sync.get_best_by_market, market, limit)
