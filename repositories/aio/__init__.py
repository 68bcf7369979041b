"""The repositories for asynchronous sessions: the same methods, awaited.

Nothing is done here a second time. Each repository has a synchronous one on the session's own
synchronous side (``AsyncSession.sync_session``) and runs its methods there, with
``AsyncSession.run_sync``: while the driver waits for the server, the event loop goes on.
"""

from repositories.aio.base import AsyncBaseRepository
from repositories.aio.classification import AsyncClassificationRepository
from repositories.aio.friction import AsyncFrictionMatrixRepository
from repositories.aio.goalscorer import AsyncGoalscorerRepository
from repositories.aio.odds import AsyncOddsRepository
from repositories.aio.retry import run_async_unit_of_work
from repositories.aio.strategy import AsyncStrategyRepository
from repositories.aio.team import AsyncTeamDNARepository
from repositories.aio.tracking import AsyncTrackingCLVRepository
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
