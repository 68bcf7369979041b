"""Statements about closing line value."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import Date, TextClause, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from core.errors import InvalidArgumentError
from models import TrackingCLVPicks
from repositories import values
from repositories.sql import statement

PERIODS: Final = ("day", "week", "month")

_PACKAGE: Final = "repositories.queries"


def close_picks(fall_backs: Sequence[str]) -> TextClause:
    """Fill closing price and CLV of open picks; rows of outcome, bookmaker, number of picks."""
    if isinstance(fall_backs, str):
        raise InvalidArgumentError(
            "fall_backs should be several names", remedy="give a list of bookmakers"
        )
    for name in fall_backs:
        values.check_name(values.column_of(TrackingCLVPicks, "bookmaker"), name)
    given = bindparam("fall_backs", list(fall_backs), ARRAY(Text))
    return statement(_PACKAGE, "close_picks").bindparams(given)


def clv(*, since: date | None, until: date | None, period: str) -> TextClause:
    """Figures of closed picks by group, and the number of open ones."""
    if period not in PERIODS:
        raise InvalidArgumentError(
            f"there is no period {period!r}", remedy=f"give one of {', '.join(PERIODS)}"
        )
    return statement(_PACKAGE, "clv").bindparams(
        bindparam("since", since, Date),
        bindparam("until", until, Date),
        bindparam("period", period, Text),
    )
