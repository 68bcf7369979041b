"""Betting strategies of a team."""

from typing import Any

from sqlalchemy import (
    Boolean,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models import checks
from models.base import SCHEMA_QUANTUM, AuditMixin, Base, TimestampMixin
from models.quantum.team import TeamQuantumDNA
from models.versions import VersionedMixin


class QuantumStrategy(VersionedMixin, AuditMixin, TimestampMixin, Base):
    """A betting strategy for a team in a season, with its returns.

    win_rate, roi, min_edge and avg_clv are percentages, min_confidence is a ratio. A team with
    strategies cannot be deleted (ON DELETE RESTRICT): no row is lost as a side effect.
    """

    __tablename__ = "quantum_strategies"
    __table_args__ = (
        UniqueConstraint("team_id", "strategy_name", "season"),
        checks.not_negative("stake_multiplier"),
        checks.ratio("min_confidence"),
        checks.count("sample_size"),
        Index(None, "market"),
        {"schema": SCHEMA_QUANTUM, "comment": "Betting strategies of a team in a season"},
    )

    strategy_id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey(TeamQuantumDNA.team_id, ondelete="RESTRICT"))
    strategy_name: Mapped[str] = mapped_column(String(100))
    strategy_type: Mapped[str | None] = mapped_column(String(50))
    market: Mapped[str | None] = mapped_column(String(50))
    market_family: Mapped[str | None] = mapped_column(String(50))
    stake_multiplier: Mapped[float] = mapped_column(Double, server_default=text("1.0"))
    min_confidence: Mapped[float] = mapped_column(
        Double, server_default=text("0.6"), comment="Ratio from 0 to 1"
    )
    min_edge: Mapped[float] = mapped_column(Double, server_default=text("0.05"), comment="Percent")
    context_filters: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    performance_by_context: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    win_rate: Mapped[float | None] = mapped_column(Double, comment="Percent, from 0 to 100")
    roi: Mapped[float | None] = mapped_column(Double, comment="Percent")
    total_pnl: Mapped[float | None] = mapped_column(Double, comment="Stake units")
    avg_clv: Mapped[float | None] = mapped_column(Double, comment="Percent")
    sample_size: Mapped[int] = mapped_column(
        Integer, server_default=text("0"), comment="Bets behind the figures"
    )
    is_active: Mapped[bool] = mapped_column(Boolean, server_default=true())
    priority: Mapped[int | None] = mapped_column(Integer, comment="1 is tried first")
    season: Mapped[str] = mapped_column(String(10), comment="Such as 2024-25")
    legacy_facts: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB(none_as_null=True), comment="What an import found no column for"
    )

    team: Mapped[TeamQuantumDNA] = relationship()
