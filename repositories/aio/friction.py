"""Friction between teams, asynchronously."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from models import QuantumFrictionMatrix
from repositories.aio.base import AsyncBaseRepository
from repositories.friction import FrictionMatrixRepository
from repositories.match_day import MatchUp


class AsyncFrictionMatrixRepository(AsyncBaseRepository[QuantumFrictionMatrix]):
    """Pairs of teams, read by pair and by score."""

    _sync: FrictionMatrixRepository

    def __init__(self, session: AsyncSession) -> None:
        super().__init__(QuantumFrictionMatrix, session)
        self._sync = FrictionMatrixRepository(session.sync_session)

    async def get_friction(
        self,
        home_id: int,
        away_id: int,
        eager_load: bool = True,  # noqa: FBT001, FBT002 - the public signature
        season: str | None = None,
    ) -> QuantumFrictionMatrix | None:
        """Return the row of a pair, whichever of the two it stores as home: the row tells which."""
        return await self._run(self._sync.get_friction, home_id, away_id, eager_load, season)

    async def get_match_day(
        self, fixtures: Iterable[tuple[int, int]], season: str | None = None
    ) -> list[MatchUp]:
        """Return fixtures with friction, both teams and their active strategies."""
        return await self._run(self._sync.get_match_day, fixtures, season)

    async def get_high_friction_matches(
        self, min_score: float = 70, limit: int = 100
    ) -> list[QuantumFrictionMatrix]:
        """Return pairs with at least a score, highest first, with both teams."""
        return await self._run(self._sync.get_high_friction_matches, min_score, limit)
