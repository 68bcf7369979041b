"""Statements about closing line value (CLV)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from sqlalchemy import Date, TextClause, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from core.errors import InvalidArgumentError
from core.sql_files import statement
from models import TrackingCLVPicks
from repositories import values

PERIODS: Final = ("day", "week", "month")

MARKETS: Final[Mapping[str, Sequence[str]]] = {
    "h2h": (
        *("h2h", "h2h_3_way", "1x2", "match_odds", "match_result", "match_winner"),
        *("full_time_result", "moneyline", "money_line", "ml", "three_way", "3_way"),
    ),
    "totals": (
        *("totals", "total", "total_goals", "over_under", "over_under_goals"),
        *("goals_over_under", "o_u", "ou", "alternate_totals"),
    ),
    "asian_handicap": (
        *("asian_handicap", "asian_handicaps", "ah", "spreads", "spread", "alternate_spreads"),
    ),
}
"""Spellings of the markets that have odds, as words with underscores; docs/odds.md lists them."""

SIDES: Final[Mapping[str, Sequence[str]]] = {
    "home": ("home", "1", "h", "home_team", "home_win"),
    "draw": ("draw", "x", "d", "tie", "the_draw"),
    "away": ("away", "2", "a", "away_team", "away_win"),
    "over": ("over", "o"),
    "under": ("under", "u"),
}
"""Spellings of the sides of a market."""


def close_picks(fall_backs: Sequence[str]) -> TextClause:
    """Update open picks with closing price and CLV; return rows for ``ClosedPicks.from_rows``."""
    if isinstance(fall_backs, str):
        raise InvalidArgumentError(
            "fall_backs should be several names", remedy="give a list of bookmakers"
        )
    for name in fall_backs:
        values.check_name(values.model_column(TrackingCLVPicks, "bookmaker"), name)
    given = {
        "fall_backs": list(fall_backs),
        **_spellings("market_spellings", "markets", MARKETS),
        **_spellings("side_spellings", "sides", SIDES),
    }
    return statement("repositories", "close_picks").bindparams(
        *(bindparam(name, value, ARRAY(Text)) for name, value in given.items())
    )


def clv(*, since: date | None, until: date | None, period: str) -> TextClause:
    """Select figures of closed picks by group, and the number of open picks."""
    if period not in PERIODS:
        raise InvalidArgumentError(
            f"there is no period {period!r}", remedy=f"give one of {', '.join(PERIODS)}"
        )
    return statement("repositories", "clv").bindparams(
        bindparam("since", since, Date),
        bindparam("until", until, Date),
        bindparam("period", period, Text),
    )


def _spellings(
    spellings: str, names: str, table: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    pairs = [(spelling, name) for name, known in table.items() for spelling in known]
    return {spellings: [pair[0] for pair in pairs], names: [pair[1] for pair in pairs]}
