"""Odds of every bookmaker."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from models import Odds
from repositories.base import BaseRepository
from repositories.errors import translated
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

    def count_by_match(self, match_ids: Sequence[str]) -> dict[str, int]:
        """Count the odds of matches, in one statement; matches without odds are left out."""
        self._flush()
        with translated(self._table):
            found = self.session.execute(statements.count_by_match(match_ids))
            return dict(found.all())
