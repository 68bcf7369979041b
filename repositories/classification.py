"""Tactical classifications of teams."""

from sqlalchemy.orm import Session

from models import ChessClassification
from repositories.base import BaseRepository
from repositories.statements import quantum as statements


class ClassificationRepository(BaseRepository[ChessClassification]):
    """Classifications, read by team and by profile."""

    def __init__(self, session: Session) -> None:
        super().__init__(ChessClassification, session)

    def get_current(self, team_id: int) -> ChessClassification | None:
        """Return the current classification of a team."""
        return self._first(statements.current_classification(team_id))

    def get_by_team(self, team_id: int) -> list[ChessClassification]:
        """Return all classifications of a team, newest first."""
        return self._all(statements.classifications_of_team(team_id))

    def get_by_profile(self, profile_name: str, limit: int = 100) -> list[ChessClassification]:
        """Return current classifications with a profile and their teams, by confidence."""
        return self._all(statements.classifications_of_profile(profile_name, limit=limit))
