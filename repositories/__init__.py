"""Data access on the migrated schema; repositories never commit, the unit of work does.

The asynchronous names are imported from ``repositories.aio`` on demand, because they need the
extra ``async``.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from repositories.aio import AsyncBaseRepository as AsyncBaseRepository
    from repositories.aio import AsyncUnitOfWork as AsyncUnitOfWork
    from repositories.aio import run_async_unit_of_work as run_async_unit_of_work

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


def __getattr__(name: str) -> object:
    if name in {"AsyncBaseRepository", "AsyncUnitOfWork", "run_async_unit_of_work"}:
        return getattr(importlib.import_module("repositories.aio"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
