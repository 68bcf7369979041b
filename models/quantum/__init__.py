"""Quantum ADN 2.0: teams, the friction between them, strategies, classifications, goalscorers."""

from models.quantum.chess import ChessClassification
from models.quantum.friction import QuantumFrictionMatrix
from models.quantum.goalscorer import GoalscorerProfile
from models.quantum.strategy import QuantumStrategy
from models.quantum.team import TeamQuantumDNA

__all__ = [
    "ChessClassification",
    "GoalscorerProfile",
    "QuantumFrictionMatrix",
    "QuantumStrategy",
    "TeamQuantumDNA",
]
