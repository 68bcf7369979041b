"""Strategies of teams."""

from sqlalchemy.orm import Session

from models import QuantumStrategy
from repositories.base import BaseRepository
from repositories.statements import quantum as statements


class StrategyRepository(BaseRepository[QuantumStrategy]):
    """Strategies, read by team and by market."""

    def __init__(self, session: Session) -> None:
        super().__init__(QuantumStrategy, session)

    def get_team_strategies(
        self,
        team_id: int,
        eager_load: bool = True,  # noqa: FBT001, FBT002 - the public signature
    ) -> list[QuantumStrategy]:
        """Return the strategies of a team, best return first, unknown returns last.

        Args:
            team_id: The id of the team.
            eager_load: Whether to load the team in the same statement.
        """
        return self._all(statements.strategies_of_team(team_id, eager_load=eager_load))

    def get_best_by_market(self, market: str, limit: int = 10) -> list[QuantumStrategy]:
        """Return strategies of a market and their teams, best return first, nulls last."""
        return self._all(statements.best_strategies_of_market(market, limit=limit))
