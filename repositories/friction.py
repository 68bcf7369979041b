"""Friction between teams."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import QuantumFrictionMatrix
from repositories.base import BaseRepository
from repositories.statements import quantum as statements


class FrictionMatrixRepository(BaseRepository[QuantumFrictionMatrix]):
    """Pairs of teams, read by pair and by score."""

    def __init__(self, session: Session) -> None:
        super().__init__(QuantumFrictionMatrix, session)

    def get_friction(
        self,
        home_id: int,
        away_id: int,
        eager_load: bool = True,  # noqa: FBT001, FBT002 - the public signature
        season: str | None = None,
    ) -> QuantumFrictionMatrix | None:
        """Return the row of a pair, whichever of the two it stores as home: the row tells which.

        Args:
            home_id: The one team.
            away_id: The other.
            eager_load: Load both teams in the same statement.
            season: The season; the latest when none is given.
        """
        statement = statements.friction_of_pair(
            home_id, away_id, season=season, eager_load=eager_load
        )
        return self._first(statement)

    def get_high_friction_matches(
        self, min_score: float = 70, limit: int = 100
    ) -> list[QuantumFrictionMatrix]:
        """Return pairs with at least a score, highest first, with both teams."""
        return self._all(statements.high_friction(min_score=min_score, limit=limit))
