"""The repositories for asynchronous sessions: the same methods, to be awaited.

No method is written a second time. Each repository has a synchronous one on the session's own
synchronous side (``AsyncSession.sync_session``) and runs its methods there, with
``AsyncSession.run_sync``: while the driver waits for the server, the event loop goes on.
"""

from repositories.aio.base import AsyncBaseRepository
from repositories.aio.repositories import (
    AsyncClassificationRepository,
    AsyncFrictionMatrixRepository,
    AsyncGoalscorerRepository,
    AsyncOddsRepository,
    AsyncStrategyRepository,
    AsyncTeamDNARepository,
    AsyncTrackingCLVRepository,
)
from repositories.aio.retry import run_async_unit_of_work
from repositories.aio.unit_of_work import AsyncUnitOfWork

__all__ = [
    "AsyncBaseRepository",
    "AsyncClassificationRepository",
    "AsyncFrictionMatrixRepository",
    "AsyncGoalscorerRepository",
    "AsyncOddsRepository",
    "AsyncStrategyRepository",
    "AsyncTeamDNARepository",
    "AsyncTrackingCLVRepository",
    "AsyncUnitOfWork",
    "run_async_unit_of_work",
]
