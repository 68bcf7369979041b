"""The tables of Mon_PS as ORM classes; history and database are compared with them."""

from models.base import SCHEMA_PUBLIC, SCHEMA_QUANTUM, AuditMixin, Base, TimestampMixin
from models.odds import Odds, TrackingCLVPicks
from models.quantum import (
    ChessClassification,
    GoalscorerProfile,
    QuantumFrictionMatrix,
    QuantumStrategy,
    TeamQuantumDNA,
)

__all__ = [
    "SCHEMA_PUBLIC",
    "SCHEMA_QUANTUM",
    "AuditMixin",
    "Base",
    "ChessClassification",
    "GoalscorerProfile",
    "Odds",
    "QuantumFrictionMatrix",
    "QuantumStrategy",
    "TeamQuantumDNA",
    "TimestampMixin",
    "TrackingCLVPicks",
]
