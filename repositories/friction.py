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
        """Return the row of two teams, given in either order; the row says which team is home.

        Args:
            home_id: The id of one team.
            away_id: The id of the other team.
            eager_load: Whether to load both teams in the same statement.
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

        It executes three statements for any number of fixtures.

        Args:
            fixtures: The ids of home team and away team, for each fixture.
            season: The season of the friction; the latest of each pair when none is given.

        Returns:
            The fixtures, in the order in which they were given.

        Raises:
            NotFoundError: A team does not exist.
            InvalidArgumentError: A fixture is not a pair of ids.
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
        """Return pairs with at least a given score, highest first, with both teams."""
        return self._all(statements.high_friction(min_score=min_score, limit=limit))
