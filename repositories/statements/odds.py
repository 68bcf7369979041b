"""Statements about odds and picks."""

from collections.abc import Sequence

from sqlalchemy import Select, Text, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from models import Odds, TrackingCLVPicks
from repositories import values
from repositories.statements import base


def odds_of_match(match_id: str) -> Select[Odds]:
    """Select all odds of a match."""
    values.check_value(values.model_column(Odds, "match_id"), match_id)
    return base.by_field(Odds, "match_id", match_id)


def odds_of_league(league: str, *, limit: int) -> Select[Odds]:
    """Select odds of a league, newest kick-off first."""
    values.check_value(values.model_column(Odds, "league"), league)
    return (
        select(Odds)
        .where(Odds.league == league)
        .order_by(Odds.commence_time.desc(), Odds.id)
        .limit(values.limit(limit))
    )


def count_by_match(match_ids: Sequence[str]) -> Select[str, int]:
    """Select the number of odds of each match that has any."""
    given = func.unnest(literal(list(match_ids), ARRAY(Text))).column_valued("given")
    return (
        select(Odds.match_id, func.count())
        .where(Odds.match_id.in_(select(given)))
        .group_by(Odds.match_id)
    )


def picks_of_agent(agent: str, *, limit: int) -> Select[TrackingCLVPicks]:
    """Select picks of an agent, newest kick-off first."""
    values.check_value(values.model_column(TrackingCLVPicks, "agent"), agent)
    return _newest_picks(limit).where(TrackingCLVPicks.agent == agent)


def recent_picks(*, days: int, limit: int) -> Select[TrackingCLVPicks]:
    """Select picks whose kick-off is at most ``days`` ago by the database's clock, newest first."""
    since = func.now() - func.make_interval(0, 0, 0, values.days(days))
    return _newest_picks(limit).where(TrackingCLVPicks.match_date >= since)


def _newest_picks(limit: int) -> Select[TrackingCLVPicks]:
    return (
        select(TrackingCLVPicks)
        .order_by(TrackingCLVPicks.match_date.desc(), TrackingCLVPicks.id)
        .limit(values.limit(limit))
    )
