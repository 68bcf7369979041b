"""A match day: fixtures with friction, both teams and their strategies."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm.attributes import set_committed_value

from core.errors import InvalidArgumentError, NotFoundError
from models import QuantumFrictionMatrix, QuantumStrategy, TeamQuantumDNA
from repositories.statements.quantum import Fixtures


@dataclass(frozen=True, slots=True)
class MatchUp:
    """One fixture with its teams, their friction and their strategies.

    Attributes:
        home: The home team.
        away: The away team.
        friction: The friction of the two teams, in either order; None when there is no row.
        home_strategies: Active strategies of the home team, best return first.
        away_strategies: Active strategies of the away team, best return first.
    """

    home: TeamQuantumDNA
    away: TeamQuantumDNA
    friction: QuantumFrictionMatrix | None
    home_strategies: Sequence[QuantumStrategy]
    away_strategies: Sequence[QuantumStrategy]


def checked(fixtures: Iterable[tuple[int, int]]) -> Fixtures:
    """Return fixtures as a list of pairs.

    Raises:
        InvalidArgumentError: The fixtures are not pairs.
    """
    try:
        return [(home, away) for home, away in fixtures]
    except (TypeError, ValueError) as error:
        raise InvalidArgumentError(
            "fixtures should be pairs of team ids", remedy="give (home_id, away_id) for each"
        ) from error


def match_ups(
    fixtures: Fixtures,
    teams: Iterable[TeamQuantumDNA],
    frictions: Iterable[QuantumFrictionMatrix],
    strategies: Iterable[QuantumStrategy],
) -> list[MatchUp]:
    """Combine the rows of a match day, in the order of the fixtures.

    The relationships of the rows are set to the given teams, so that they need no statement.

    Raises:
        NotFoundError: A team does not exist.
    """
    by_id = {team.team_id: team for team in teams}
    if missing := {team_id for fixture in fixtures for team_id in fixture} - by_id.keys():
        raise NotFoundError(f"no team has the id {min(missing)}", remedy="look up the ids by name")
    by_pair = {}
    for row in frictions:
        by_pair[row.team_home_id, row.team_away_id] = row
        set_committed_value(row, "home_team", by_id[row.team_home_id])
        set_committed_value(row, "away_team", by_id[row.team_away_id])
    by_team: defaultdict[int, list[QuantumStrategy]] = defaultdict(list)
    for strategy in strategies:
        by_team[strategy.team_id].append(strategy)
        set_committed_value(strategy, "team", by_id[strategy.team_id])
    return [
        MatchUp(
            by_id[home],
            by_id[away],
            _latest(by_pair.get((home, away)), by_pair.get((away, home))),
            tuple(by_team[home]),
            tuple(by_team[away]),
        )
        for home, away in fixtures
    ]


def _latest(
    as_asked: QuantumFrictionMatrix | None, reversed_: QuantumFrictionMatrix | None
) -> QuantumFrictionMatrix | None:
    """Return the row of the latest season; within a season, the row in the requested order."""
    if as_asked is None or reversed_ is None:
        return as_asked or reversed_
    return reversed_ if reversed_.season > as_asked.season else as_asked
