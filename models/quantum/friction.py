"""Friction between two teams."""

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    String,
    UniqueConstraint,
    column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models import checks
from models.base import SCHEMA_QUANTUM, AuditMixin, Base, TimestampMixin
from models.quantum.team import TeamQuantumDNA


class QuantumFrictionMatrix(AuditMixin, TimestampMixin, Base):
    """The friction between two teams in a season; each unordered pair has one row.

    A team with pairs cannot be deleted (ON DELETE RESTRICT): no row is lost as a side effect.
    """

    __tablename__ = "quantum_friction_matrix"
    __table_args__ = (
        UniqueConstraint("team_home_id", "team_away_id", "season"),
        CheckConstraint(column("team_home_id") != column("team_away_id"), name="two_teams"),
        checks.score("friction_score"),
        checks.score("style_clash"),
        checks.score("tactical_friction"),
        checks.score("tempo_friction"),
        checks.score("risk_friction"),
        checks.score("chaos_potential"),
        checks.ratio("confidence"),
        checks.ratio("predicted_btts_prob"),
        checks.ratio("predicted_over25_prob"),
        checks.not_negative("predicted_total_goals"),
        checks.count("matches_analyzed"),
        Index(None, "team_away_id"),
        Index(None, "friction_score"),
        {"schema": SCHEMA_QUANTUM, "comment": "Friction between two teams in a season"},
    )

    friction_id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    team_home_id: Mapped[int] = mapped_column(
        ForeignKey(TeamQuantumDNA.team_id, ondelete="RESTRICT")
    )
    team_away_id: Mapped[int] = mapped_column(
        ForeignKey(TeamQuantumDNA.team_id, ondelete="RESTRICT")
    )
    friction_score: Mapped[float] = mapped_column(Double, comment="From 0 to 100")
    style_clash: Mapped[float | None] = mapped_column(Double, comment="From 0 to 100")
    tactical_friction: Mapped[float | None] = mapped_column(Double, comment="From 0 to 100")
    tempo_friction: Mapped[float | None] = mapped_column(Double, comment="From 0 to 100")
    risk_friction: Mapped[float | None] = mapped_column(Double, comment="From 0 to 100")
    psychological_edge: Mapped[float | None] = mapped_column(Double)
    chaos_potential: Mapped[float | None] = mapped_column(Double, comment="From 0 to 100")
    predicted_scenario: Mapped[str | None] = mapped_column(String(50))
    recommended_markets: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    confidence: Mapped[float | None] = mapped_column(Double, comment="Ratio from 0 to 1")
    predicted_btts_prob: Mapped[float | None] = mapped_column(Double, comment="Ratio from 0 to 1")
    predicted_over25_prob: Mapped[float | None] = mapped_column(Double, comment="Ratio from 0 to 1")
    predicted_total_goals: Mapped[float | None] = mapped_column(Double, comment="Goals per match")
    historical_friction: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    matches_analyzed: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    season: Mapped[str] = mapped_column(String(10), comment="Such as 2024-25")
    legacy_facts: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB(none_as_null=True), comment="What an import found no column for"
    )

    home_team: Mapped[TeamQuantumDNA] = relationship(foreign_keys=team_home_id)
    away_team: Mapped[TeamQuantumDNA] = relationship(foreign_keys=team_away_id)
