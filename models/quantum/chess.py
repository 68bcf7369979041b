"""Tactical classification of a team."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    String,
    column,
    func,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models import checks
from models.base import SCHEMA_QUANTUM, AuditMixin, Base, TimestampMixin
from models.quantum.team import TeamQuantumDNA

TACTICAL_PROFILES: Final = (
    "POSSESSION",
    "GEGENPRESS",
    "WIDE_ATTACK",
    "DIRECT_ATTACK",
    "LOW_BLOCK",
    "MID_BLOCK",
    "PARK_THE_BUS",
    "TRANSITION",
    "ADAPTIVE",
    "BALANCED",
    "HOME_DOMINANT",
    "SCORE_DEPENDENT",
)


class ChessClassification(AuditMixin, TimestampMixin, Base):
    """The assignment of one of twelve tactical profiles to a team; at most one is current.

    A team with classifications cannot be deleted (ON DELETE RESTRICT): no row is lost as a side
    effect.
    """

    __tablename__ = "chess_classifications"
    __table_args__ = (
        CheckConstraint(column("profile_name").in_(TACTICAL_PROFILES), name="profile_name"),
        checks.ratio("confidence"),
        Index(None, "team_id"),
        Index(
            "uq_chess_classifications_current_team_id",
            "team_id",
            unique=True,
            postgresql_where=column("is_current"),
        ),
        {"schema": SCHEMA_QUANTUM, "comment": "Tactical profiles of teams, current and past"},
    )

    classification_id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey(TeamQuantumDNA.team_id, ondelete="RESTRICT"))
    profile_name: Mapped[str] = mapped_column(String(50), comment="One of twelve profiles")
    confidence: Mapped[float] = mapped_column(Double, comment="Ratio from 0 to 1")
    classified_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    features: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    is_current: Mapped[bool] = mapped_column(Boolean, server_default=true())

    team: Mapped[TeamQuantumDNA] = relationship()
