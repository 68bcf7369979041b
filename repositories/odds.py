"""Odds of every bookmaker."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import Odds
from repositories.base import BaseRepository
from repositories.statements import odds as statements


class OddsRepository(BaseRepository[Odds]):
    """Odds, read by match and by league."""

    def __init__(self, session: Session) -> None:
        super().__init__(Odds, session)

    def get_by_match(self, match_id: str) -> list[Odds]:
        """Return all odds of a match, by primary key."""
        return self._all(statements.odds_of_match(match_id))

    def get_by_league(self, league: str, limit: int = 100) -> list[Odds]:
        """Return odds of a league, newest kick-off first."""
        return self._all(statements.odds_of_league(league, limit=limit))
