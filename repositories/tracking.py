"""Tracked picks."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from models import TrackingCLVPicks
from repositories import refreshing
from repositories.base import BaseRepository
from repositories.clv import FALL_BACKS, ClosedPicks, ClvSummary
from repositories.errors import translated
from repositories.statements import clv
from repositories.statements import odds as statements


class TrackingCLVRepository(BaseRepository[TrackingCLVPicks]):
    """Picks, read by agent and by time, and their closing line value (CLV).

    Where the table still has the old columns of the existing database, every method raises
    ``SchemaMismatchError``.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(TrackingCLVPicks, session)

    def get_by_agent(self, agent: str, limit: int = 100) -> list[TrackingCLVPicks]:
        """Return picks of an agent, newest kick-off first."""
        return self._all(statements.picks_of_agent(agent, limit=limit))

    def get_recent_picks(self, days: int = 7, limit: int = 100) -> list[TrackingCLVPicks]:
        """Return picks whose kick-off is at most ``days`` ago or still to come, newest first."""
        return self._all(statements.recent_picks(days=days, limit=limit))

    def close_picks(self, fall_backs: Sequence[str] = FALL_BACKS) -> ClosedPicks:
        """Fill closing price and CLV of open picks from closing odds, in one statement.

        A pick and odds belong together when teams, day of kick-off (UTC), market and selection
        (with its line) are the same; docs/odds.md states the rule. Other picks are not touched.

        Args:
            fall_backs: The bookmakers whose closing price is taken, in this order, when the pick's
                own bookmaker has none.

        Returns:
            The number of closed picks by bookmaker, and of open picks by reason.

        Raises:
            InvalidArgumentError: A fall-back is not a name.
        """
        statement = clv.close_picks(fall_backs)
        self._flush()
        with translated(self._table):
            rows = self.session.execute(statement).all()
            changed = [id_ for *_, ids in rows for id_ in ids or ()]
            refreshing.refresh(self.session, TrackingCLVPicks, changed)
        return ClosedPicks.from_rows(rows)

    def get_clv_summary(
        self, since: date | None = None, until: date | None = None, period: str = "week"
    ) -> ClvSummary:
        """Return CLV by league, market, agent, bookmaker and period, in one statement.

        Args:
            since: The first day of kick-off (UTC).
            until: The last day of kick-off.
            period: The length of a period: day, week or month.

        Raises:
            InvalidArgumentError: ``period`` is not one of these.
        """
        statement = clv.clv(since=since, until=until, period=period)
        with translated(self._table):
            rows = self.session.execute(statement).all()
        return ClvSummary.from_rows(rows)
