"""Tracked picks."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import TrackingCLVPicks
from repositories.base import BaseRepository
from repositories.statements import odds as statements


class TrackingCLVRepository(BaseRepository[TrackingCLVPicks]):
    """Picks, read by agent and by time.

    While the existing database's table of this name has its old shape, every method raises
    ``SchemaMismatchError`` there.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(TrackingCLVPicks, session)

    def get_by_agent(self, agent: str, limit: int = 100) -> list[TrackingCLVPicks]:
        """Return picks of an agent, newest kick-off first."""
        return self._all(statements.picks_of_agent(agent, limit=limit))

    def get_recent_picks(self, days: int = 7, limit: int = 100) -> list[TrackingCLVPicks]:
        """Return picks whose kick-off is at most ``days`` ago or still to come, newest first."""
        return self._all(statements.recent_picks(days=days, limit=limit))
