"""Teams and their DNA vectors."""

from typing import Any, Final

from sqlalchemy import Double, Identity, Index, Integer, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models import checks
from models.base import SCHEMA_QUANTUM, AuditMixin, Base, TimestampMixin
from models.versions import VersionedMixin

DNA_VECTORS: Final = (
    "market_dna",
    "context_dna",
    "risk_dna",
    "temporal_dna",
    "nemesis_dna",
    "psyche_dna",
    "roster_dna",
    "physical_dna",
    "luck_dna",
)

SEARCHED_VECTORS: Final = ("market_dna", "context_dna", "nemesis_dna")
"""Searched by containment (`@>`): what a team specialises in, and its styles."""

_VECTOR = JSONB(none_as_null=True)


class TeamQuantumDNA(VersionedMixin, AuditMixin, TimestampMixin, Base):
    """A team with its nine DNA vectors, each a JSON object or null.

    The team's name is its natural key; win_rate and avg_clv are percentages, total_pnl is in stake
    units. A change by a concurrent writer is detected by the system column ``xmin``.
    """

    __tablename__ = "team_quantum_dna"
    __table_args__ = (
        UniqueConstraint("team_name"),
        *(checks.json_object(vector) for vector in DNA_VECTORS),
        Index(None, "league"),
        *(
            Index(None, vector, postgresql_using="gin", postgresql_ops={vector: "jsonb_path_ops"})
            for vector in SEARCHED_VECTORS
        ),
        {"schema": SCHEMA_QUANTUM, "comment": "Teams with their DNA vectors"},
    )

    team_id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    team_name: Mapped[str] = mapped_column(String(100))
    league: Mapped[str] = mapped_column(String(50))
    tier: Mapped[str | None] = mapped_column(String(20))
    season: Mapped[str | None] = mapped_column(String(10))
    best_strategy: Mapped[str | None] = mapped_column(String(50))
    market_dna: Mapped[dict[str, Any] | None] = mapped_column(_VECTOR)
    context_dna: Mapped[dict[str, Any] | None] = mapped_column(_VECTOR)
    risk_dna: Mapped[dict[str, Any] | None] = mapped_column(_VECTOR)
    temporal_dna: Mapped[dict[str, Any] | None] = mapped_column(_VECTOR)
    nemesis_dna: Mapped[dict[str, Any] | None] = mapped_column(_VECTOR)
    psyche_dna: Mapped[dict[str, Any] | None] = mapped_column(_VECTOR)
    roster_dna: Mapped[dict[str, Any] | None] = mapped_column(_VECTOR)
    physical_dna: Mapped[dict[str, Any] | None] = mapped_column(_VECTOR)
    luck_dna: Mapped[dict[str, Any] | None] = mapped_column(_VECTOR)
    total_pnl: Mapped[float | None] = mapped_column(Double, comment="Stake units")
    win_rate: Mapped[float | None] = mapped_column(Double, comment="Percent, from 0 to 100")
    avg_clv: Mapped[float | None] = mapped_column(Double, comment="Percent")
    legacy_facts: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB(none_as_null=True), comment="What an import found no column for"
    )
