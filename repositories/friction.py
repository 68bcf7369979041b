"""Friction between teams."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from models import QuantumFrictionMatrix
from repositories import match_day
from repositories.base import BaseRepository
from repositories.errors import translated
from repositories.match_day import MatchUp
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
        """Return the row of two teams in either order; the row says which one is home.

        Args:
            home_id: The one team.
            away_id: The other.
            eager_load: Load both teams in the same statement.
            season: The season; the latest when none is given.
        """
        statement, parameters = statements.friction_of_pair(
            home_id, away_id, season=season, eager_load=eager_load
        )
        with translated(self._table):
            return self.session.scalars(statement, parameters).first()

    def get_match_day(
        self, fixtures: Iterable[tuple[int, int]], season: str | None = None
    ) -> list[MatchUp]:
        """Return fixtures with friction, both teams and their active strategies.

        Three statements, however many fixtures there are.

        Args:
            fixtures: Home team and away team of each.
            season: The season of the friction; the latest of each pair when none is given.

        Returns:
            The fixtures, in the order in which they were given.

        Raises:
            NotFoundError: A team is not there.
            InvalidArgumentError: A fixture is no pair of ids.
        """
        pairs = match_day.checked(fixtures)
        if not pairs:
            return []
        given = statements.fixture_parameters(pairs, season)
        frictions = statements.friction_of_fixtures(has_season=season is not None)
        with translated(self._table):
            return match_day.match_ups(
                pairs,
                self.session.scalars(statements.teams_of_fixtures(), given),
                self.session.scalars(frictions, given),
                self.session.scalars(statements.active_strategies_of_fixtures(), given),
            )

    def get_high_friction_matches(
        self, min_score: float = 70, limit: int = 100
    ) -> list[QuantumFrictionMatrix]:
        """Return pairs with at least a score, highest first, with both teams."""
        return self._all(statements.high_friction(min_score=min_score, limit=limit))
