"""Goalscorers."""

from typing import Any

from sqlalchemy import Double, Identity, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models import checks
from models.base import SCHEMA_QUANTUM, AuditMixin, Base, TimestampMixin


class GoalscorerProfile(AuditMixin, TimestampMixin, Base):
    """A player of a team in a season, with the goals and the probabilities of scoring."""

    __tablename__ = "goalscorer_profiles"
    __table_args__ = (
        UniqueConstraint("player_name", "team_name", "season"),
        checks.count("goals_total"),
        checks.count("goals_home"),
        checks.count("goals_away"),
        checks.count("appearances"),
        checks.ratio("anytime_prob"),
        checks.ratio("first_goal_prob"),
        checks.ratio("last_goal_prob"),
        Index(None, "team_name"),
        Index(None, "league", "goals_total"),
        Index(None, "goals_total"),
        {"schema": SCHEMA_QUANTUM, "comment": "Goalscorers by team and season"},
    )

    player_id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    player_name: Mapped[str] = mapped_column(String(100))
    team_name: Mapped[str] = mapped_column(String(100))
    league: Mapped[str] = mapped_column(String(50))
    position: Mapped[str | None] = mapped_column(String(30))
    goals_total: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    goals_home: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    goals_away: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    appearances: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    anytime_prob: Mapped[float | None] = mapped_column(Double, comment="Ratio from 0 to 1")
    first_goal_prob: Mapped[float | None] = mapped_column(Double, comment="Ratio from 0 to 1")
    last_goal_prob: Mapped[float | None] = mapped_column(Double, comment="Ratio from 0 to 1")
    timing_dna: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    season: Mapped[str] = mapped_column(String(10), comment="Such as 2024-25")
