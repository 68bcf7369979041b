"""Odds of every bookmaker, and the picks that were made on them."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    Double,
    Identity,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    column,
    false,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models import checks
from models.base import Base, TimestampMixin
from models.versions import VersionedMixin

PRICE_TYPES = ("current", "opening", "closing")


class Odds(TimestampMixin, Base):
    """One price of one bookmaker for one market of one match.

    The natural key is (match_id, bookmaker, market, price_type, line), in which null lines are
    equal. Its index is also used to search by match.
    """

    __tablename__ = "odds"
    __table_args__ = (
        UniqueConstraint(
            "match_id",
            "bookmaker",
            "market",
            "price_type",
            "line",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint(column("price_type").in_(PRICE_TYPES), name="price_type"),
        checks.decimal_odds("home_odds"),
        checks.decimal_odds("draw_odds"),
        checks.decimal_odds("away_odds"),
        checks.decimal_odds("over_odds"),
        checks.decimal_odds("under_odds"),
        checks.finite("line"),
        Index(None, "league", "commence_time"),
        # The index ends with the key, because a page starts after a time and a key.
        Index(None, "commence_time", "id"),
        Index(None, "collected_at"),
        {"comment": "Odds of every bookmaker, one row per match, bookmaker, market and line"},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    match_id: Mapped[str] = mapped_column(String(100))
    home_team: Mapped[str] = mapped_column(String(100))
    away_team: Mapped[str] = mapped_column(String(100))
    league: Mapped[str] = mapped_column(String(100))
    commence_time: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="Kick-off")
    bookmaker: Mapped[str] = mapped_column(String(100))
    bookmaker_key: Mapped[str | None] = mapped_column(
        String(50), comment="The bookmaker's key at the source of the odds"
    )
    market: Mapped[str] = mapped_column(
        String(50), comment="h2h, totals, btts, asian_handicap, ..."
    )
    price_type: Mapped[str] = mapped_column(
        String(10), server_default=text("'current'"), comment="current, opening or closing"
    )
    home_odds: Mapped[float | None] = mapped_column(Double, comment="Decimal odds, above 1.0")
    draw_odds: Mapped[float | None] = mapped_column(Double, comment="Decimal odds, above 1.0")
    away_odds: Mapped[float | None] = mapped_column(Double, comment="Decimal odds, above 1.0")
    line: Mapped[float | None] = mapped_column(
        Double, comment="Goals (totals) or goals given to the home team (handicap)"
    )
    over_odds: Mapped[float | None] = mapped_column(Double, comment="Decimal odds, above 1.0")
    under_odds: Mapped[float | None] = mapped_column(Double, comment="Decimal odds, above 1.0")
    is_live: Mapped[bool] = mapped_column(
        Boolean, server_default=false(), comment="Taken while the match was being played"
    )
    collected_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True),
        server_default=func.now(),
        comment="When the price was seen at the bookmaker",
    )


class TrackingCLVPicks(VersionedMixin, TimestampMixin, Base):
    """One tracked pick with its closing line value (CLV).

    CLV in percent is (odds_at_pick / odds_at_close - 1) * 100. A change by a concurrent writer is
    detected by the system column ``xmin``. The table has exactly these columns, because an
    acceptance test compares it with the table of this name in the existing database.
    """

    __tablename__ = "tracking_clv_picks"
    __table_args__ = (
        UniqueConstraint("pick_id"),
        checks.decimal_odds("odds_at_pick"),
        checks.decimal_odds("odds_at_close"),
        checks.not_negative("stake"),
        checks.ratio("confidence"),
        Index(None, "match_id"),
        Index(None, "match_date"),
        Index(None, "agent", "match_date"),
        {"comment": "Tracked picks with their closing line value (CLV)"},
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    pick_id: Mapped[str] = mapped_column(String(100), comment="The agent's own id of the pick")
    match_id: Mapped[str] = mapped_column(String(100))
    home_team: Mapped[str] = mapped_column(String(100))
    away_team: Mapped[str] = mapped_column(String(100))
    league: Mapped[str] = mapped_column(String(100))
    match_date: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="Kick-off")
    market: Mapped[str] = mapped_column(String(50))
    selection: Mapped[str] = mapped_column(
        String(100), comment="What was backed; carries the line, such as over_25"
    )
    bookmaker: Mapped[str] = mapped_column(String(100))
    odds_at_pick: Mapped[float] = mapped_column(Double, comment="Decimal odds, above 1.0")
    odds_at_close: Mapped[float | None] = mapped_column(Double, comment="Decimal odds, above 1.0")
    clv_percentage: Mapped[float | None] = mapped_column(
        Double, comment="(odds_at_pick / odds_at_close - 1) * 100, in percent"
    )
    hours_before_match: Mapped[float | None] = mapped_column(
        Double, comment="Hours from the pick to kick-off"
    )
    is_won: Mapped[bool | None] = mapped_column(Boolean, comment="Null until the match is settled")
    stake: Mapped[float] = mapped_column(Double, server_default=text("1.0"), comment="Stake units")
    pnl: Mapped[float | None] = mapped_column(Double, comment="Profit or loss in stake units")
    agent: Mapped[str | None] = mapped_column(String(50), comment="Who made the pick")
    strategy: Mapped[str | None] = mapped_column(String(100))
    confidence: Mapped[float | None] = mapped_column(Double, comment="Ratio from 0 to 1")
    notes: Mapped[str | None] = mapped_column(Text)
