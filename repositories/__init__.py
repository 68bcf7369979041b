"""Data access on the migrated schema. Repositories never commit; the unit of work does."""

from repositories.audit import audit_context
from repositories.base import BaseRepository
from repositories.bulk.result import Upserted
from repositories.classification import ClassificationRepository
from repositories.friction import FrictionMatrixRepository
from repositories.goalscorer import GoalscorerRepository
from repositories.odds import OddsRepository
from repositories.retry import RetryPolicy, idempotent, run_unit_of_work
from repositories.strategy import StrategyRepository
from repositories.team import TeamDNARepository
from repositories.timeouts import Timeouts
from repositories.tracking import TrackingCLVRepository
from repositories.unit_of_work import UnitOfWork

__all__ = [
    "BaseRepository",
    "ClassificationRepository",
    "FrictionMatrixRepository",
    "GoalscorerRepository",
    "OddsRepository",
    "RetryPolicy",
    "StrategyRepository",
    "TeamDNARepository",
    "Timeouts",
    "TrackingCLVRepository",
    "UnitOfWork",
    "Upserted",
    "audit_context",
    "idempotent",
    "run_unit_of_work",
]
