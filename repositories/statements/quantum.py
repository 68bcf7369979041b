"""Statements about teams, friction, strategies, classifications and goalscorers."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    Integer,
    Select,
    and_,
    any_,
    bindparam,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.orm import joinedload

from models import (
    ChessClassification,
    GoalscorerProfile,
    QuantumFrictionMatrix,
    QuantumStrategy,
    TeamQuantumDNA,
)
from repositories import values
from repositories.statements import base

Fixtures = Sequence[tuple[int, int]]


def team_names() -> Select[int, str]:
    """Select the ids and names of all teams, to be searched in Python.

    The server cannot search regardless of case in every locale: in ``C``, it only converts ASCII
    letters.
    """
    return select(TeamQuantumDNA.team_id, TeamQuantumDNA.team_name).order_by(TeamQuantumDNA.team_id)


def teams_of_league(league: str) -> Select[TeamQuantumDNA]:
    """Select the teams of a league, by name."""
    values.check_value(values.model_column(TeamQuantumDNA, "league"), league)
    return (
        select(TeamQuantumDNA)
        .where(TeamQuantumDNA.league == league)
        .order_by(TeamQuantumDNA.team_name)
    )


def top_performers(*, limit: int) -> Select[TeamQuantumDNA]:
    """Select teams by total profit, best first; teams without a total profit are left out."""
    return (
        select(TeamQuantumDNA)
        .where(TeamQuantumDNA.total_pnl.is_not(None))
        .order_by(TeamQuantumDNA.total_pnl.desc(), TeamQuantumDNA.team_id)
        .limit(values.limit(limit))
    )


def friction_of_pair(
    home_id: int, away_id: int, *, season: str | None, eager_load: bool
) -> tuple[Select[QuantumFrictionMatrix], dict[str, Any]]:
    """Select the row of a pair in either order, of a season or of the latest one.

    If both orders are stored, the requested order comes first.

    Returns:
        The statement, which is built once and cached, and its parameters.
    """
    row = QuantumFrictionMatrix
    values.check_value(values.model_column(row, "team_home_id"), home_id)
    values.check_value(values.model_column(row, "team_away_id"), away_id)
    parameters: dict[str, Any] = {"home_id": home_id, "away_id": away_id}
    if season is not None:
        values.check_value(values.model_column(row, "season"), season)
        parameters["season"] = season
    return _friction_of_pair(has_season=season is not None, eager_load=eager_load), parameters


@cache
def _friction_of_pair(*, has_season: bool, eager_load: bool) -> Select[QuantumFrictionMatrix]:
    row = QuantumFrictionMatrix
    home, away = bindparam("home_id", type_=Integer), bindparam("away_id", type_=Integer)
    as_asked = and_(row.team_home_id == home, row.team_away_id == away)
    reversed_ = and_(row.team_home_id == away, row.team_away_id == home)
    statement = (
        select(row)
        .where(or_(as_asked, reversed_))
        .order_by(row.season.desc(), as_asked.desc(), row.friction_id)
        .limit(1)
    )
    if has_season:
        statement = statement.where(row.season == bindparam("season"))
    return _with_teams(statement) if eager_load else statement


def fixture_parameters(fixtures: Fixtures, season: str | None) -> dict[str, Any]:
    """Return the parameters for the statements of a match day."""
    column = values.model_column(TeamQuantumDNA, "team_id")
    homes, aways = map(list, zip(*fixtures, strict=True))
    for team_id in homes + aways:
        values.check_value(column, team_id)
    if season is not None:
        values.check_value(values.model_column(QuantumFrictionMatrix, "season"), season)
    # Each pair is given in both orders, because a pair may be stored in either.
    ids = sorted({*homes, *aways})
    return {"ids": ids, "one": homes + aways, "other": aways + homes, "season": season}


@cache
def teams_of_fixtures() -> Select[TeamQuantumDNA]:
    """Select all teams of the fixtures."""
    return select(TeamQuantumDNA).where(TeamQuantumDNA.team_id == any_(_IDS))


@cache
def friction_of_fixtures(*, has_season: bool) -> Select[QuantumFrictionMatrix]:
    """Select the rows of the pairs in either order, of a season or of the latest of each pair."""
    row = QuantumFrictionMatrix
    key = (row.team_home_id, row.team_away_id)
    pairs = (
        func.unnest(_bound_ids("one"), _bound_ids("other"))
        .table_valued("one", "other")
        .render_derived()
    )
    statement = select(row).where(tuple_(*key).in_(select(pairs.c.one, pairs.c.other)))
    if has_season:
        return statement.where(row.season == bindparam("season"))
    return statement.ext(distinct_on(*key)).order_by(*key, row.season.desc())


@cache
def active_strategies_of_fixtures() -> Select[QuantumStrategy]:
    """Select the active strategies of all teams of the fixtures, best return first."""
    row = QuantumStrategy
    return _best_first(select(row).where(row.team_id == any_(_IDS), row.is_active))


def high_friction(*, min_score: float, limit: int) -> Select[QuantumFrictionMatrix]:
    """Select pairs with at least a given score, highest first, with both teams."""
    row = QuantumFrictionMatrix
    values.check_value(values.model_column(row, "friction_score"), min_score)
    return _with_teams(
        select(row)
        .where(row.friction_score >= min_score)
        .order_by(row.friction_score.desc(), row.friction_id)
        .limit(values.limit(limit))
    )


def strategies_of_team(team_id: int, *, eager_load: bool) -> Select[QuantumStrategy]:
    """Select strategies of a team, best return first, unknown returns last."""
    values.check_value(values.model_column(QuantumStrategy, "team_id"), team_id)
    statement = _best_first(select(QuantumStrategy).where(QuantumStrategy.team_id == team_id))
    return statement.options(joinedload(QuantumStrategy.team)) if eager_load else statement


def best_strategies_of_market(market: str, *, limit: int) -> Select[QuantumStrategy]:
    """Select strategies of a market and their teams, best return first, unknown returns last."""
    values.check_value(values.model_column(QuantumStrategy, "market"), market)
    statement = select(QuantumStrategy).where(QuantumStrategy.market == market)
    statement = statement.options(joinedload(QuantumStrategy.team))
    return _best_first(statement).limit(values.limit(limit))


def current_classification(team_id: int) -> Select[ChessClassification]:
    """Select the current classification of a team; a partial unique index allows only one."""
    values.check_value(values.model_column(ChessClassification, "team_id"), team_id)
    statement = base.by_field(ChessClassification, "team_id", team_id)
    return statement.where(ChessClassification.is_current)


def classifications_of_team(team_id: int) -> Select[ChessClassification]:
    """Select all classifications of a team, newest first."""
    values.check_value(values.model_column(ChessClassification, "team_id"), team_id)
    return (
        select(ChessClassification)
        .where(ChessClassification.team_id == team_id)
        .order_by(
            ChessClassification.classified_at.desc(), ChessClassification.classification_id.desc()
        )
    )


def classifications_of_profile(profile_name: str, *, limit: int) -> Select[ChessClassification]:
    """Select current classifications with a profile and their teams, highest confidence first."""
    values.check_value(values.model_column(ChessClassification, "profile_name"), profile_name)
    return (
        select(ChessClassification)
        .where(ChessClassification.profile_name == profile_name, ChessClassification.is_current)
        .order_by(ChessClassification.confidence.desc(), ChessClassification.classification_id)
        .options(joinedload(ChessClassification.team))
        .limit(values.limit(limit))
    )


def scorers_of_team(team_name: str) -> Select[GoalscorerProfile]:
    """Select the players of a team, most goals first."""
    values.check_value(values.model_column(GoalscorerProfile, "team_name"), team_name)
    return _most_goals_first(
        select(GoalscorerProfile).where(GoalscorerProfile.team_name == team_name)
    )


def top_scorers(*, limit: int, league: str | None) -> Select[GoalscorerProfile]:
    """Select the players with the most goals, in one league or in all."""
    statement = _most_goals_first(select(GoalscorerProfile)).limit(values.limit(limit))
    if league is None:
        return statement
    values.check_value(values.model_column(GoalscorerProfile, "league"), league)
    return statement.where(GoalscorerProfile.league == league)


def _bound_ids(name: str) -> BindParameter[Any]:
    return bindparam(name, type_=ARRAY(Integer))


_IDS: Final = _bound_ids("ids")


def _with_teams(
    statement: Select[QuantumFrictionMatrix],
) -> Select[QuantumFrictionMatrix]:
    return statement.options(
        joinedload(QuantumFrictionMatrix.home_team), joinedload(QuantumFrictionMatrix.away_team)
    )


def _best_first(statement: Select[QuantumStrategy]) -> Select[QuantumStrategy]:
    return statement.order_by(QuantumStrategy.roi.desc().nulls_last(), QuantumStrategy.strategy_id)


def _most_goals_first(
    statement: Select[GoalscorerProfile],
) -> Select[GoalscorerProfile]:
    return statement.order_by(GoalscorerProfile.goals_total.desc(), GoalscorerProfile.player_id)
