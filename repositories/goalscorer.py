"""Goalscorers."""

from sqlalchemy.orm import Session

from models import GoalscorerProfile
from repositories.base import BaseRepository
from repositories.statements import quantum as statements


class GoalscorerRepository(BaseRepository[GoalscorerProfile]):
    """Players, read by team and by goals."""

    def __init__(self, session: Session) -> None:
        super().__init__(GoalscorerProfile, session)

    def get_by_team(self, team_name: str) -> list[GoalscorerProfile]:
        """Return the players of a team, most goals first."""
        return self._all(statements.scorers_of_team(team_name))

    def get_top_scorers(
        self, limit: int = 20, league: str | None = None
    ) -> list[GoalscorerProfile]:
        """Return the players with the most goals, in one league or in all."""
        return self._all(statements.top_scorers(limit=limit, league=league))
